#include "engine/native/blobs.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "engine/native/files.h"

namespace a67::native {
namespace {

constexpr std::size_t kNameChars = 64;
constexpr std::string_view kTemporary = "new-";

bool is_running(std::string_view pid_text) {
  pid_t pid = 0;
  const char* end = pid_text.data() + pid_text.size();
  if (std::from_chars(pid_text.data(), end, pid).ptr != end || pid <= 0) return false;
  return ::kill(pid, 0) == 0 || errno != ESRCH;
}

}  // namespace

Result<std::string> BlobFiles::path_of(std::string_view sha256) const {
  const bool hex = std::ranges::all_of(
      sha256, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (sha256.size() != kNameChars || !hex) {
    return fail(ErrorCode::kInvalidInput, "\"" + std::string(sha256) + "\" is no SHA-256.");
  }
  return folder_ + "/" + std::string(sha256);
}

std::string BlobFiles::temporary_path() const {
  return folder_ + "/" + std::string(kTemporary) + std::to_string(::getpid());
}

Result<void> BlobFiles::adopt(const std::string& temporary, std::string_view sha256) const {
  const auto path = path_of(sha256);
  if (!path) return std::unexpected(path.error());
  if (std::rename(temporary.c_str(), path->c_str()) != 0) {
    return std::unexpected(file_error("save", *path, errno));
  }
  return {};
}

Result<void> BlobFiles::drop(std::string_view sha256) const {
  const auto path = path_of(sha256);
  if (!path) return std::unexpected(path.error());
  return remove_file(*path);
}

void BlobFiles::remove_leftovers() const {
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder_, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (!name.starts_with(kTemporary)) continue;
    if (is_running(std::string_view(name).substr(kTemporary.size()))) continue;
    // One that cannot be removed only takes room.
    std::error_code ignored;
    std::filesystem::remove(it->path(), ignored);
  }
}

}  // namespace a67::native
