// The examples under the runtime, as a person would deploy them.
#include <catch_amalgamated.hpp>
#include <cstdlib>
#include <filesystem>

#include "node-wrapper/runtime/health_probe.h"
#include "node-wrapper/runtime/process.h"
#include "tests/node-wrapper/runtime/runtime_rig.h"

namespace a67 {
namespace {

std::vector<TestEntry> pack(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<TestEntry> entries;
  for (const auto& item : fs::recursive_directory_iterator(folder)) {
    const std::string name = item.path().string().substr(folder.size() + 1);
    if (name.starts_with("node_modules") || !item.is_regular_file()) continue;
    entries.push_back({.name = name, .text = read_file(item.path().string(), 1 << 22).value()});
  }
  return entries;
}

class Example {
 public:
  explicit Example(const std::string& name) {
    rig_.options().self_program = A67_STATIC_SERVER;
    wanted_ = rig_.wanted(name + "-1", "");
    wanted_.app = name;
    wanted_.source.sha256 = rig_.upload(pack(std::string(A67_EXAMPLES) + "/" + name));
    wanted_.spec.start.clear();
    wanted_.spec.health.path.clear();
  }
  void run() {
    rig_.apply({wanted_});
    rig_.wait_for(wanted_.app + " to run", [&] {
      const auto status = rig_.find(wanted_.id.value);
      REQUIRE((!status->reason || status->state != ReplicaState::kFailed));
      return status->state == ReplicaState::kReady;
    });
  }
  // True when a GET of the path is answered with 2xx or 3xx.
  bool answers(const std::string& path) {
    std::optional<bool> well;
    const auto port = static_cast<std::uint16_t>(rig_.find(wanted_.id.value)->port);
    const auto probe =
        HealthProbe::start(rig_.io(), port, path, Duration(20'000),
                           [&](const Result<void>& result) { well = result.has_value(); });
    rig_.wait_for("an answer", [&] { return well.has_value(); });
    return *well;
  }
  std::string runtime() { return rig_.find(wanted_.id.value)->runtime; }

 private:
  RuntimeRig rig_;
  DesiredReplica wanted_;
};

TEST_CASE("examples: the static site is served from its folder", "[examples]") {
  Example example("static-site");
  example.run();
  CHECK(example.runtime() == "static");
  CHECK(example.answers("/"));
  CHECK(example.answers("/about"));
  CHECK(example.answers("/style.css"));
  CHECK_FALSE(example.answers("/no-such-reef"));
  CHECK_FALSE(example.answers("/automator67.yaml"));
}

TEST_CASE("examples: the Python app runs in its virtual environment", "[examples]") {
  if (find_program("python3", std::getenv("PATH")).empty()) SKIP("this machine has no python3");
  Example example("python-app");
  example.run();
  CHECK(example.runtime() == "python");
  CHECK(example.answers("/healthz"));
  CHECK(example.answers("/api/dice?count=3"));
  CHECK_FALSE(example.answers("/api/dice?count=many"));
}

// Hidden: it fetches Express from the package registry. Run it with `examples_test [network]`.
TEST_CASE("examples: the guestbook installs its dependencies and answers", "[.network]") {
  Example example("guestbook");
  example.run();
  CHECK(example.runtime() == "node");
  CHECK(example.answers("/healthz"));
  CHECK(example.answers("/"));
  CHECK(example.answers("/api/messages"));
}

}  // namespace
}  // namespace a67
