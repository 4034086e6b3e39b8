#include "engine/deploy/reconcile.h"

#include <catch_amalgamated.hpp>

#include "tests/engine/deploy/reconcile_bench.h"

using namespace a67;
using a67::test::Bench;

TEST_CASE("reconcile: a first deployment is spread over the nodes and serves when all is ready",
          "[reconcile]") {
  Bench bench;
  bench.state.apps.push_back({.name = "app"});
  bench.begin(DeploymentKind::kDeploy, bench.add_release(), 3);
  CHECK(bench.step().changed);
  REQUIRE(bench.staying().size() == 3);
  for (const char* node : {"n-1", "n-2", "n-3"}) CHECK(bench.count_on(node) == 1);
  CHECK(bench.app().serving.empty());
  CHECK(bench.routed() == 0);

  bench.say(bench.staying()[0].id, ReplicaState::kReady);
  bench.step();
  CHECK(bench.routed() == 1);
  CHECK(bench.deployment().ready == 1);
  CHECK(bench.deployment().running());

  bench.settle();
  CHECK(bench.deployment().state == DeploymentState::kDone);
  CHECK(bench.deployment().percent == 100);
  CHECK(bench.app().serving == ReleaseId("app-r1"));
  CHECK(bench.routed() == 3);
}

TEST_CASE("reconcile: when nothing is to do, nothing changes", "[reconcile]") {
  Bench bench;
  bench.serve(3);
  const Changes changes = bench.step();
  CHECK_FALSE(changes.changed);
  CHECK_FALSE(changes.wake_at);
}

TEST_CASE("reconcile: a rollout adds half as many at most and never routes fewer than wanted",
          "[reconcile]") {
  const std::int64_t replicas = GENERATE(1, 2, 3, 4, 7);
  Bench bench;
  bench.serve(replicas);
  const ReleaseId next = bench.add_release();
  bench.begin(DeploymentKind::kDeploy, next, replicas);
  const auto wanted = static_cast<std::size_t>(replicas);
  for (int round = 0; round < 200 && bench.deployment().running(); ++round) {
    bench.step();
    CHECK(bench.routed() >= wanted);
    CHECK(bench.staying().size() <= wanted + std::max<std::size_t>(1, (wanted + 1) / 2));
    // One replica at a time becomes ready.
    for (const Assignment& assignment : bench.staying()) {
      if (assignment.release == next && !assignment.ready) {
        bench.say(assignment.id, ReplicaState::kReady);
        break;
      }
    }
    bench.pass(Duration{300});
  }
  CHECK(bench.deployment().state == DeploymentState::kDone);
  CHECK(bench.app().serving == next);
  CHECK(bench.count_of(next) == wanted);
}

TEST_CASE("reconcile: what leaves the routes is stopped only after the drain time", "[reconcile]") {
  Bench bench;
  bench.serve(3);
  bench.begin(DeploymentKind::kScale, bench.app().serving, 2);
  const Changes changes = bench.step();
  CHECK(bench.routed() == 2);
  CHECK(bench.app().assignments.size() == 3);
  CHECK(changes.wake_at == bench.facts.now + kDrain);
  bench.pass(kDrain - Duration{1});
  bench.step();
  CHECK(bench.app().assignments.size() == 3);
  bench.pass(Duration{1});
  CHECK(bench.step().changed);
  CHECK(bench.app().assignments.size() == 2);
}

TEST_CASE("reconcile: scaling up and down", "[reconcile]") {
  Bench bench;
  bench.serve(2);
  bench.begin(DeploymentKind::kScale, bench.app().serving, 5);
  bench.settle();
  CHECK(bench.deployment().state == DeploymentState::kDone);
  CHECK(bench.app().wanted == 5);
  CHECK(bench.routed() == 5);
  bench.begin(DeploymentKind::kScale, bench.app().serving, 1);
  bench.settle();
  CHECK(bench.app().wanted == 1);
  CHECK(bench.app().assignments.size() == 1);
  CHECK(bench.routed() == 1);
}

TEST_CASE("reconcile: a restart replaces even a single replica without a gap", "[reconcile]") {
  Bench bench;
  bench.serve(1);
  const ReplicaId old = bench.staying()[0].id;
  bench.begin(DeploymentKind::kRestart, bench.app().serving, 1);
  bench.step();
  CHECK(bench.staying().size() == 2);
  CHECK(bench.routed() == 1);
  CHECK(bench.staying()[1].generation == 2);
  bench.settle();
  CHECK(bench.deployment().state == DeploymentState::kDone);
  REQUIRE(bench.staying().size() == 1);
  CHECK(bench.staying()[0].id != old);
}

TEST_CASE("reconcile: a stopped app loses its replicas and gets new ones when started",
          "[reconcile]") {
  Bench bench;
  bench.serve(2);
  bench.app().stopped = true;
  bench.step();
  CHECK(bench.routed() == 0);
  bench.pass(kDrain);
  bench.step();
  CHECK(bench.app().assignments.empty());
  CHECK_FALSE(bench.step().changed);
  bench.begin(DeploymentKind::kStart, bench.app().serving, 2);
  bench.settle();
  CHECK(bench.deployment().state == DeploymentState::kDone);
  CHECK(bench.routed() == 2);
}

TEST_CASE("reconcile: a node that is given up is emptied only when its replicas run elsewhere",
          "[reconcile]") {
  Bench bench;
  bench.serve(3);
  bench.state.nodes[0].leaving = true;
  bench.step();
  CHECK(bench.count_on("n-1") == 1);  // still serves
  CHECK(bench.staying().size() == 4);
  bench.settle();
  CHECK(bench.count_on("n-1") == 0);
  CHECK(bench.routed() == 3);
}

TEST_CASE("reconcile: replicas of a node that was forgotten are placed elsewhere", "[reconcile]") {
  Bench bench;
  bench.serve(3);
  bench.state.nodes.erase(bench.state.nodes.begin());
  bench.facts.nodes.erase(bench.facts.nodes.begin());
  bench.settle();
  CHECK(bench.routed() == 3);
  CHECK(bench.count_on("n-1") == 0);
}

TEST_CASE("reconcile: what was ready stays in the routes until its node says otherwise",
          "[reconcile]") {
  Bench bench;
  bench.serve(2);
  bench.facts.replicas.clear();  // the engine was reloaded and has heard of nobody
  Random random = Random::from_number(1);
  CHECK_FALSE(reconcile(bench.state, bench.facts, random).changed);
  CHECK(bench.routed() == 2);
  bench.say(bench.staying()[0].id, ReplicaState::kUnhealthy);
  bench.facts.replicas[bench.staying()[0].id].generation = 1;
  bench.step();
  CHECK(bench.routed() == 1);
}

TEST_CASE("reconcile: a replica of an older generation does not count as ready", "[reconcile]") {
  Bench bench;
  bench.serve(1);
  bench.app().assignments[0].generation = 2;
  bench.step();
  CHECK(bench.routed() == 0);
}

TEST_CASE("reconcile: two runs with the same random numbers decide the same", "[reconcile]") {
  Bench first;
  Bench second;
  first.serve(4);
  second.serve(4);
  REQUIRE(first.app().assignments.size() == second.app().assignments.size());
  for (std::size_t at = 0; at < first.app().assignments.size(); ++at) {
    CHECK(first.app().assignments[at].id == second.app().assignments[at].id);
    CHECK(first.app().assignments[at].node == second.app().assignments[at].node);
  }
}
