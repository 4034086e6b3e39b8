// History, undo, and records of other devices.
#include <catch_amalgamated.hpp>
#include <string>
#include <vector>

#include "engine/state/change_log.h"
#include "tests/engine/state/log_bench.h"

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

std::string log_key(std::uint64_t position) {
  std::string digits = std::to_string(position);
  return "w/w1/log/" + std::string(16 - digits.size(), '0') + digits;  // below 10
}

}  // namespace

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
