#include "node-wrapper/releases/file_tools.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

namespace a67 {

void Fd::reset(int descriptor) {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = descriptor;
}

Error file_error(int error_number, std::string_view what) {
  const bool full = error_number == ENOSPC || error_number == EDQUOT;
  return Error{.code = full ? ErrorCode::kDiskFull : ErrorCode::kStoreFailed,
               .message = std::string(what) + ": " + std::generic_category().message(error_number),
               .hint = full ? "Free some space on the node's disk, then try again."
                            : "Check the node's data folder and its permissions."};
}

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file.is_open()) {
    if (errno == ENOENT) return fail(ErrorCode::kNotFound, "There is no file " + path + ".");
    return std::unexpected(file_error(errno, "Cannot open " + path));
  }
  std::string text;
  std::array<char, 16384> part{};
  for (;;) {  // bounded by bytes_max
    const ssize_t count = ::read(file.get(), part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(file_error(errno, "Cannot read " + path));
    if (count == 0) return text;
    text.append(part.data(), static_cast<std::size_t>(count));
    if (text.size() > bytes_max) return fail(ErrorCode::kTooLarge, path + " is too large.");
  }
}

std::string read_some(const std::string& path, std::size_t bytes_max) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  std::string text;
  if (!file.is_open()) return text;
  std::array<char, 16384> part{};
  while (text.size() < bytes_max) {
    const std::size_t want = std::min(part.size(), bytes_max - text.size());
    const ssize_t count = ::read(file.get(), part.data(), want);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(part.data(), static_cast<std::size_t>(count));
  }
  return text;
}

Result<void> write_all(int descriptor, std::string_view bytes, std::string_view what) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(file_error(errno, what));
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> replace_file(const std::string& path, std::string_view text, bool durable) {
  static std::atomic<unsigned> counter{0};
  const std::string temporary =
      path + ".new" + std::to_string(::getpid()) + "-" + std::to_string(counter.fetch_add(1));
  Fd file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.is_open()) return std::unexpected(file_error(errno, "Cannot write " + path));
  Result<void> written = write_all(file.get(), text, "Cannot write " + path);
  if (written && durable && ::fsync(file.get()) != 0) {
    written = std::unexpected(file_error(errno, "Cannot write " + path));
  }
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) {
    written = std::unexpected(file_error(errno, "Cannot write " + path));
  }
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  if (durable) {
    const std::string folder = std::filesystem::path(path).parent_path().string();
    const Fd parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (parent.is_open()) ::fsync(parent.get());
  }
  return {};
}

Result<void> make_folders(const std::string& path) {
  for (std::size_t at = 1; at != std::string::npos;) {
    at = path.find('/', at);
    const std::string part = path.substr(0, at);
    if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) {
      return std::unexpected(file_error(errno, "Cannot create the folder " + part));
    }
    if (at != std::string::npos) ++at;
  }
  return {};
}

void remove_tree(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(folder.c_str()), ::closedir);
  if (listing == nullptr) return names;
  while (const dirent* entry = ::readdir(listing.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

std::uint64_t tree_bytes(const std::string& path, std::size_t entries_max) {
  namespace fs = std::filesystem;
  std::error_code error;
  std::uint64_t bytes = 0;
  std::size_t entries = 0;
  fs::recursive_directory_iterator at(path, fs::directory_options::skip_permission_denied, error);
  while (!error && at != fs::recursive_directory_iterator() && entries++ < entries_max) {
    struct stat facts{};
    if (::lstat(at->path().c_str(), &facts) == 0 && S_ISREG(facts.st_mode)) {
      bytes += static_cast<std::uint64_t>(facts.st_size);
    }
    at.increment(error);
  }
  return bytes;
}

std::uint64_t free_space(const std::string& path) {
  struct statvfs facts{};
  if (::statvfs(path.c_str(), &facts) != 0) return 0;
  return static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize;
}

}  // namespace a67
