#include "engine/native/blobs.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "engine/native/files.h"

namespace a67::native {
namespace {

constexpr std::size_t kNameChars = 64;

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
  return folder_ + "/new-" + std::to_string(::getpid());
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

}  // namespace a67::native
