#include "node-wrapper/releases/git_plan.h"

#include <algorithm>
#include <catch_amalgamated.hpp>

namespace a67 {
namespace {

bool has_word(const Arguments& command, const std::string& word) {
  return std::ranges::find(command, word) != command.end();
}

TEST_CASE("git plan: a branch is cloned shallowly, then fetched by name", "[releases]") {
  const auto plan = plan_git("https://host/app.git", "main", "/target", false);
  REQUIRE(plan);
  REQUIRE(plan->ways.size() == 2);
  const Arguments& clone = plan->ways.front().front();
  for (const char* word : {"clone", "--depth", "--branch", "main", "--no-recurse-submodules", "--",
                           "https://host/app.git", "/target"}) {
    INFO(word);
    CHECK(has_word(clone, word));
  }
  CHECK(has_word(plan->ways.back().at(1), "fetch"));
}

TEST_CASE("git plan: a commit is fetched, a short one by the whole history at last", "[releases]") {
  const auto full = plan_git("https://h/a", std::string(40, 'a'), "/t", false);
  REQUIRE(full);
  CHECK(has_word(full->ways.front().at(1), "fetch"));
  const auto brief = plan_git("https://h/a", "abc1234", "/t", false);
  REQUIRE(brief);
  REQUIRE(brief->ways.size() == 3);
  CHECK_FALSE(has_word(brief->ways.back().front(), "--depth"));
}

TEST_CASE("git plan: no prompt, no user settings, and only harmless protocols", "[releases]") {
  const auto plan = plan_git("https://h/a", "", "/t", false);
  REQUIRE(plan);
  const auto setting = [&](const std::string& name) {
    const auto found =
        std::ranges::find(plan->environment, name, &std::pair<std::string, std::string>::first);
    return found == plan->environment.end() ? "<none>" : found->second;
  };
  CHECK(setting("GIT_TERMINAL_PROMPT") == "0");
  CHECK(setting("GIT_ALLOW_PROTOCOL") == "https:http:git:ssh");
  CHECK(setting("GIT_CONFIG_GLOBAL") == "/dev/null");
}

TEST_CASE("git plan: addresses that could run or read something here are refused", "[releases]") {
  for (const char* url : {"ext::sh -c id", "file:///etc", "/etc", "-uwhatever", "",
                          "--upload-pack=x", "fd::17/foo"}) {
    INFO(url);
    CHECK_FALSE(plan_git(url, "main", "/t", false));
  }
  CHECK_FALSE(plan_git("https://h/a", "--upload-pack=x", "/t", false));
  CHECK(plan_git("git@host:team/app.git", "main", "/t", false));
  CHECK(plan_git("file:///repository", "main", "/t", true));
}

TEST_CASE("git plan: a failure is explained without the password", "[releases]") {
  const Error error = explain_git_failure(
      "https://me:hunter2@host/app.git", "main",
      {"fatal: unable to access 'https://me:hunter2@host/app.git/': Could not resolve host: host"});
  CHECK(error.code == ErrorCode::kGitFailed);
  CHECK(error.message.find("hunter2") == std::string::npos);
  REQUIRE(error.lines.size() == 1);
  CHECK(error.lines.front().find("hunter2") == std::string::npos);
  CHECK(error.hint.find("could not reach") != std::string::npos);
}

TEST_CASE("git plan: a missing branch is told from a missing repository", "[releases]") {
  CHECK(explain_git_failure("https://h/a", "nope",
                            {"fatal: Remote branch nope not found in upstream origin"})
            .hint.find("\"nope\"") != std::string::npos);
  CHECK(explain_git_failure("https://h/a", "main", {"remote: Repository not found."})
            .hint.find("private repository") != std::string::npos);
}

TEST_CASE("git plan: credentials vanish wherever they stand", "[releases]") {
  CHECK(without_credentials("a https://u:p@h/x and ssh://k@h2 end") ==
        "a https://***@h/x and ssh://***@h2 end");
  CHECK(without_credentials("https://host/a@b") == "https://host/a@b");
  CHECK(without_credentials("nothing") == "nothing");
  CHECK(without_credentials("https://") == "https://");
}

}  // namespace
}  // namespace a67
