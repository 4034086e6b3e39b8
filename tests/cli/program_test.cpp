// The command line as a process: what it prints, where, and how it ends.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch_amalgamated.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/base/json.h"

using a67::Json;
namespace fs = std::filesystem;

namespace {

struct Run {
  int exit = -1;
  std::string out;
  std::string err;
};

std::string read_all(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Program {
 public:
  Program() {
    std::string pattern = (fs::temp_directory_path() / "a67-test-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
  }
  ~Program() { fs::remove_all(root_); }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  [[nodiscard]] Run run(std::vector<std::string> words) const {
    words.insert(words.begin(), A67_PROGRAM);
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    std::vector<std::string> variables = {"HOME=" + root_.string(), "COLUMNS=100",
                                          "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"};
    std::vector<char*> environment;
    for (std::string& variable : variables) environment.push_back(variable.data());
    environment.push_back(nullptr);

    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    const std::string out = (root_ / "out").string();
    const std::string err = (root_ / "err").string();
    constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC;
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), kFlags, 0600);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(), kFlags, 0600);
    pid_t child = 0;
    REQUIRE(posix_spawn(&child, A67_PROGRAM, &actions, nullptr, arguments.data(),
                        environment.data()) == 0);
    posix_spawn_file_actions_destroy(&actions);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return {.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status),
            .out = read_all(out),
            .err = read_all(err)};
  }
  [[nodiscard]] fs::path path(const std::string& name) const { return root_ / name; }

 private:
  fs::path root_;
};

// Compares with golden/<name>, or writes it when A67_UPDATE_GOLDEN is set.
void check_golden(const std::string& name, const std::string& text) {
  const fs::path path = fs::path(A67_GOLDEN) / name;
  if (std::getenv("A67_UPDATE_GOLDEN") != nullptr) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  INFO("golden file " << name);
  CHECK(text == read_all(path));
}

}  // namespace

TEST_CASE("automator67: help shows every verb, and each verb explains itself", "[cli]") {
  const Program program;
  const Run overview = program.run({"help"});
  CHECK(overview.exit == 0);
  CHECK(overview.err.empty());
  check_golden("help.txt", overview.out);
  for (const auto* verb :
       {"status", "claim",    "nodes",    "remove-node", "plan",  "deploy",      "apps",
        "app",    "rollback", "scale",    "restart",     "stop",  "start",       "remove",
        "logs",   "metrics",  "activity", "settings",    "watch", "completions", "version"}) {
    const Run help = program.run({"help", verb});
    CAPTURE(verb);
    CHECK(help.exit == 0);
    CHECK(help.out == program.run({verb, "--help"}).out);
    CHECK(help.out.contains("\nExample\n  automator67"));
    CHECK(overview.out.contains(std::string("\n  ") + verb + " "));
  }
  check_golden("help-deploy.txt", program.run({"deploy", "-h"}).out);
  check_golden("help-logs.txt", program.run({"help", "logs"}).out);
}

TEST_CASE("automator67: what is not understood ends with 2 and says what was meant", "[cli]") {
  const Program program;
  const Run run = program.run({"delpoy"});
  CHECK(run.exit == 2);
  CHECK(run.out.empty());
  CHECK(run.err ==
        "automator67: There is no verb \"delpoy\".\n"
        "  Did you mean automator67 deploy?\n");
  CHECK(program.run({"scale", "a", "1000"}).exit == 2);
  CHECK(program.run({"status", "--nope"}).exit == 2);
}

TEST_CASE("automator67: with --json an error is one document on standard output", "[cli]") {
  const Program program;
  for (const auto& words : {std::vector<std::string>{"--json", "delpoy"},
                            std::vector<std::string>{"app", "nope", "--json"}}) {
    const Run run = program.run(words);
    CHECK(run.exit != 0);
    const auto document = a67::parse_json(run.out);
    REQUIRE(document);
    CHECK((*document)["error"]["message"].is_string());
  }
}

TEST_CASE("automator67: an empty engine answers, and its data is private", "[cli]") {
  const Program program;
  const Run status = program.run({"status", "--json"});
  CHECK(status.exit == 0);
  const auto state = a67::parse_json(status.out);
  REQUIRE(state);
  CHECK((*state)["nodes"] == Json::array());
  const fs::path data = program.path(".local/share/automator67");
  CHECK(fs::status(data).permissions() == fs::perms::owner_all);
  CHECK(fs::status(data / "store/identity").permissions() ==
        (fs::perms::owner_read | fs::perms::owner_write));
  const auto again = a67::parse_json(program.run({"status", "--json"}).out);
  REQUIRE(again);
  CHECK((*again)["controller"]["id"] == (*state)["controller"]["id"]);
}

TEST_CASE("automator67: exit codes are those of the contract", "[cli]") {
  const Program program;
  CHECK(program.run({"app", "nope"}).exit == 4);
  CHECK(program.run({"deploy", program.path("nowhere").string()}).exit == 4);
  std::ofstream(program.path("bad.tar.gz")) << "no archive";
  CHECK(program.run({"deploy", program.path("bad.tar.gz").string()}).exit == 9);
  fs::create_directory(program.path("site"));
  std::ofstream(program.path("site/index.html")) << "<h1>hi</h1>";
  const Run no_nodes = program.run({"deploy", program.path("site").string()});
  CHECK(no_nodes.exit == 8);
  CHECK(no_nodes.err.contains("automator67: "));
}

TEST_CASE("automator67: a destructive verb without a terminal needs --yes", "[cli]") {
  const Program program;
  const Run refused = program.run({"remove", "guestbook"});
  CHECK(refused.exit == 2);
  CHECK(refused.err.contains("--yes"));
  CHECK(program.run({"remove", "guestbook", "--yes"}).exit == 4);
}

TEST_CASE("automator67: settings are changed and kept", "[cli]") {
  const Program program;
  CHECK(program.run({"settings", "--heartbeat-seconds", "9"}).exit == 0);
  const Run shown = program.run({"settings"});
  CHECK(shown.out.starts_with("Heartbeat every 9 s\n"));
}

TEST_CASE("automator67: a variable's value is never repeated in an error", "[cli]") {
  const Program program;
  std::ofstream(program.path("bad.env")) << "GOOD=1\nplanted-secret\n";
  const Run run = program.run(
      {"deploy", program.path("").string(), "--env-file", program.path("bad.env").string()});
  CHECK(run.exit == 2);
  CHECK(run.err.contains("bad.env:2"));
  CHECK_FALSE(run.err.contains("planted-secret"));
}

TEST_CASE("automator67: completions are scripts the shell accepts", "[cli]") {
  const Program program;
  for (const auto* shell : {"bash", "zsh", "fish"}) {
    const Run run = program.run({"completions", shell});
    CHECK(run.exit == 0);
    CHECK(run.out.contains("remove-node"));
    CHECK(run.out.contains("heartbeat-seconds"));
  }
  std::ofstream(program.path("completion.bash")) << program.run({"completions", "bash"}).out;
  const std::string check = "bash -n " + program.path("completion.bash").string();
  // NOLINTNEXTLINE(bugprone-command-processor, concurrency-mt-unsafe): a fixed command on our own
  // file
  CHECK(std::system(check.c_str()) == 0);
  CHECK(program.run({"completions", "tcsh"}).exit == 2);
}

TEST_CASE("automator67: the version is told", "[cli]") {
  CHECK(Program().run({"--version"}).out == "automator67 0.1.0\n");
}
