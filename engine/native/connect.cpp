#include "engine/native/connect.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace a67::native {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

struct Block {
  std::uint32_t address;
  int bits;
};
constexpr std::array kNotPublic = {
    Block{0x00000000, 8},   // this network
    Block{0x0a000000, 8},   // private
    Block{0x64400000, 10},  // a carrier's
    Block{0x7f000000, 8},   // loopback
    Block{0xa9fe0000, 16},  // link-local; the metadata of clouds
    Block{0xac100000, 12},  // private
    Block{0xc0000000, 24},  // protocol assignments
    Block{0xc0000200, 24},  // documentation, as the next but one
    Block{0xc0a80000, 16},  // private
    Block{0xc6120000, 15},  // benchmarks
    Block{0xc6336400, 24}, Block{0xcb007100, 24},
    Block{0xe0000000, 3},  // multicast, reserved, broadcast
};

bool is_public_v4(std::uint32_t address) {
  return std::ranges::none_of(kNotPublic, [&](const Block& block) {
    return (address ^ block.address) >> (32 - block.bits) == 0;
  });
}

// Every name under localhost is this machine (RFC 6761), whatever the resolver thinks of it.
bool is_localhost(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost");
}

}  // namespace

Error unreachable(const Url& url, const boost::system::error_code& why) {
  return Error{.code = ErrorCode::kUnreachable,
               .message = "Nobody answered at " + url.host + ":" + std::to_string(url.port) + " (" +
                          why.message() + ").",
               .hint = "Check that it runs and that the address and port are right."};
}

bool is_public_address(const asio::ip::address& address) {
  if (address.is_v4()) return is_public_v4(address.to_v4().to_uint());
  const auto bytes = address.to_v6().to_bytes();
  const auto v4_at = [&](std::size_t at) {
    return (std::uint32_t{bytes[at]} << 24) | (std::uint32_t{bytes[at + 1]} << 16) |
           (std::uint32_t{bytes[at + 2]} << 8) | bytes[at + 3];
  };
  if (address.to_v6().is_v4_mapped()) return is_public_v4(v4_at(12));
  // 64:ff9b::/96, how a machine without IPv4 reaches one (RFC 6052).
  constexpr std::array<std::uint8_t, 12> kTranslated = {0, 0x64, 0xff, 0x9b};
  if (std::ranges::equal(std::span(bytes).first<12>(), kTranslated)) return is_public_v4(v4_at(12));
  if ((bytes[0] & 0xe0) != 0x20) return false;  // 2000::/3 is what is global
  if (bytes[0] == 0x20 && bytes[1] == 0x02) return is_public_v4(v4_at(2));  // 6to4
  const bool special = bytes[0] == 0x20 && bytes[1] == 0x01;
  if (special && bytes[2] < 0x02) return false;               // 2001::/23: Teredo and others
  return !(special && bytes[2] == 0x0d && bytes[3] == 0xb8);  // documentation
}

asio::awaitable<Result<tcp::socket>> open_socket(asio::io_context* context, Url url,
                                                 AddressFilter filter) {
  std::vector<tcp::endpoint> endpoints;
  boost::system::error_code error;
  if (const auto address = asio::ip::make_address(url.host, error); !error) {
    endpoints.emplace_back(address, url.port);
  } else if (is_localhost(url.host)) {
    endpoints.emplace_back(asio::ip::address_v4::loopback(), url.port);
    endpoints.emplace_back(asio::ip::address_v6::loopback(), url.port);
  } else {
    tcp::resolver resolver(*context);
    auto [failed, found] =
        co_await resolver.async_resolve(url.host, std::to_string(url.port), kAwait);
    if (failed) co_return std::unexpected(unreachable(url, failed));
    for (const auto& entry : found) endpoints.push_back(entry.endpoint());
  }
  if (filter != nullptr) {
    std::erase_if(endpoints, [&](const tcp::endpoint& one) { return !filter(one.address()); });
    if (endpoints.empty()) {
      co_return fail(ErrorCode::kForbidden,
                     url.host + " leads to an address that is not on the public internet.",
                     "Is a name server of this network in between?");
    }
  }
  tcp::socket socket(*context);
  const auto [failed, used] = co_await asio::async_connect(socket, endpoints, kAwait);
  if (failed) co_return std::unexpected(unreachable(url, failed));
  socket.set_option(tcp::no_delay(true), error);
  co_return std::move(socket);
}

}  // namespace a67::native
