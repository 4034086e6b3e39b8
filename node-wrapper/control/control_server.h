// ControlServer listens for the control API's clients. Each connection is a coroutine on the
// control thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "engine/base/result.h"
#include "node-wrapper/control/server_state.h"

namespace a67 {

class ControlServer {
 public:
  // REQUIRES: `context` and `api` outlive the server and every connection, that is, the run of
  // `context`.
  ControlServer(boost::asio::io_context& context, ControlApi& api,
                ControlServerOptions options = {});

  // `host` is an IP address; port 0 lets the system choose. The port taken, or kConflict,
  // kForbidden, kInvalidInput.
  Result<std::uint16_t> listen(const std::string& host, std::uint16_t port);
  // Takes no more connections and cuts the open ones.
  void stop();

 private:
  boost::asio::io_context& context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::shared_ptr<ServerState> state_;
};

}  // namespace a67
