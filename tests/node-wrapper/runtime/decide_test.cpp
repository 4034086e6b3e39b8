#include "node-wrapper/runtime/decide.h"

#include <catch_amalgamated.hpp>

#include "node-wrapper/releases/release_store.h"

namespace a67 {
namespace {

using Kind = ReplicaDecision::Kind;

DesiredReplica wanted(const std::string& id, std::int64_t generation = 1) {
  DesiredReplica replica;
  replica.id = ReplicaId(id);
  replica.app = "app";
  replica.release = ReleaseId("app-r1");
  replica.generation = generation;
  replica.source.sha256 = std::string(64, 'a');
  return replica;
}

KnownReplica known(const DesiredReplica& replica) {
  return {
      .id = replica.id, .generation = replica.generation, .key = ReleaseStore::tree_key(replica)};
}

Kind decide_one(const DesiredReplica& desired, const KnownReplica& replica) {
  const auto decisions = decide({desired}, {replica});
  REQUIRE(decisions.size() == 1);
  return decisions.front().kind;
}

TEST_CASE("decide: what is wanted starts, what is not stops", "[runtime]") {
  const auto decisions =
      decide({wanted("a"), wanted("b")}, {known(wanted("b")), known(wanted("c"))});
  CHECK(decisions == std::vector<ReplicaDecision>{{Kind::kStart, ReplicaId("a")},
                                                  {Kind::kUpdate, ReplicaId("b")},
                                                  {Kind::kStop, ReplicaId("c")}});
  CHECK(decide({}, {}).empty());
}

TEST_CASE("decide: a higher generation restarts, a lower one is an old message", "[runtime]") {
  CHECK(decide_one(wanted("a", 3), known(wanted("a", 2))) == Kind::kRestart);
  CHECK(decide_one(wanted("a", 2), known(wanted("a", 2))) == Kind::kUpdate);
  CHECK(decide_one(wanted("a", 1), known(wanted("a", 2))) == Kind::kUpdate);
}

TEST_CASE("decide: another release under the same id restarts, another limit does not",
          "[runtime]") {
  const KnownReplica replica = known(wanted("a"));
  DesiredReplica changed = wanted("a");
  changed.spec.memory_mb = 512;
  CHECK(decide_one(changed, replica) == Kind::kUpdate);
  changed.spec.start = "node other.js";
  CHECK(decide_one(changed, replica) == Kind::kRestart);
}

TEST_CASE("decide: what is on its way out comes back when it is wanted", "[runtime]") {
  KnownReplica replica = known(wanted("a"));
  replica.stopping = true;
  CHECK(decide_one(wanted("a"), replica) == Kind::kRestart);
}

}  // namespace
}  // namespace a67
