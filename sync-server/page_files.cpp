#include "sync-server/page_files.h"

#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "engine/base/crypto.h"
#include "engine/base/encoding.h"

namespace a67 {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kEtagBytes = 12;

std::unexpected<Error> not_built(const std::string& folder) {
  return fail(ErrorCode::kNotFound, folder + " holds no index.html.",
              "Build the page with scripts/build-page, or name its folder with --page.", "--page");
}

std::unexpected<Error> unreadable(const fs::path& path, const std::string& why) {
  return fail(ErrorCode::kStoreFailed, path.string() + " cannot be read: " + why + ".", {},
              "--page");
}

Result<std::string> read_file(const fs::path& path, std::size_t bytes) {
  std::string text(bytes, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(text.data(), static_cast<std::streamsize>(bytes));
  if (!file || file.peek() != std::ifstream::traits_type::eof()) {
    return unreadable(path, "it changed while it was read");
  }
  return text;
}

PageFile file_of(std::string bytes) {
  const Digest digest = sha256(bytes);
  return {.bytes = std::move(bytes),
          .etag = '"' + base64url_encode(std::span(digest).first(kEtagBytes)) + '"'};
}

}  // namespace

Result<PageFiles> PageFiles::load(const std::string& folder) {
  PageFiles page;
  std::size_t total = 0;
  std::error_code error;
  if (!fs::is_regular_file(fs::path(folder) / "index.html", error)) return not_built(folder);
  for (fs::recursive_directory_iterator at(folder, error), end; at != end && !error;
       at.increment(error)) {
    if (at->is_symlink(error) || !at->is_regular_file(error)) continue;
    const std::size_t bytes = at->file_size(error);
    if (error) break;
    total += bytes;
    if (total > kPageBytesMax || page.files_.size() >= kPageFilesMax) {
      return fail(ErrorCode::kTooLarge,
                  folder + " holds more than " + std::to_string(kPageFilesMax) + " files or " +
                      std::to_string(kPageBytesMax >> 20) + " MiB.",
                  "Is it the page's folder?", "--page");
    }
    auto text = read_file(at->path(), bytes);
    if (!text) return std::unexpected(std::move(text.error()));
    const std::string name = "/" + fs::relative(at->path(), folder, error).generic_string();
    page.files_.emplace(name, file_of(std::move(*text)));
  }
  if (error) return unreadable(folder, error.message());
  return page;
}

const PageFile* PageFiles::find(std::string_view path) const {
  const auto found = files_.find(path);
  return found == files_.end() ? nullptr : &found->second;
}

}  // namespace a67
