#include <boost/asio/ssl/stream.hpp>

#include "engine/native/http_exchange.h"
#include "engine/native/tls.h"

namespace a67::native {

boost::asio::awaitable<Result<HttpResponse>> exchange_tls(boost::asio::ip::tcp::socket socket,
                                                          HttpExchange* exchange) {
  boost::asio::ssl::stream<boost::asio::ip::tcp::socket> stream(std::move(socket), tls_context());
  expect_host(stream.native_handle(), exchange->url.host);
  const auto [error] =
      co_await stream.async_handshake(boost::asio::ssl::stream_base::client, kAwaitTuple);
  if (error) {
    co_return std::unexpected(handshake_failure(stream.native_handle(), exchange->url.host, error));
  }
  co_return co_await HttpBytes(stream, *exchange).run();
}

}  // namespace a67::native
