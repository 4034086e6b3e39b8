#include "engine/state/snapshot.h"

#include <catch_amalgamated.hpp>
#include <string>

#include "engine/base/crypto.h"
#include "engine/base/encoding.h"
#include "tests/engine/state/sample.h"

namespace {

using namespace a67;

std::string wrap(std::int64_t version, const std::string& inner) {
  return dump_json({{"version", version}, {"sha256", hex_encode(sha256(inner))}, {"state", inner}});
}

}  // namespace

TEST_CASE("Snapshot: everything comes back as it was", "[snapshot]") {
  const State before = test::sample_state();
  const auto after = read_snapshot(write_snapshot(before));
  REQUIRE(after);
  // Whatever is written is read: writing again gives the same bytes.
  CHECK(write_snapshot(*after) == write_snapshot(before));

  REQUIRE(after->nodes.size() == 2);
  CHECK(after->nodes[1].role == NodeRole::kGateway);
  CHECK(after->nodes[1].gateway_url == "http://127.0.0.1:8080");
  const AppRecord* app = after->find_app("guestbook");
  REQUIRE(app != nullptr);
  CHECK(app->releases[0].spec == before.apps[0].releases[0].spec);
  CHECK(app->releases[0].source == before.apps[0].releases[0].source);
  CHECK(app->releases[1].source == before.apps[0].releases[1].source);
  CHECK(app->releases[0].hosts == before.apps[0].releases[0].hosts);
  CHECK(app->stopped);
  CHECK(app->generation == 4);
  CHECK(app->deployments[0].error == before.apps[0].deployments[0].error);
  CHECK(app->deployments[0].avoid == before.apps[0].deployments[0].avoid);
  CHECK(after->settings == before.settings);
  CHECK(after->mesh_key == before.mesh_key);
  CHECK(after->activity.back().message == "node-1 is suspect.");
  CHECK(after->next_activity_seq == before.next_activity_seq);
}

TEST_CASE("Snapshot: a reload in the middle of a rollout keeps what is routed and what drains",
          "[snapshot]") {
  const auto after = read_snapshot(write_snapshot(test::sample_state()));
  REQUIRE(after);
  const auto& assignments = after->apps[0].assignments;
  REQUIRE(assignments.size() == 2);
  CHECK(assignments[0].ready);
  CHECK_FALSE(assignments[0].draining_since);
  CHECK(assignments[1].draining_since);
}

TEST_CASE("Snapshot: an empty state is a state", "[snapshot]") {
  const auto after = read_snapshot(write_snapshot(State{}));
  REQUIRE(after);
  CHECK(after->nodes.empty());
  CHECK(after->apps.empty());
  CHECK(after->settings == Settings{});
}

TEST_CASE("Snapshot: damage is noticed and nothing is half-read", "[snapshot]") {
  const std::string good = write_snapshot(test::sample_state());
  const auto check_refused = [](const std::string& text) {
    const auto state = read_snapshot(text);
    REQUIRE_FALSE(state);
    CHECK(state.error().code == ErrorCode::kStoreFailed);
    CHECK(state.error().hint.contains("Nothing was overwritten"));
  };
  SECTION("cut off") { check_refused(good.substr(0, good.size() / 2)); }
  SECTION("empty") { check_refused(""); }
  SECTION("not an object") { check_refused("[1,2,3]"); }
  SECTION("without a version") { check_refused("{}"); }
  SECTION("a changed byte") {
    std::string bent = good;
    const auto at = bent.find("guestbook");
    bent[at] = 'G';
    check_refused(bent);
  }
  SECTION("a checksum of something that is no JSON") { check_refused(wrap(1, "no json")); }
  SECTION("of a version before the first") { check_refused(wrap(0, "{}")); }
}

TEST_CASE("Snapshot: one of a newer version is refused, and the message says so", "[snapshot]") {
  const auto state = read_snapshot(wrap(kSnapshotVersion + 1, "{}"));
  REQUIRE_FALSE(state);
  CHECK(state.error().message.contains("newer Automator67"));
}

TEST_CASE("Snapshot: unknown words of a later minor version get a harmless meaning", "[snapshot]") {
  const auto state = read_snapshot(
      wrap(1, R"({"apps":[{"name":"a","deployments":[{"id":"d","kind":"magic","state":"odd"}]}],)"
              R"("nodes":[{"id":"n","role":"toaster"}],"activity":[{"level":"loud"}]})"));
  REQUIRE(state);
  CHECK(state->apps[0].deployments[0].state == DeploymentState::kFailed);
  CHECK(state->nodes[0].role == NodeRole::kWorker);
  CHECK(state->activity[0].level == ActivityLevel::kInfo);
}
