#include "node-wrapper/runtime/control_groups.h"

#include <unistd.h>

#include <catch_amalgamated.hpp>

#include "tests/node-wrapper/runtime/runtime_rig.h"

namespace a67 {
namespace {

// Folders and files as the kernel would show them. In a real one a new group has its files at once;
// here they are made before.
class FakeTree {
 public:
  void file(const std::string& path, const std::string& text = "") {
    const std::size_t slash = path.rfind('/');
    if (slash != std::string::npos) REQUIRE(make_folders(folder_ / path.substr(0, slash)));
    REQUIRE(replace_file(folder_ / path, text, false));
  }
  [[nodiscard]] std::string text(const std::string& path) const {
    return read_some(folder_ / path, 1'000);
  }
  ControlGroups open(const std::string& own) {
    return ControlGroups({.root = folder_.path(), .own_groups = own, .name = "a67"});
  }

 private:
  TemporaryFolder folder_;
};

TEST_CASE("ControlGroups: version 2 sets memory, processor and process limits", "[runtime]") {
  FakeTree tree;
  tree.file("svc/cgroup.controllers", "cpu io memory pids\n");
  tree.file("svc/cgroup.subtree_control");
  tree.file("svc/a67/cgroup.subtree_control");
  for (const char* name :
       {"memory.max", "memory.swap.max", "cpu.max", "pids.max", "cgroup.procs"}) {
    tree.file(std::string("svc/a67/app-1/") + name);
  }
  tree.file("svc/a67/app-1/memory.current", "5000000\n");
  tree.file("svc/a67/app-1/memory.stat", "anon 1\ninactive_file 2000000\n");
  tree.file("svc/a67/app-1/cpu.stat", "usage_usec 1500\nuser_usec 1\n");
  tree.file("svc/a67/app-1/memory.events", "low 0\noom 3\noom_kill 2\n");
  const ControlGroups groups = tree.open("0::/svc\n");
  REQUIRE(groups.kind() == LimitKind::kControlGroup2);
  CHECK(tree.text("svc/cgroup.subtree_control") == "+memory +cpu +pids");
  REQUIRE(groups.prepare("app-1", {.memory_mb = 64, .cpu_percent = 150}));
  CHECK(tree.text("svc/a67/app-1/memory.max") == "67108864");
  CHECK(tree.text("svc/a67/app-1/memory.swap.max") == "0");
  CHECK(tree.text("svc/a67/app-1/cpu.max") == "150000 100000");
  CHECK(tree.text("svc/a67/app-1/pids.max") == "1024");
  CHECK(groups.usage("app-1").memory_bytes == 3'000'000);
  CHECK(groups.usage("app-1").cpu_nanoseconds == 1'500'000);
  CHECK(groups.memory_kills("app-1") == 2);
  CHECK(groups.open_entries("app-1").size() == 1);
  CHECK(groups.groups() == std::vector<std::string>{"app-1"});
}

TEST_CASE("ControlGroups: version 1 is used where version 2 has no controllers", "[runtime]") {
  FakeTree tree;
  tree.file("cgroup.controllers", "");
  for (const char* name :
       {"memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "cgroup.procs"}) {
    tree.file(std::string("memory/own/a67/app-1/") + name);
  }
  for (const char* name : {"cpu.cfs_quota_us", "cpu.cfs_period_us", "cgroup.procs"}) {
    tree.file(std::string("cpu/a67/app-1/") + name);
  }
  tree.file("pids/a67/app-1/pids.max");
  tree.file("memory/own/a67/app-1/memory.oom_control",
            "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n");
  const ControlGroups groups = tree.open("4:memory:/own\n1:cpu:/\n8:pids:/\n0::/\n");
  REQUIRE(groups.kind() == LimitKind::kControlGroup1);
  REQUIRE(groups.prepare("app-1", {.memory_mb = 64, .cpu_percent = 50}));
  CHECK(tree.text("memory/own/a67/app-1/memory.limit_in_bytes") == "67108864");
  CHECK(tree.text("cpu/a67/app-1/cpu.cfs_quota_us") == "50000");
  CHECK(tree.text("pids/a67/app-1/pids.max") == "1024");
  CHECK(groups.memory_kills("app-1") == 4);
}

TEST_CASE("ControlGroups: without a place to write it limits nothing and says so", "[runtime]") {
  FakeTree tree;
  tree.file("nothing/here");
  const ControlGroups groups = tree.open("0::/\n");
  CHECK(groups.kind() == LimitKind::kRlimit);
  CHECK(to_string(groups.kind()) == "rlimit");
  CHECK(groups.prepare("app-1", {.memory_mb = 64}));
  CHECK(groups.open_entries("app-1").empty());
  CHECK(groups.groups().empty());
}

TEST_CASE("ControlGroups: an app over its memory limit is ended and reported as no_memory",
          "[runtime]") {
  RuntimeRig rig(true);
  if (rig.runtime().machine().limits == "rlimit") SKIP("control groups cannot be written here");
  DesiredReplica wanted = rig.wanted("app-1", "hog");
  wanted.spec.memory_mb = 96;
  rig.apply({wanted});
  rig.wait_for("a reason", [&] { return rig.find("app-1")->reason.has_value(); });
  const ReplicaStatus status = *rig.find("app-1");
  CHECK(status.reason->code == ErrorCode::kNoMemory);
  CHECK(status.reason->message.find("96 MB") != std::string::npos);
  CHECK(status.limits.starts_with("cgroup-v"));
}

TEST_CASE("ControlGroups: a real group measures its app, and is gone after it", "[runtime]") {
  RuntimeRig rig(true);
  if (rig.runtime().machine().limits == "rlimit") SKIP("control groups cannot be written here");
  DesiredReplica wanted = rig.wanted("app-1", "family");
  wanted.spec.memory_mb = 512;
  wanted.spec.cpu_percent = 50;
  rig.apply({wanted});
  rig.wait_for_state("app-1", ReplicaState::kReady);
  rig.wait_for("a measurement", [&] { return rig.find("app-1")->memory_bytes > 0; });
  const pid_t grandchild = std::stoi(rig.read_home("app-1", "grandchild"));
  const ControlGroups groups({.root = rig.options().control_group_root,
                              .own_groups = read_some("/proc/self/cgroup", 65'536),
                              .name = "automator67-" + rig.options().node_id});
  const auto members = groups.members("app-1");
  CHECK(std::ranges::find(members, grandchild) != members.end());
  rig.apply({});
  rig.wait_for("the replica to be gone", [&] { return !rig.find("app-1"); });
  rig.wait_for("its group to be gone", [&] { return groups.groups().empty(); });
  CHECK_FALSE(is_alive(grandchild));
}

TEST_CASE("ControlGroups: without them the runtime itself ends what uses too much", "[runtime]") {
  RuntimeRig rig(false);
  rig.options().sample_interval = Duration(10);
  DesiredReplica wanted = rig.wanted("app-1", "hog");
  wanted.spec.memory_mb = 64;
  rig.apply({wanted});
  rig.wait_for("no_memory", [&] {
    const auto status = rig.find("app-1");
    return status->reason && status->reason->code == ErrorCode::kNoMemory;
  });
}

}  // namespace
}  // namespace a67
