// The records of the state: what a person has asked for, and how far we are with it.
//
// Only desires and decisions live here. What nodes report (observed state) is kept apart, in
// memory, and is asked for again after every start; so a snapshot can never claim that something
// runs.
//
// The words of what a node is to run (Source, ReplicaSpec, Environment) are the node protocol's
// own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/fleet/node_protocol.h"

namespace a67 {

inline constexpr std::size_t kReleasesPerAppMax =
    10;  // older ones are forgotten, never the serving one
inline constexpr std::size_t kDeploymentsPerAppMax = 20;  // likewise
inline constexpr std::size_t kActivityLinesMax = 2000;
inline constexpr std::size_t kAppsMax = 200;
inline constexpr std::size_t kNodesMax = 100;

struct NodeRecord {
  NodeId id;
  std::string name;
  std::string url;          // of its control API, without a trailing slash
  std::string gateway_url;  // of its gateway, likewise
  NodeRole role = NodeRole::kWorker;
  UnixMs claimed_at = 0;
  bool leaving = false;  // being given up: its replicas move first. Not saved.
};

// One immutable version of an app: the bytes and how to run them.
struct ReleaseRecord {
  ReleaseId id;
  std::int64_t number = 1;
  Source source;
  std::string source_name;        // what the person called it: a file, a folder
  std::int64_t source_bytes = 0;  // 0 for git
  ReplicaSpec spec;
  std::vector<std::string> hosts;
  std::string policy = "weighted";
  UnixMs created_at = 0;
};

// The decision that a replica of a release runs on a node.
struct Assignment {
  ReplicaId id;
  NodeId node;
  ReleaseId release;
  std::int64_t generation = 1;            // a higher one restarts it
  std::optional<Instant> draining_since;  // out of the routes; stopped shortly after
  bool ready = false;                     // as last seen: it may be in the routes
  Json why;                               // contract type PlacementView
};

enum class DeploymentKind : std::uint8_t { kDeploy, kScale, kRestart, kRollback, kStart };
enum class DeploymentState : std::uint8_t {
  kUploading,
  kBuilding,
  kStarting,
  kDone,
  kRolledBack,
  kFailed,
  kCancelled,
};

// The act of rolling out; kept for the record once it has ended.
struct DeploymentRecord {
  DeploymentId id;
  DeploymentKind kind = DeploymentKind::kDeploy;
  ReleaseId release;
  ReleaseId previous;  // empty: none
  DeploymentState state = DeploymentState::kUploading;
  std::int64_t wanted = 1;
  std::int64_t wanted_before = 0;
  std::int64_t generation = 1;  // replicas of the release with a lower one are old
  std::int64_t ready = 0;
  std::int64_t percent = 0;
  std::string step;
  UnixMs started_at = 0;
  UnixMs finished_at = 0;  // 0: still going
  std::optional<Error> error;
  std::vector<NodeId> avoid;  // nodes that cannot take this release (disk full, no interpreter)

  [[nodiscard]] bool running() const { return finished_at == 0; }
};

struct AppRecord {
  std::string name;
  UnixMs created_at = 0;
  std::int64_t wanted = 1;
  bool stopped = false;
  ReleaseId serving;            // empty until a release has served
  std::int64_t generation = 1;  // of new replicas and, after a restart, of all
  std::int64_t next_release = 1;
  std::vector<ReleaseRecord> releases;  // oldest first
  std::vector<Assignment> assignments;
  std::vector<DeploymentRecord> deployments;  // oldest first; only the last may be running

  // Not saved: why there are fewer replicas than wanted, and when a failed one may be replaced
  // again.
  std::optional<Error> placement_error;
  Instant replace_not_before{};
  Duration replace_backoff{0};

  [[nodiscard]] const ReleaseRecord* find_release(const ReleaseId& id) const;
  [[nodiscard]] const DeploymentRecord* newest_deployment() const;
  // The deployment that is going on, if any.
  [[nodiscard]] DeploymentRecord* rollout();
  [[nodiscard]] const DeploymentRecord* rollout() const;
};

enum class ActivityLevel : std::uint8_t { kInfo, kWarning, kError };

struct ActivityLine {
  std::int64_t seq = 0;
  UnixMs at = 0;
  ActivityLevel level = ActivityLevel::kInfo;
  std::string kind;
  std::string subject;
  std::string message;
};

std::string_view to_string(DeploymentKind kind);
std::string_view to_string(DeploymentState state);
std::string_view to_string(ActivityLevel level);
std::optional<DeploymentKind> deployment_kind_from(std::string_view name);
std::optional<DeploymentState> deployment_state_from(std::string_view name);
std::optional<ActivityLevel> activity_level_from(std::string_view name);

}  // namespace a67
