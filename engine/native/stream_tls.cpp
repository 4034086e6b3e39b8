#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "engine/native/stream_session.h"
#include "engine/native/tls.h"

namespace a67::native {

boost::asio::awaitable<Result<void>> stream_tls(boost::asio::ip::tcp::socket socket,
                                                StreamSession* session) {
  boost::asio::ssl::stream<boost::asio::ip::tcp::socket> stream(std::move(socket), tls_context());
  expect_host(stream.native_handle(), session->url.host);
  const auto [error] =
      co_await stream.async_handshake(boost::asio::ssl::stream_base::client, kAwaitTuple);
  if (error) {
    co_return std::unexpected(handshake_failure(stream.native_handle(), session->url.host, error));
  }
  co_return co_await run_session(&stream, session);
}

}  // namespace a67::native
