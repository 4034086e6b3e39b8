#include "engine/state/state.h"

#include <catch_amalgamated.hpp>
#include <string>

#include "tests/engine/state/sample.h"

using namespace a67;

TEST_CASE("State: nodes and apps are found by their key", "[state]") {
  State state = test::sample_state();
  CHECK(state.find_node(NodeId("n-2"))->name == "entry");
  CHECK(state.find_node(NodeId("n-9")) == nullptr);
  CHECK(state.find_app("guestbook")->wanted == 3);
  CHECK(state.find_app("other") == nullptr);
  CHECK(state.node_name(NodeId("n-1")) == "node-1");
  CHECK(state.node_name(NodeId("n-gone")) == "n-gone");
}

TEST_CASE("State: activity forgets the oldest lines beyond its limit", "[state]") {
  State state;
  for (std::size_t at = 0; at < kActivityLinesMax + 5; ++at) {
    state.note(1, ActivityLevel::kInfo, "k", "s", std::to_string(at));
  }
  CHECK(state.activity.size() == kActivityLinesMax);
  CHECK(state.activity.front().message == "5");
  CHECK(state.activity.back().seq == static_cast<std::int64_t>(kActivityLinesMax) + 5);
}

TEST_CASE("AppRecord: only the last deployment may be the rollout that goes on", "[state]") {
  AppRecord app;
  CHECK(app.rollout() == nullptr);
  CHECK(app.newest_deployment() == nullptr);
  app.deployments.push_back({.id = DeploymentId("d-1")});
  CHECK(app.rollout() == &app.deployments.back());
  app.deployments.back().finished_at = 1;
  CHECK(app.rollout() == nullptr);
  CHECK(app.newest_deployment() == &app.deployments.back());
  CHECK(app.find_release(ReleaseId("none")) == nullptr);
}

TEST_CASE("Records: every word has a name that leads back to it", "[state]") {
  for (const auto kind : {DeploymentKind::kDeploy, DeploymentKind::kScale, DeploymentKind::kRestart,
                          DeploymentKind::kRollback, DeploymentKind::kStart}) {
    CHECK(deployment_kind_from(to_string(kind)) == kind);
  }
  for (const auto state :
       {DeploymentState::kUploading, DeploymentState::kBuilding, DeploymentState::kStarting,
        DeploymentState::kDone, DeploymentState::kRolledBack, DeploymentState::kFailed,
        DeploymentState::kCancelled}) {
    CHECK(deployment_state_from(to_string(state)) == state);
  }
  for (const auto level : {ActivityLevel::kInfo, ActivityLevel::kWarning, ActivityLevel::kError}) {
    CHECK(activity_level_from(to_string(level)) == level);
  }
  CHECK_FALSE(deployment_kind_from("magic"));
  CHECK_FALSE(deployment_state_from(""));
  CHECK_FALSE(activity_level_from("loud"));
}

TEST_CASE("keep_unstored: only what both have goes on, and what drains drains", "[state]") {
  const Instant now{Duration{9'000}};
  State before = test::sample_state();
  State stored = before;
  before.nodes[0].leaving = true;
  AppRecord& app = before.apps[0];
  app.replace_not_before = Instant{Duration{7'000}};
  REQUIRE(app.assignments.size() >= 2);
  app.assignments[0].draining_since = Instant{Duration{8'000}};
  for (Assignment& assignment : stored.apps[0].assignments) assignment.draining_since = Instant{};
  stored.apps[0].assignments[1].draining_since.reset();
  stored.nodes[1].leaving = true;
  stored.apps[0].assignments.push_back(stored.apps[0].assignments[0]);
  stored.apps[0].assignments.back().id = ReplicaId("only-stored");

  keep_unstored(stored, before, now);
  CHECK(stored.nodes[0].leaving);
  CHECK_FALSE(stored.nodes[1].leaving);
  CHECK(stored.apps[0].replace_not_before == Instant{Duration{7'000}});
  CHECK(stored.apps[0].assignments[0].draining_since == Instant{Duration{8'000}});
  CHECK_FALSE(stored.apps[0].assignments[1].draining_since);
  CHECK(stored.apps[0].assignments.back().draining_since == now);
}
