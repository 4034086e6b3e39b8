// One WebSocket over any stream: included only by stream_plain.cpp and stream_tls.cpp, because each
// use of it compiles for a long time.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <string>

#include "engine/native/connect.h"
#include "engine/native/stream_call.h"

namespace a67::native {

// Pings go out on their own after half of this, so a connection whose other end vanished is
// noticed.
inline constexpr std::chrono::seconds kStreamIdle{60};
inline constexpr auto kAwaitTuple = boost::asio::as_tuple(boost::asio::use_awaitable);

template <class Socket>
boost::asio::awaitable<Result<void>> run_session(Socket* socket, StreamSession* session) {
  namespace websocket = boost::beast::websocket;
  websocket::stream<Socket&> stream(*socket);
  stream.read_message_max(kStreamMessageBytesMax);
  stream.set_option(websocket::stream_base::timeout{.handshake_timeout = StreamCall::kOpenTimeout,
                                                    .idle_timeout = kStreamIdle,
                                                    .keep_alive_pings = true});
  const auto [refused] =
      co_await stream.async_handshake(session->url.authority, session->url.target, kAwaitTuple);
  if (refused) co_return std::unexpected(unreachable(session->url, refused));
  const auto [broken, count] =
      co_await stream.async_write(boost::asio::buffer(session->first), kAwaitTuple);
  if (broken) co_return std::unexpected(unreachable(session->url, broken));
  session->on_open();
  for (;;) {
    boost::beast::flat_buffer buffer;
    const auto [closed, bytes] = co_await stream.async_read(buffer, kAwaitTuple);
    if (closed == websocket::error::message_too_big) {
      co_return fail(ErrorCode::kTooLarge,
                     session->url.host + " sent a message that is too large.");
    }
    if (closed) co_return Result<void>{};
    if (stream.got_text()) session->on_text(boost::beast::buffers_to_string(buffer.data()));
  }
}

}  // namespace a67::native
