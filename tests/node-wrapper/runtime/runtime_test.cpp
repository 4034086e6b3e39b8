#include "node-wrapper/runtime/runtime.h"

#include <sys/stat.h>

#include <catch_amalgamated.hpp>
#include <csignal>

#include "tests/node-wrapper/runtime/runtime_rig.h"

namespace a67 {
namespace {

using Catch::Matchers::ContainsSubstring;

TEST_CASE("runtime: an archive becomes a ready replica that answers", "[runtime]") {
  int changes = 0;
  RuntimeRig rig;
  DesiredReplica wanted = rig.wanted("app-1", "serve");
  wanted.spec.env["GREETING"] = WireSecret<std::string>("hello");
  rig.runtime().on_change([&] { ++changes; });
  rig.apply({wanted});
  rig.wait_for_state("app-1", ReplicaState::kReady);
  const auto status = rig.find("app-1");
  CHECK(status->restarts == 0);
  CHECK(status->started_at > 0);
  CHECK(status->limits == "rlimit");
  CHECK_FALSE(status->reason);
  CHECK(changes > 0);
  const auto local = rig.runtime().local_replicas();
  REQUIRE(local.size() == 1);
  CHECK(local.front().ready);
  CHECK(local.front().port == status->port);
  CHECK(rig.log_has("app", "started as serve"));
  rig.wait_for("a measurement", [&] { return rig.find("app-1")->memory_bytes > 0; });
}

TEST_CASE("runtime: a missing archive is named, and its arrival starts the replica", "[runtime]") {
  RuntimeRig rig;
  const std::string bytes = archive_bytes(ArchiveFormat::kTarGz, {{.name = "later", .text = "x"}});
  DesiredReplica wanted = rig.wanted("app-1", "serve");
  wanted.source.sha256 = hex_encode(sha256(bytes));
  rig.apply({wanted});
  rig.wait_for("the archive to be missed", [&] { return !rig.runtime().missing().empty(); });
  CHECK(rig.runtime().missing() == std::vector{wanted.source.sha256});
  CHECK(rig.find("app-1")->state == ReplicaState::kWaiting);
  rig.upload_bytes(bytes);
  rig.wait_for_state("app-1", ReplicaState::kReady);
  CHECK(rig.runtime().missing().empty());
}

TEST_CASE("runtime: a release is built once for all its replicas, in a clean environment",
          "[runtime]") {
  RuntimeRig rig;
  ::setenv("A67_TEST_SECRET", "hunter2", 1);
  DesiredReplica one = rig.wanted("app-1", "serve");
  one.spec.build = "echo built >> ../count; echo secret=$A67_TEST_SECRET; echo to-stderr >&2";
  DesiredReplica two = one;
  two.id = ReplicaId("app-2");
  rig.apply({one, two});
  rig.wait_for_state("app-1", ReplicaState::kReady);
  rig.wait_for_state("app-2", ReplicaState::kReady);
  ::unsetenv("A67_TEST_SECRET");
  const std::string tree =
      rig.options().data_folder + "/releases/trees/" + ReleaseStore::tree_key(one);
  CHECK(read_some(tree + "/count", 100) == "built\n");
  CHECK(rig.log_has("app", "secret="));
  CHECK(rig.log_has("app", "to-stderr"));
  SECTION("and not again by the next wrapper") {
    rig.stop_all();
    rig.abandon();
    rig.apply({one});
    rig.wait_for_state("app-1", ReplicaState::kReady);
    CHECK(read_some(tree + "/count", 100) == "built\n");
  }
}

TEST_CASE("runtime: a failing build shows its last lines and leaves no tree", "[runtime]") {
  RuntimeRig rig;
  DesiredReplica wanted = rig.wanted("app-1", "serve");
  wanted.spec.build = "echo compiling; echo 'no such module' >&2; exit 7";
  rig.apply({wanted});
  rig.wait_for_state("app-1", ReplicaState::kFailed);
  const Error reason = *rig.find("app-1")->reason;
  CHECK(reason.code == ErrorCode::kBuildFailed);
  CHECK_THAT(reason.message, ContainsSubstring("exit code 7"));
  CHECK(reason.lines == std::vector<std::string>{"compiling", "no such module"});
  SECTION("a higher generation tries again") {
    wanted.generation = 2;
    wanted.spec.build = "true";
    rig.apply({wanted});
    rig.wait_for_state("app-1", ReplicaState::kReady);
  }
}

TEST_CASE("runtime: a build that takes too long is killed with all it started", "[runtime]") {
  RuntimeRig rig;
  DesiredReplica wanted = rig.wanted("app-1", "serve");
  wanted.spec.build = "sleep 1000 & echo $! > ../sleeper; sleep 1000";
  wanted.spec.build_seconds = 1;
  rig.apply({wanted});
  const std::string tree =
      rig.options().data_folder + "/releases/trees/" + ReleaseStore::tree_key(wanted);
  std::string sleeper;
  rig.wait_for("the build to begin", [&] {
    sleeper = read_some(tree + "/sleeper", 100);
    return !sleeper.empty();
  });
  rig.wait_for_state("app-1", ReplicaState::kFailed);
  CHECK_THAT(rig.find("app-1")->reason->message, ContainsSubstring("longer than 1 s"));
  rig.wait_for("the sleeper to be gone", [&] { return !is_alive(std::stoi(sleeper)); });
}

TEST_CASE("runtime: broken and unknown releases fail with their reason", "[runtime]") {
  RuntimeRig rig;
  DesiredReplica broken = rig.wanted("app-1", "serve");
  DesiredReplica unknown = broken;
  broken.source.sha256 = rig.upload_bytes("this is no archive");
  unknown.id = ReplicaId("app-2");
  unknown.spec.start.clear();
  rig.apply({broken, unknown});
  rig.wait_for_state("app-1", ReplicaState::kFailed);
  rig.wait_for_state("app-2", ReplicaState::kFailed);
  CHECK(rig.find("app-1")->reason->code == ErrorCode::kBadArchive);
  CHECK(rig.find("app-2")->reason->code == ErrorCode::kUnknownRuntime);
}

TEST_CASE("runtime: an app that never gets ready is given up after five crashes", "[runtime]") {
  RuntimeRig rig;
  rig.apply({rig.wanted("app-1", "crash")});
  rig.wait_for_state("app-1", ReplicaState::kFailed);
  const ReplicaStatus status = *rig.find("app-1");
  CHECK(status.restarts == 4);
  CHECK(status.reason->code == ErrorCode::kCrashed);
  CHECK_THAT(status.reason->message, ContainsSubstring("exit code 3"));
  CHECK(std::ranges::count(status.reason->lines, "cannot go on") == 5);
}

TEST_CASE("runtime: an app that crashes is started again on the same port", "[runtime]") {
  RuntimeRig rig;
  rig.apply({rig.wanted("app-1", "crash-once")});
  rig.wait_for_state("app-1", ReplicaState::kReady);
  CHECK(rig.find("app-1")->restarts == 1);
  const std::int64_t port = rig.find("app-1")->port;
  const auto owned = processes_of_node(rig.options().node_id);
  REQUIRE(owned.size() == 1);
  ::kill(owned.front().pid, SIGKILL);
  rig.wait_for("the restart", [&] { return rig.find("app-1")->restarts == 2; });
  rig.wait_for_state("app-1", ReplicaState::kReady);
  CHECK(rig.find("app-1")->port == port);
}

TEST_CASE("runtime: an app on another port is told so", "[runtime]") {
  RuntimeRig rig;
  DesiredReplica wanted = rig.wanted("app-1", "other-port");
  wanted.spec.health.start_seconds = 1;
  rig.apply({wanted});
  rig.wait_for_state("app-1", ReplicaState::kFailed);
  const Error reason = *rig.find("app-1")->reason;
  CHECK(reason.code == ErrorCode::kUnhealthy);
  CHECK_THAT(reason.hint, ContainsSubstring("instead"));
  CHECK_THAT(reason.hint, ContainsSubstring(std::to_string(rig.find("app-1")->port)));
  CHECK(reason.lines == std::vector<std::string>{"started as other-port"});
}

TEST_CASE("runtime: an app that turns sick is started again, and is ready when it is well",
          "[runtime]") {
  RuntimeRig rig;
  rig.apply({rig.wanted("app-1", "serve")});
  rig.wait_for_state("app-1", ReplicaState::kReady);
  REQUIRE(replace_file(rig.home_file("app-1", "sick"), "", false));
  rig.wait_for_state("app-1", ReplicaState::kUnhealthy);
  CHECK_THAT(rig.find("app-1")->reason->message, ContainsSubstring("status 500"));
  remove_tree(rig.home_file("app-1", "sick"));
  rig.wait_for_state("app-1", ReplicaState::kReady);
  CHECK(rig.find("app-1")->restarts == 1);
  CHECK_FALSE(rig.find("app-1")->reason);
}

TEST_CASE("runtime: stopping ends the whole family of processes", "[runtime]") {
  RuntimeRig rig;
  DesiredReplica wanted = rig.wanted("app-1", "family");
  wanted.spec.stop_seconds = 1;
  rig.apply({wanted});
  rig.wait_for_state("app-1", ReplicaState::kReady);
  const pid_t child = std::stoi(rig.read_home("app-1", "child"));
  const pid_t grandchild = std::stoi(rig.read_home("app-1", "grandchild"));
  CHECK(is_alive(child));
  CHECK(is_alive(grandchild));
  rig.apply({});
  CHECK(rig.find("app-1")->state == ReplicaState::kStopping);
  CHECK_FALSE(rig.runtime().local_replicas().front().ready);
  rig.wait_for("the replica to be gone", [&] { return !rig.find("app-1"); });
  CHECK(processes_of_node(rig.options().node_id).empty());
  rig.wait_for("the family to be gone", [&] { return !is_alive(child) && !is_alive(grandchild); });
}

TEST_CASE("runtime: an app behind a shell has its time to finish", "[runtime]") {
  RuntimeRig rig;
  DesiredReplica wanted = rig.wanted("app-1", "slow-stop");
  // Not exec: the shell stays in between, and dies of SIGTERM at once.
  wanted.spec.start = std::string("true && ") + A67_TEST_APP + " slow-stop; true";
  rig.apply({wanted});
  rig.wait_for_state("app-1", ReplicaState::kReady);
  const std::string note = rig.home_file("app-1", "finished");
  bool finished = false;
  rig.apply({});
  rig.wait_for("the replica to be gone", [&] {
    finished = finished || !read_some(note, 10).empty();
    return !rig.find("app-1");
  });
  CHECK(finished);
}

TEST_CASE("runtime: what is deaf to SIGTERM is killed after its time", "[runtime]") {
  RuntimeRig rig;
  DesiredReplica wanted = rig.wanted("app-1", "stubborn");
  wanted.spec.stop_seconds = 0;
  rig.apply({wanted});
  rig.wait_for_state("app-1", ReplicaState::kReady);
  rig.apply({});
  rig.wait_for("the replica to be gone", [&] { return !rig.find("app-1"); });
  CHECK(processes_of_node(rig.options().node_id).empty());
}

TEST_CASE("runtime: a higher generation restarts, the same one does not", "[runtime]") {
  RuntimeRig rig;
  DesiredReplica wanted = rig.wanted("app-1", "serve");
  rig.apply({wanted});
  rig.wait_for_state("app-1", ReplicaState::kReady);
  const pid_t first = processes_of_node(rig.options().node_id).front().pid;
  rig.apply({wanted});
  CHECK(processes_of_node(rig.options().node_id).front().pid == first);
  wanted.generation = 2;
  rig.apply({wanted});
  CHECK(rig.find("app-1")->state == ReplicaState::kStopping);
  rig.wait_for_state("app-1", ReplicaState::kReady);
  CHECK(processes_of_node(rig.options().node_id).front().pid != first);
  CHECK_FALSE(is_alive(first));
}

TEST_CASE("runtime: a replica wanted again while it stops comes back", "[runtime]") {
  RuntimeRig rig;
  const DesiredReplica wanted = rig.wanted("app-1", "serve");
  rig.apply({wanted});
  rig.wait_for_state("app-1", ReplicaState::kReady);
  rig.apply({});
  rig.apply({wanted});
  rig.wait_for_state("app-1", ReplicaState::kReady);
  CHECK(processes_of_node(rig.options().node_id).size() == 1);
}

TEST_CASE("runtime: the machine's interpreters, memory and limits are told", "[runtime]") {
  RuntimeRig rig;
  rig.options().find_runtimes = true;
  rig.options().path = rig.folder() / "bin";
  REQUIRE(make_folders(rig.options().path));
  REQUIRE(replace_file(rig.options().path + "/node", "#!/bin/sh\necho v20.1.2\n", false));
  REQUIRE(::chmod((rig.options().path + "/node").c_str(), 0755) == 0);
  rig.open();
  rig.wait_for("the answer", [&] { return !rig.runtime().machine().runtimes.empty(); });
  const MachineFacts machine = rig.runtime().machine();
  CHECK(machine.runtimes == std::vector<std::string>{"node 20.1.2"});
  CHECK(machine.cpus > 0);
  CHECK(machine.memory_bytes > 0);
  CHECK(machine.disk_free_bytes > 0);
  CHECK(machine.limits == "rlimit");
}

TEST_CASE("runtime: a node without the interpreter says which is missing", "[runtime]") {
  RuntimeRig rig;
  rig.options().path = rig.folder() / "nothing";
  DesiredReplica wanted = rig.wanted("app-1", "");
  wanted.source.sha256 =
      rig.upload({{.name = "package.json", .text = R"({"scripts":{"start":"node a.js"}})"},
                  {.name = "a.js", .text = "x"}});
  wanted.spec.start.clear();
  rig.apply({wanted});
  rig.wait_for_state("app-1", ReplicaState::kFailed);
  CHECK(rig.find("app-1")->reason->code == ErrorCode::kMissingRuntime);
  CHECK_THAT(rig.find("app-1")->reason->message, ContainsSubstring("node"));
}

TEST_CASE("runtime: logs are followed, by app and by replica", "[runtime]") {
  std::vector<std::string> all;
  std::vector<std::string> other;
  RuntimeRig rig;
  rig.runtime().follow("app", {}, [&](const std::vector<LogLine>& lines) {
    for (const LogLine& line : lines) all.push_back(line.text);
  });
  rig.runtime().follow("app", ReplicaId("app-2"), [&](const std::vector<LogLine>& lines) {
    for (const LogLine& line : lines) other.push_back(line.text);
  });
  rig.apply({rig.wanted("app-1", "chatty")});
  rig.wait_for("line 50", [&] { return std::ranges::find(all, "line 50") != all.end(); });
  CHECK(other.empty());
  const auto newest = rig.runtime().logs("app", {}, 5);
  CHECK(newest.size() == 5);
  CHECK(rig.runtime().logs("someone-else", {}, 5).empty());
}

}  // namespace
}  // namespace a67
