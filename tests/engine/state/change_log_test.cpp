#include "engine/state/change_log.h"

#include <catch_amalgamated.hpp>
#include <string>
#include <vector>

#include "engine/state/snapshot.h"
#include "tests/engine/state/log_bench.h"
#include "tests/engine/state/sample.h"

namespace {

using namespace a67;
using test::LogLife;
using test::Rows;
using test::set;

constexpr ChangeLog::Options kByHand = {
    .workspace = "w1", .device = "dev-a", .compact_records = 1'000'000, .compact_bytes = 1U << 30U};

const Json& at(const LogLife& life, const char* entity, const char* field) {
  return value_at(life.log->entities(), entity, field);
}

std::size_t rows_below(const Rows& rows, const std::string& prefix) {
  std::size_t count = 0;
  for (const auto& [key, value] : rows) count += key.starts_with("w/w1/" + prefix) ? 1U : 0U;
  return count;
}

std::string log_key(std::uint64_t position) {
  std::string digits = std::to_string(position);
  return "w/w1/log/" + std::string(16 - digits.size(), '0') + digits;  // below 10
}

}  // namespace

TEST_CASE("ChangeLog: what was acknowledged is there after a restart", "[change_log]") {
  Rows rows;
  {
    LogLife life(rows);
    REQUIRE_FALSE(life.open());
    CHECK(life.log->position() == 0);
    CHECK(life.append(set("app/x", "wanted", 1)) == 1);
    CHECK(life.append(set("app/x", "wanted", 2)) == 2);
    CHECK(life.append(set("app/y", "name", "y")) == 3);
    CHECK(life.append(test::erase("app/y")) == 4);
  }
  LogLife life(rows);
  REQUIRE_FALSE(life.open());
  CHECK(life.log->position() == 4);
  CHECK(at(life, "app/x", "wanted") == 2);
  CHECK(at(life, "app/y", "name").is_null());
  CHECK(life.log->damages().empty());
  CHECK(life.append(set("app/x", "wanted", 3)) == 5);
}

TEST_CASE("ChangeLog: a whole state goes in by differences and comes back", "[change_log]") {
  Rows rows;
  const State state = test::sample_state();
  {
    LogLife life(rows);
    REQUIRE_FALSE(life.open());
    REQUIRE(life.append(changes_to(life.log->entities(), state, "first")));
    CHECK(changes_to(life.log->entities(), state).empty());
    REQUIRE(life.answer(life.log->compact()));
  }
  LogLife life(rows);
  REQUIRE_FALSE(life.open());
  const auto after = state_from(life.log->entities());
  REQUIRE(after);
  CHECK(write_snapshot(*after) == write_snapshot(state));
}

TEST_CASE("ChangeLog: nothing that is stored can be read without the key", "[change_log]") {
  Rows rows;
  LogLife life(rows, kByHand);
  REQUIRE_FALSE(life.open());
  REQUIRE(life.append(set("release/x/r1", "env.TOKEN", "planted-secret", "note-planted-secret")));
  REQUIRE(life.answer(life.log->compact()));
  for (const auto& [key, value] : rows) {
    CHECK_FALSE(key.contains("planted"));
    CHECK_FALSE(value.contains("planted"));
    CHECK_FALSE(value.contains("release"));
  }
}

TEST_CASE("ChangeLog: changes that arrive during a write go together in the next", "[change_log]") {
  Rows rows;
  LogLife life(rows);
  REQUIRE_FALSE(life.open());
  life.table.latency = Duration{5};
  life.table.applies = 0;
  std::vector<std::shared_ptr<std::optional<Result<std::uint64_t>>>> answers;
  for (int at = 0; at < 100; ++at) {
    answers.push_back(
        test::start(life.tasks, life.log->append(set("app/" + std::to_string(at), "n", at))));
    if (at == 0) life.executor.run(life.executor.now());
  }
  life.executor.run(life.executor.now());
  CHECK_FALSE(answers[0]->has_value());  // not before it is durable
  CHECK(rows.empty());
  test::run_out(life.executor);
  CHECK(life.table.applies == 2);
  for (std::size_t at = 0; at < answers.size(); ++at) CHECK(**answers[at] == at + 1);
}

TEST_CASE("ChangeLog: a change that changes nothing waits for those before it, and stores nothing",
          "[change_log]") {
  Rows rows;
  LogLife life(rows);
  REQUIRE_FALSE(life.open());
  life.table.latency = Duration{5};
  const auto first = test::start(life.tasks, life.log->append(set("app/x", "n", 1)));
  life.executor.run(life.executor.now());
  const auto same = test::start(life.tasks, life.log->append(set("app/x", "n", 1)));
  life.executor.run(life.executor.now());
  CHECK_FALSE(same->has_value());
  test::run_out(life.executor);
  CHECK(**first == 1);
  CHECK(**same == 1);
  CHECK(rows.size() == 1);
}

TEST_CASE("ChangeLog: a full disk acknowledges nothing, says so, and a later change works",
          "[change_log]") {
  Rows rows;
  const auto code = GENERATE(ErrorCode::kDiskFull, ErrorCode::kStoreFailed);
  const bool applied_anyway = GENERATE(false, true);
  CAPTURE(applied_anyway);
  LogLife life(rows);
  REQUIRE_FALSE(life.open());
  REQUIRE(life.append(set("app/x", "n", 1)));
  const Entities before = life.log->entities();
  life.table.failures = {{.code = code, .message = "full"}};
  life.table.applied_anyway = applied_anyway;
  life.table.latency = Duration{5};
  std::vector<std::shared_ptr<std::optional<Result<std::uint64_t>>>> answers;
  for (int at = 0; at < 3; ++at) {
    Change change = set("app/new", "n", at);
    change.tombstones.emplace_back("app/x");
    answers.push_back(test::start(life.tasks, life.log->append(std::move(change))));
    if (at == 1) life.executor.run(life.executor.now());
  }
  test::run_out(life.executor);
  for (const auto& answer : answers) {
    REQUIRE(answer->has_value());
    CHECK((**answer).error().code == code);
  }
  REQUIRE(life.log->trouble());
  CHECK(life.log->trouble()->code == code);
  CHECK(life.log->entities() == before);
  CHECK(life.log->position() == 1);

  CHECK(life.append(set("app/x", "n", 5)) == 2);
  CHECK_FALSE(life.log->trouble());
  CHECK(rows.size() == 2);  // nothing of what failed is left

  LogLife again(rows);
  REQUIRE_FALSE(again.open());
  CHECK(again.log->damages().empty());
  CHECK(values_of(again.log->entities()) == values_of(life.log->entities()));
}

TEST_CASE("ChangeLog: when the keys are gone nothing is stored", "[change_log]") {
  Rows rows;
  LogLife life(rows);
  REQUIRE_FALSE(life.open());
  life.sealer.locked = true;
  const auto answer = life.append(set("app/x", "n", 1));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::kUnauthorized);
  CHECK(rows.empty());
}

TEST_CASE("ChangeLog: compaction keeps the state, and the snapshot before the last",
          "[change_log]") {
  Rows rows;
  {
    LogLife life(rows, kByHand);
    REQUIRE_FALSE(life.open());
    for (int round = 0; round < 4; ++round) {
      REQUIRE(life.append(set("app/x", "n", round)));
      REQUIRE(life.append(set("app/" + std::to_string(round), "n", round)));
      REQUIRE(life.append(test::erase("app/" + std::to_string(round))));
      REQUIRE(life.answer(life.log->compact()));
      REQUIRE(life.answer(life.log->compact()));  // nothing new: nothing to do
    }
    CHECK(rows_below(rows, "snap/") == 2 * 3);
    // Nobody else can bring back what was erased.
    CHECK(life.log->entities().size() == 1);
  }
  LogLife life(rows, kByHand);
  REQUIRE_FALSE(life.open());
  CHECK(at(life, "app/x", "n") == 3);
  CHECK(life.log->position() == 12);
  CHECK(life.append(set("app/x", "n", 9)) == 13);
}

TEST_CASE("ChangeLog: a damaged snapshot is not overwritten by one of the same position",
          "[change_log]") {
  Rows rows;
  {
    LogLife life(rows, kByHand);
    REQUIRE_FALSE(life.open());
    REQUIRE(life.append(set("app/x", "n", 1)));
    REQUIRE(life.answer(life.log->compact()));
  }
  rows["w/w1/snap/0000000000000001/0001"].back() ^= 1;
  const Rows before = rows;
  LogLife life(rows, kByHand);
  REQUIRE_FALSE(life.open());
  REQUIRE(life.answer(life.log->compact()));
  CHECK(rows == before);
  REQUIRE(life.append(set("app/x", "n", 2)));
  REQUIRE(life.answer(life.log->compact()));
  for (const auto& [key, value] : before) CHECK(rows.at(key) == value);
}

TEST_CASE("ChangeLog: with other devices, what was erased is remembered", "[change_log]") {
  Rows rows;
  auto options = kByHand;
  options.shared = true;
  LogLife life(rows, options);
  REQUIRE_FALSE(life.open());
  REQUIRE(life.append(set("app/x", "n", 1)));
  REQUIRE(life.append(test::erase("app/x")));
  REQUIRE(life.answer(life.log->compact()));
  CHECK(life.log->entities().at("app/x").tombstone);
}

TEST_CASE("ChangeLog: compaction comes by itself when due", "[change_log]") {
  Rows rows;
  LogLife life(rows, {.workspace = "w1", .device = "dev-a", .compact_records = 10});
  REQUIRE_FALSE(life.open());
  for (int at = 0; at < 35; ++at) REQUIRE(life.append(set("app/x", "n", at)));
  CHECK(rows_below(rows, "snap/") == 2 * 3);
}

TEST_CASE("ChangeLog: a snapshot that cannot be stored leaves everything as it was",
          "[change_log]") {
  Rows rows;
  LogLife life(rows, kByHand);
  REQUIRE_FALSE(life.open());
  REQUIRE(life.append(set("app/x", "n", 1)));
  life.table.failures = {{.code = ErrorCode::kDiskFull, .message = "full"}};
  CHECK_FALSE(life.answer(life.log->compact()));
  CHECK(rows.size() == 1);
  REQUIRE(life.answer(life.log->compact()));
  CHECK(rows_below(rows, "snap/") == 3);
}

TEST_CASE("ChangeLog: records that have had their time go, once a snapshot covers them",
          "[change_log]") {
  Rows rows;
  LogLife life(rows, kByHand);
  REQUIRE_FALSE(life.open());
  REQUIRE(life.append(set("app/x", "n", 1)));
  REQUIRE(life.answer(life.log->compact()));
  life.clock.now += HistoryIndex::kKept.count() + 1;
  REQUIRE(life.append(set("app/x", "n", 2)));
  REQUIRE(life.answer(life.log->compact()));
  CHECK_FALSE(rows.contains(log_key(1)));
  CHECK(rows.contains(log_key(2)));
  LogLife again(rows, kByHand);
  REQUIRE_FALSE(again.open());
  CHECK(again.log->damages().empty());
  CHECK(again.answer(again.log->undo(1)).error().code == ErrorCode::kNotFound);
}

// ---- damage

TEST_CASE("ChangeLog: what is too large is refused before anything is stored", "[change_log]") {
  Rows rows;
  LogLife life(rows);
  REQUIRE_FALSE(life.open());
  CHECK(life.append(set("app/x", std::string(kEntityBytesMax + 1, 'n'), 1)).error().code ==
        ErrorCode::kTooLarge);
  CHECK(life.append(set("app/x", "n", std::string(kRecordBytesMax, 'n'))).error().code ==
        ErrorCode::kTooLarge);
  CHECK(rows.empty());
  CHECK(life.append(set("app/x", "n", 1)) == 1);
}
