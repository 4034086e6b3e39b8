#include "engine/native/device_key.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "engine/native/files.h"
#include "engine/vault/wrap_key.h"

namespace a67::native {
namespace {

constexpr mode_t kFileMode = 0600;
constexpr mode_t kOthers = 0077;

// How many were read, up to `count`; negative when it failed.
ssize_t read_up_to(int file, char* into, std::size_t count) {
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got = ::read(file, into + done, count - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return got;
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return static_cast<ssize_t>(done);
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

Result<void> fill_new(const std::string& path, std::string_view bytes) {
  const Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kFileMode));
  if (!file.valid()) return std::unexpected(file_error("create", path, errno));
  if (::fchmod(file.number(), kFileMode) != 0 || !write_all(file.number(), bytes) ||
      ::fsync(file.number()) != 0) {
    return std::unexpected(file_error("write", path, errno));
  }
  return {};
}

}  // namespace

Result<void> check_private(int file, const std::string& path) {
  struct stat facts{};
  if (::fstat(file, &facts) != 0) return std::unexpected(file_error("read", path, errno));
  if (!S_ISREG(facts.st_mode)) {
    return fail(ErrorCode::kForbidden, path + " is no plain file, so who can read it is not known.",
                "Keep the secret in a plain file of mode 0600.");
  }
  if (facts.st_uid != ::geteuid() && facts.st_uid != 0) {
    return fail(ErrorCode::kForbidden, path + " belongs to another person, who can change it.",
                "Use a file of your own, of mode 0600.");
  }
  if ((facts.st_mode & kOthers) != 0) {
    return fail(ErrorCode::kForbidden, path + " can be read by others.",
                "Run chmod 600 " + path + ", and change the secret if somebody may have read it.");
  }
  return {};
}

Result<std::optional<Sensitive<std::string>>> read_device_key(const std::string& path) {
  // Without O_NONBLOCK, a pipe put in its place would be waited for.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.valid()) {
    if (errno == ENOENT) return std::nullopt;
    return std::unexpected(file_error("read", path, errno));
  }
  if (auto fine = check_private(file.number(), path); !fine) return std::unexpected(fine.error());
  std::array<char, kDeviceSecretBytes + 1> bytes{};
  const ssize_t count = read_up_to(file.number(), bytes.data(), bytes.size());
  const int failed = errno;
  Sensitive<std::string> key(std::string(bytes.data(), kDeviceSecretBytes));
  wipe(bytes.data(), bytes.size());
  if (count < 0) return std::unexpected(file_error("read", path, failed));
  if (static_cast<std::size_t>(count) != kDeviceSecretBytes) {
    return fail(ErrorCode::kStoreFailed,
                path + " is damaged: it has not " + std::to_string(kDeviceSecretBytes) + " bytes.",
                "Nothing was changed. Put it back from a backup.");
  }
  return key;
}

// Its name is given to it once it is whole: a stop leaves no half of a key.
Result<Sensitive<std::string>> make_device_key(const std::string& path) {
  std::array<std::uint8_t, kDeviceSecretBytes> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  Sensitive<std::string> key(
      std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  wipe(bytes.data(), bytes.size());
  const std::string temporary = path + ".new";
  if (auto removed = remove_file(temporary); !removed) return std::unexpected(removed.error());
  if (auto filled = fill_new(temporary, key.expose()); !filled) {
    (void)remove_file(temporary);
    return std::unexpected(filled.error());
  }
  int linked = ::link(temporary.c_str(), path.c_str());
  const int failed = errno;
  // Some file systems have no second names. The folder is locked: nobody comes between.
  if (linked != 0 && failed != EEXIST && ::access(path.c_str(), F_OK) != 0) {
    linked = ::rename(temporary.c_str(), path.c_str());
  }
  if (auto removed = remove_file(temporary); !removed) return std::unexpected(removed.error());
  if (linked != 0) return std::unexpected(file_error("create", path, failed));
  if (auto synced = sync_folder_of(path); !synced) return std::unexpected(synced.error());
  return key;
}

Result<void> drop_device_key(const std::string& path) {
  {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (file.valid()) {
      const std::string zeros(kDeviceSecretBytes, '\0');
      if (write_all(file.number(), zeros)) (void)::fsync(file.number());
    }
  }
  if (auto removed = remove_file(path); !removed) return removed;
  return sync_folder_of(path);
}

}  // namespace a67::native
