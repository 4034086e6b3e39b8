#include "engine/deploy/dotenv.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/base/names.h"

namespace a67 {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

class Parser {
 public:
  Parser(std::string_view text, std::string_view file) : text_(text), file_(file) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;  // what Windows editors put first
  }

  Result<Environment> parse() {
    Environment env;
    for (;;) {
      skip_blanks();
      if (at_end()) return env;
      if (peek() == '\n') {
        next();
      } else if (peek() == '#') {
        skip_line();
      } else if (auto read = read_setting(env); !read) {
        return std::unexpected(read.error());
      }
    }
  }

 private:
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] char peek() const { return text_[at_]; }
  char next() {
    if (text_[at_] == '\n') ++line_;
    return text_[at_++];
  }
  void skip_blanks() {
    while (!at_end() && is_blank(peek())) ++at_;
  }
  void skip_line() {
    while (!at_end() && peek() != '\n') ++at_;
  }

  [[nodiscard]] std::unexpected<Error> wrong(std::string message, std::size_t line) const {
    return fail(ErrorCode::kInvalidInput, std::move(message), "Write lines such as NAME=value.",
                file_ + ":" + std::to_string(line));
  }

  std::string_view take_word() {
    const std::size_t start = at_;
    while (!at_end() && peek() != '=' && peek() != '\n' && !is_blank(peek())) ++at_;
    return text_.substr(start, at_ - start);
  }

  Result<void> read_setting(Environment& env) {
    const std::size_t line = line_;
    std::string_view name = take_word();
    skip_blanks();
    if (name == "export" && !at_end() && peek() != '=') {
      name = take_word();
      skip_blanks();
    }
    // Without '=', what looks like a name may be a part of a secret that lost its line: it is not
    // quoted.
    if (at_end() || peek() != '=') return wrong("There is no '=' after the name.", line);
    if (const Fault fault = env_name_fault(name))
      return wrong("The name before '=' " + *fault + ".", line);
    next();
    skip_blanks();
    auto value = read_value();
    if (!value) return std::unexpected(value.error());
    if (value->size() > kEnvValueBytesMax) {
      return wrong("The value of " + std::string(name) + " has more than " +
                       std::to_string(kEnvValueBytesMax) + " bytes.",
                   line);
    }
    env.insert_or_assign(std::string(name), WireSecret<std::string>(std::move(*value)));
    if (env.size() > kEnvCountMax) {
      return wrong("There are more than " + std::to_string(kEnvCountMax) + " names.", line);
    }
    return {};
  }

  Result<std::string> read_value() {
    if (at_end() || peek() == '\n') return std::string();
    if (peek() == '"' || peek() == '\'') return read_quoted();
    std::string value;
    while (!at_end() && peek() != '\n') {
      // A comment starts with '#' after a blank; "a#b" is a value.
      if (peek() == '#' && (value.empty() || is_blank(value.back()))) break;
      value += next();
    }
    skip_line();
    while (!value.empty() && is_blank(value.back())) value.pop_back();
    return value;
  }

  Result<std::string> read_quoted() {
    const std::size_t line = line_;
    const char quote = next();
    std::string value;
    for (;;) {
      if (at_end()) return wrong("The quote that opens here is never closed.", line);
      const char c = next();
      if (c == quote) break;
      if (c == '\\' && quote == '"' && !at_end()) {
        value += unescaped(next());
      } else {
        value += c;
      }
    }
    skip_blanks();
    if (!at_end() && peek() != '\n' && peek() != '#') {
      return wrong("There is more text after the closing quote.", line_);
    }
    skip_line();
    return value;
  }

  static std::string unescaped(char c) {
    switch (c) {
      case 'n':
        return "\n";
      case 'r':
        return "\r";
      case 't':
        return "\t";
      case '"':
      case '\\':
      case '$':
        return {c};
      default:
        return {'\\', c};
    }
  }

  std::string_view text_;
  std::string file_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

Result<Environment> parse_dotenv(std::string_view text, std::string_view file) {
  if (text.size() > kDotenvBytesMax) {
    return fail(ErrorCode::kTooLarge,
                std::string(file) + " has " + std::to_string(text.size()) + " bytes; at most " +
                    std::to_string(kDotenvBytesMax) + " are read.",
                {}, std::string(file));
  }
  if (!is_utf8(text) || text.contains('\0')) {
    return fail(ErrorCode::kInvalidInput, std::string(file) + " is not a UTF-8 text.",
                "Save the file with the encoding UTF-8.", std::string(file));
  }
  return Parser(text, file).parse();
}

}  // namespace a67
