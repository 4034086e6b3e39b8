#include "engine/deploy/release_files.h"

#include <algorithm>
#include <utility>

namespace a67 {
namespace {

// "./a//b/" -> "a/b"
std::string plain_path(std::string_view path) {
  std::string plain;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (!plain.empty()) plain += '/';
    plain += part;
  }
  return plain;
}

bool is_clutter(std::string_view path) {
  return path.empty() || path.starts_with("__MACOSX/") || path == ".DS_Store" ||
         path.ends_with("/.DS_Store");
}

// The folder that every file lies in; empty when there is none.
std::string common_folder(const std::vector<ReleaseFile>& files) {
  if (files.empty()) return {};
  const std::string& first = files.front().path;
  const std::size_t end = first.find('/');
  if (end == std::string::npos) return {};
  const std::string prefix = first.substr(0, end + 1);
  const bool wraps_all = std::ranges::all_of(
      files, [&](const ReleaseFile& file) { return file.path.starts_with(prefix); });
  return wraps_all ? first.substr(0, end) : std::string();
}

}  // namespace

ReleaseFiles::ReleaseFiles(std::vector<ReleaseFile> files, std::map<std::string, std::string> texts)
    : files_(std::move(files)) {
  for (ReleaseFile& file : files_) file.path = plain_path(file.path);
  std::erase_if(files_, [](const ReleaseFile& file) { return is_clutter(file.path); });
  folder_ = common_folder(files_);
  const std::size_t cut = folder_.empty() ? 0 : folder_.size() + 1;
  for (ReleaseFile& file : files_) file.path.erase(0, cut);
  std::ranges::sort(files_, {}, &ReleaseFile::path);
  for (auto& [path, text] : texts) {
    std::string plain = plain_path(path);
    if (cut > 0 && plain.starts_with(folder_ + "/")) plain.erase(0, cut);
    texts_.emplace(std::move(plain), std::move(text));
  }
}

bool ReleaseFiles::has(std::string_view path) const {
  const auto found = std::ranges::lower_bound(files_, path, {}, &ReleaseFile::path);
  return found != files_.end() && found->path == path;
}

bool ReleaseFiles::has_folder(std::string_view path) const {
  const std::string plain = plain_path(path);
  if (plain.empty()) return !files_.empty();
  const std::string prefix = plain + "/";
  const auto found = std::ranges::lower_bound(files_, prefix, {}, &ReleaseFile::path);
  return found != files_.end() && found->path.starts_with(prefix);
}

Result<std::optional<std::string_view>> ReleaseFiles::text(std::string_view path) const {
  if (!has(path)) return std::nullopt;
  const auto found = texts_.find(path);
  if (found != texts_.end()) return found->second;
  return fail(
      ErrorCode::kTooLarge, std::string(path) + " is too large to read, or is not a text file.",
      "It must be a UTF-8 text of at most " + std::to_string(kReleaseTextBytesMax >> 10) + " KiB.",
      std::string(path));
}

Result<Manifest> manifest_of(const ReleaseFiles& files) {
  for (const std::string_view name : {kManifestFile, kManifestFileShort}) {
    const auto text = files.text(name);
    if (!text) return std::unexpected(text.error());
    if (*text) return parse_manifest(**text, name);
  }
  return Manifest{};
}

}  // namespace a67
