// The node's metrics in Prometheus' text format (version 0.0.4), made from its status. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "engine/fleet/node_protocol.h"

namespace a67 {

struct OrderCounts {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;
};

std::string render_metrics(const NodeStatus& status, const OrderCounts& orders);

}  // namespace a67
