// LiveSocket is one WebSocket of the control API, seen by the feeds: texts in, texts out. The only
// place that instantiates Beast's WebSocket.
//
// Pings every 15 s find clients that are gone; one that takes no bytes for 30 s is cut.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/message.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/time.h"

namespace a67 {

class LiveSocket {
 public:
  static constexpr std::size_t kMessageBytesMax = 16'384;
  using Request = boost::beast::http::request<boost::beast::http::buffer_body>;

  explicit LiveSocket(boost::asio::ip::tcp::socket socket);
  LiveSocket(const LiveSocket&) = delete;
  LiveSocket& operator=(const LiveSocket&) = delete;
  ~LiveSocket();

  // Answers the upgrade. False when it failed.
  boost::asio::awaitable<bool> accept(Request request);
  // The next text, or nothing: closed, broken, not a text, or too large.
  boost::asio::awaitable<std::optional<std::string>> read();
  // False when the connection is gone.
  boost::asio::awaitable<bool> write(std::string text);
  // `code` as in RFC 6455, section 7.4.
  boost::asio::awaitable<void> close(std::uint16_t code, std::string reason);
  // Ends every pending call.
  void cut();
  [[nodiscard]] boost::asio::any_io_executor executor() const;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace a67
