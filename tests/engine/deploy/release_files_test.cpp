#include "engine/deploy/release_files.h"

#include <catch_amalgamated.hpp>
#include <string>

namespace a67 {
namespace {

ReleaseFiles files_of(std::vector<std::string> paths,
                      std::map<std::string, std::string> texts = {}) {
  std::vector<ReleaseFile> files;
  for (std::string& path : paths) files.push_back({.path = std::move(path)});
  return {std::move(files), std::move(texts)};
}

std::vector<std::string> paths_of(const ReleaseFiles& files) {
  std::vector<std::string> paths;
  for (const ReleaseFile& file : files.files()) paths.push_back(file.path);
  return paths;
}

TEST_CASE("ReleaseFiles: takes off one folder that wraps everything", "[deploy]") {
  const auto files =
      files_of({"app-1.2/src/main.js", "app-1.2/package.json"}, {{"app-1.2/package.json", "{}"}});
  CHECK(files.folder() == "app-1.2");
  CHECK(paths_of(files) == std::vector<std::string>{"package.json", "src/main.js"});
  CHECK(files.text("package.json").value() == "{}");
}

TEST_CASE("ReleaseFiles: takes off one folder only", "[deploy]") {
  const auto files = files_of({"a/b/x", "a/b/y"});
  CHECK(files.folder() == "a");
  CHECK(files.has("b/x"));
}

TEST_CASE("ReleaseFiles: two folders, or a file beside one, stay", "[deploy]") {
  CHECK(files_of({"a/x", "b/y"}).folder().empty());
  CHECK(files_of({"a/x", "README"}).folder().empty());
  CHECK(files_of({"a/x", "ab/y"}).folder().empty());
  CHECK(files_of({}).folder().empty());
}

TEST_CASE("ReleaseFiles: clutter of a Mac does not count", "[deploy]") {
  const auto files =
      files_of({"app/index.html", "__MACOSX/app/._index.html", "app/.DS_Store", ".DS_Store"});
  CHECK(files.folder() == "app");
  CHECK(paths_of(files) == std::vector<std::string>{"index.html"});
}

TEST_CASE("ReleaseFiles: paths are spelled plainly", "[deploy]") {
  const auto files = files_of({"./a//b", "./", "c/."}, {{"./c", "text"}});
  CHECK(paths_of(files) == std::vector<std::string>{"a/b", "c"});
  CHECK(files.text("c").value() == "text");
}

TEST_CASE("ReleaseFiles: knows files and folders", "[deploy]") {
  const auto files = files_of({"a/b/c", "a.txt", "d"});
  CHECK(files.has("d"));
  CHECK_FALSE(files.has("a"));
  CHECK(files.has_folder("a"));
  CHECK(files.has_folder("a/b/"));
  CHECK(files.has_folder("."));
  CHECK_FALSE(files.has_folder("d"));
  CHECK_FALSE(files.has_folder("a/b/c"));
  CHECK_FALSE(files_of({}).has_folder("."));
}

TEST_CASE("ReleaseFiles: a file whose text was left out is an error, an absent one is not",
          "[deploy]") {
  const auto files = files_of({"package.json", "x"});
  CHECK_FALSE(files.text("Procfile").value());
  const auto text = files.text("package.json");
  REQUIRE_FALSE(text);
  CHECK(text.error().code == ErrorCode::kTooLarge);
  CHECK(text.error().field == "package.json");
}

TEST_CASE("ReleaseFiles: finds the manifest under both names", "[deploy]") {
  CHECK(manifest_of(files_of({"x"})).value() == Manifest{});
  CHECK(manifest_of(files_of({"x", "automator67.yml"}, {{"automator67.yml", "replicas: 2"}}))
            .value()
            .replicas == 2);
  const auto both =
      files_of({"automator67.yaml", "automator67.yml"},
               {{"automator67.yml", "replicas: 2"}, {"automator67.yaml", "replicas: 3"}});
  CHECK(manifest_of(both).value().replicas == 3);
  const auto broken =
      manifest_of(files_of({"x", "automator67.yml"}, {{"automator67.yml", "replicas: no"}}));
  REQUIRE_FALSE(broken);
  CHECK(broken.error().field == "automator67.yml:1");
}

}  // namespace
}  // namespace a67
