// LocalServer lets other programs of the same person use a running engine: a unix socket (mode
// 0600) that speaks the boundary's messages, one JSON text a line.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <map>
#include <memory>
#include <string>

#include "engine/native/data_dir.h"
#include "engine/native/engine_link.h"
#include "engine/native/hub.h"
#include "engine/native/json_lines.h"

namespace a67::native {

class LocalServer {
 public:
  static constexpr std::size_t kClientsMax = 64;
  // Waiting to be read by one client; a slower one is let go.
  static constexpr std::size_t kUnsentBytesMax = std::size_t{64} << 20;

  // REQUIRES: the lock of `dir` is held (a socket found there is a dead one's); the link outlives
  // this.
  LocalServer(boost::asio::io_context& context, const DataDir& dir, EngineLink& engine);
  ~LocalServer();
  LocalServer(const LocalServer&) = delete;
  LocalServer& operator=(const LocalServer&) = delete;

  // Error: kStoreFailed.
  Result<void> listen();
  // Everything the engine says.
  void on_message(const Json& message);

 private:
  void accept();
  void drop(Hub::ClientId id);

  std::string path_;
  boost::asio::local::stream_protocol::acceptor acceptor_;
  Hub hub_;
  Json hello_;
  bool ready_ = false;
  Hub::ClientId next_client_ = 1;
  std::map<Hub::ClientId, std::shared_ptr<JsonLines>> clients_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace a67::native
