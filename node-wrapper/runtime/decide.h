// Decides what to do with each replica when the desired state or what runs has changed. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/fleet/node_protocol.h"

namespace a67 {

// What is known of a replica on this node.
struct KnownReplica {
  ReplicaId id;
  std::int64_t generation = 0;
  std::string key;        // of its release tree; another one means that how it runs has changed
  bool stopping = false;  // on its way to be gone
};

struct ReplicaDecision {
  enum class Kind : std::uint8_t {
    kStart,    // new here
    kRestart,  // another generation or another release under the same id, or it was just being
               // stopped
    kUpdate,   // the same process, but limits, health or other settings may differ
    kStop,     // not wanted
  };
  Kind kind = Kind::kStart;
  ReplicaId id;
  bool operator==(const ReplicaDecision&) const = default;
};

// One decision for each replica of either list, by id. A lower generation than the known one is not
// a wish to go back but an old message: it changes nothing.
std::vector<ReplicaDecision> decide(const std::vector<DesiredReplica>& desired,
                                    const std::vector<KnownReplica>& known);

}  // namespace a67
