#include "engine/state/entities.h"

#include <algorithm>
#include <catch_amalgamated.hpp>
#include <string>
#include <vector>

#include "engine/state/snapshot.h"
#include "tests/engine/state/generator.h"
#include "tests/engine/state/sample.h"

namespace {

using namespace a67;

constexpr std::uint64_t kStates = 25;

Field text(const char* value, std::uint64_t hlc, const char* device = "a") {
  return {.value = value, .stamp = {hlc, device}};
}

void apply(Entities& entities, const Change& change, std::uint64_t hlc) {
  for (const auto& id : change.tombstones) merge_tombstone(entities, id, {hlc, "a"});
  for (const auto& one : change.fields) {
    merge_field(entities, one.entity, one.field, {one.value, {hlc, "a"}});
  }
}

Entities stored(const State& state) {
  Entities entities;
  apply(entities, changes_to(entities, state), 1);
  return entities;
}

}  // namespace

TEST_CASE("Entities: of a field, the newer value wins in any order", "[entities]") {
  Entities one;
  CHECK(merge_field(one, "app/x", "wanted", text("old", 1)));
  CHECK(merge_field(one, "app/x", "wanted", text("new", 2)));
  Entities other;
  CHECK(merge_field(other, "app/x", "wanted", text("new", 2)));
  CHECK_FALSE(merge_field(other, "app/x", "wanted", text("old", 1)));
  CHECK(one == other);
  CHECK(value_at(one, "app/x", "wanted") == "new");
  CHECK_FALSE(merge_field(one, "app/x", "wanted", text("new", 2)));  // again
}

TEST_CASE("Entities: of two changes at the same time, the device decides", "[entities]") {
  Entities one;
  merge_field(one, "settings", "x", text("a", 5, "a"));
  merge_field(one, "settings", "x", text("b", 5, "b"));
  Entities other;
  merge_field(other, "settings", "x", text("b", 5, "b"));
  merge_field(other, "settings", "x", text("a", 5, "a"));
  CHECK(one == other);
  CHECK(value_at(one, "settings", "x") == "b");
}

TEST_CASE("Entities: a tombstone hides what is not newer than it", "[entities]") {
  Entities entities;
  merge_field(entities, "app/x", "wanted", text("1", 5));
  merge_field(entities, "app/x", "name", text("x", 9));
  CHECK(merge_tombstone(entities, "app/x", {7, "a"}));
  CHECK(value_at(entities, "app/x", "wanted").is_null());
  CHECK(value_at(entities, "app/x", "name") == "x");
  CHECK_FALSE(merge_field(entities, "app/x", "wanted", text("late", 6)));
  CHECK_FALSE(merge_tombstone(entities, "app/x", {6, "z"}));
  CHECK(merge_field(entities, "app/x", "wanted", text("again", 8)));
  CHECK(values_of(entities).at("app/x").size() == 2);
}

TEST_CASE("Entities: an erased field is remembered, but not a value", "[entities]") {
  Entities entities;
  merge_field(entities, "release/x/r1", "env.A", {.value = nullptr, .stamp = {5, "a"}});
  CHECK_FALSE(merge_field(entities, "release/x/r1", "env.A", text("late", 4)));
  CHECK(values_of(entities).empty());
  CHECK_FALSE(entities.at("release/x/r1").visible());
}

TEST_CASE("Entities: whatever was merged can be taken back", "[entities]") {
  Entities entities;
  merge_field(entities, "a", "x", text("1", 1));
  merge_field(entities, "b", "x", text("1", 1));
  const Entities before = entities;
  std::vector<Replaced> replaced;
  merge_field(entities, "a", "x", text("2", 2), &replaced);
  merge_field(entities, "a", "y", text("2", 2), &replaced);
  merge_field(entities, "new", "y", text("2", 2), &replaced);
  merge_tombstone(entities, "b", {3, "a"}, &replaced);
  merge_field(entities, "b", "x", text("4", 4), &replaced);
  merge_tombstone(entities, "unknown", {3, "a"}, &replaced);
  CHECK_FALSE(entities == before);
  take_back(entities, std::move(replaced));
  CHECK(entities == before);
}

TEST_CASE("Entities: a sample state comes back as it was", "[entities]") {
  const State before = test::sample_state();
  const auto after = state_from(stored(before));
  REQUIRE(after);
  CHECK(write_snapshot(*after) == write_snapshot(before));
  CHECK(value_at(stored(before), "release/guestbook/guestbook-r1", "env.GREETING") == "hello");
  CHECK(values_of(stored(before)) == entities_of(before));
}

TEST_CASE("Entities: every state comes back as it was", "[entities][property]") {
  for (std::uint64_t seed = 1; seed <= kStates; ++seed) {
    CAPTURE(seed);
    const State before = test::StateGenerator(seed).state();
    const Entities entities = stored(before);
    CHECK(values_of(entities) == entities_of(before));
    const auto after = state_from(entities);
    REQUIRE(after);
    REQUIRE(write_snapshot(*after) == write_snapshot(before));
    CHECK(changes_to(entities, *after).empty());
  }
}

TEST_CASE("Entities: differences alone bring stored entities from edit to edit",
          "[entities][property]") {
  for (std::uint64_t seed = 1; seed <= kStates; ++seed) {
    CAPTURE(seed);
    test::StateGenerator generator(seed);
    State state = generator.state();
    Entities entities = stored(state);
    for (std::uint64_t hlc = 2; hlc < 16; ++hlc) {
      generator.edit(state);
      const Change change = changes_to(entities, state);
      REQUIRE(change.fields.size() < 200);
      apply(entities, change, hlc);
      const auto after = state_from(entities);
      REQUIRE(after);
      REQUIRE(write_snapshot(*after) == write_snapshot(state));
    }
  }
}

TEST_CASE("Entities: a new line of activity is one field, however long the list", "[entities]") {
  State state;
  for (std::size_t at = 0; at < kActivityLinesMax; ++at) {
    state.note(1, ActivityLevel::kInfo, "k", "s", "m");
  }
  Entities entities = stored(state);
  state.note(2, ActivityLevel::kInfo, "k", "s", "one more");
  const Change change = changes_to(entities, state);
  CHECK(change.fields.size() == 2);  // the line, and the number of the next
  apply(entities, change, 2);
  CHECK(entities.at("activity").fields.size() == kActivityLinesMax + 1);
}

TEST_CASE("Entities: what this version does not know is neither read nor erased", "[entities]") {
  Entities entities = stored(test::sample_state());
  merge_field(entities, "template/blog", "name", text("blog", 1));
  merge_field(entities, "app/guestbook", "colour", text("green", 1));
  auto state = state_from(entities);
  REQUIRE(state);
  CHECK(changes_to(entities, *state).empty());
}

TEST_CASE("Entities: a value of a newer version is refused by name, not replaced", "[entities]") {
  const auto* const field = GENERATE("wanted", "serving", "stopped");
  Entities entities = stored(test::sample_state());
  merge_field(entities, "app/guestbook", field, {Json::array({1}), {9, "z"}});
  const auto state = state_from(entities);
  REQUIRE_FALSE(state);
  CHECK(state.error().code == ErrorCode::kStoreFailed);
  CHECK(state.error().message.contains("app/guestbook." + std::string(field)));
}

TEST_CASE("Entities: what two devices left incomplete is not shown, and goes with the next change",
          "[entities]") {
  Entities entities = stored(test::sample_state());
  merge_tombstone(entities, "node/n-1", {5, "a"});
  merge_field(entities, "node/n-1", "name", text("renamed elsewhere", 6, "b"));
  merge_field(entities, "release/gone/r1", "policy", text("latency", 6, "b"));
  merge_field(entities, "release/guestbook/r9", "policy", text("latency", 6, "b"));
  const auto state = state_from(entities);
  REQUIRE(state);
  CHECK(state->nodes.size() == 1);
  CHECK(state->apps[0].releases.size() == 2);
  CHECK(changes_to(entities, *state).tombstones ==
        std::vector<std::string>{"node/n-1", "release/gone/r1", "release/guestbook/r9"});
}

TEST_CASE("Entities: what the order does not name comes last", "[entities]") {
  Entities entities = stored(test::sample_state());
  merge_field(entities, "workspace", "nodes",
              {.value = Json::array({"gone", 7, "n-2", "n-2"}), .stamp = {9, "b"}});
  merge_field(entities, "workspace", "apps", {.value = Json::array({7}), .stamp = {9, "b"}});
  const auto state = state_from(entities);
  REQUIRE(state);
  REQUIRE(state->nodes.size() == 2);
  CHECK(state->nodes[0].id.value == "n-2");
  CHECK(state->apps.size() == 1);
}

TEST_CASE("Entities: environments and the mesh key are secrets", "[entities]") {
  CHECK(is_secret_field("release/x/r1", "env.TOKEN"));
  CHECK(is_secret_field("workspace", "meshKey"));
  CHECK(is_secret_field("identity", "seed"));
  CHECK_FALSE(is_secret_field("release/x/r1", "policy"));
  CHECK_FALSE(is_secret_field("workspace", "nodes"));
  CHECK(is_order_hint("app/x", "releases"));
  CHECK_FALSE(is_order_hint("app/x", "wanted"));
}
