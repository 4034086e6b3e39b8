// One client connection of the control API: reads requests, has the API decide, sends the answers.
// Heads, bodies and waiting are bounded (ControlServerOptions); an upload is written as it comes,
// so a slow disk slows the sender down.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "node-wrapper/control/server_state.h"

namespace a67 {

void start_http_session(boost::asio::ip::tcp::socket socket, std::shared_ptr<ServerState> state);

}  // namespace a67
