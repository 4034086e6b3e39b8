// What becomes of replicas when their wrapper dies. The first wrapper is a process of its own,
// killed for real.
#include <sys/wait.h>

#include <catch_amalgamated.hpp>
#include <csignal>

#include "node-wrapper/runtime/state_file.h"
#include "tests/node-wrapper/runtime/runtime_rig.h"

namespace a67 {
namespace {

// Runs a wrapper in a child process until it has made the replicas ready, then kills it. `rig` has
// not opened its runtime yet.
void run_and_kill_wrapper(RuntimeRig& rig, const DesiredState& desired) {
  const pid_t wrapper = ::fork();
  REQUIRE(wrapper >= 0);
  if (wrapper == 0) {
    boost::asio::io_context io;
    auto runtime = Runtime::open(io, rig.options());
    if (runtime) {
      (*runtime)->apply(desired);
      io.run();
    }
    ::_exit(1);
  }
  const std::string state = rig.options().data_folder + "/runtime/state.json";
  rig.wait_for("the first wrapper to have it ready", [&] {
    const auto saved = read_state(read_some(state, 1 << 20));
    return saved && saved->replicas.size() == desired.replicas.size() &&
           std::ranges::all_of(saved->replicas, [](const SavedReplica& replica) {
             return replica.life.ever_ready && replica.process.pid != 0;
           });
  });
  ::kill(wrapper, SIGKILL);
  ::waitpid(wrapper, nullptr, 0);
}

DesiredReplica replica_of(RuntimeRig& rig, const std::string& id, const std::string& what) {
  DesiredReplica wanted = rig.wanted(id, what);
  rig.abandon();
  return wanted;
}

TEST_CASE("adoption: replicas survive their wrapper's death and are taken over", "[runtime]") {
  RuntimeRig rig;
  const DesiredReplica wanted = replica_of(rig, "app-1", "serve");
  run_and_kill_wrapper(rig, {.replicas = {wanted}});
  const auto before = processes_of_node(rig.options().node_id);
  REQUIRE(before.size() == 1);
  rig.apply({wanted});
  rig.wait_for_state("app-1", ReplicaState::kReady);
  const auto after = processes_of_node(rig.options().node_id);
  REQUIRE(after.size() == 1);
  CHECK(after.front().pid == before.front().pid);
  CHECK(rig.find("app-1")->restarts == 0);
  CHECK(rig.log_has("app", "started as serve"));
  SECTION("their end is noticed, and they are started again") {
    ::kill(after.front().pid, SIGKILL);
    rig.wait_for("the restart", [&] { return rig.find("app-1")->restarts == 1; });
    rig.wait_for_state("app-1", ReplicaState::kReady);
  }
  SECTION("they are stopped when they are no longer wanted") {
    rig.apply({});
    rig.wait_for("the replica to be gone", [&] { return !rig.find("app-1"); });
    CHECK_FALSE(is_alive(after.front().pid));
  }
}

TEST_CASE("adoption: what nobody wants any more is stopped, not taken over", "[runtime]") {
  RuntimeRig rig;
  const DesiredReplica wanted = replica_of(rig, "app-1", "serve");
  run_and_kill_wrapper(rig, {.replicas = {wanted}});
  rig.apply({});
  rig.wait_for("the replica to be gone", [&] { return !rig.find("app-1"); });
  CHECK(processes_of_node(rig.options().node_id).empty());
}

TEST_CASE("adoption: a replica that died with its wrapper is started again", "[runtime]") {
  RuntimeRig rig;
  const DesiredReplica wanted = replica_of(rig, "app-1", "serve");
  run_and_kill_wrapper(rig, {.replicas = {wanted}});
  for (const OwnedProcess& process : processes_of_node(rig.options().node_id)) {
    ::kill(process.pid, SIGKILL);
  }
  rig.apply({wanted});
  rig.wait_for_state("app-1", ReplicaState::kReady);
}

TEST_CASE("adoption: another process under a remembered pid is left alone", "[runtime]") {
  RuntimeRig rig;
  const DesiredReplica wanted = replica_of(rig, "app-1", "serve");
  run_and_kill_wrapper(rig, {.replicas = {wanted}});
  const std::string path = rig.options().data_folder + "/runtime/state.json";
  SavedState state = read_state(read_some(path, 1 << 20)).value();
  // As if the pid had been used again since.
  const pid_t stranger = ::fork();
  if (stranger == 0) {
    ::setsid();
    for (;;) ::pause();
  }
  state.replicas.front().process.pid = stranger;
  REQUIRE(replace_file(path, write_state(state), false));
  rig.apply({wanted});
  rig.wait_for_state("app-1", ReplicaState::kReady);
  CHECK(is_alive(stranger));
  CHECK(processes_of_node(rig.options().node_id).size() == 1);
  ::kill(stranger, SIGKILL);
  ::waitpid(stranger, nullptr, 0);
}

TEST_CASE("adoption: with a damaged state file nothing runs twice", "[runtime]") {
  RuntimeRig rig;
  const DesiredReplica wanted = replica_of(rig, "app-1", "serve");
  run_and_kill_wrapper(rig, {.replicas = {wanted}});
  const pid_t before = processes_of_node(rig.options().node_id).front().pid;
  REQUIRE(replace_file(rig.options().data_folder + "/runtime/state.json", "{\"version\":", false));
  rig.apply({wanted});
  rig.wait_for_state("app-1", ReplicaState::kReady);
  CHECK_FALSE(is_alive(before));
  CHECK(processes_of_node(rig.options().node_id).size() == 1);
}

TEST_CASE("adoption: an orderly leave keeps replicas running for the next wrapper", "[runtime]") {
  RuntimeRig rig;
  const DesiredReplica wanted = rig.wanted("app-1", "chatty");
  rig.apply({wanted});
  rig.wait_for_state("app-1", ReplicaState::kReady);
  rig.wait_for("its log", [&] { return rig.log_has("app", "line 50"); });
  const pid_t before = processes_of_node(rig.options().node_id).front().pid;
  const std::int64_t last = rig.runtime().logs("app", {}, 1).front().seq;
  rig.abandon();
  CHECK(is_alive(before));
  rig.apply({wanted});
  rig.wait_for_state("app-1", ReplicaState::kReady);
  CHECK(processes_of_node(rig.options().node_id).front().pid == before);
  // The log goes on where it was.
  const auto lines = rig.runtime().logs("app", {}, 1000);
  CHECK(lines.back().seq > last);
  CHECK(rig.log_has("app", "line 50"));
}

TEST_CASE("adoption: a given-up replica stays given up until its generation grows", "[runtime]") {
  RuntimeRig rig;
  DesiredReplica wanted = rig.wanted("app-1", "crash");
  rig.apply({wanted});
  rig.wait_for_state("app-1", ReplicaState::kFailed);
  rig.abandon();
  rig.apply({wanted});
  CHECK(rig.find("app-1")->state == ReplicaState::kFailed);
  CHECK(rig.find("app-1")->reason->code == ErrorCode::kCrashed);
  wanted.generation = 2;
  rig.apply({wanted});
  CHECK(rig.find("app-1")->state != ReplicaState::kFailed);
}

}  // namespace
}  // namespace a67
