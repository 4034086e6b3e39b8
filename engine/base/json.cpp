#include "engine/base/json.h"

#include <utility>

namespace a67 {
namespace {

// nlohmann parses without recursion, but destroying and dumping nest: bound the depth before it
// builds anything.
Result<void> check_depth(std::string_view text, std::size_t depth_max) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') {
        ++at;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > depth_max) {
        return fail(ErrorCode::kInvalidInput,
                    "The JSON is nested deeper than " + std::to_string(depth_max) + " levels.");
      }
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return {};
}

const Json* find(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

// nlohmann would turn 2^64 - 1 into -1.
bool is_int64(const Json& value) {
  return value.is_number_integer() &&
         (!value.is_number_unsigned() || std::in_range<std::int64_t>(value.get<std::uint64_t>()));
}

std::string path_of(std::string_view where, std::string_view key) {
  std::string path(where);
  if (!path.empty()) path += '.';
  path += key;
  return path;
}

// Builds the document like nlohmann's own parser, and keeps the place of a fault: the page's engine
// is built without exceptions.
class FaultFinder final : public nlohmann::detail::json_sax_dom_parser<Json> {
 public:
  explicit FaultFinder(Json& document)
      : nlohmann::detail::json_sax_dom_parser<Json>(document, false) {}

  bool parse_error(std::size_t byte, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) {
    byte_ = byte;
    // 1e999 is well-formed, but no double.
    too_large_ = error.id == kOutOfRange;
    return false;
  }
  [[nodiscard]] std::unexpected<Error> fault() const {
    if (too_large_) {
      return fail(ErrorCode::kInvalidInput, "This JSON holds a number that is too large.");
    }
    return fail(ErrorCode::kInvalidInput,
                "This is not valid JSON: unexpected text at byte " + std::to_string(byte_) + ".");
  }

 private:
  static constexpr int kOutOfRange = 406;
  std::size_t byte_ = 0;
  bool too_large_ = false;
};

}  // namespace

Result<Json> parse_json(std::string_view text, JsonLimits limits) {
  if (text.size() > limits.bytes_max) {
    return fail(ErrorCode::kTooLarge, "The JSON has " + std::to_string(text.size()) +
                                          " bytes; at most " + std::to_string(limits.bytes_max) +
                                          " are taken.");
  }
  if (auto depth = check_depth(text, limits.depth_max); !depth) {
    return std::unexpected(depth.error());
  }
  // nlohmann takes a zero byte for the end, and would not look at what follows.
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    return fail(ErrorCode::kInvalidInput, "This is not valid JSON: unexpected text at byte " +
                                              std::to_string(zero + 1) + ".");
  }
  Json document;
  FaultFinder finder(document);
  if (Json::sax_parse(text, &finder)) return document;
  return finder.fault();
}

std::string dump_json(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string string_or(const Json& object, std::string_view key, std::string fallback) {
  const Json* found = find(object, key);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::move(fallback);
}

std::int64_t int_or(const Json& object, std::string_view key, std::int64_t fallback) {
  const Json* found = find(object, key);
  return found != nullptr && is_int64(*found) ? found->get<std::int64_t>() : fallback;
}

double number_or(const Json& object, std::string_view key, double fallback) {
  const Json* found = find(object, key);
  return found != nullptr && found->is_number() ? found->get<double>() : fallback;
}

bool bool_or(const Json& object, std::string_view key, bool fallback) {
  const Json* found = find(object, key);
  return found != nullptr && found->is_boolean() ? found->get<bool>() : fallback;
}

const Json& object_at(const Json& object, std::string_view key) {
  static const Json kEmpty = Json::object();
  const Json* found = find(object, key);
  return found != nullptr && found->is_object() ? *found : kEmpty;
}

const Json& array_at(const Json& object, std::string_view key) {
  static const Json kEmpty = Json::array();
  const Json* found = find(object, key);
  return found != nullptr && found->is_array() ? *found : kEmpty;
}

Result<std::string> require_string(const Json& object, std::string_view key, std::string_view where,
                                   std::size_t length_max) {
  const std::string path = path_of(where, key);
  const Json* found = find(object, key);
  if (found == nullptr || !found->is_string()) {
    return fail(ErrorCode::kInvalidInput, "`" + path + "` must be a text.", {}, path);
  }
  auto text = found->get<std::string>();
  if (text.size() > length_max) {
    return fail(ErrorCode::kInvalidInput,
                "`" + path + "` has more than " + std::to_string(length_max) + " bytes.", {}, path);
  }
  return text;
}

Result<std::int64_t> require_int(const Json& object, std::string_view key, std::string_view where,
                                 std::int64_t min, std::int64_t max) {
  const std::string path = path_of(where, key);
  const Json* found = find(object, key);
  if (found == nullptr || !is_int64(*found)) {
    return fail(ErrorCode::kInvalidInput, "`" + path + "` must be a whole number.", {}, path);
  }
  const auto value = found->get<std::int64_t>();
  if (value < min || value > max) {
    return fail(ErrorCode::kInvalidInput,
                "`" + path + "` must be between " + std::to_string(min) + " and " +
                    std::to_string(max) + ".",
                {}, path);
  }
  return value;
}

Json to_json_error(const Error& error) {
  Json value = {{"code", to_string(error.code)},
                {"message", error.message},
                {"retryable", is_retryable(error.code)}};
  if (!error.hint.empty()) value["hint"] = error.hint;
  if (!error.field.empty()) value["field"] = error.field;
  if (!error.lines.empty()) value["lines"] = error.lines;
  return value;
}

Error error_from_json(const Json& value) {
  Error error{.code = error_code_from(string_or(value, "code")).value_or(ErrorCode::kInternal),
              .message = string_or(value, "message"),
              .hint = string_or(value, "hint"),
              .field = string_or(value, "field")};
  for (const Json& line : array_at(value, "lines")) {
    if (line.is_string()) error.lines.push_back(line.get<std::string>());
  }
  return error;
}

}  // namespace a67
