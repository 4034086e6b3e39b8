// What cannot be read is named and left alone, and the rest loads.
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
