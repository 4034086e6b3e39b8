// Several workspaces in one data folder: each a vault of its own.
#include <catch_amalgamated.hpp>
#include <csignal>
#include <filesystem>
#include <string>

#include "engine/base/json.h"
#include "tests/cli/program.h"

using a67::Json;
using a67::cli::test::OnTerminal;
using a67::cli::test::Program;
using a67::cli::test::Run;
using a67::cli::test::write_private;
namespace fs = std::filesystem;

namespace {

Json json_of(const Run& run) {
  INFO(run.out << run.err);
  REQUIRE(run.exit == 0);
  const auto document = a67::parse_json(run.out);
  REQUIRE(document);
  return *document;
}

std::int64_t heartbeat(const Program& program, std::vector<std::string> words = {}) {
  words.insert(words.begin(), {"settings", "--json"});
  return json_of(program.run(std::move(words)))["settings"]["heartbeatSeconds"].get<std::int64_t>();
}

// One with 9 s beside the first, which has 5 s; the id of the other.
std::string make_two(const Program& program) {
  REQUIRE(program.run({"settings", "--heartbeat-seconds", "5"}).exit == 0);
  const Json made = json_of(program.run({"vault", "create", "Northwind", "--json"}));
  REQUIRE(made["workspaces"].size() == 2);
  std::string id;
  for (const Json& one : made["workspaces"]) {
    if (one["current"] == true) id = one["id"].get<std::string>();
    CHECK(one["name"] == (one["current"] == true ? "Northwind" : "My cloud"));
  }
  REQUIRE(id.size() == 8);
  const Run set = program.run({"settings", "--workspace", "Northwind", "--heartbeat-seconds", "9"});
  REQUIRE(set.exit == 0);
  return id;
}

}  // namespace

TEST_CASE("workspaces: two in one folder know nothing of each other", "[cli]") {
  Program program;
  const std::string id = make_two(program);
  CHECK(heartbeat(program) == 5);
  CHECK(heartbeat(program, {"--workspace", "main"}) == 5);
  CHECK(heartbeat(program, {"--workspace", "My cloud"}) == 5);
  CHECK(heartbeat(program, {"--workspace", "Northwind"}) == 9);
  CHECK(heartbeat(program, {"--workspace", id}) == 9);
  CHECK(fs::file_size(program.data() / ("device-" + id + ".key")) == 32);
  const Run list = program.run({"vault", "workspaces"});
  CHECK(list.out.contains("Northwind"));
  CHECK(list.out.contains(id));

  program.set_env("A67_WORKSPACE=Northwind");
  CHECK(heartbeat(program) == 9);
  CHECK(heartbeat(program, {"--workspace", "main"}) == 5);
}

TEST_CASE("workspaces: each opens only with what is its own", "[cli]") {
  const Program program;
  const std::string id = make_two(program);
  write_private(program.path("passphrase"), "planted violet canoe");
  const Run guarded =
      program.run({"vault", "protect", "--workspace", id, "--passphrase-file",
                   program.path("passphrase"), "--recovery-out", program.path("words")});
  INFO(guarded.err);
  REQUIRE(guarded.exit == 0);
  CHECK_FALSE(fs::exists(program.data() / ("device-" + id + ".key")));
  CHECK(fs::exists(program.data() / "device.key"));
  CHECK(heartbeat(program) == 5);
  CHECK(program.run({"settings", "--workspace", id}).exit == 6);
  CHECK(heartbeat(program, {"--workspace", id, "--passphrase-file", program.path("passphrase")}) ==
        9);
  // The names can be told of locked ones, too.
  CHECK(json_of(program.run({"vault", "workspaces", "--json"}))["workspaces"].size() == 2);
}

TEST_CASE("workspaces: one that is not there is not made by a slip of the pen", "[cli]") {
  const Program program;
  make_two(program);
  const Run slip = program.run({"settings", "--workspace", "Nortwind"});
  CHECK(slip.exit == 4);
  CHECK(slip.err.contains("There is no workspace \"Nortwind\""));
  CHECK(slip.err.contains("vault workspaces"));
  CHECK(program.run({"vault", "create", "Northwind"}).exit == 5);
  CHECK(program.run({"vault", "create", "main"}).exit == 5);
  CHECK(program.run({"vault", "create", std::string(61, 'x')}).exit == 2);
  CHECK(program.run({"vault", "create"}).exit == 2);
  CHECK(json_of(program.run({"vault", "workspaces", "--json"}))["workspaces"].size() == 2);
}

TEST_CASE("workspaces: a running watch serves its own and no other", "[cli]") {
  const Program program;
  const std::string id = make_two(program);
  OnTerminal watch(program, {"watch", "--workspace", "Northwind"});
  watch.expect("Watching with the data in");
  const Run other = program.run({"settings"});
  CHECK(other.exit == 5);
  CHECK(other.err.contains("works with the workspace \"Northwind\""));
  CHECK(heartbeat(program, {"--workspace", "Northwind"}) == 9);
  CHECK(heartbeat(program, {"--workspace", id}) == 9);
  CHECK(program.run({"vault", "create", "Third"}).exit == 5);
  watch.signal(SIGINT);
  CHECK(watch.wait() == 0);
  CHECK(heartbeat(program) == 5);
}
