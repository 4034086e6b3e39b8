#include "node-wrapper/releases/archive_path.h"

#include "engine/base/encoding.h"

namespace a67 {
namespace {

std::unexpected<Error> refuse(std::string_view name, std::string_view why) {
  return fail(ErrorCode::kBadArchive,
              "The archive's entry \"" + printable_name(name) + "\" " + std::string(why) + ".",
              "Pack the app's folder again with plain relative names, then deploy it again.");
}

bool has_control_character(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
  }
  return false;
}

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return parts;
}

}  // namespace

std::string printable_name(std::string_view name) {
  constexpr std::size_t kShownMax = 120;
  std::string shown;
  for (const char c : name.substr(0, kShownMax)) {
    const auto byte = static_cast<unsigned char>(c);
    shown += byte < 0x20 || byte >= 0x7f ? '?' : c;
  }
  if (name.size() > kShownMax) shown += "...";
  return shown;
}

Result<PathParts> check_entry_path(std::string_view name) {
  if (name.empty()) return refuse(name, "has no name");
  if (name.size() > kEntryPathBytesMax) return refuse(name, "has a name that is too long");
  if (name.front() == '/') return refuse(name, "is an absolute path");
  if (!is_utf8(name)) return refuse(name, "has a name that is not UTF-8");
  if (has_control_character(name)) return refuse(name, "has a control character in its name");
  if (name.find('\\') != std::string_view::npos) {
    return refuse(name, "has a backslash in its name");
  }
  PathParts parts;
  for (const std::string_view part : split(name)) {
    if (part.empty() || part == ".") continue;
    if (part == "..") return refuse(name, "would leave its folder");
    if (part.size() > kEntryNameBytesMax) {
      return refuse(name, "has a part of more than 255 bytes");
    }
    parts.emplace_back(part);
  }
  if (parts.size() > kEntryDepthMax) return refuse(name, "is nested too deep");
  return parts;
}

Result<void> check_link_target(const PathParts& link, std::string_view target) {
  std::string name;
  for (const std::string& part : link) name += (name.empty() ? "" : "/") + part;
  if (link.empty()) return refuse(name, "is a link in the place of the root");
  if (target.empty() || target.size() > kEntryPathBytesMax) {
    return refuse(name, "is a link with an empty or too long target");
  }
  if (target.front() == '/') return refuse(name, "is a link to an absolute path");
  if (!is_utf8(target) || has_control_character(target)) {
    return refuse(name, "is a link with an unreadable target");
  }
  std::size_t depth = link.size() - 1;  // folders above the link
  bool climbing = true;
  for (const std::string_view part : split(target)) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      climbing = false;
      continue;
    }
    if (!climbing || depth == 0) return refuse(name, "is a link that would leave its folder");
    --depth;
  }
  return {};
}

}  // namespace a67
