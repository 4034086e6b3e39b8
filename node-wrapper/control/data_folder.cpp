#include "node-wrapper/control/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

namespace a67 {
namespace {

void remove_half_written(const std::string& path) {
  std::error_code error;
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    if (entry.path().filename().string().contains(".new")) found.push_back(entry.path());
  }
  for (const auto& file : found) ::unlink(file.c_str());
}

}  // namespace

Result<DataFolder> DataFolder::open(const std::string& given) {
  // Apps start in folders of their own: a relative path would mean another one to them.
  const std::string path = std::filesystem::absolute(given).lexically_normal().string();
  if (auto made = make_folders(path); !made) return std::unexpected(made.error());
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0) return std::unexpected(file_error(errno, path));
  if (!S_ISDIR(facts.st_mode) || facts.st_uid != ::geteuid()) {
    return fail(ErrorCode::kForbidden, path + " is not a folder of the user who starts the node.",
                "Give another folder with --data-dir.");
  }
  // A folder that was there before may be open to others; it is going to hold secrets.
  if (::chmod(path.c_str(), 0700) != 0) return std::unexpected(file_error(errno, path));
  Fd lock(::open((path + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock.is_open()) return std::unexpected(file_error(errno, path + "/lock"));
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorCode::kConflict, "Another node runs with the folder " + path + ".",
                "Stop that one, or give this one its own folder with --data-dir.");
  }
  remove_half_written(path);
  return DataFolder(path, std::move(lock));
}

}  // namespace a67
