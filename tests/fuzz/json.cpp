// JSON from outside: never throws, keeps its limits, and what was accepted survives being written
// and read again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/base/encoding.h"
#include "engine/base/json.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

// NOLINTNEXTLINE(misc-no-recursion): bounded by the limit that is checked.
std::size_t depth_of(const a67::Json& value) {
  std::size_t deepest = 0;
  if (!value.is_structured()) return 0;
  for (const auto& member : value) deepest = std::max(deepest, depth_of(member));
  return deepest + 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const a67::JsonLimits limits{.bytes_max = 4'096, .depth_max = 8};
  const auto json = a67::parse_json(text, limits);
  if (!json) {
    require(!json.error().message.empty());
    return 0;
  }
  require(size <= limits.bytes_max && depth_of(*json) <= limits.depth_max && a67::is_utf8(text));
  const std::string written = a67::dump_json(*json);
  const auto again = a67::parse_json(written);
  require(again.has_value() && a67::dump_json(*again) == written);
  // The reads never throw, whatever is there.
  for (const char* key : {"id", "code", "body", "lines"}) {
    a67::string_or(*json, key);
    a67::int_or(*json, key);
    a67::number_or(*json, key);
    a67::bool_or(*json, key);
    a67::object_at(*json, key);
    a67::array_at(*json, key);
    const auto number = a67::require_int(*json, key, "x", -5, 5);
    require(!number || (*number >= -5 && *number <= 5));
    const auto word = a67::require_string(*json, key, "x", 10);
    require(!word || word->size() <= 10);
  }
  a67::error_from_json(*json);
  return 0;
}
