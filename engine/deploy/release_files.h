// ReleaseFiles is what the rules see of a release: its paths, and the text of the few small files
// that say how to run it. The same in the tab (from the dropped folder or archive) and on a node
// (from the unpacked tree).
//
// An archive often wraps everything in one folder: a folder that holds every file is taken off,
// once, and kept as folder(). Paths are spelled plainly ("./a//b" is "a/b"); what a Mac adds
// (__MACOSX, .DS_Store) does not count.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/deploy/manifest.h"

namespace a67 {

// The files whose text is worth reading, by name, at the top of a release.
inline constexpr std::array<std::string_view, 9> kReleaseTextNames = {
    "automator67.yaml", "automator67.yml", "package.json", "requirements.txt", "pyproject.toml",
    "Procfile",         ".python-version", ".nvmrc",       ".node-version"};
// A larger text is left out.
inline constexpr std::size_t kReleaseTextBytesMax = std::size_t{256} << 10;

struct ReleaseFile {
  std::string path;
  std::int64_t bytes = 0;
  bool executable = false;  // only a node knows
  bool elf = false;         // a Linux program; only a node knows
};

class ReleaseFiles {
 public:
  ReleaseFiles(std::vector<ReleaseFile> files, std::map<std::string, std::string> texts);

  // The folder that was taken off, without '/'; empty: none.
  [[nodiscard]] const std::string& folder() const { return folder_; }
  // Sorted by path.
  [[nodiscard]] const std::vector<ReleaseFile>& files() const { return files_; }
  [[nodiscard]] bool has(std::string_view path) const;
  // True when a file lies below the folder. "." is the top.
  [[nodiscard]] bool has_folder(std::string_view path) const;
  // Nothing when the file is absent. `kTooLarge` when it is there and its text is not.
  [[nodiscard]] Result<std::optional<std::string_view>> text(std::string_view path) const;

 private:
  std::vector<ReleaseFile> files_;
  std::map<std::string, std::string, std::less<>> texts_;
  std::string folder_;
};

// The release's own manifest; an empty one when it has none. Errors as parse_manifest().
Result<Manifest> manifest_of(const ReleaseFiles& files);

}  // namespace a67
