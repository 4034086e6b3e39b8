#include "engine/deploy/rollout_progress.h"

#include <catch_amalgamated.hpp>

using namespace a67;

TEST_CASE("Rollout progress: the slowest replica says what is going on", "[progress]") {
  struct Row {
    std::optional<ReplicaState> state;
    DeploymentState shown;
    const char* doing;
  };
  const Row row = GENERATE(
      Row{std::nullopt, DeploymentState::kUploading, "telling the node"},
      Row{ReplicaState::kWaiting, DeploymentState::kUploading, "uploading"},
      Row{ReplicaState::kFetching, DeploymentState::kUploading, "fetching the source"},
      Row{ReplicaState::kUnpacking, DeploymentState::kBuilding, "unpacking"},
      Row{ReplicaState::kBuilding, DeploymentState::kBuilding, "building"},
      Row{ReplicaState::kStarting, DeploymentState::kStarting, "starting"},
      Row{ReplicaState::kUnhealthy, DeploymentState::kStarting, "not answering its health check"},
      Row{ReplicaState::kBackoff, DeploymentState::kStarting, "waiting to be started again"},
      Row{ReplicaState::kFailed, DeploymentState::kStarting, "failed"},
      Row{ReplicaState::kStopping, DeploymentState::kStarting, "stopping"});
  const RolloutProgress progress = rollout_progress(
      {{.node = "fast", .state = ReplicaState::kReady}, {.node = "slow", .state = row.state}}, 2);
  CHECK(progress.state == row.shown);
  CHECK(progress.ready == 1);
  CHECK(progress.step == "1 of 2 ready; slow: " + std::string(row.doing) + ".");
  CHECK(progress.percent >= 50);
  CHECK(progress.percent < 100);
}

TEST_CASE("Rollout progress: before anything is placed it says what it waits for", "[progress]") {
  const RolloutProgress progress = rollout_progress({}, 3);
  CHECK(progress.percent == 0);
  CHECK(progress.step == "0 of 3 ready; waiting for a node that can take a replica.");
}

TEST_CASE("Rollout progress: it is never done before the old ones are gone", "[progress]") {
  const RolloutProgress progress =
      rollout_progress({{.node = "a", .state = ReplicaState::kReady}}, 1);
  CHECK(progress.percent == 99);
  CHECK(progress.step == "1 of 1 ready; retiring the old ones.");
}
