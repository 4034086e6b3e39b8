// Backups of the command line, without a terminal.
#include <catch_amalgamated.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "tests/cli/program.h"

using a67::Json;
using a67::cli::test::check_golden;
using a67::cli::test::Program;
using a67::cli::test::read_all;
using a67::cli::test::Run;
using a67::cli::test::write_private;
namespace fs = std::filesystem;

namespace {

const std::string kPassphrase = "planted violet canoe";
const std::string kOther = "planted brass owls";

Json json_of(const Run& run) {
  INFO(run.out << run.err);
  REQUIRE(run.exit == 0);
  const auto document = a67::parse_json(run.out);
  REQUIRE(document);
  return *document;
}

// A folder whose vault has a passphrase, recovery words and no device key.
struct Guarded : Program {
  explicit Guarded(const std::string& passphrase = kPassphrase) {
    write_private(path("passphrase"), passphrase + "\n");
    const Run run = this->run({"vault", "protect", "--passphrase-file", path("passphrase"),
                               "--recovery-out", path("words")});
    INFO(run.out << run.err);
    REQUIRE(run.exit == 0);
    set_env("A67_PASSPHRASE_FILE=" + path("passphrase").string());
  }
};

void set_heartbeat(const Program& program, int seconds) {
  REQUIRE(program.run({"settings", "--heartbeat-seconds", std::to_string(seconds)}).exit == 0);
}

int heartbeat(const Program& program) {
  return json_of(program.run({"settings", "--json"}))["settings"]["heartbeatSeconds"].get<int>();
}

// A path in the folder of one program, as text.
std::string file_of(const Program& program) { return program.path("my.a67backup").string(); }

}  // namespace

TEST_CASE("automator67: a backup is one private file that shows nothing, and is not overwritten",
          "[cli]") {
  const Guarded program;
  set_heartbeat(program, 77);
  const std::string file = file_of(program);
  const Run made = program.run({"backup", file});
  INFO(made.out << made.err);
  REQUIRE(made.exit == 0);
  CHECK(made.out.starts_with("Wrote " + file + ": "));
  CHECK_FALSE(made.out.contains("device.key"));
  CHECK((fs::status(file).permissions() & fs::perms::all) ==
        (fs::perms::owner_read | fs::perms::owner_write));
  const std::string bytes = read_all(file);
  CHECK(bytes.contains("My cloud"));
  for (const std::string& secret : {kPassphrase, std::string("heartbeatSeconds")}) {
    CHECK_FALSE(bytes.contains(secret));
  }
  const Run again = program.run({"backup", file});
  CHECK(again.exit != 0);
  CHECK(again.err.contains("--force"));
  CHECK(read_all(file) == bytes);
  CHECK(json_of(program.run({"backup", file, "--force", "--json"}))["path"] == file);
  CHECK(read_all(file) != bytes);
}

TEST_CASE("automator67: a backup of a vault with a device key alone says what opens it", "[cli]") {
  const Program program;
  const Run made = program.run({"backup", file_of(program)});
  REQUIRE(made.exit == 0);
  CHECK(made.out.contains("device.key alone"));
  CHECK(made.out.contains("automator67 vault protect"));
}

TEST_CASE("automator67: a backup is restored into an empty folder, by passphrase or words",
          "[cli]") {
  const Guarded first;
  set_heartbeat(first, 77);
  REQUIRE(first.run({"backup", file_of(first)}).exit == 0);
  const bool by_words = GENERATE(false, true);
  Program second;
  const std::vector<std::string> proof =
      by_words ? std::vector<std::string>{"--recovery-file", first.path("words").string()}
               : std::vector<std::string>{"--passphrase-file", first.path("passphrase").string()};
  std::vector<std::string> words = {"restore", file_of(first), "--yes"};
  const Run nothing = second.run(words);
  CHECK(nothing.exit != 0);
  CHECK(nothing.err.contains("--backup-passphrase-file"));
  words.insert(words.end(), proof.begin(), proof.end());
  const Run restored = second.run(words);
  INFO(restored.out << restored.err);
  REQUIRE(restored.exit == 0);
  CHECK(restored.out.contains("Backup of My cloud"));
  CHECK(restored.out.contains("Restored: "));
  CHECK_FALSE(fs::exists(second.data() / "device.key"));
  second.set_env("A67_PASSPHRASE_FILE=" + first.path("passphrase").string());
  CHECK(heartbeat(second) == 77);
}

TEST_CASE("automator67: restoring shows what would change, asks, and merges or replaces", "[cli]") {
  const Guarded program;
  set_heartbeat(program, 77);
  const std::string file = file_of(program);
  REQUIRE(program.run({"backup", file}).exit == 0);
  set_heartbeat(program, 88);

  const Run shown = program.run({"restore", file, "--replace", "--dry-run"});
  INFO(shown.out << shown.err);
  REQUIRE(shown.exit == 0);
  CHECK(shown.out.contains("  ~ Settings\n      heartbeatSeconds: 88 -> 77\n"));
  CHECK(shown.out.contains("Replacing: 0 added, 1 changed, 0 removed\n"));
  CHECK(heartbeat(program) == 88);
  CHECK(json_of(program.run({"restore", file, "--dry-run", "--json"}))["sameController"] == true);

  const Run unsure = program.run({"restore", file, "--replace"});
  CHECK(unsure.exit == 2);
  CHECK(unsure.err.contains("--yes"));
  CHECK(heartbeat(program) == 88);

  // What was changed since is newer: a merge keeps it.
  REQUIRE(program.run({"restore", file, "--yes"}).exit == 0);
  CHECK(heartbeat(program) == 88);
  CHECK(json_of(program.run(
            {"restore", file, "--replace", "--yes", "--json"}))["counts"]["changed"] == 1);
  CHECK(heartbeat(program) == 77);
}

TEST_CASE("automator67: a backup of another vault asks for what opened that one", "[cli]") {
  const Guarded first;
  REQUIRE(first.run({"backup", file_of(first)}).exit == 0);
  const Guarded second(kOther);
  set_heartbeat(second, 99);
  const Run refused = second.run({"restore", file_of(first), "--yes"});
  CHECK(refused.exit != 0);
  CHECK(refused.err.contains("does not open the backup"));
  const Run restored = second.run({"restore", file_of(first), "--yes", "--backup-passphrase-file",
                                   first.path("passphrase").string()});
  INFO(restored.out << restored.err);
  REQUIRE(restored.exit == 0);
  CHECK(restored.out.contains("another controller"));
  CHECK(json_of(second.run({"vault", "status", "--json"}))["vault"]["state"] == "open");
}

TEST_CASE("automator67: what is no backup, or a damaged one, is named", "[cli]") {
  const Guarded program;
  const Run none = program.run({"restore", program.path("nothing").string(), "--yes"});
  CHECK(none.err.contains("There is no file"));
  const std::string file = file_of(program);
  std::ofstream(file) << "PK";
  CHECK(program.run({"restore", file, "--yes"}).err.contains("no backup of Automator67"));
  REQUIRE(program.run({"backup", file, "--force"}).exit == 0);
  fs::resize_file(file, fs::file_size(file) - 10);
  CHECK(program.run({"restore", file, "--yes"}).err.contains("cut short"));
}
