// The command line killed in the middle: at any call that changes what is stored, chosen by dice.
#include <catch_amalgamated.hpp>
#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/base/json.h"
#include "engine/base/random.h"
#include "engine/state/snapshot.h"
#include "tests/cli/program.h"

using a67::Json;
using a67::cli::test::Program;
using a67::cli::test::read_all;
using a67::cli::test::write_private;
namespace fs = std::filesystem;

namespace {

constexpr int kKills = 20;
constexpr std::uint64_t kSeed = 20'261'125;

std::int64_t heartbeat(const Program& program) {
  const auto run = program.run({"settings", "--json"});
  INFO(run.out << run.err);
  REQUIRE(run.exit == 0);
  return (*a67::parse_json(run.out))["settings"]["heartbeatSeconds"].get<std::int64_t>();
}

// Of so many calls. A few more than until the answer: an answer that was given counts.
std::uint64_t roll(a67::Random& dice, std::uint64_t answered_at) {
  return dice.below(answered_at + 3);
}

}  // namespace

TEST_CASE("killed: what was acknowledged is there, whenever the program was killed", "[cli]") {
  const Program program;
  const auto whole = program.run_and_kill({"settings", "--heartbeat-seconds", "10"}, UINT64_MAX);
  REQUIRE(whole.run.exit == 0);
  REQUIRE(whole.answered_at > 5);
  auto dice = a67::Random::from_number(kSeed);
  std::int64_t acknowledged = heartbeat(program);
  int killed = 0;
  // Now and then it has ended before.
  for (int round = 0; killed < kKills; ++round) {
    REQUIRE(round < 3 * kKills);
    const std::int64_t wanted = 11 + round;
    const auto stopped = program.run_and_kill(
        {"settings", "--heartbeat-seconds", std::to_string(wanted)}, roll(dice, whole.answered_at));
    killed += stopped.killed ? 1 : 0;
    const bool answered = stopped.run.out.contains("Heartbeat every");
    const std::int64_t now = heartbeat(program);
    CAPTURE(round, stopped.run.out, stopped.changes);
    if (answered) {
      CHECK(now == wanted);
    } else {
      CHECK((now == wanted || now == acknowledged));
    }
    acknowledged = now;
  }
}

TEST_CASE("killed: a first use goes on where it was killed, and leaves nothing in the open",
          "[cli]") {
  a67::State state;
  state.settings.heartbeat_seconds = 77;
  const std::string identity(64, 'a');
  const auto plant = [&](const Program& program) {
    fs::create_directories(program.data() / "store");
    write_private(program.data() / "store/state", a67::write_snapshot(state));
    write_private(program.data() / "store/identity", identity);
  };
  std::uint64_t answered_at = 0;
  {
    const Program program;
    plant(program);
    answered_at = program.run_and_kill({"settings"}, UINT64_MAX).answered_at;
    REQUIRE(answered_at > 10);
  }
  auto dice = a67::Random::from_number(kSeed);
  for (int round = 0; round < kKills; ++round) {
    const Program program;
    plant(program);
    const auto stopped = program.run_and_kill({"settings"}, roll(dice, answered_at));
    CAPTURE(round, stopped.changes, stopped.run.err);
    CHECK(heartbeat(program) == 77);
    CHECK(program.files_with(identity).empty());
    CHECK(read_all(program.data() / "store/state").empty());
  }
}

TEST_CASE("killed: a change of the vault's key goes on where it was killed", "[cli]") {
  const Program program;
  for (const char* value : {"8", "9", "10", "11"}) {
    REQUIRE(program.run({"settings", "--heartbeat-seconds", value}).exit == 0);
  }
  const auto whole = program.run_and_kill({"vault", "rotate"}, UINT64_MAX);
  REQUIRE(whole.run.exit == 0);
  auto dice = a67::Random::from_number(kSeed);
  for (int round = 0; round < kKills; ++round) {
    const auto stopped = program.run_and_kill({"vault", "rotate"}, roll(dice, whole.answered_at));
    CAPTURE(round, stopped.changes, stopped.run.err);
    CHECK(heartbeat(program) == 11);
  }
}
