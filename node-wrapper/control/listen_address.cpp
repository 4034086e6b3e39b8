#include "node-wrapper/control/listen_address.h"

#include <boost/asio/ip/address.hpp>
#include <charconv>

namespace a67 {

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const auto wrong = [] {
    return fail(ErrorCode::kInvalidInput,
                "must be an IP address and a port, like 127.0.0.1:4601 or [::1]:4601");
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong();
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.contains(':')) {
    return wrong();
  }
  boost::system::error_code error;
  boost::asio::ip::make_address(std::string(host), error);
  const std::string_view port = text.substr(colon + 1);
  ListenAddress address{.host = std::string(host), .port = 0};
  const auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error || problem != std::errc{} || end != port.data() + port.size()) return wrong();
  return address;
}

std::string to_text(const ListenAddress& address) {
  const bool wide = address.host.contains(':');
  return (wide ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace a67
