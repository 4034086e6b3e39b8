#include "engine/state/change_record.h"

#include <catch_amalgamated.hpp>
#include <string>

#include "engine/state/history_index.h"
#include "engine/state/log_snapshot.h"

namespace {

using namespace a67;

ChangeRecord sample() {
  ChangeRecord record{.workspace = "w1",
                      .device = "dev-a",
                      .number = 7,
                      .hlc = 99,
                      .at = -3,
                      .fields = {{"app/x", "wanted", 3, 2},
                                 {"app/x", "name", nullptr, "old"},
                                 {"settings", "weights", {{"cpu", 1.5}}, nullptr}},
                      .tombstones = {{"node/n", {{"url", "http://n"}, {"role", "worker"}}}},
                      .note = "ü \"quoted\""};
  record.previous.fill(4);
  record.salt.fill(200);
  return record;
}

RecordFault::Kind fault_of(const std::string& text, const std::string& workspace = "w1") {
  const auto record = decode_record(text, workspace);
  REQUIRE_FALSE(record);
  CHECK_FALSE(record.error().what.empty());
  return record.error().kind;
}

Json good() { return Json::parse(*encode_record(sample())); }

}  // namespace

TEST_CASE("ChangeRecord: what was written is read", "[change_record]") {
  const auto text = encode_record(sample());
  REQUIRE(text);
  const auto read = decode_record(*text, "w1");
  REQUIRE(read);
  CHECK(*read == sample());
  CHECK(encode_record(*read) == text);
  CHECK(read->entities() == std::vector<std::string>{"app/x", "node/n", "settings"});
}

TEST_CASE("ChangeRecord: damaged, newer and foreign are told apart", "[change_record]") {
  using Kind = RecordFault::Kind;
  const std::string text = *encode_record(sample());
  CHECK(fault_of("") == Kind::kDamaged);
  CHECK(fault_of("[]") == Kind::kDamaged);
  CHECK(fault_of(text.substr(0, text.size() / 2)) == Kind::kDamaged);
  CHECK(fault_of(text, "w2") == Kind::kForeign);
  Json newer = good();
  newer["v"] = 2;
  newer["w"] = Json::array();
  CHECK(fault_of(newer.dump()) == Kind::kNewer);
  newer["v"] = 0;
  CHECK(fault_of(newer.dump()) == Kind::kDamaged);
}

TEST_CASE("ChangeRecord: every member is checked", "[change_record]") {
  const auto* const key = GENERATE("v", "w", "d", "n", "p", "t", "at", "f", "x", "note", "s");
  CAPTURE(key);
  Json without = good();
  without.erase(key);
  CHECK(fault_of(without.dump()) == RecordFault::Kind::kDamaged);
  Json wrong = good();
  wrong[key] = {{"an", "object"}};
  CHECK(fault_of(wrong.dump()) == RecordFault::Kind::kDamaged);
}

TEST_CASE("ChangeRecord: wrong values are damage", "[change_record]") {
  const auto [key, value] =
      GENERATE(table<std::string, std::string>({{"n", "0"},
                                                {"n", "-1"},
                                                {"n", "1.5"},
                                                {"n", "99999999999999999999"},
                                                {"t", "0"},
                                                {"t", "18446744073709551615"},
                                                {"d", "\"Not a device\""},
                                                {"d", "\"\""},
                                                {"p", "\"AAAA\""},
                                                {"s", "\"!\""},
                                                {"f", "[[1,2,3,4]]"},
                                                {"f", R"([["a","b",1]])"},
                                                {"f", R"([["","b",1,2]])"},
                                                {"f", R"([["a","",1,2]])"},
                                                {"f", "7"},
                                                {"x", R"([["a"]])"},
                                                {"x", R"([["a",[]]])"},
                                                {"x", R"([["",{}]])"},
                                                {"x", R"([["a",{"":1}]])"},
                                                {"at", "18446744073709551615"}}));
  CAPTURE(key, value);
  Json bent = good();
  bent[key] = Json::parse(value);
  CHECK(fault_of(bent.dump()) == RecordFault::Kind::kDamaged);
}

TEST_CASE("ChangeRecord: too many and too deep are refused", "[change_record]") {
  Json many = good();
  for (std::size_t at = 0; at <= kRecordFieldsMax; ++at) many["f"].push_back({"a", "b", 1, 2});
  CHECK(fault_of(many.dump()) == RecordFault::Kind::kDamaged);
  CHECK(fault_of(std::string(kRecordDepthMax + 1, '[')) == RecordFault::Kind::kDamaged);
  ChangeRecord record = sample();
  record.tombstones.resize(kRecordTombstonesMax + 1, {"a", {}});
  CHECK(encode_record(record).error().code == ErrorCode::kTooLarge);
}

TEST_CASE("Envelope: says what it is, and by whom", "[change_record]") {
  Digest link{};
  link.fill(3);
  const std::string bytes = log_envelope(link, "dev-a") + "sealed";
  const auto opened = open_envelope(StoredKind::kLogEntry, bytes);
  REQUIRE(opened);
  CHECK(opened->link == link);
  CHECK(opened->device == "dev-a");
  CHECK(opened->sealed == "sealed");
  CHECK(
      open_envelope(StoredKind::kSnapshotPart, envelope(StoredKind::kSnapshotPart) + "x")->sealed ==
      "x");
  using Kind = RecordFault::Kind;
  const auto kind_of = [](std::string_view text) {
    return open_envelope(StoredKind::kLogEntry, text).error().kind;
  };
  CHECK(kind_of("") == Kind::kForeign);
  CHECK(kind_of(envelope(StoredKind::kAuditEntry)) == Kind::kForeign);
  CHECK(kind_of("a67l") == Kind::kDamaged);
  CHECK(kind_of(std::string_view("a67l\0", 5)) == Kind::kDamaged);
  CHECK(kind_of("a67l\2") == Kind::kNewer);
  CHECK(kind_of(bytes.substr(0, 20)) == Kind::kDamaged);
  CHECK(kind_of(bytes.substr(0, 40)) == Kind::kDamaged);
}

TEST_CASE("HistoryIndex: an entity's last records are kept, older ones have had their time",
          "[history_index]") {
  HistoryIndex index;
  std::uint64_t position = 0;
  for (std::size_t at = 0; at < HistoryIndex::kPerEntityMax + 10; ++at) {
    index.add(++position, 1'000, {"app/busy"});
  }
  index.add(++position, 1'000, {"app/quiet", "app/busy"});
  CHECK(index.positions_of("app/busy", 5, 10) == std::vector<std::uint64_t>{4, 3, 2, 1});
  CHECK(index.prune(2'000, 5).size() == 5);  // no further than it may
  CHECK(index.prune(2'000, position).size() == 6);
  CHECK(index.size() == HistoryIndex::kPerEntityMax);
  CHECK(index.positions_of("app/busy", ~0ULL, 1) == std::vector<std::uint64_t>{position});
  CHECK(index.prune(2'000 + HistoryIndex::kKept.count(), position).size() ==
        HistoryIndex::kPerEntityMax);
  CHECK(index.positions_of("app/quiet", ~0ULL, 9).empty());
}

TEST_CASE("HistoryIndex: comes back in pieces", "[history_index]") {
  HistoryIndex index;
  for (std::uint64_t at = 1; at <= 25'000; ++at) {
    index.add(at * 3, static_cast<UnixMs>(at % 7) - 3, {"e" + std::to_string(at % 5), "all"});
  }
  index.add(80'000, 1, {"last"});
  index.take_back_last();
  const auto pieces = index.write();
  CHECK(pieces.size() == 3);
  HistoryIndex read;
  for (const Json& piece : pieces) REQUIRE(read.read(piece));
  CHECK(read.write() == pieces);
  CHECK(read.positions_of("e3", ~0ULL, 4) == index.positions_of("e3", ~0ULL, 4));
  CHECK_FALSE(read.read(pieces[0]));  // again
  CHECK(read.size() == index.size());
  for (const char* bad :
       {"{}", R"({"names":[1],"records":[]})", R"({"names":[],"records":[[1]]})",
        R"({"names":[],"records":[[0,1]]})", R"({"names":[],"records":[[1,"x"]]})",
        R"({"names":["a"],"records":[[1,1,1]]})", R"({"names":["a"],"records":[7]})",
        R"({"names":[],"records":[[1,9223372036854775807]]})"}) {
    CAPTURE(bad);
    CHECK_FALSE(HistoryIndex().read(Json::parse(bad)));
  }
}

TEST_CASE("SeenRecords: runs grow together and are taken apart", "[log_snapshot]") {
  SeenRecords seen;
  for (const int number : {1, 2, 5, 3, 9, 4}) seen.add(number);
  CHECK(seen.runs() == std::map<std::int64_t, std::int64_t>{{1, 5}, {9, 9}});
  CHECK(seen.last() == 9);
  CHECK(seen.contains(3));
  CHECK_FALSE(seen.contains(6));
  seen.add(3);
  seen.remove(3);
  seen.remove(7);
  CHECK(seen.runs() == std::map<std::int64_t, std::int64_t>{{1, 2}, {4, 5}, {9, 9}});
  seen.remove(9);
  CHECK(seen.last() == 5);
}

TEST_CASE("Log snapshot: what was written is read, part by part", "[log_snapshot]") {
  Entities entities;
  for (int at = 0; at < 3'000; ++at) {
    const std::string id = "app/" + std::to_string(at);
    merge_field(entities, id, "text",
                {std::string(200, 'x'), {static_cast<std::uint64_t>(at) + 1, at % 2 ? "a" : "b"}});
    if (at % 10 == 0) merge_tombstone(entities, id, {5'000, "c"});
  }
  HistoryIndex index;
  index.add(5, 6, {"app/1"});
  SnapshotHeader header{
      .position = 9, .clock = 77, .damages = {{"w/w1/log/1", "It is cut off."}}, .drops = {1, 2}};
  header.link.fill(8);
  header.authors["dev-a"].seen.add(1);
  header.authors["dev-a"].seen.add(4);
  const auto parts = write_snapshot_parts(header, "w1", entities, index);
  const auto read = read_snapshot_header(parts[0], "w1");
  REQUIRE(read);
  header.entity_parts = read->entity_parts;
  header.index_parts = 1;
  CHECK(*read == header);
  CHECK(read->entity_parts > 1);
  REQUIRE(parts.size() == 2 + read->entity_parts);
  Entities again;
  for (std::size_t at = 1; at <= read->entity_parts; ++at) {
    REQUIRE(read_entity_part(parts[at], again));
  }
  CHECK(again == entities);
  HistoryIndex other;
  REQUIRE(read_index_part(parts.back(), other));
  CHECK(other.write() == index.write());
  CHECK(read_snapshot_header(parts[0], "w2").error().kind == RecordFault::Kind::kForeign);
  CHECK_FALSE(read_index_part("x", other));
}

TEST_CASE("Log snapshot: a header with anything wrong is damaged", "[log_snapshot]") {
  const Json good_header = Json::parse(write_snapshot_parts({.position = 9}, "w1", {}, {}).front());
  REQUIRE(read_snapshot_header(good_header.dump(), "w1"));
  for (const auto& [key, unused] : good_header.items()) {
    CAPTURE(key);
    Json bent = good_header;
    bent.erase(key);
    CHECK(read_snapshot_header(bent.dump(), "w1").error().kind == RecordFault::Kind::kDamaged);
  }
  const auto refused = [&](const char* key, const char* value) {
    Json bent = good_header;
    bent[key] = Json::parse(value);
    return read_snapshot_header(bent.dump(), "w1").error().kind;
  };
  using Kind = RecordFault::Kind;
  CHECK(refused("v", "2") == Kind::kNewer);
  CHECK(refused("authors", R"({"Bad Name":{}})") == Kind::kDamaged);
  CHECK(refused("authors", R"({"a":{"hash":"x","seen":[]}})") == Kind::kDamaged);
  const std::string hash = "\"" + std::string(43, 'A') + "\"";
  for (const char* seen : {"[1]", "[[2,1]]", "[[0,1]]", "[[1,5],[3,9]]", "[[1]]"}) {
    CAPTURE(seen);
    CHECK(refused("authors", (R"({"a":{"hash":)" + hash + R"(,"seen":)" + seen + "}}").c_str()) ==
          Kind::kDamaged);
  }
  CHECK(refused("damages", "[[1,2]]") == Kind::kDamaged);
  CHECK(refused("drops", "[-1]") == Kind::kDamaged);
  CHECK(read_snapshot_header("x", "w1").error().kind == Kind::kDamaged);
}

TEST_CASE("Log snapshot: of a damaged part nothing is taken", "[log_snapshot]") {
  for (const char* bad :
       {"x", "{}", R"({"d":[],"e":[]})", R"({"d":[1],"e":{}})", R"({"d":[],"e":{"a":{}}})",
        R"({"d":["a"],"e":{"ok":{"f":{"x":[1,2,0]}},"z":{"f":{"x":[1,2]}}}})",
        R"({"d":["a"],"e":{"ok":{"f":{"x":[1,2,0]}},"z":{"f":{"x":[1,2,1]}}}})",
        R"({"d":["a"],"e":{"ok":{"f":{"x":[1,2,0]}},"z":{"f":{},"t":[1]}}})",
        R"({"d":["a"],"e":{"ok":{"f":{"x":[1,2,0]}},"z":{"f":{},"t":["x",0]}}})",
        R"({"d":["a"],"e":{"ok":{"f":{"x":[1,2,0]}},"z":{"f":{"":[1,2,0]}}}})"}) {
    CAPTURE(bad);
    Entities entities;
    const auto read = read_entity_part(bad, entities);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == RecordFault::Kind::kDamaged);
    CHECK(entities.empty());
  }
}
