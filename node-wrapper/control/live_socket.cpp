#include "node-wrapper/control/live_socket.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <chrono>
#include <utility>

namespace a67 {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

namespace {
constexpr auto kTuple = net::as_tuple(net::use_awaitable);
}  // namespace

struct LiveSocket::Body {
  explicit Body(net::ip::tcp::socket socket) : stream(std::move(socket)) {}

  // Without compression: texts are small, and it would cost 300 kB for each connection.
  websocket::stream<beast::tcp_stream, false> stream;
  beast::flat_buffer buffer{kMessageBytesMax + 1024};
};

LiveSocket::LiveSocket(net::ip::tcp::socket socket)
    : body_(std::make_unique<Body>(std::move(socket))) {
  body_->stream.set_option(
      websocket::stream_base::timeout{.handshake_timeout = std::chrono::seconds(10),
                                      .idle_timeout = std::chrono::seconds(30),
                                      .keep_alive_pings = true});
  body_->stream.read_message_max(kMessageBytesMax);
  body_->stream.auto_fragment(false);
  body_->stream.text(true);
}

LiveSocket::~LiveSocket() = default;

net::awaitable<bool> LiveSocket::accept(Request request) {
  const auto [error] = co_await body_->stream.async_accept(request, kTuple);
  co_return !error;
}

net::awaitable<std::optional<std::string>> LiveSocket::read() {
  body_->buffer.clear();
  const auto [error, count] = co_await body_->stream.async_read(body_->buffer, kTuple);
  if (error || !body_->stream.got_text()) co_return std::nullopt;
  co_return beast::buffers_to_string(body_->buffer.data());
}

net::awaitable<bool> LiveSocket::write(std::string text) {
  const auto [error, count] = co_await body_->stream.async_write(net::buffer(text), kTuple);
  co_return !error;
}

net::awaitable<void> LiveSocket::close(std::uint16_t code, std::string reason) {
  websocket::close_reason why(code);
  why.reason = reason;
  co_await body_->stream.async_close(why, kTuple);
}

void LiveSocket::cut() {
  boost::system::error_code ignored;
  beast::get_lowest_layer(body_->stream).socket().close(ignored);
}

net::any_io_executor LiveSocket::executor() const {
  return beast::get_lowest_layer(body_->stream).get_executor();
}

}  // namespace a67
