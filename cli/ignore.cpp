#include "cli/ignore.h"

#include "cli/text.h"

namespace a67::cli {

// With two places to go back to, one per kind of star, it needs no recursion and at most glob x
// path steps.
bool matches_glob(std::string_view glob, std::string_view path) {
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t g = 0;
  std::size_t p = 0;
  std::size_t star = kNone;
  std::size_t star_path = 0;
  std::size_t double_star = kNone;
  std::size_t double_star_path = 0;
  while (p < path.size()) {
    if (g + 1 < glob.size() && glob[g] == '*' && glob[g + 1] == '*') {
      double_star = g += 2;
      double_star_path = p;
      star = kNone;
      // `**/x` matches `x` too.
      if (g < glob.size() && glob[g] == '/' && (p == 0 || path[p - 1] == '/')) ++g;
    } else if (g < glob.size() && glob[g] == '*') {
      star = ++g;
      star_path = p;
    } else if (g < glob.size() && (glob[g] == path[p] || (glob[g] == '?' && path[p] != '/'))) {
      ++g;
      ++p;
    } else if (star != kNone && path[star_path] != '/') {
      g = star;
      p = ++star_path;
    } else if (double_star != kNone) {
      star = kNone;
      g = double_star;
      p = ++double_star_path;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

void Ignore::add_defaults() {
  for (const std::string_view name : {"node_modules/", ".git/", "__pycache__/", ".venv/"}) {
    add_lines(name);
  }
  add_lines(kFileName);
}

void Ignore::add_lines(std::string_view text) {
  for (std::string_view line : split(text, '\n')) {
    line = trim(line);
    if (line.empty() || line.starts_with('#')) continue;
    Pattern pattern;
    if (line.starts_with('!')) {
      pattern.takes_back = true;
      line.remove_prefix(1);
    }
    if (line.ends_with('/')) {
      pattern.folders_only = true;
      line.remove_suffix(1);
    }
    pattern.from_top = line.contains('/');
    if (line.starts_with('/')) line.remove_prefix(1);
    pattern.glob = line;
    patterns_.push_back(std::move(pattern));
  }
}

bool Ignore::ignores(std::string_view path, bool is_folder) const {
  const std::size_t slash = path.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  bool ignored = false;
  for (const Pattern& pattern : patterns_) {
    if (pattern.folders_only && !is_folder) continue;
    if (matches_glob(pattern.glob, pattern.from_top ? path : name)) ignored = !pattern.takes_back;
  }
  return ignored;
}

}  // namespace a67::cli
