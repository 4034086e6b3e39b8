// Ignore decides which files of a folder are left out of an archive. Pure.
//
// Patterns of .automator67ignore, one a line: `name` matches in every folder, `a/b` and `/a` from
// the top, `dir/` only folders, `*` anything but /, `?` one character, `**` also across folders; a
// later `!pattern` takes one back. That is what people know from .gitignore; character classes are
// not supported.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace a67::cli {

class Ignore {
 public:
  static constexpr std::string_view kFileName = ".automator67ignore";

  // What is made anew on the node, or of no use there.
  void add_defaults();
  void add_lines(std::string_view text);
  // `path` is relative to the folder, with / between its parts.
  [[nodiscard]] bool ignores(std::string_view path, bool is_folder) const;

 private:
  struct Pattern {
    std::string glob;
    bool folders_only = false;
    bool from_top = false;
    bool takes_back = false;
  };
  std::vector<Pattern> patterns_;
};

// Whether the glob (`*`, `?`, `**`) matches the whole path.
bool matches_glob(std::string_view glob, std::string_view path);

}  // namespace a67::cli
