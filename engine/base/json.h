// JSON with limits. Parsing never throws; reading a field says where a wrong one is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace a67 {

using Json = nlohmann::json;

struct JsonLimits {
  std::size_t bytes_max = std::size_t{1} << 20;
  std::size_t depth_max = 32;
};

// Refuses text that is too large, nested too deep, malformed or not UTF-8 (`kInvalidInput`; the
// message gives the byte).
Result<Json> parse_json(std::string_view text, JsonLimits limits = {});

// Compact text. Bytes that are not UTF-8 are replaced, so that an app's odd log line cannot stop a
// message.
std::string dump_json(const Json& value);

// Lenient reads for documents we have validated or wrote ourselves: the fallback when absent or of
// another type.
std::string string_or(const Json& object, std::string_view key, std::string fallback = {});
std::int64_t int_or(const Json& object, std::string_view key, std::int64_t fallback = 0);
double number_or(const Json& object, std::string_view key, double fallback = 0);
bool bool_or(const Json& object, std::string_view key, bool fallback = false);
// The member, or a shared empty object / array.
const Json& object_at(const Json& object, std::string_view key);
const Json& array_at(const Json& object, std::string_view key);

// Strict read for bytes from outside: `kInvalidInput` naming `where.key`.
Result<std::string> require_string(const Json& object, std::string_view key, std::string_view where,
                                   std::size_t length_max = 4096);
Result<std::int64_t> require_int(const Json& object, std::string_view key, std::string_view where,
                                 std::int64_t min, std::int64_t max);

Json to_json_error(const Error& error);    // {code,message,hint?,field?,retryable,lines?}
Error error_from_json(const Json& value);  // unknown codes become kInternal

}  // namespace a67
