#include "cli/listing.h"

#include <algorithm>

#include "cli/text.h"

namespace a67::cli {

Error source_too_large(std::string_view what, std::int64_t bytes) {
  return Error{.code = ErrorCode::kTooLarge,
               .message = std::string(what) + " holds " + bytes_text(bytes) + "; at most " +
                          bytes_text(kSourceBytesMax) + " can be deployed.",
               .hint = "Leave out what the app does not need to run (" +
                       std::string(".automator67ignore") + "), or deploy from a Git URL."};
}

Result<void> Listing::add(std::string path, std::int64_t bytes) {
  if (files_.size() >= kFilesMax) {
    return fail(
        ErrorCode::kTooLarge, what_ + " holds more than " + std::to_string(kFilesMax) + " files.",
        "Leave out what the app does not need to run; dependencies are installed on the node.");
  }
  files_.push_back({.path = std::move(path), .bytes = bytes});
  return {};
}

// At the top, or one folder down, for archives that wrap everything in one folder.
bool Listing::wants_text(std::string_view path, std::int64_t bytes) const {
  const std::size_t slash = path.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  return std::ranges::count(path, '/') <= 1 &&
         std::ranges::find(kReleaseTextNames, name) != kReleaseTextNames.end() &&
         bytes <= static_cast<std::int64_t>(kReleaseTextBytesMax) && texts_.size() < kTextsReadMax;
}

void Listing::add_text(std::string path, std::string text) {
  texts_.emplace(std::move(path), std::move(text));
}

Json Listing::files() const {
  Json list = Json::array();
  for (const ReleaseFile& file : files_) {
    list.push_back({{"path", file.path}, {"bytes", file.bytes}});
  }
  return list;
}

Json Listing::texts() const {
  const std::string folder = ReleaseFiles(files_, {}).folder();
  const std::string prefix = folder.empty() ? "" : folder + "/";
  Json found = Json::object();
  for (const auto& [path, text] : texts_) {
    const bool at_top = path.starts_with(prefix) && !path.substr(prefix.size()).contains('/');
    if (at_top && found.size() < kTextsMax) found[path] = text;
  }
  return found;
}

std::string plain_path(std::string_view path) {
  std::string plain;
  for (const std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (!plain.empty()) plain += '/';
    plain += part;
  }
  return plain;
}

}  // namespace a67::cli
