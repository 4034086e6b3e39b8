// The vault of the command line, without a terminal.
#include <sys/stat.h>

#include <algorithm>
#include <catch_amalgamated.hpp>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/json.h"
#include "engine/state/snapshot.h"
#include "tests/cli/program.h"
#include "tests/engine/state/sample.h"

using a67::Json;
using a67::cli::test::check_golden;
using a67::cli::test::Program;
using a67::cli::test::read_all;
using a67::cli::test::Run;
using a67::cli::test::write_private;
namespace fs = std::filesystem;

namespace {

constexpr auto kPrivate = fs::perms::owner_read | fs::perms::owner_write;
const std::string kPassphrase = "planted violet canoe";
const std::string kOther = "planted brass owls";
const std::string kPlanted = "planted-value-of-a-variable";

Json json_of(const Run& run) {
  INFO(run.out << run.err);
  REQUIRE(run.exit == 0);
  const auto document = a67::parse_json(run.out);
  REQUIRE(document);
  return *document;
}

std::vector<std::string> kinds_of(const Program& program, std::vector<std::string> words) {
  words.emplace_back("--json");
  std::vector<std::string> kinds;
  for (const Json& method : json_of(program.run(std::move(words)))["vault"]["methods"]) {
    kinds.push_back(method["kind"].get<std::string>());
  }
  std::ranges::sort(kinds);
  return kinds;
}

// A folder whose vault has a passphrase, recovery words and no device key.
struct Guarded : Program {
  Guarded() {
    write_private(path("passphrase"), kPassphrase + "\n");
    const Run run = this->run({"vault", "protect", "--passphrase-file", path("passphrase"),
                               "--recovery-out", path("words")});
    INFO(run.out << run.err);
    REQUIRE(run.exit == 0);
  }
};

// What an earlier version left: one stopped app whose release has a secret.
a67::State plain_state() {
  a67::State state = a67::test::sample_state();
  state.nodes.clear();
  state.apps[0].assignments.clear();
  state.apps[0].deployments.clear();
  for (auto& release : state.apps[0].releases) {
    release.spec.env = {{"TOKEN", a67::WireSecret<std::string>(kPlanted)}};
  }
  state.settings.heartbeat_seconds = 77;
  return state;
}

void plant(const Program& program) {
  fs::create_directories(program.data() / "store");
  write_private(program.data() / "store/state", a67::write_snapshot(plain_state()));
  write_private(program.data() / "store/identity", std::string(64, 'a'));
  write_private(program.data() / "store/epoch", "41");
}

}  // namespace

TEST_CASE("vault: the first use makes one that asks nothing", "[cli]") {
  const Program program;
  CHECK(program.run({"settings", "--heartbeat-seconds", "9"}).exit == 0);
  CHECK(fs::file_size(program.data() / "device.key") == 32);
  CHECK(fs::status(program.data() / "device.key").permissions() == kPrivate);
  CHECK(fs::status(program.data() / "state.db").permissions() == kPrivate);
  CHECK(program.run({"settings"}).out.starts_with("Heartbeat every 9 s\n"));
  CHECK(kinds_of(program, {"vault", "status"}) == std::vector<std::string>{"device"});
  CHECK(program.run({"vault", "status"}).out.contains("automator67 vault protect"));
}

TEST_CASE("vault: plain files of an earlier version are taken over, and hold nothing any more",
          "[cli]") {
  const Program program;
  plant(program);
  CHECK(program.files_with(kPlanted) == std::vector<std::string>{"state"});
  const Json state = json_of(program.run({"status", "--json"}));
  REQUIRE(state["apps"].size() == 1);
  CHECK(state["apps"][0]["name"] == "guestbook");
  CHECK(state["controller"]["epoch"].get<int>() > 41);
  CHECK(json_of(program.run({"settings", "--json"}))["settings"]["heartbeatSeconds"] == 77);
  CHECK(program.files_with(kPlanted).empty());
  CHECK(program.files_with(std::string(64, 'a')).empty());
  // Not even the name of the app.
  CHECK(program.files_with("guestbook").empty());
}

TEST_CASE("vault: with a passphrase, nothing opens without it, and no file holds it", "[cli]") {
  const Guarded program;
  CHECK_FALSE(fs::exists(program.data() / "device.key"));
  CHECK(fs::status(program.path("words")).permissions() == kPrivate);
  const std::string words = read_all(program.path("words"));
  CHECK(words.size() == 54);  // nine of five letters, dashes, the end of the line

  const Run locked = program.run({"apps"});
  CHECK(locked.exit == 6);
  CHECK(locked.out.empty());
  check_golden("vault-locked.txt", locked.err);
  const auto document = a67::parse_json(program.run({"apps", "--json"}).out);
  REQUIRE(document);
  CHECK((*document)["error"]["code"] == "locked");

  CHECK(program.run({"apps", "--passphrase-file", program.path("passphrase")}).exit == 0);
  CHECK(program.run({"apps", "--recovery-file", program.path("words")}).exit == 0);
  write_private(program.path("wrong"), kOther);
  CHECK(program.run({"apps", "--passphrase-file", program.path("wrong")}).exit == 6);
  for (const std::string& secret :
       {kPassphrase, kOther, words.substr(0, 53), words.substr(0, 11)}) {
    CHECK(program.files_with(secret).empty());
  }
  // What can be told of a locked vault is told.
  const Json vault = json_of(program.run({"vault", "status", "--json"}))["vault"];
  CHECK(vault["state"] == "locked");
  CHECK(vault["methods"].size() == 2);
}

TEST_CASE("vault: the passphrase's file may come from the environment", "[cli]") {
  Guarded program;
  program.set_env("A67_PASSPHRASE_FILE=" + program.path("passphrase").string());
  CHECK(program.run({"apps"}).exit == 0);
}

TEST_CASE("vault: a passphrase opens it however its letters were typed", "[cli]") {
  const Program program;
  write_private(program.path("typed"), "blaue Ka\xcc\x88nguru");                 // a and dots
  write_private(program.path("short"), "u\xcc\x88u\xcc\x88u\xcc\x88u\xcc\x88");  // four letters
  write_private(program.path("composed"), "blaue K\xc3\xa4nguru");
  const auto protect = [&](const char* file) {
    return program
        .run({"vault", "protect", "--passphrase-file", program.path(file), "--recovery-out",
              program.path("words")})
        .exit;
  };
  CHECK(protect("short") == 2);
  REQUIRE(protect("typed") == 0);
  CHECK(program.run({"apps", "--passphrase-file", program.path("composed")}).exit == 0);
  CHECK(program.run({"apps", "--passphrase-file", program.path("typed")}).exit == 0);
}

TEST_CASE("vault: a secret that others can read is refused", "[cli]") {
  const Guarded program;
  for (const auto mode : {fs::perms::group_read, fs::perms::others_read}) {
    fs::permissions(program.path("passphrase"), kPrivate | mode);
    const Run run = program.run({"apps", "--passphrase-file", program.path("passphrase")});
    CHECK(run.exit == 6);
    CHECK(run.err.contains("chmod 600 "));
  }
  REQUIRE(::mkfifo(program.path("pipe").c_str(), 0600) == 0);
  CHECK(program.run({"apps", "--passphrase-file", program.path("pipe")}).exit == 6);
  CHECK(program.run({"apps", "--passphrase-file", program.path("nowhere")}).exit == 4);

  const Program other;
  REQUIRE(other.run({"apps"}).exit == 0);
  fs::permissions(other.data() / "device.key", kPrivate | fs::perms::group_read);
  const Run run = other.run({"apps"});
  CHECK(run.exit == 6);
  CHECK(run.err.contains("chmod 600 "));
}

TEST_CASE("vault: protect refuses what would leave nobody able to open it", "[cli]") {
  const Program program;
  write_private(program.path("short"), "seven77");
  const Run weak = program.run({"vault", "protect", "--passphrase-file", program.path("short"),
                                "--recovery-out", program.path("words")});
  CHECK(weak.exit == 2);
  CHECK(weak.err.contains("at least 8 characters"));
  write_private(program.path("passphrase"), kPassphrase);
  CHECK(program.run({"vault", "protect"}).exit == 6);
  const Run unseen =
      program.run({"vault", "protect", "--yes", "--passphrase-file", program.path("passphrase")});
  CHECK(unseen.exit == 2);
  CHECK(unseen.err.contains("--recovery-out"));
  std::ofstream(program.path("taken")) << "mine";
  const Run taken =
      program.run({"vault", "protect", "--passphrase-file", program.path("passphrase"),
                   "--recovery-out", program.path("taken")});
  CHECK(taken.exit == 5);
  CHECK(read_all(program.path("taken")) == "mine");
  CHECK(program.run({"vault", "forget-device"}).exit == 6);
  CHECK(program.run({"vault", "change-passphrase"}).exit == 5);
  // None of it has changed anything.
  CHECK(kinds_of(program, {"vault", "status"}) == std::vector<std::string>{"device"});
  CHECK(json_of(program.run({"vault", "status", "--json"}))["vault"]["keyEpoch"] == 1);
}

TEST_CASE("vault: its ways in are changed one by one", "[cli]") {
  Guarded program;
  const std::string passphrase = program.path("passphrase");
  write_private(program.path("other"), kOther);

  CHECK(program.run({"vault", "remember", "--passphrase-file", passphrase}).exit == 0);
  CHECK(fs::status(program.data() / "device.key").permissions() == kPrivate);
  const std::string key = read_all(program.data() / "device.key");
  CHECK(kinds_of(program, {"vault", "remember"}) ==
        std::vector<std::string>{"device", "passphrase", "recovery"});
  CHECK(read_all(program.data() / "device.key") == key);

  const Run changed = program.run({"vault", "change-passphrase", "--passphrase-file", passphrase,
                                   "--new-passphrase-file", program.path("other"), "--json"});
  const std::int64_t epoch = json_of(changed)["vault"]["keyEpoch"].get<std::int64_t>();
  CHECK(json_of(program.run({"vault", "rotate", "--json"}))["vault"]["keyEpoch"] == epoch + 1);

  CHECK(program.run({"vault", "recovery", "--recovery-out", program.path("words2")}).exit == 0);
  CHECK(program.run({"vault", "forget-device"}).exit == 0);
  CHECK_FALSE(fs::exists(program.data() / "device.key"));
  // A copy of the key opens nothing any more.
  write_private(program.data() / "device.key", key);
  CHECK(program.run({"apps"}).exit == 6);
  CHECK(program.run({"apps", "--passphrase-file", passphrase}).exit == 6);
  CHECK(program.run({"apps", "--recovery-file", program.path("words")}).exit == 6);
  CHECK(program.run({"apps", "--recovery-file", program.path("words2")}).exit == 0);
  CHECK(program.run({"apps", "--passphrase-file", program.path("other")}).exit == 0);
  // Nor is it used again.
  CHECK(program.run({"vault", "remember", "--passphrase-file", program.path("other")}).exit == 0);
  CHECK(read_all(program.data() / "device.key") != key);
  CHECK(program.run({"apps"}).exit == 0);
}

TEST_CASE("vault: a forgotten passphrase is replaced with the recovery words", "[cli]") {
  const Guarded program;
  write_private(program.path("other"), kOther);
  const Run changed =
      program.run({"vault", "change-passphrase", "--recovery-file", program.path("words"),
                   "--new-passphrase-file", program.path("other")});
  INFO(changed.err);
  CHECK(changed.exit == 0);
  CHECK(program.run({"apps", "--passphrase-file", program.path("passphrase")}).exit == 6);
  CHECK(program.run({"apps", "--passphrase-file", program.path("other")}).exit == 0);
}

TEST_CASE("vault: a database that cannot be used is told, and left as it is", "[cli]") {
  const Program program;
  REQUIRE(program.run({"settings", "--heartbeat-seconds", "9"}).exit == 0);
  const fs::path database = program.data() / "state.db";
  const std::string whole = read_all(database);
  std::string newer = whole;
  newer[63] = 9;  // user_version, big endian, at 60 (SQLite file format, 1.3)
  std::string foreign = whole;
  foreign[68] = 'x';  // application_id
  std::string damaged = whole;
  damaged.replace(4096, 3000, 3000, '\x5a');
  for (const auto& [bytes, told] :
       {std::pair{newer, "newer Automator67"}, std::pair{foreign, "another program"},
        std::pair{damaged, "damaged"},
        std::pair{std::string("no database at all"), "no database"}}) {
    write_private(database, bytes);
    const std::string key = read_all(program.data() / "device.key");
    const Run run = program.run({"settings", "--heartbeat-seconds", "5"});
    INFO(run.err);
    CHECK(run.exit == 10);
    CHECK(run.err.contains(told));
    CHECK(run.err.contains("Nothing was changed."));
    CHECK(read_all(database) == bytes);
    CHECK(read_all(program.data() / "device.key") == key);
  }
  write_private(database, whole);
  CHECK(program.run({"settings"}).out.starts_with("Heartbeat every 9 s\n"));
}

TEST_CASE("vault: a key that is gone or damaged is told, and no other is put in its place",
          "[cli]") {
  const Program program;
  REQUIRE(program.run({"apps"}).exit == 0);
  const fs::path file = program.data() / "device.key";
  const std::string key = read_all(file);
  write_private(file, key.substr(0, 20));
  const Run damaged = program.run({"apps"});
  CHECK(damaged.exit == 10);
  CHECK(damaged.err.contains("damaged"));
  CHECK(read_all(file) == key.substr(0, 20));
  write_private(file, std::string(32, 'k'));
  CHECK(program.run({"apps"}).exit == 6);
  fs::remove(file);
  const Run gone = program.run({"apps"});
  CHECK(gone.exit == 6);
  CHECK(gone.err.contains("device.key"));
  CHECK_FALSE(fs::exists(file));
  write_private(file, key);
  CHECK(program.run({"apps"}).exit == 0);
}
