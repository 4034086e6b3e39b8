// What a wrapper writes down so that the next one finds its replicas: `runtime/state.json`.
//
// It holds no secret (settings of apps are not in it). It is written with every change, replaced in
// one step, and not forced to the disk: it only has to outlive the wrapper, not the machine, whose
// restart ends every process anyway.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/fleet/node_protocol.h"
#include "node-wrapper/runtime/process.h"
#include "node-wrapper/runtime/replica_life.h"

namespace a67 {

struct SavedReplica {
  ReplicaId id;
  std::string app;
  std::int64_t generation = 0;
  std::string key;  // of its release tree
  std::uint16_t port = 0;
  ProcessIdentity process;  // pid 0 = none
  UnixMs started_at = 0;
  LifeMemory life;
  bool operator==(const SavedReplica&) const = default;
};

struct SavedState {
  std::string boot_id;  // of the machine: after its restart no pid means anything
  std::vector<SavedReplica> replicas;
  bool operator==(const SavedState&) const = default;
};

std::string write_state(const SavedState& state);
// Refuses what it cannot read in full (kInvalidInput): taking over half of it would leave processes
// unwatched.
Result<SavedState> read_state(std::string_view text);

}  // namespace a67
