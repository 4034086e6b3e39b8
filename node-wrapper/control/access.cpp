#include "node-wrapper/control/access.h"

#include <algorithm>

#include <boost/asio/ip/address.hpp>

#include "engine/fleet/node_protocol.h"

namespace a67 {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// The host without its port and, for an IPv6 literal, without its brackets; empty when it is
// malformed.
std::string_view host_part(std::string_view host) {
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos) return {};
    const std::string_view rest = host.substr(end + 1);
    return rest.empty() || rest.front() == ':' ? host.substr(1, end - 1) : std::string_view{};
  }
  return host.substr(0, host.find(':'));
}

}  // namespace

bool is_own_host(std::string_view host, const std::vector<std::string>& own_names) {
  const std::string name = lower(host_part(host));
  if (name.empty()) return false;
  if (name == "localhost" || name.ends_with(".localhost")) return true;
  boost::system::error_code error;
  boost::asio::ip::make_address(name, error);
  if (!error) return true;
  return std::ranges::any_of(
      own_names, [&](const std::string& own) { return own == kAnyHost || lower(own) == name; });
}

bool is_loopback_host(std::string_view host) {
  const std::string name = lower(host_part(host));
  if (name == "localhost" || name.ends_with(".localhost")) return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(name, error);
  return !error && address.is_loopback();
}

bool is_origin_allowed(std::string_view origin, std::string_view path, bool claimed,
                       const std::vector<std::string>& pinned) {
  if (!claimed) return path == kHelloPath || path == kClaimPath;
  return std::ranges::contains(pinned, origin);
}

bool is_origin(std::string_view text) {
  if (text.empty() || text.size() > 300) return false;
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F && c != '"'; });
}

}  // namespace a67
