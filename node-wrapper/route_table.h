// Turns the controller's routes into the gateway's table: replicas that run here get their port,
// all others the gateway of their node. Pure.
#pragma once

#include <span>

#include "engine/fleet/node_protocol.h"
#include "node-wrapper/gateway/gateway.h"
#include "node-wrapper/runtime/runtime.h"

namespace a67 {

// A replica of this node that is not ready is left out, as is one whose node the routes do not
// name.
gateway::RouteTable make_route_table(const Routes& routes, const NodeId& self,
                                     std::span<const LocalReplica> local);

}  // namespace a67
