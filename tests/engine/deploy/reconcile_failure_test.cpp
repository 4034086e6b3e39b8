#include <catch_amalgamated.hpp>
#include <set>

#include "tests/engine/deploy/reconcile_bench.h"

using namespace a67;
using a67::test::Bench;

namespace {

void begin_next(Bench& bench, std::int64_t wanted) {
  bench.begin(DeploymentKind::kDeploy, bench.add_release(), wanted);
  bench.step();
}

ReplicaId newest(Bench& bench) { return bench.staying().back().id; }

}  // namespace

TEST_CASE("reconcile: a release that cannot run is rolled back and the former serves on",
          "[reconcile]") {
  const ErrorCode code =
      GENERATE(ErrorCode::kBuildFailed, ErrorCode::kUnhealthy, ErrorCode::kCrashed,
               ErrorCode::kUnknownRuntime, ErrorCode::kBadArchive, ErrorCode::kGitFailed);
  Bench bench;
  bench.serve(3);
  begin_next(bench, 3);
  bench.fail_replica(newest(bench), code);
  bench.step();
  CHECK(bench.deployment().state == DeploymentState::kRolledBack);
  REQUIRE(bench.deployment().error);
  CHECK(bench.deployment().error->code == code);
  CHECK(bench.deployment().error->message.starts_with("On n-"));
  bench.settle();
  CHECK(bench.app().serving == ReleaseId("app-r1"));
  CHECK(bench.count_of(ReleaseId("app-r1")) == 3);
  CHECK(bench.app().assignments.size() == 3);
}

TEST_CASE("reconcile: a first release that cannot run leaves nothing behind", "[reconcile]") {
  Bench bench;
  bench.state.apps.push_back({.name = "app"});
  begin_next(bench, 3);
  bench.say(bench.staying()[0].id, ReplicaState::kReady);
  bench.step();
  bench.fail_replica(bench.staying()[1].id, ErrorCode::kBuildFailed);
  bench.step();
  CHECK(bench.deployment().state == DeploymentState::kFailed);
  CHECK(bench.deployment().step == "Nothing of it is running.");
  bench.pass(kDrain);
  bench.step();
  bench.pass(kDrain);
  bench.step();
  CHECK(bench.app().assignments.empty());
  CHECK(bench.app().serving.empty());
}

TEST_CASE("reconcile: going back halfway never routes fewer than were wanted before",
          "[reconcile]") {
  Bench bench;
  bench.serve(4);
  begin_next(bench, 4);
  // Two new ones are ready, so two old ones have left.
  int made_ready = 0;
  for (const Assignment& assignment : bench.staying()) {
    if (assignment.release == ReleaseId("app-r2") && made_ready++ < 2) {
      bench.say(assignment.id, ReplicaState::kReady);
    }
  }
  bench.step();
  bench.pass(kDrain);
  bench.step();
  REQUIRE(bench.count_of(ReleaseId("app-r1")) == 2);
  cancel_rollout(bench.state, bench.app(), bench.facts);
  for (int round = 0; round < 40; ++round) {
    bench.step();
    CHECK(bench.routed() >= 4);
    for (const Assignment& assignment : bench.staying()) {
      if (!assignment.ready) {
        bench.say(assignment.id, ReplicaState::kReady);
        break;
      }
    }
    bench.pass(Duration{500});
  }
  CHECK(bench.count_of(ReleaseId("app-r1")) == 4);
  CHECK(bench.app().assignments.size() == 4);
}

TEST_CASE("reconcile: a failure that is the node's fault moves on to another node", "[reconcile]") {
  const ErrorCode code =
      GENERATE(ErrorCode::kDiskFull, ErrorCode::kNoMemory, ErrorCode::kMissingRuntime);
  Bench bench;
  bench.serve(1);
  begin_next(bench, 1);
  std::set<NodeId> tried;
  for (int attempt = 0; attempt < 2; ++attempt) {
    tried.insert(bench.staying().back().node);
    bench.fail_replica(newest(bench), code);
    bench.step();
    CHECK(bench.deployment().running());
    CHECK_FALSE(tried.contains(bench.staying().back().node));
  }
  SECTION("until one can") {
    bench.settle();
    CHECK(bench.deployment().state == DeploymentState::kDone);
  }
  SECTION("or none is left") {
    bench.fail_replica(newest(bench), code);
    bench.step();
    CHECK(bench.deployment().state == DeploymentState::kRolledBack);
    CHECK(bench.deployment().error->code == code);
    CHECK(bench.routed() == 1);
  }
}

TEST_CASE("reconcile: several replicas that fail at once for their nodes' faults are all moved",
          "[reconcile]") {
  Bench bench(6);
  bench.state.apps.push_back({.name = "app"});
  begin_next(bench, 3);
  for (const Assignment& assignment : bench.staying()) {
    bench.fail_replica(assignment.id, ErrorCode::kDiskFull);
  }
  bench.step();
  CHECK(bench.deployment().running());
  CHECK(bench.deployment().avoid.size() == 3);
  CHECK(bench.staying().size() == 3);
  for (const Assignment& assignment : bench.staying()) {
    CHECK_FALSE(std::ranges::contains(bench.deployment().avoid, assignment.node));
  }
}

TEST_CASE("reconcile: scaling that fails keeps what there was", "[reconcile]") {
  Bench bench;
  bench.serve(2);
  bench.begin(DeploymentKind::kScale, bench.app().serving, 4);
  bench.step();
  bench.fail_replica(newest(bench), ErrorCode::kCrashed);
  bench.step();
  CHECK(bench.deployment().state == DeploymentState::kRolledBack);
  bench.settle();
  CHECK(bench.app().wanted == 2);
  CHECK(bench.routed() == 2);
  CHECK(bench.app().assignments.size() == 2);
}

TEST_CASE("reconcile: an app that cannot be started again is stopped", "[reconcile]") {
  Bench bench;
  bench.serve(2);
  bench.app().stopped = true;
  bench.settle();
  bench.begin(DeploymentKind::kStart, bench.app().serving, 2);
  bench.step();
  bench.fail_replica(newest(bench), ErrorCode::kCrashed);
  bench.step();
  CHECK(bench.deployment().state == DeploymentState::kFailed);
  CHECK(bench.app().stopped);
  bench.settle();
  CHECK(bench.app().assignments.empty());
}

TEST_CASE("reconcile: a rollout that does not end has failed after 45 minutes", "[reconcile]") {
  Bench bench;
  bench.serve(1);
  begin_next(bench, 1);
  bench.pass(Duration{kRolloutMsMax + 1});
  bench.step();
  CHECK(bench.deployment().state == DeploymentState::kRolledBack);
  CHECK(bench.deployment().error->code == ErrorCode::kTimeout);
}

TEST_CASE("reconcile: a cancelled rollout is no failure", "[reconcile]") {
  Bench bench;
  bench.serve(2);
  begin_next(bench, 3);
  cancel_rollout(bench.state, bench.app(), bench.facts);
  CHECK(bench.deployment().state == DeploymentState::kCancelled);
  CHECK_FALSE(bench.deployment().error);
  bench.settle();
  CHECK(bench.app().wanted == 2);
  CHECK(bench.count_of(ReleaseId("app-r1")) == 2);
}

TEST_CASE("reconcile: a dead node's replicas are placed again, and not twice", "[reconcile]") {
  Bench bench;
  bench.serve(3);
  bench.kill("n-1");
  bench.settle();
  CHECK(bench.routed() == 3);
  CHECK(bench.app().assignments.size() == 3);
  CHECK(bench.count_on("n-1") == 0);
  bench.wake("n-1");
  CHECK_FALSE(bench.step().changed);
}

TEST_CASE("reconcile: while no node can take a dead node's replica it stays where it is",
          "[reconcile]") {
  Bench bench(2);
  bench.serve(2);
  bench.kill("n-1");
  bench.node("n-2").disk_free_bytes = 0;
  bench.settle();
  CHECK(bench.count_on("n-1") == 1);
  REQUIRE(bench.app().placement_error);
  CHECK(bench.app().placement_error->code == ErrorCode::kDiskFull);
  CHECK_FALSE(bench.step().changed);  // it is told once, not in every pass
  bench.wake("n-1");
  bench.settle();
  CHECK(bench.count_on("n-1") == 1);
  CHECK(bench.routed() == 2);
}

TEST_CASE("reconcile: a node that dies during a rollout does not stop it", "[reconcile]") {
  Bench bench;
  bench.serve(3);
  begin_next(bench, 3);
  bench.kill("n-2");
  bench.settle();
  CHECK(bench.deployment().state == DeploymentState::kDone);
  CHECK(bench.routed() == 3);
  CHECK(bench.app().assignments.size() == 3);
}

TEST_CASE("reconcile: a serving replica that failed for good is replaced, with growing pauses",
          "[reconcile]") {
  Bench bench;
  bench.serve(1);
  Duration expected = kReplaceBackoffMin;
  for (int round = 0; round < 7; ++round) {
    const ReplicaId id = newest(bench);
    bench.fail_replica(id, ErrorCode::kCrashed);
    bench.step();
    REQUIRE(newest(bench) != id);
    const ReplicaId next = newest(bench);
    bench.fail_replica(next, ErrorCode::kCrashed);
    bench.pass(expected - Duration{1});
    const Changes changes = bench.step();
    CHECK(newest(bench) == next);  // not yet
    CHECK(changes.wake_at == bench.facts.now + Duration{1});
    bench.pass(Duration{1});
    expected = std::min(expected * 2, kReplaceBackoffMax);
  }
  SECTION("and from the shortest again once it served") {
    bench.settle();
    CHECK(bench.app().replace_backoff == Duration{0});
  }
}

TEST_CASE("reconcile: a replacement keeps away from nodes that cannot run the release",
          "[reconcile]") {
  Bench bench;
  bench.serve(2);
  bench.add_node("n-4");
  bench.fail_replica(newest(bench), ErrorCode::kMissingRuntime);
  const NodeId unfit = bench.staying().back().node;
  bench.step();
  CHECK(bench.staying().back().node != unfit);
  SECTION("as long as there are others") {
    bench.kill("n-1");
    bench.kill("n-2");
    bench.kill("n-3");
    bench.kill("n-4");
    bench.wake(unfit.value);
    bench.settle();
    CHECK(bench.count_on(unfit.value) == 2);
  }
}

TEST_CASE("reconcile: an app without a release that served does nothing", "[reconcile]") {
  Bench bench;
  bench.state.apps.push_back({.name = "app"});
  CHECK_FALSE(bench.step().changed);
}
