#include "engine/native/data_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace a67::native {
namespace {

constexpr mode_t kLockMode = 0600;
constexpr std::size_t kPidCharsMax = 20;

}  // namespace

Result<DataDir> open_data_dir(std::string path, std::string workspace) {
  DataDir dir;
  dir.path = std::move(path);
  dir.workspace = std::move(workspace);
  for (const std::string& folder : {dir.path, dir.store(), dir.blobs()}) {
    if (auto made = make_private_folder(folder); !made) return std::unexpected(made.error());
  }
  return dir;
}

Result<DataDirLock> DataDirLock::take(const DataDir& dir) {
  const std::string path = dir.lock();
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kLockMode));
  if (!file.valid()) return std::unexpected(file_error("lock", path, errno));
  if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return std::unexpected(file_error("lock", path, errno));
    const auto holder = read_file(path, kPidCharsMax);
    const std::string pid = holder && *holder && !(*holder)->empty() ? **holder : "unknown";
    return fail(ErrorCode::kConflict,
                "Another automator67 (process " + pid + ") is using " + dir.path + ".",
                "Wait until it is done, or keep a second set of nodes apart with --data-dir.");
  }
  const std::string pid = std::to_string(::getpid());
  // The number is for people; a lock without it still locks.
  if (::ftruncate(file.number(), 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(file.number(), pid.data(), pid.size(), 0);
  }
  return DataDirLock(std::move(file));
}

}  // namespace a67::native
