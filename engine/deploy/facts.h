// Facts: what the nodes report, as the rules of deployment see it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/deploy/placement.h"
#include "engine/fleet/node_protocol.h"
#include "engine/state/state.h"

namespace a67 {

inline balance::Weights balance_weights(const WeightSettings& weights) {
  return {.cpu = static_cast<int>(weights.cpu),
          .memory = static_cast<int>(weights.memory),
          .latency = static_cast<int>(weights.latency),
          .connections = static_cast<int>(weights.connections),
          .history = static_cast<int>(weights.history)};
}

struct ReplicaFact {
  ReplicaState state = ReplicaState::kWaiting;
  std::int64_t generation = 0;
  std::optional<Error> reason;
};

struct Facts {
  Instant now{};
  UnixMs unix_now = 0;
  std::vector<PlacementNode> nodes;           // every node of the state
  std::map<ReplicaId, ReplicaFact> replicas;  // of nodes heard of since the engine started

  [[nodiscard]] const ReplicaFact* find(const ReplicaId& id) const {
    const auto found = replicas.find(id);
    return found == replicas.end() ? nullptr : &found->second;
  }
  [[nodiscard]] const PlacementNode* find(const NodeId& id) const {
    for (const PlacementNode& node : nodes) {
      if (node.id == id) return &node;
    }
    return nullptr;
  }
};

}  // namespace a67
