// Splits the URLs the engine asks for into what a connection needs. Only http, https, ws and wss;
// user names, passwords and fragments are refused, because a URL is logged and must hold no secret.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace a67::native {

struct Url {
  bool tls = false;
  std::string host;  // without the brackets of an IPv6 address
  std::uint16_t port = 0;
  std::string target;     // path and query, at least "/"
  std::string authority;  // for the Host header: the port only when it is not the scheme's own
};

// Error: kInvalidInput.
Result<Url> parse_url(std::string_view text);

}  // namespace a67::native
