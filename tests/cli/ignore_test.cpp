#include "cli/ignore.h"

#include <catch_amalgamated.hpp>
#include <string>

using a67::cli::Ignore;
using a67::cli::matches_glob;

TEST_CASE("Ignore: what is made anew on the node is left out, at any depth", "[cli]") {
  Ignore ignore;
  ignore.add_defaults();
  CHECK(ignore.ignores("node_modules", true));
  CHECK(ignore.ignores("packages/a/node_modules", true));
  CHECK(ignore.ignores(".git", true));
  CHECK_FALSE(ignore.ignores("node_modules", false));
  CHECK_FALSE(ignore.ignores("src/node_modules.js", false));
}

TEST_CASE("Ignore: patterns work as people know them", "[cli]") {
  Ignore ignore;
  ignore.add_lines("# comment\n\n*.log\n/build/\ndocs/*.md\n**/cache\n!keep.log\r\n");
  CHECK(ignore.ignores("a.log", false));
  CHECK(ignore.ignores("deep/er/b.log", false));
  CHECK_FALSE(ignore.ignores("keep.log", false));
  CHECK(ignore.ignores("build", true));
  CHECK_FALSE(ignore.ignores("sub/build", true));
  CHECK(ignore.ignores("docs/a.md", false));
  CHECK_FALSE(ignore.ignores("docs/sub/a.md", false));
  CHECK(ignore.ignores("a/b/cache", true));
  CHECK(ignore.ignores("cache", true));
}

TEST_CASE("Ignore: stars stop at folders, double stars do not", "[cli]") {
  CHECK(matches_glob("*", "abc"));
  CHECK_FALSE(matches_glob("*", "a/b"));
  CHECK(matches_glob("**", "a/b"));
  CHECK(matches_glob("a/**/z", "a/b/c/z"));
  CHECK(matches_glob("a/**/z", "a/z"));
  CHECK(matches_glob("a?c", "abc"));
  CHECK_FALSE(matches_glob("a?c", "a/c"));
  CHECK(matches_glob("*a*b*", "xxaxxbxx"));
  CHECK_FALSE(matches_glob("abc", "ab"));
  CHECK_FALSE(matches_glob("", "a"));
}

TEST_CASE("Ignore: a hostile pattern takes no exponential time", "[cli]") {
  std::string stars;
  for (int i = 0; i < 30; ++i) stars += "*a";
  CHECK_FALSE(matches_glob(stars + "b", std::string(2'000, 'a')));
}
