// JsonLines: JSON texts over a unix socket, one a line, both ways.
#pragma once

#include <boost/asio/local/stream_protocol.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "engine/base/json.h"
#include "engine/native/files.h"

namespace a67::native {

// A unix socket's address has room for 107 characters. A longer path is reached through a
// descriptor of its folder, which must stay open until the socket is bound or connected.
struct LocalEndpoint {
  boost::asio::local::stream_protocol::endpoint endpoint;
  Descriptor folder;
};
Result<LocalEndpoint> local_endpoint(const std::string& path);

class JsonLines : public std::enable_shared_from_this<JsonLines> {
 public:
  using Socket = boost::asio::local::stream_protocol::socket;

  // One line: a deploy request names up to 100,000 files and carries up to 20 small texts.
  static constexpr std::size_t kLineBytesMax = std::size_t{32} << 20;

  // `on_closed` is called once, when the other side is gone, sent nonsense, or reads too slowly.
  JsonLines(Socket socket, std::size_t unsent_bytes_max,
            std::function<void(const Json&)> on_message, std::function<void()> on_closed);

  void start();
  void send(const Json& message);
  void close();

 private:
  void read();
  void on_bytes();
  void write();
  void fail();

  Socket socket_;
  std::size_t unsent_bytes_max_;
  std::function<void(const Json&)> on_message_;
  std::function<void()> on_closed_;
  std::string unread_;
  std::size_t scanned_ = 0;
  std::array<char, std::size_t{64} << 10> buffer_{};
  std::deque<std::string> unsent_;
  std::size_t unsent_bytes_ = 0;
  bool closed_ = false;
};

}  // namespace a67::native
