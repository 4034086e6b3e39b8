// What a visitor of a static site asks for: no target leads to a hidden name, and no range leads
// outside the file.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/base/http_fields.h"
#include "engine/base/media_type.h"
#include "node-wrapper/runtime/static_site.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto path = a67::site_path(text)) {
    const std::string whole = "/" + *path + "/";
    if (whole.find("/../") != std::string::npos || path->starts_with('/')) std::abort();
    for (std::size_t at = whole.find("/."); at != std::string::npos;
         at = whole.find("/.", at + 1)) {
      if (!whole.substr(at).starts_with("/.well-known/")) std::abort();
    }
  }
  constexpr std::uint64_t kSize = 1000;
  const a67::ByteRange range = a67::parse_range(text, kSize);
  if (range.kind == a67::ByteRange::Kind::kPart &&
      (range.first > range.last || range.last >= kSize)) {
    std::abort();
  }
  (void)a67::accepts_encoding(text, "br");
  (void)a67::has_etag(text, "\"1-2\"");
  (void)a67::media_type_of(text);
  return 0;
}
