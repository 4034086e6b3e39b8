#include "cli/account_verbs.h"

#include <unistd.h>

#include <array>
#include <utility>

#include "cli/secret_input.h"
#include "engine/native/files.h"

namespace a67::cli {
namespace {

constexpr std::size_t kInputBytesMax = std::size_t{16} << 20;

Result<std::string> read_stdin() {
  std::string text;
  std::array<char, 65536> part{};
  for (;;) {
    const auto count = ::read(STDIN_FILENO, part.data(), part.size());
    if (count == 0) return text;
    if (count < 0) return fail(ErrorCode::kStoreFailed, "Standard input cannot be read.");
    text.append(part.data(), static_cast<std::size_t>(count));
    if (text.size() > kInputBytesMax) {
      return fail(ErrorCode::kTooLarge, "The input is larger than 16 MiB.", {}, "input");
    }
  }
}

// "-": standard input; "@file": a file; else the text itself.
Result<Json> read_input(const std::string& given) {
  if (given.empty()) return Json::object();
  std::string text = given;
  if (given == "-") {
    auto read = read_stdin();
    if (!read) return std::unexpected(read.error());
    text = std::move(*read);
  } else if (given.starts_with('@')) {
    auto read = native::read_file(given.substr(1), kInputBytesMax);
    if (!read) return std::unexpected(read.error());
    if (!*read) {
      return fail(ErrorCode::kNotFound, "There is no file " + given.substr(1) + ".", {}, "input");
    }
    text = std::move(**read);
  }
  auto json = parse_json(text, {.bytes_max = kInputBytesMax, .depth_max = 32});
  if (json) return json;
  return fail(ErrorCode::kInvalidInput, "The input is no JSON: " + json.error().message,
              "Give an object such as '{\"service\": \"srv-1\"}', @FILE, or - for standard input.",
              "input");
}

}  // namespace

Result<AccountVerbs::Done> AccountVerbs::run(std::string_view verb) {
  if (verb == "connect") return connect();
  return verb == "rotate" ? rotate() : call();
}

Result<Json> AccountVerbs::ask_engine(const std::string& command, const Json& body) {
  return session_.run(command, body, [](const Json&) {}, [] {});
}

Result<Json> AccountVerbs::provider(const std::string& id) {
  const auto all = ask_engine("provider.list", Json::object());
  if (!all) return std::unexpected(all.error());
  for (const Json& one : array_at(*all, "providers")) {
    if (string_or(one, "id") == id) return one;
  }
  return fail(ErrorCode::kNotFound, "There is no provider `" + id + "`.",
              "automator67 providers lists them.", "provider");
}

Result<std::string> AccountVerbs::secret_of(const Json& field) {
  const std::string name = string_or(field, "name");
  const std::string file = string_or(object_at(choices_.body, "secretFiles"), name);
  if (!file.empty()) {
    auto read = read_secret_file(file, "secret-file");
    if (!read) return std::unexpected(read.error());
    return read->expose();
  }
  if (!choices_.may_ask) {
    return fail(ErrorCode::kLocked,
                "The " + string_or(field, "label") + " is needed, and nobody can be asked for it.",
                "Give --secret-file " + name + "=FILE.", "secret-file");
  }
  auto typed = ask_secret(string_or(field, "label") + ": ");
  if (!typed) return std::unexpected(typed.error());
  return typed->expose();
}

Result<Json> AccountVerbs::fields_of(const Json& provider) {
  Json fields = object_at(choices_.body, "fields");
  for (const Json& field : array_at(provider, "fields")) {
    const std::string name = string_or(field, "name");
    if (!bool_or(field, "secret")) continue;
    if (fields.contains(name)) {
      return fail(
          ErrorCode::kInvalidInput,
          "`" + name + "` is a secret, and arguments can be seen by others on this machine.",
          "Leave it out to be asked, or give --secret-file " + name +
              "=FILE. Make a new one: "
              "this one may have been seen.",
          "field");
    }
    const bool given = object_at(choices_.body, "secretFiles").contains(name);
    if (!given && !bool_or(field, "required")) continue;
    auto secret = secret_of(field);
    if (!secret) return std::unexpected(secret.error());
    fields[name] = std::move(*secret);
  }
  return fields;
}

Result<AccountVerbs::Done> AccountVerbs::connect() {
  const auto known = provider(string_or(choices_.body, "provider"));
  if (!known) return std::unexpected(known.error());
  auto fields = fields_of(*known);
  if (!fields) return std::unexpected(fields.error());
  Json body = choices_.body;
  body.erase("secretFiles");
  body["fields"] = std::move(*fields);
  auto answer = ask_engine("account.connect", body);
  if (!answer) return std::unexpected(answer.error());
  return Done{.command = "account.connect", .answer = std::move(*answer)};
}

Result<AccountVerbs::Done> AccountVerbs::rotate() {
  const auto account =
      ask_engine("account.get", {{"account", string_or(choices_.body, "account")}});
  if (!account) return std::unexpected(account.error());
  Json body = choices_.body;
  if (!bool_or(body, "byApi")) {
    const auto known = provider(string_or(object_at(*account, "account"), "provider"));
    if (!known) return std::unexpected(known.error());
    auto fields = fields_of(*known);
    if (!fields) return std::unexpected(fields.error());
    body["fields"] = std::move(*fields);
  }
  body.erase("byApi");
  body.erase("secretFiles");
  auto answer = ask_engine("account.rotate", body);
  if (!answer) return std::unexpected(answer.error());
  return Done{.command = "account.rotate", .answer = std::move(*answer)};
}

Result<AccountVerbs::Done> AccountVerbs::call() {
  auto input = read_input(string_or(choices_.body, "input"));
  if (!input) return std::unexpected(input.error());
  Json body = choices_.body;
  body["input"] = std::move(*input);
  auto answer = ask_engine("account.run", body);
  if (!answer) return std::unexpected(answer.error());
  return Done{.command = "account.run", .answer = std::move(*answer)};
}

}  // namespace a67::cli
