#include "node-wrapper/releases/build_plan.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch_amalgamated.hpp>

#include "tests/node-wrapper/releases/temporary_folder.h"

namespace a67 {
namespace {

void put(const TemporaryFolder& folder, const std::string& name, const std::string& text,
         mode_t mode = 0644) {
  const std::size_t slash = name.rfind('/');
  if (slash != std::string::npos) REQUIRE(make_folders(folder / name.substr(0, slash)));
  REQUIRE(replace_file(folder / name, text, false));
  REQUIRE(::chmod((folder / name).c_str(), mode) == 0);
}

TEST_CASE("build plan: a Node.js app inside its single folder is found", "[releases]") {
  const TemporaryFolder folder;
  put(folder, "shop-main/package.json",
      R"({"scripts":{"start":"node server.js"},"dependencies":{"express":"4"}})");
  put(folder, "shop-main/package-lock.json", "{}");
  put(folder, "shop-main/server.js", "");
  const auto recipe = find_recipe(folder.path(), {});
  REQUIRE(recipe);
  CHECK(recipe->runtime == "node");
  CHECK(recipe->folder == "shop-main");
  CHECK(recipe->build.starts_with("npm ci"));
  CHECK(recipe->start == "node server.js");
}

TEST_CASE("build plan: a static site has no start command", "[releases]") {
  const TemporaryFolder folder;
  put(folder, "index.html", "<h1>hello</h1>");
  const auto recipe = find_recipe(folder.path(), {});
  REQUIRE(recipe);
  CHECK(recipe->runtime == "static");
  CHECK(recipe->start.empty());
  CHECK(recipe->static_root.empty());
}

TEST_CASE("build plan: the order wins over the manifest, the manifest over detection",
          "[releases]") {
  const TemporaryFolder folder;
  put(folder, "index.html", "");
  put(folder, "automator67.yaml", "start: ./mine --port $PORT\n");
  const auto own = find_recipe(folder.path(), {});
  REQUIRE(own);
  CHECK(own->start == "./mine --port $PORT");
  const auto ordered = find_recipe(folder.path(), {.start = "./theirs"});
  REQUIRE(ordered);
  CHECK(ordered->start == "./theirs");
}

TEST_CASE("build plan: one Linux program is started as it is", "[releases]") {
  const TemporaryFolder folder;
  put(folder, "server", std::string("\x7f") + "ELF rest", 0755);
  const auto recipe = find_recipe(folder.path(), {});
  REQUIRE(recipe);
  CHECK(recipe->runtime == "binary");
  CHECK(recipe->start.find("server") != std::string::npos);
}

TEST_CASE("build plan: a folder that says nothing is unknown_runtime", "[releases]") {
  const TemporaryFolder folder;
  put(folder, "notes.txt", "hello");
  const auto recipe = find_recipe(folder.path(), {});
  REQUIRE_FALSE(recipe);
  CHECK(recipe.error().code == ErrorCode::kUnknownRuntime);
  CHECK_FALSE(recipe.error().hint.empty());
}

TEST_CASE("build plan: a link is not read, wherever it points", "[releases]") {
  const TemporaryFolder folder;
  const TemporaryFolder other;
  put(other, "package.json", R"({"scripts":{"start":"node x.js"}})");
  REQUIRE(::symlink((other / "package.json").c_str(), (folder / "package.json").c_str()) == 0);
  put(folder, "notes.txt", "hello");
  CHECK_FALSE(find_recipe(folder.path(), {}));
}

TEST_CASE("build plan: builds get caches and network settings, and nothing private", "[releases]") {
  ::setenv("A67_TEST_SECRET", "hunter2", 1);
  const auto settings = build_environment("/cache");
  ::unsetenv("A67_TEST_SECRET");
  CHECK(std::ranges::find(settings, "npm_config_cache=/cache/npm") != settings.end());
  for (const std::string& setting : settings) CHECK(setting.find("hunter2") == std::string::npos);
}

TEST_CASE("build plan: a slow build is told from a failing one", "[releases]") {
  CHECK(explain_build_failure("make", "was ended by signal SIGKILL", true, 60)
            .message.find("longer than 60 s") != std::string::npos);
  const Error error = explain_build_failure("make", "ended with exit code 2", false, 60);
  CHECK(error.code == ErrorCode::kBuildFailed);
  CHECK(error.message.find("exit code 2") != std::string::npos);
}

}  // namespace
}  // namespace a67
