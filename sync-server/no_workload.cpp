#include "sync-server/no_workload.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <thread>
#include <utility>

namespace a67 {
namespace {

std::unexpected<Error> runs_nothing() {
  return fail(ErrorCode::kForbidden, "This server runs no apps.", "Choose a node that does.");
}

}  // namespace

void NoWorkload::observe(NodeStatus& status) {
  status.node.cpus = static_cast<std::int64_t>(std::thread::hardware_concurrency());
  status.node.memory_bytes =
      std::int64_t{::sysconf(_SC_PHYS_PAGES)} * std::int64_t{::sysconf(_SC_PAGE_SIZE)};
  struct statvfs disk{};
  if (::statvfs(data_folder_.c_str(), &disk) == 0) {
    status.node.disk_free_bytes = static_cast<std::int64_t>(disk.f_bavail * disk.f_frsize);
  }
}

Result<Upload> NoWorkload::begin_upload(const std::string& /*sha256*/, ArchiveFormat /*format*/,
                                        std::optional<std::uint64_t> /*announced_bytes*/) {
  return runs_nothing();
}

void NoWorkload::finish_upload(Upload /*upload*/, std::function<void(Result<std::uint64_t>)> done) {
  done(runs_nothing());
}

Result<std::unique_ptr<LogTap>> NoWorkload::open_logs(const LogsRequest& /*request*/,
                                                      std::function<void()> /*more*/) {
  return runs_nothing();
}

}  // namespace a67
