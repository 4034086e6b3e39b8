// What a page asks its own host to forward: a target leads to a provider's listed path or nowhere.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/fleet/via_message.h"
#include "node-wrapper/control/relay_rules.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto request = a67::read_via({}, text, {.headers = {{"Cookie", "a"}, {"Accept", "b"}}});
  if (!request) return 0;
  if (!text.starts_with(a67::kViaPath) || request->http.headers.size() != 1) std::abort();
  const auto permitted = a67::permit_relay({}, *request);
  if (!permitted || !permitted->url.starts_with("https://") || permitted->url.contains("/../")) {
    std::abort();
  }
  return 0;
}
