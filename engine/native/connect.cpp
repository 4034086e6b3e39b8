#include "engine/native/connect.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <string>
#include <utility>
#include <vector>

namespace a67::native {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

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

asio::awaitable<Result<tcp::socket>> open_socket(asio::io_context* context, Url url) {
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
  tcp::socket socket(*context);
  const auto [failed, used] = co_await asio::async_connect(socket, endpoints, kAwait);
  if (failed) co_return std::unexpected(unreachable(url, failed));
  socket.set_option(tcp::no_delay(true), error);
  co_return std::move(socket);
}

}  // namespace a67::native
