// What a node is told to forward: the head and the body of POST /v1/relay, and the rules behind it;
// and what a controller is told came back.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/fleet/relay_message.h"
#include "node-wrapper/control/relay_rules.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto request = a67::read_relay_request(text)) {
    // What is read means the same when it is written again.
    const auto again = a67::read_relay_request(a67::write_relay_request(*request));
    if (!again || again->http.url != request->http.url ||
        again->http.headers != request->http.headers || again->http.body != request->http.body) {
      std::abort();
    }
    if (const auto permitted = a67::permit_relay({}, *request)) {
      if (!permitted->url.starts_with("https://") || permitted->url.contains('#')) std::abort();
      for (const auto& [name, value] : permitted->headers) {
        if ((name + value).find_first_of("\r\n") != std::string::npos) std::abort();
      }
    }
  }
  if (const auto answer = a67::read_relay_answer(text)) {
    if (!a67::read_relay_answer(a67::write_relay_answer(*answer))) std::abort();
  }
  return 0;
}
