#include "engine/native/file_store.h"

#include <algorithm>

#include "engine/native/files.h"

namespace a67::native {
namespace {

constexpr std::size_t kKeyCharsMax = 64;

}  // namespace

// A key becomes a file name, so it must not be able to name another folder.
Result<std::string> FileStore::path_of(std::string_view key) const {
  const bool plain = std::ranges::all_of(
      key, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (key.empty() || key.size() > kKeyCharsMax || !plain) {
    return fail(ErrorCode::kStoreFailed,
                "\"" + std::string(key) + "\" cannot be a key of the store.");
  }
  return folder_ + "/" + std::string(key);
}

Result<std::optional<std::string>> FileStore::load(std::string_view key) const {
  const auto path = path_of(key);
  if (!path) return std::unexpected(path.error());
  return read_file(*path, kValueBytesMax);
}

Result<void> FileStore::save(std::string_view key, std::string_view value) const {
  const auto path = path_of(key);
  if (!path) return std::unexpected(path.error());
  return write_atomically(*path, value);
}

}  // namespace a67::native
