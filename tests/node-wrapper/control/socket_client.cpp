#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "tests/node-wrapper/control/harness.h"

namespace a67::test {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

struct SocketClient::Body {
  net::io_context context;
  websocket::stream<net::ip::tcp::socket, false> stream{context};
  int status = 0;
};

SocketClient::SocketClient(std::uint16_t port, const std::string& path, const std::string& origin)
    : body_(std::make_unique<Body>()) {
  body_->stream.next_layer().connect({net::ip::make_address("127.0.0.1"), port});
  body_->stream.set_option(
      websocket::stream_base::decorator([origin](websocket::request_type& request) {
        if (!origin.empty()) request.set(beast::http::field::origin, origin);
      }));
  websocket::response_type response;
  boost::system::error_code error;
  body_->stream.handshake(response, "127.0.0.1:" + std::to_string(port), path, error);
  body_->status = static_cast<int>(response.result_int());
}

SocketClient::~SocketClient() {
  boost::system::error_code ignored;
  body_->stream.next_layer().close(ignored);
}

int SocketClient::status() const { return body_->status; }

void SocketClient::send(const std::string& text) {
  boost::system::error_code ignored;
  body_->stream.write(net::buffer(text), ignored);
}

std::optional<Json> SocketClient::next() {
  beast::flat_buffer buffer;
  boost::system::error_code error;
  body_->stream.read(buffer, error);
  if (error) return std::nullopt;
  return Json::parse(beast::buffers_to_string(buffer.data()));
}

int SocketClient::close_code() const { return body_->stream.reason().code; }

}  // namespace a67::test
