// How far a rollout is, in a word, a percentage and a sentence for a person.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/fleet/node_protocol.h"
#include "engine/state/records.h"

namespace a67 {

// One of the replicas that are being started.
struct ReplicaProgress {
  std::string node;                   // its name
  std::optional<ReplicaState> state;  // nothing: its node has not told of it yet
};

struct RolloutProgress {
  DeploymentState state = DeploymentState::kUploading;  // what the slowest replica does
  std::int64_t percent = 0;                             // of the wanted replicas together, 0..100
  std::int64_t ready = 0;
  std::string step;
};

// REQUIRES: wanted > 0.
RolloutProgress rollout_progress(const std::vector<ReplicaProgress>& replicas, std::size_t wanted);

}  // namespace a67
