// An address to listen on, as people write it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace a67 {

// Port 0 lets the system choose.
struct ListenAddress {
  std::string host;  // an IP address
  std::uint16_t port = 0;
  bool operator==(const ListenAddress&) const = default;
};

// `127.0.0.1:4601` or `[::1]:4601`. kInvalidInput with the end of a sentence that begins with the
// option's name.
Result<ListenAddress> parse_listen_address(std::string_view text);
std::string to_text(const ListenAddress& address);

}  // namespace a67
