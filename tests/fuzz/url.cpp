// URLs the engine connects to: never throws, and what was accepted cannot break out of a request's
// head.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/native/url.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_plain(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == ' '; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto url =
      a67::native::parse_url(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!url) return 0;
  require(!url->host.empty());
  require(url->port != 0);
  require(url->target.starts_with('/'));
  require(is_plain(url->target) && is_plain(url->authority) && is_plain(url->host));
  require(!url->authority.contains('@') && !url->authority.contains('/'));
  return 0;
}
