#include "sync-server/no_workload.h"

#include <catch_amalgamated.hpp>

#include "tests/node-wrapper/control/temp_folder.h"

namespace a67::test {

TEST_CASE("NoWorkload: takes any desired state, tells its machine, and runs nothing", "[sync]") {
  const TempFolder folder;
  NoWorkload workload(folder.path());
  DesiredState desired;
  desired.replicas.emplace_back().app = "guestbook";
  workload.apply(desired);

  NodeStatus status;
  workload.observe(status);
  CHECK(status.node.cpus > 0);
  CHECK(status.node.memory_bytes > 0);
  CHECK(status.node.disk_free_bytes > 0);
  CHECK(status.replicas.empty());

  CHECK(workload.begin_upload(std::string(64, 'a'), ArchiveFormat::kZip, 1).error().code ==
        ErrorCode::kForbidden);
  CHECK(workload.open_logs({.app = "guestbook"}, [] {}).error().message ==
        "This server runs no apps.");
}

}  // namespace a67::test
