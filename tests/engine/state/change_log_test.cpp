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

TEST_CASE("ChangeLog: a damaged record is named and left alone, and the rest loads",
          "[change_log]") {
  Rows rows;
  {
    LogLife life(rows);
    REQUIRE_FALSE(life.open());
    for (const char* app : {"app/1", "app/2", "app/3"}) REQUIRE(life.append(set(app, "n", 1)));
  }
  const auto which = GENERATE(1U, 2U, 3U);
  const auto how = GENERATE(0, 1, 2);
  CAPTURE(which, how);
  std::string& value = rows[log_key(which)];
  if (how == 0) value.back() = static_cast<char>(value.back() ^ 1);
  if (how == 1) value.resize(20);
  if (how == 2) value = "rubbish";
  const Rows before = rows;
  LogLife life(rows);
  REQUIRE_FALSE(life.open());
  REQUIRE(life.log->damages().size() == 1);
  CHECK(life.log->damages()[0].key == log_key(which));
  for (const auto other : {1U, 2U, 3U}) {
    CHECK(at(life, ("app/" + std::to_string(other)).c_str(), "n").is_null() == (other == which));
  }
  CHECK(life.log->position() == 3);
  REQUIRE(life.append(set("app/4", "n", 1)) == 4);
  REQUIRE(life.answer(life.log->compact()));
  CHECK(rows[log_key(which)] == before.at(log_key(which)));
  // Named also when the snapshot covers it.
  LogLife later(rows);
  REQUIRE_FALSE(later.open());
  REQUIRE(later.log->damages().size() == 1);
  CHECK(later.log->damages()[0].key == log_key(which));
}

TEST_CASE("ChangeLog: a record that was left out, moved or put back is noticed", "[change_log]") {
  Rows rows;
  Rows old;
  {
    LogLife life(rows, kByHand);
    REQUIRE_FALSE(life.open());
    for (const char* app : {"app/1", "app/2"}) REQUIRE(life.append(set(app, "n", 1)));
    old = rows;
  }
  SECTION("left out") {
    rows.erase(log_key(1));
    LogLife life(rows, kByHand);
    REQUIRE_FALSE(life.open());
    REQUIRE(life.log->damages().size() == 1);
    CHECK(life.log->damages()[0].what.contains("missing"));
  }
  SECTION("moved") {
    std::swap(rows[log_key(1)], rows[log_key(2)]);
    LogLife life(rows, kByHand);
    const auto error = life.open();
    REQUIRE(error);  // neither opens
    CHECK(error->code == ErrorCode::kStoreFailed);
  }
  SECTION("put back") {
    // Another history from the same beginning.
    rows.erase(log_key(2));
    {
      LogLife life(rows, kByHand);
      REQUIRE_FALSE(life.open());
      REQUIRE(life.append(set("app/other", "n", 1)));
      REQUIRE(life.append(set("app/3", "n", 1)));
    }
    rows[log_key(2)] = old.at(log_key(2));
    LogLife life(rows, kByHand);
    REQUIRE_FALSE(life.open());
    REQUIRE(life.log->damages().size() == 1);
    CHECK(life.log->damages()[0].key == log_key(3));
    CHECK(life.log->damages()[0].what.contains("replaced"));
  }
  SECTION("of another workspace") {
    Rows foreign;
    for (const auto& [key, value] : rows) foreign["w/w2/" + key.substr(5)] = value;
    LogLife life(foreign, {.workspace = "w2", .device = "dev-a"});
    REQUIRE(life.open());
  }
}

TEST_CASE("ChangeLog: a damaged snapshot costs nothing", "[change_log]") {
  Rows rows;
  {
    LogLife life(rows, kByHand);
    REQUIRE_FALSE(life.open());
    for (int round = 0; round < 3; ++round) {
      REQUIRE(life.append(set("app/" + std::to_string(round), "n", round)));
      REQUIRE(life.append(set("app/gone", "n", round)));
      REQUIRE(life.append(test::erase("app/gone")));
      REQUIRE(life.answer(life.log->compact()));
    }
    REQUIRE(life.append(set("app/tail", "n", 1)));
  }
  const auto part = GENERATE(0U, 1U, 2U, 3U);
  CAPTURE(part);
  std::vector<std::string> keys;
  for (const auto& [key, value] : rows) {
    if (key.starts_with("w/w1/snap/0000000000000009/")) keys.push_back(key);
  }
  REQUIRE(keys.size() == 3);
  if (part < 3) {
    rows[keys[part]].back() ^= 1;
  } else {
    rows.erase(keys[1]);
  }
  LogLife life(rows, kByHand);
  REQUIRE_FALSE(life.open());
  CHECK(life.log->damages().size() == 1);
  for (const char* app : {"app/0", "app/1", "app/2", "app/tail"}) {
    CHECK_FALSE(at(life, app, "n").is_null());
  }
  CHECK(at(life, "app/gone", "n").is_null());
  CHECK(life.log->position() == 10);
  const auto history = life.answer(life.log->history("app/2", 5));
  REQUIRE(history);
  CHECK(history->size() == 1);
}

TEST_CASE("ChangeLog: another vault's key opens nothing and changes nothing", "[change_log]") {
  Rows rows;
  {
    LogLife life(rows);
    REQUIRE_FALSE(life.open());
    REQUIRE(life.append(set("app/x", "n", 1)));
    REQUIRE(life.answer(life.log->compact()));
  }
  const Rows before = rows;
  LogLife life(rows, kByHand, 2);
  const auto error = life.open();
  REQUIRE(error);
  CHECK(error->code == ErrorCode::kStoreFailed);
  CHECK(error->message.contains("key"));
  CHECK(error->hint.contains("Nothing was overwritten"));
  CHECK(rows == before);
}

TEST_CASE("ChangeLog: a newer format ends the start, and nothing is overwritten", "[change_log]") {
  Rows rows;
  {
    LogLife life(rows);
    REQUIRE_FALSE(life.open());
    REQUIRE(life.append(set("app/x", "n", 1)));
    REQUIRE(life.answer(life.log->compact()));
    REQUIRE(life.append(set("app/x", "n", 2)));
  }
  const auto* const key = GENERATE("w/w1/log/0000000000000002", "w/w1/snap/0000000000000001/0001");
  rows[key][4] = 9;
  const Rows before = rows;
  LogLife life(rows);
  const auto error = life.open();
  REQUIRE(error);
  CHECK(error->message.contains("newer Automator67"));
  CHECK(rows == before);
}

TEST_CASE("ChangeLog: rows with strange names are named, not touched", "[change_log]") {
  Rows rows = {{"w/w1/log/zz", "x"}, {"w/w1/snap/abc", "y"}};
  const Rows before = rows;
  LogLife life(rows);
  REQUIRE(life.open());  // nothing of it opens
  CHECK(rows == before);
  rows.clear();
  {
    LogLife first(rows);
    REQUIRE_FALSE(first.open());
    REQUIRE(first.append(set("app/x", "n", 1)));
  }
  rows["w/w1/log/zz"] = "x";
  LogLife second(rows);
  REQUIRE_FALSE(second.open());
  CHECK(second.log->damages().size() == 1);
}

TEST_CASE("ChangeLog: names of workspaces and devices are checked", "[change_log]") {
  Rows rows;
  LogLife life(rows, {.workspace = "a/b", .device = "dev-a"});
  const auto error = life.open();
  REQUIRE(error);
  CHECK(error->code == ErrorCode::kInvalidInput);
}

// ---- history and undo

TEST_CASE("ChangeLog: history tells what happened to one entity, newest first", "[change_log]") {
  Rows rows;
  LogLife life(rows, kByHand);
  REQUIRE_FALSE(life.open());
  REQUIRE(life.append(set("app/x", "n", 1, "made")));
  REQUIRE(life.append(set("app/y", "n", 1, "other")));
  REQUIRE(life.append(set("app/x", "n", 2, "scaled")));
  REQUIRE(life.append(test::erase("app/x")));
  REQUIRE(life.answer(life.log->compact()));
  LogLife again(rows, kByHand);
  REQUIRE_FALSE(again.open());
  const auto history = again.answer(again.log->history("app/x", 10));
  REQUIRE(history);
  REQUIRE(history->size() == 3);
  CHECK((*history)[0].deleted == FieldValues{{"n", 2}});
  CHECK((*history)[1].note == "scaled");
  CHECK((*history)[1].fields[0].before == 1);
  CHECK((*history)[1].fields[0].value == 2);
  CHECK((*history)[2].position == 1);
  CHECK((*history)[2].device == "dev-a");
  const auto older = again.answer(again.log->history("app/x", 1, 3));
  REQUIRE(older);
  REQUIRE(older->size() == 1);
  CHECK((*older)[0].position == 1);
  CHECK(again.answer(again.log->history("app/none", 10))->empty());
}

TEST_CASE("ChangeLog: undo writes the old values as a new change, and can be undone",
          "[change_log]") {
  Rows rows;
  LogLife life(rows);
  REQUIRE_FALSE(life.open());
  REQUIRE(life.append(set("app/x", "n", 1)));
  REQUIRE(life.append(set("app/x", "n", 2, "scale")));
  CHECK(life.answer(life.log->undo(2)) == 3);
  CHECK(at(life, "app/x", "n") == 1);
  CHECK(life.answer(life.log->history("app/x", 1))->front().note == "Undo: scale");
  CHECK(life.answer(life.log->undo(3)) == 4);
  CHECK(at(life, "app/x", "n") == 2);
}

TEST_CASE("ChangeLog: undoing what made an entity deletes it, and undoing a deletion restores it",
          "[change_log]") {
  Rows rows;
  LogLife life(rows);
  REQUIRE_FALSE(life.open());
  Change made = set("app/x", "n", 1);
  made.fields.push_back({"app/x", "name", "x"});
  made.fields.push_back({"workspace", "apps", Json::array({"x"})});
  made.fields.push_back({"activity", "0", "made x"});
  REQUIRE(life.append(std::move(made)));
  REQUIRE(life.append(set("workspace", "apps", Json::array({"x", "y"}))));
  REQUIRE(life.answer(life.log->undo(1)));
  CHECK_FALSE(life.log->entities().at("app/x").visible());
  CHECK(at(life, "activity", "0") == "made x");                     // what happened has happened
  CHECK(at(life, "workspace", "apps") == Json::array({"x", "y"}));  // only an order
  REQUIRE(life.answer(life.log->undo(3)));
  CHECK(at(life, "app/x", "name") == "x");
  CHECK(at(life, "app/x", "n") == 1);
}

TEST_CASE("ChangeLog: what was changed again since is not undone over", "[change_log]") {
  Rows rows;
  LogLife life(rows);
  REQUIRE_FALSE(life.open());
  REQUIRE(life.append(set("app/x", "n", 1)));
  REQUIRE(life.append(set("app/x", "n", 2)));
  const auto undone = life.answer(life.log->undo(1));
  REQUIRE_FALSE(undone);
  CHECK(undone.error().code == ErrorCode::kConflict);
  CHECK(undone.error().message.contains("app/x.n"));
  REQUIRE(life.append(test::erase("app/x")));
  REQUIRE(life.append(set("app/x", "n", 7)));
  CHECK(life.answer(life.log->undo(3)).error().code == ErrorCode::kConflict);
  CHECK(life.answer(life.log->undo(99)).error().code == ErrorCode::kNotFound);
  rows[log_key(2)].back() ^= 1;
  CHECK(life.answer(life.log->undo(2)).error().code == ErrorCode::kStoreFailed);
}

// ---- other devices

TEST_CASE("ChangeLog: records of another device are merged once, whatever their order",
          "[change_log]") {
  Rows rows_a;
  Rows rows_b;
  LogLife a(rows_a);
  LogLife b(rows_b, {.workspace = "w1", .device = "dev-b"});
  REQUIRE_FALSE(a.open());
  REQUIRE_FALSE(b.open());
  for (int at = 0; at < 5; ++at) REQUIRE(a.append(set("app/x", "n", at)));
  auto page = a.answer(a.log->export_records(0, 3));
  REQUIRE(page);
  CHECK(page->more);
  auto texts = page->texts;
  page = a.answer(a.log->export_records(page->last, 100));
  REQUIRE(page);
  CHECK_FALSE(page->more);
  // The later ones first.
  auto report = b.answer(b.log->import_records(page->texts));
  REQUIRE(report);
  CHECK(report->taken == 2);
  CHECK(report->unlinked == 1);
  report = b.answer(b.log->import_records(texts));
  REQUIRE(report);
  CHECK(report->taken == 3);
  texts.insert(texts.end(), page->texts.begin(), page->texts.end());
  texts.emplace_back("rubbish");
  report = b.answer(b.log->import_records(texts));
  REQUIRE(report);
  CHECK(report->known == 5);
  REQUIRE(report->refused.size() == 1);
  CHECK(report->refused[0].index == 5);
  CHECK(report->refused[0].fault.kind == RecordFault::Kind::kDamaged);
  CHECK(values_of(b.log->entities()) == values_of(a.log->entities()));
  // And what follows here wins there.
  REQUIRE(b.append(set("app/x", "n", "b")));
  REQUIRE(a.answer(a.log->import_records(b.answer(b.log->export_records(5, 9))->texts)));
  CHECK(at(a, "app/x", "n") == "b");

  LogLife again(rows_b, {.workspace = "w1", .device = "dev-b"});
  REQUIRE_FALSE(again.open());
  CHECK(again.answer(again.log->import_records(texts))->known == 5);
}

TEST_CASE("ChangeLog: another workspace's records are refused, and so are too many",
          "[change_log]") {
  Rows rows_a;
  Rows rows_b;
  LogLife a(rows_a);
  LogLife b(rows_b, {.workspace = "w2", .device = "dev-b"});
  REQUIRE_FALSE(a.open());
  REQUIRE_FALSE(b.open());
  REQUIRE(a.append(set("app/x", "n", 1)));
  const auto report = b.answer(b.log->import_records(a.answer(a.log->export_records(0, 9))->texts));
  REQUIRE(report);
  CHECK(report->refused.at(0).fault.kind == RecordFault::Kind::kForeign);
  CHECK(rows_b.empty());
  CHECK(b.answer(b.log->import_records(std::vector<std::string>(ChangeLog::kImportMax + 1)))
            .error()
            .code == ErrorCode::kTooLarge);
}

TEST_CASE("ChangeLog: an edit takes effect over one from a clock years ahead, and drags nobody",
          "[change_log]") {
  Rows rows_a;
  Rows rows_b;
  LogLife a(rows_a);
  LogLife b(rows_b, {.workspace = "w1", .device = "dev-b"});
  b.clock.now += std::int64_t{10} * 365 * 24 * 3600 * 1000;
  REQUIRE_FALSE(a.open());
  REQUIRE_FALSE(b.open());
  REQUIRE(b.append(set("app/x", "n", "future")));
  REQUIRE(a.answer(a.log->import_records(b.answer(b.log->export_records(0, 9))->texts)));
  CHECK(at(a, "app/x", "n") == "future");
  REQUIRE(a.append(set("app/x", "n", "mine")));
  CHECK(at(a, "app/x", "n") == "mine");
  REQUIRE(a.append(set("app/y", "n", 1)));
  CHECK(ms_of(a.log->entities().at("app/y").fields.at("n").stamp.hlc) == a.clock.now);
  REQUIRE(a.append(test::erase("app/x")));
  CHECK(at(a, "app/x", "n").is_null());
  REQUIRE(a.append(set("app/x", "n", "back")));
  CHECK(at(a, "app/x", "n") == "back");
}

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
