// Releases from Git, with a repository on this machine.
#include <catch_amalgamated.hpp>
#include <cstdlib>

#include "node-wrapper/runtime/process.h"
#include "tests/node-wrapper/runtime/runtime_rig.h"

namespace a67 {
namespace {

class Repository {
 public:
  explicit Repository(const TemporaryFolder& folder) : path_(folder / "repository") {
    REQUIRE(make_folders(path_));
    run("git init --quiet -b main && git config user.name t && git config user.email t@t && "
        "echo one > file && git add . && git commit --quiet -m one && "
        "mkdir -p .git/hooks && git tag v1 && "
        "echo two > file && git commit --quiet -am two && git config uploadpack.allowAnySHA1InWant "
        "true");
  }
  std::string run(const std::string& command) {
    const std::string output = path_ + "/../output";
    REQUIRE(std::system(("cd " + path_ + " && (" + command + ") > " + output).c_str()) == 0);
    std::string text = read_some(output, 1'000);
    while (text.ends_with('\n')) text.pop_back();
    return text;
  }
  [[nodiscard]] std::string url() const { return "file://" + path_; }

 private:
  std::string path_;
};

class GitRig {
 public:
  GitRig() { rig.options().allow_file_git = true; }
  // What the file of the release says.
  std::string deploy(const std::string& url, const std::string& ref) {
    DesiredReplica wanted = rig.wanted("app-1", "serve");
    wanted.release = ReleaseId("app-r" + std::to_string(++release_));
    wanted.generation = release_;
    wanted.source = {.kind = Source::Kind::kGit, .url = url, .ref = ref};
    rig.apply({wanted});
    rig.wait_for("the release", [&] {
      const auto status = rig.find("app-1");
      return status->generation == release_ &&
             (status->state == ReplicaState::kReady || status->state == ReplicaState::kFailed);
    });
    const std::string app =
        rig.options().data_folder + "/releases/trees/" + ReleaseStore::tree_key(wanted) + "/app";
    if (rig.find("app-1")->state == ReplicaState::kFailed) return "";
    CHECK(read_some(app + "/.git/HEAD", 100).empty());
    return read_some(app + "/file", 100);
  }
  RuntimeRig rig;

 private:
  std::int64_t release_ = 0;
};

TEST_CASE("git: a branch, a tag and commits are fetched, without their history", "[runtime]") {
  if (find_program("git", std::getenv("PATH")).empty()) SKIP("this machine has no git");
  GitRig git;
  Repository repository(git.rig.folder());
  const std::string first = repository.run("git rev-parse v1");
  CHECK(git.deploy(repository.url(), "main") == "two\n");
  CHECK(git.deploy(repository.url(), "") == "two\n");
  CHECK(git.deploy(repository.url(), "v1") == "one\n");
  CHECK(git.deploy(repository.url(), first) == "one\n");
  CHECK(git.deploy(repository.url(), first.substr(0, 9)) == "one\n");
  CHECK(git.rig.log_has("app", "Fetched commit " + first));
}

TEST_CASE("git: what is not there fails with git's own words and a hint", "[runtime]") {
  if (find_program("git", std::getenv("PATH")).empty()) SKIP("this machine has no git");
  GitRig git;
  Repository repository(git.rig.folder());
  SECTION("a branch") {
    CHECK(git.deploy(repository.url(), "nope").empty());
    CHECK(git.rig.find("app-1")->reason->hint.find("\"nope\"") != std::string::npos);
  }
  SECTION("a repository") {
    CHECK(git.deploy(repository.url() + "-gone", "main").empty());
    CHECK(git.rig.find("app-1")->reason->hint.find("Check the address") != std::string::npos);
  }
  CHECK(git.rig.find("app-1")->reason->code == ErrorCode::kGitFailed);
  CHECK_FALSE(git.rig.find("app-1")->reason->lines.empty());
}

TEST_CASE("git: a file address is refused unless it is allowed", "[runtime]") {
  GitRig git;
  git.rig.options().allow_file_git = false;
  CHECK(git.deploy("file:///etc", "main").empty());
  CHECK(git.rig.find("app-1")->reason->code == ErrorCode::kGitFailed);
}

}  // namespace
}  // namespace a67
