// The command line as a process: what it prints, where, and how it ends.
#include <catch_amalgamated.hpp>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "tests/cli/program.h"

using a67::Json;
using a67::cli::test::check_golden;
using a67::cli::test::Program;
using a67::cli::test::Run;
namespace fs = std::filesystem;

TEST_CASE("automator67: help shows every verb, and each verb explains itself", "[cli]") {
  const Program program;
  const Run overview = program.run({"help"});
  CHECK(overview.exit == 0);
  CHECK(overview.err.empty());
  check_golden("help.txt", overview.out);
  for (const auto* verb :
       {"status",   "claim",    "nodes",   "remove-node", "plan",    "deploy", "apps",   "app",
        "rollback", "scale",    "restart", "stop",        "start",   "remove", "logs",   "metrics",
        "activity", "settings", "watch",   "completions", "version", "backup", "restore"}) {
    const Run help = program.run({"help", verb});
    CAPTURE(verb);
    CHECK(help.exit == 0);
    CHECK(help.out == program.run({verb, "--help"}).out);
    CHECK(help.out.contains("\nExample\n  automator67"));
    CHECK(overview.out.contains(std::string("\n  ") + verb + " "));
  }
  check_golden("help-deploy.txt", program.run({"deploy", "-h"}).out);
  check_golden("help-logs.txt", program.run({"help", "logs"}).out);
  const Run group = program.run({"vault"});
  CHECK(group.exit == 0);
  check_golden("help-vault.txt", group.out);
  CHECK(program.run({"help", "vault"}).out == group.out);
  CHECK(program.run({"vault", "--help"}).out == group.out);
  for (const auto* second : {"status", "rotate", "protect", "change-passphrase", "recovery",
                             "remember", "forget-device"}) {
    CAPTURE(second);
    const Run help = program.run({"help", "vault", second});
    CHECK(help.exit == 0);
    CHECK(help.out == program.run({"vault", second, "--help"}).out);
    CHECK(help.out.contains("Example\n  automator67 vault "));
    CHECK(group.out.contains(std::string("\n  vault ") + second + " "));
  }
  check_golden("help-backup.txt", program.run({"backup", "--help"}).out);
  check_golden("help-restore.txt", program.run({"restore", "--help"}).out);
  check_golden("help-vault-protect.txt", program.run({"help", "vault", "protect"}).out);
}

TEST_CASE("automator67: what is not understood ends with 2 and says what was meant", "[cli]") {
  const Program program;
  const Run run = program.run({"delpoy"});
  CHECK(run.exit == 2);
  CHECK(run.out.empty());
  CHECK(run.err ==
        "automator67: There is no verb \"delpoy\".\n"
        "  Did you mean automator67 deploy?\n");
  CHECK(program.run({"vualt"}).err.contains("Did you mean automator67 vault?"));
  const Run second = program.run({"vault", "statsu"});
  CHECK(second.exit == 2);
  CHECK(second.err ==
        "automator67: There is no verb \"vault statsu\".\n"
        "  Did you mean automator67 vault status?\n");
  CHECK(program.run({"help", "vault", "statsu"}).exit == 2);
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
  const fs::path data = program.data();
  CHECK(fs::status(data).permissions() == fs::perms::owner_all);
  for (const char* file : {"state.db", "device.key", "lock"}) {
    CAPTURE(file);
    CHECK(fs::status(data / file).permissions() ==
          (fs::perms::owner_read | fs::perms::owner_write));
  }
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
    CHECK(run.out.contains("forget-device"));
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
