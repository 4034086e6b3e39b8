// Placement decides on which node a new replica goes, and which replicas go first when there are
// too many.
//
// It never moves a replica that exists: it is only asked for new ones. Order of the rules:
//   1. only awake workers that are not to be avoided and have the memory and disk
//   2. the fewest replicas of this app (losing one node then costs the fewest), so counts differ by
//   at most one
//      where everything fits
//   3. the fewest replicas in all, for its number of CPUs
//   4. the best score of engine/balance, then the order of ids
//
// Errors: `no_nodes` when no worker is awake, with the number in each state; `no_memory` or
// `disk_full` when that is what is missing. Pure and deterministic; the order of the nodes does not
// matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/balance/score.h"
#include "engine/base/ids.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/fleet/failure_detector.h"
#include "engine/fleet/node_protocol.h"

namespace a67 {

// Below this a node can neither unpack nor log.
inline constexpr std::int64_t kDiskFreeBytesMin = std::int64_t{128} << 20;

struct PlacementNode {
  NodeId id;
  std::string name;
  NodeState state = NodeState::kDead;
  NodeRole role = NodeRole::kWorker;
  balance::Signals signals = {};
  std::optional<std::int64_t> memory_free_bytes = {};  // nothing: not known yet
  std::optional<std::int64_t> disk_free_bytes = {};
  std::int64_t cpus = 1;
  std::size_t replicas = 0;  // of all apps
};

struct PlacementRequest {
  std::string app;
  std::size_t count = 1;
  std::int64_t memory_mb = 0;         // of one replica; 0: no limit, so nothing to check
  std::vector<NodeId> avoid = {};     // where this release cannot run
  std::vector<NodeId> existing = {};  // the node of each replica the app has, one entry per replica
  bool partial = false;               // place what fits, as long as it is one at least
};

struct Placement {
  NodeId node;
  std::string node_name;
  balance::Score score;
  std::string why;  // one sentence
};
Json to_json(const Placement& placement);  // the contract's PlacementView

// Which nodes get the `count` new replicas, in the order of choice.
Result<std::vector<Placement>> place(const PlacementRequest& request,
                                     std::span<const PlacementNode> nodes,
                                     const balance::Weights& weights);

// Why a node cannot take a replica now; nothing when it can.
std::optional<std::string> exclusion(const PlacementRequest& request, const PlacementNode& node);

struct RemovalCandidate {
  ReplicaId id;
  NodeId node;
  bool ready = false;
};

// The indices of the `count` replicas to stop, in order: those not ready first, then from the most
// crowded node, the newest first. All of them when there are fewer. REQUIRES: candidates ordered
// from oldest to newest.
std::vector<std::size_t> choose_removals(std::span<const RemovalCandidate> candidates,
                                         std::size_t count);

}  // namespace a67
