// What a backup holds, and what restoring it changes.
#include <catch_amalgamated.hpp>

#include "engine/state/backup_content.h"
#include "engine/state/backup_plan.h"
#include "tests/engine/state/generator.h"
#include "tests/engine/state/log_bench.h"

namespace {

using namespace a67;
using test::LogLife;
using test::Rows;
using test::StateGenerator;

constexpr std::uint64_t kCases = 30;

// A log that holds a random state, edited so often.
struct Device {
  Rows rows;
  LogLife life;

  Device(std::string name, std::uint64_t number)
      : life(rows, {.workspace = "w1", .device = std::move(name)}) {
    REQUIRE_FALSE(life.open());
    StateGenerator generator(number);
    State state = generator.state();
    for (int edit = 0; edit < 12; ++edit) {
      REQUIRE(life.append(changes_to(life.log->entities(), state)));
      generator.edit(state);
    }
    REQUIRE(life.append(test::set(std::string(kIdentityEntity), std::string(kSeedField), "aa")));
  }
  [[nodiscard]] const Entities& entities() const { return life.log->entities(); }
  RestorePlan restore(const Entities& theirs, RestoreMode mode) {
    RestorePlan plan = plan_restore(entities(), theirs, mode);
    REQUIRE(life.answer(life.log->append_all(in_pieces(change_of(plan, "backup")))));
    return plan;
  }
};

BackupContent content_of(Device& device) {
  return {.workspace = "w1",
          .created_at = 1'790'000'000'000,
          .device = device.life.log->device(),
          .epoch = 7,
          .clock = device.life.log->clock(),
          .authors = device.life.log->authors(),
          .entities = device.entities()};
}

}  // namespace

TEST_CASE("backup: what is put in comes out, stamps and tombstones and all", "[backup]") {
  for (std::uint64_t number = 0; number < kCases; ++number) {
    INFO("case " << number);
    Device device("dev-a", number);
    const BackupContent content = content_of(device);
    const auto read = read_backup_content(write_backup_content(content), "w1");
    REQUIRE(read);
    CHECK(*read == content);
  }
}

TEST_CASE("backup: what is not whole, newer or foreign is named and nothing of it taken",
          "[backup]") {
  Device device("dev-a", 3);
  const auto texts = write_backup_content(content_of(device));
  REQUIRE(texts.size() >= 3);
  for (std::size_t without = 0; without < texts.size(); ++without) {
    std::vector<Sensitive<std::string>> fewer;
    for (std::size_t at = 0; at < texts.size(); ++at) {
      if (at != without) fewer.push_back(texts[at].clone());
    }
    CHECK_FALSE(read_backup_content(fewer, "w1"));
  }
  CHECK(read_backup_content(texts, "w2").error().kind == RecordFault::Kind::kForeign);
  std::vector<Sensitive<std::string>> newer;
  newer.emplace_back(R"({"v":2,"w":"w1"})");
  newer.emplace_back("");
  CHECK(read_backup_content(newer, "w1").error().kind == RecordFault::Kind::kNewer);
}

TEST_CASE("backup: replacing makes everything as it was, whatever was there", "[backup]") {
  for (std::uint64_t number = 0; number < kCases; ++number) {
    INFO("case " << number);
    Device theirs("dev-a", number);
    Device ours("dev-b", number + 1'000);
    ours.restore(theirs.entities(), RestoreMode::kReplace);
    CHECK(values_of(ours.entities()) == values_of(theirs.entities()));
    // A second time there is nothing to do.
    const RestorePlan again =
        plan_restore(ours.entities(), theirs.entities(), RestoreMode::kReplace);
    CHECK(change_of(again, "").empty());
    // And it lasts.
    LogLife next(ours.rows, {.workspace = "w1", .device = "dev-b"});
    REQUIRE_FALSE(next.open());
    CHECK(values_of(next.log->entities()) == values_of(theirs.entities()));
  }
}

TEST_CASE("backup: merging one into the other and the other into the one end alike", "[backup]") {
  for (std::uint64_t number = 0; number < kCases; ++number) {
    INFO("case " << number);
    // Of one origin, edited apart.
    Device one("dev-a", number);
    Device two("dev-b", number + 1'000);
    two.life.clock.now += 3'600'000;
    two.restore(one.entities(), RestoreMode::kReplace);
    StateGenerator generator(number + 2'000);
    for (Device* device : {&one, &two}) {
      State state = state_from(device->entities()).value();
      for (int edit = 0; edit < 6; ++edit) generator.edit(state);
      REQUIRE(device->life.append(changes_to(device->entities(), state)));
    }
    const Entities first = one.entities();
    const Entities second = two.entities();
    one.restore(second, RestoreMode::kMerge);
    two.restore(first, RestoreMode::kMerge);
    CHECK(values_of(one.entities()) == values_of(two.entities()));
    CHECK(change_of(plan_restore(one.entities(), second, RestoreMode::kMerge), "").empty());
    CHECK(change_of(plan_restore(one.entities(), two.entities(), RestoreMode::kMerge), "").empty());
  }
}

TEST_CASE("backup: a merge leaves out what only another controller can use", "[backup]") {
  Device ours("dev-a", 5);
  Device theirs("dev-b", 6);
  REQUIRE(theirs.life.append(
      test::set(std::string(kIdentityEntity), std::string(kSeedField), "another")));
  REQUIRE(theirs.life.append(test::set("node/n9", "url", "https://n9.example")));
  REQUIRE(theirs.life.append(test::set("app/shop9", "wanted", 2)));
  const Json mesh_key = value_at(ours.entities(), "workspace", "meshKey");

  const RestorePlan merged = ours.restore(theirs.entities(), RestoreMode::kMerge);
  CHECK(merged.left_out >= 3);
  CHECK(value_at(ours.entities(), kIdentityEntity, kSeedField) == "aa");
  CHECK(value_at(ours.entities(), "workspace", "meshKey") == mesh_key);
  CHECK_FALSE(values_of(ours.entities()).contains("node/n9"));
  CHECK(value_at(ours.entities(), "app/shop9", "wanted") == 2);

  const RestorePlan replaced = ours.restore(theirs.entities(), RestoreMode::kReplace);
  CHECK(replaced.left_out == 0);
  CHECK(value_at(ours.entities(), kIdentityEntity, kSeedField) == "another");
  CHECK(values_of(ours.entities()).contains("node/n9"));
}

TEST_CASE("backup: several changes at once are stored whole or not at all", "[backup]") {
  Rows rows;
  LogLife life(rows);
  REQUIRE_FALSE(life.open());
  REQUIRE(life.append(test::set("app/a", "wanted", 1)));
  const Rows before = rows;
  life.table.failures.push_back({.code = ErrorCode::kDiskFull, .message = "full"});
  std::vector<Change> changes;
  changes.push_back(test::set("app/a", "wanted", 2));
  changes.push_back(test::set("app/b", "wanted", 3));
  CHECK_FALSE(life.answer(life.log->append_all(changes)));
  CHECK(rows == before);
  CHECK(value_at(life.log->entities(), "app/a", "wanted") == 1);

  const std::size_t applies = life.table.applies;
  REQUIRE(life.answer(life.log->append_all(changes)));
  CHECK(life.table.applies == applies + 1);
  // One that is too large takes the others along.
  changes.clear();
  changes.push_back(test::set("app/a", "wanted", 9));
  changes.push_back(test::set("app/b", "note", std::string(kRecordBytesMax, 'x')));
  CHECK_FALSE(life.answer(life.log->append_all(changes)));
  CHECK(value_at(life.log->entities(), "app/a", "wanted") == 2);

  LogLife next(rows);
  REQUIRE_FALSE(next.open());
  CHECK(value_at(next.log->entities(), "app/a", "wanted") == 2);
  CHECK(value_at(next.log->entities(), "app/b", "wanted") == 3);
}

TEST_CASE("backup: a large change goes in pieces, and nothing of it is lost", "[backup]") {
  Change change{.fields = {}, .tombstones = {}, .note = "large"};
  for (int at = 0; at < 12'000; ++at) {
    change.fields.push_back({"app/" + std::to_string(at % 50), "f" + std::to_string(at), at});
  }
  for (int at = 0; at < 500; ++at) change.tombstones.push_back("app/gone" + std::to_string(at));
  const auto pieces = in_pieces(change);
  CHECK(pieces.size() >= 3);
  std::size_t fields = 0;
  std::size_t tombstones = 0;
  for (const Change& piece : pieces) {
    CHECK(piece.note == "large");
    fields += piece.fields.size();
    tombstones += piece.tombstones.size();
  }
  CHECK(fields == change.fields.size());
  CHECK(tombstones == change.tombstones.size());
}

TEST_CASE("backup: a log that begins with what a backup holds goes on from there", "[backup]") {
  Device from("dev-a", 11);
  const BackupContent content = content_of(from);
  Rows rows;
  test::TestSealer sealer(1);
  for (SealedPut& row :
       ChangeLog::first_rows("w1", content.clock, content.authors, content.entities)) {
    Executor executor;
    TaskScope tasks(executor);
    std::vector<Sealer::Item> items;
    items.push_back({.plain = row.plain, .ad = row.ad});
    const auto sealed = test::run(executor, tasks, sealer.seal(std::move(items)));
    rows[row.key] = row.prefix + sealed->value().front();
  }
  LogLife life(rows, {.workspace = "w1", .device = "dev-new"});
  REQUIRE_FALSE(life.open());
  CHECK(life.log->entities() == content.entities);
  CHECK(life.log->authors() == content.authors);
  CHECK(life.log->damages().empty());
  REQUIRE(life.append(test::set("settings", "heartbeatSeconds", 99)));
  REQUIRE(life.answer(life.log->compact()));

  LogLife next(rows, {.workspace = "w1", .device = "dev-new"});
  REQUIRE_FALSE(next.open());
  CHECK(next.log->damages().empty());
  CHECK(value_at(next.log->entities(), "settings", "heartbeatSeconds") == 99);
}
