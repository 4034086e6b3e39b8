#include "engine/deploy/rollout_progress.h"

#include <algorithm>

namespace a67 {
namespace {

struct Stage {
  DeploymentState state;
  std::int64_t percent;
  std::string_view doing;
};

// Building takes most of the time, so most of the way lies there.
Stage stage_of(const std::optional<ReplicaState>& state) {
  if (!state) return {DeploymentState::kUploading, 2, "telling the node"};
  switch (*state) {
    case ReplicaState::kWaiting:
      return {DeploymentState::kUploading, 5, "uploading"};
    case ReplicaState::kFetching:
      return {DeploymentState::kUploading, 10, "fetching the source"};
    case ReplicaState::kUnpacking:
      return {DeploymentState::kBuilding, 20, "unpacking"};
    case ReplicaState::kBuilding:
      return {DeploymentState::kBuilding, 30, "building"};
    case ReplicaState::kStarting:
      return {DeploymentState::kStarting, 80, "starting"};
    case ReplicaState::kUnhealthy:
      return {DeploymentState::kStarting, 80, "not answering its health check"};
    case ReplicaState::kBackoff:
      return {DeploymentState::kStarting, 75, "waiting to be started again"};
    case ReplicaState::kFailed:
      return {DeploymentState::kStarting, 75, "failed"};
    case ReplicaState::kStopping:
      return {DeploymentState::kStarting, 75, "stopping"};
    case ReplicaState::kReady:
      return {DeploymentState::kStarting, 100, "ready"};
  }
  return {DeploymentState::kUploading, 0, ""};
}

}  // namespace

RolloutProgress rollout_progress(const std::vector<ReplicaProgress>& replicas, std::size_t wanted) {
  RolloutProgress progress{.state = DeploymentState::kStarting};
  std::int64_t sum = 0;
  const ReplicaProgress* slowest = nullptr;
  for (const ReplicaProgress& replica : replicas) {
    const Stage stage = stage_of(replica.state);
    sum += stage.percent;
    if (replica.state == ReplicaState::kReady) ++progress.ready;
    if (slowest == nullptr || stage.percent < stage_of(slowest->state).percent) slowest = &replica;
  }
  const auto count = static_cast<std::int64_t>(wanted);
  progress.percent = std::min<std::int64_t>(sum / count, 99);  // 100 only when it is done
  progress.step = std::to_string(progress.ready) + " of " + std::to_string(wanted) + " ready";
  if (slowest == nullptr) {
    progress.state = DeploymentState::kUploading;
    progress.step += "; waiting for a node that can take a replica.";
    return progress;
  }
  const Stage stage = stage_of(slowest->state);
  progress.state = stage.state;
  progress.step += slowest->state == ReplicaState::kReady
                       ? "; retiring the old ones."
                       : "; " + slowest->node + ": " + std::string(stage.doing) + ".";
  return progress;
}

}  // namespace a67
