// What each node is to be told: the desired state of one node, from the state of all.
#pragma once

#include <cstdint>
#include <string>

#include "engine/fleet/node_protocol.h"
#include "engine/state/state.h"

namespace a67 {

// `revision` stays 0: whoever sends it numbers what differs from what was sent before.
// Routes name the replicas that were last seen ready and are not leaving.
DesiredState desired_for(const State& state, const NodeId& node, std::int64_t epoch);

// `127.0.0.1:4701` of `http://127.0.0.1:4701`.
std::string authority_of(const std::string& url);

}  // namespace a67
