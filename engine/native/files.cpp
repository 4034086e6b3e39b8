#include "engine/native/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace a67::native {

namespace fs = std::filesystem;

namespace {

constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;

Result<void> write_all(int file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(file_error("write", path, errno));
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (valid()) ::close(number_);
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

Descriptor::~Descriptor() {
  if (valid()) ::close(number_);
}

Error file_error(std::string_view what, const std::string& path, int error_number) {
  // EFBIG: beyond what the file system, or this process (ulimit -f), allows.
  const bool full = error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG;
  return Error{.code = full ? ErrorCode::kDiskFull : ErrorCode::kStoreFailed,
               .message = "Cannot " + std::string(what) + " " + path + " (" +
                          std::generic_category().message(error_number) + ").",
               .hint = full ? "Free some space on that disk, then try again."
                            : "Check that the folder exists and that you may use it."};
}

Result<void> make_private_folder(const std::string& path) {
  std::error_code error;
  const fs::path folder = fs::absolute(path, error);
  fs::path made;
  for (const fs::path& part : folder) {
    made /= part;
    if (::mkdir(made.c_str(), kFolderMode) == 0 || errno == EEXIST) continue;
    // A folder that may be passed but not written is no obstacle, as long as it exists.
    const int failed = errno;
    if (!fs::is_directory(made, error)) {
      return std::unexpected(file_error("create", made.string(), failed));
    }
  }
  if (!fs::is_directory(folder, error)) {
    return std::unexpected(file_error("create", folder.string(), ENOTDIR));
  }
  return {};
}

Result<void> sync_folder_of(const std::string& path) {
  const fs::path above = fs::path(path).parent_path();
  const std::string folder = above.empty() ? "." : above.string();
  const Descriptor file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file.valid() || ::fsync(file.number()) != 0) {
    return std::unexpected(file_error("save", folder, errno));
  }
  return {};
}

Result<void> write_atomically(const std::string& path, std::string_view bytes) {
  const std::string temporary = path + ".new";
  const Descriptor file(
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, kFileMode));
  if (!file.valid()) return std::unexpected(file_error("write", temporary, errno));
  // One that an older run left behind may have other rights.
  if (::fchmod(file.number(), kFileMode) != 0) {
    return std::unexpected(file_error("protect", temporary, errno));
  }
  if (auto written = write_all(file.number(), bytes, temporary); !written) return written;
  if (::fsync(file.number()) != 0) return std::unexpected(file_error("save", temporary, errno));
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    return std::unexpected(file_error("save", path, errno));
  }
  return sync_folder_of(path);
}

Result<std::optional<std::string>> read_file(const std::string& path, std::size_t bytes_max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    if (errno == ENOENT) return std::nullopt;
    return std::unexpected(file_error("read", path, errno));
  }
  std::string text;
  char buffer[std::size_t{16} << 10];
  for (;;) {
    const ssize_t count = ::read(file.number(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(file_error("read", path, errno));
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > bytes_max) {
      return fail(ErrorCode::kTooLarge,
                  path + " has more than " + std::to_string(bytes_max) + " bytes.");
    }
  }
}

Result<void> remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return std::unexpected(file_error("remove", path, errno));
  }
  return {};
}

Result<InputFile> InputFile::open(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    if (errno == ENOENT) return fail(ErrorCode::kNotFound, "There is no file " + path + ".");
    return std::unexpected(file_error("read", path, errno));
  }
  struct stat facts{};
  if (::fstat(file.number(), &facts) != 0) return std::unexpected(file_error("read", path, errno));
  if (!S_ISREG(facts.st_mode)) return std::unexpected(file_error("read", path, EISDIR));
  return InputFile(std::move(file), static_cast<std::uint64_t>(facts.st_size), path);
}

Result<void> InputFile::go_to(std::uint64_t offset) {
  if (::lseek(file_.number(), static_cast<off_t>(offset), SEEK_SET) < 0) {
    return std::unexpected(file_error("read", path_, errno));
  }
  return {};
}

Result<std::size_t> InputFile::read(std::span<char> into) {
  for (;;) {
    const ssize_t count = ::read(file_.number(), into.data(), into.size());
    if (count > 0) return static_cast<std::size_t>(count);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(file_error("read", path_, errno));
    return fail(ErrorCode::kStoreFailed, path_ + " became shorter while it was read.",
                "Leave the file alone until this is done, then try again.");
  }
}

}  // namespace a67::native
