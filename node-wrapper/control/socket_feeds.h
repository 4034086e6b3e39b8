// The two WebSockets of the control API: /v1/events sends the status whenever it changed, /v1/logs
// sends log lines.
//
// The first message brings the order token, so that it is in no URL. A refusal is sent as a message
// before the connection is closed: a browser cannot read the body of a refused upgrade.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "node-wrapper/control/control_request.h"
#include "node-wrapper/control/live_socket.h"
#include "node-wrapper/control/server_state.h"

namespace a67 {

// REQUIRES: is_socket(endpoint), and `request` is the upgrade that came over `socket`.
void start_socket(boost::asio::ip::tcp::socket socket, LiveSocket::Request request,
                  ControlHead head, Endpoint endpoint, std::shared_ptr<ServerState> state);

}  // namespace a67
