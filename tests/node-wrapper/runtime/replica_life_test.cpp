#include "node-wrapper/runtime/replica_life.h"

#include <algorithm>
#include <catch_amalgamated.hpp>

namespace a67 {
namespace {

using Actions = std::vector<LifeAction>;

// A life on a clock of the test's own.
class Story {
 public:
  explicit Story(std::int64_t start_seconds = 60, Duration stop_time = Duration(10'000))
      : life({},
             {.path = "/",
              .interval_seconds = 5,
              .timeout_seconds = 2,
              .start_seconds = start_seconds},
             stop_time) {}

  Actions pass(Duration time) {
    now += time;
    return life.advance(now);
  }
  // On to the next thing that is due.
  Actions next() {
    REQUIRE(life.next_wake());
    now = std::max(now, *life.next_wake());
    return life.advance(now);
  }
  void prepare_and_spawn() {
    life.on_prepared(now);
    REQUIRE(life.advance(now) == Actions{LifeAction::kSpawn});
    life.on_spawned(now);
  }
  void become_ready() {
    REQUIRE(next() == Actions{LifeAction::kProbe});
    life.on_probe(true, {}, now);
    REQUIRE(life.state() == ReplicaState::kReady);
  }
  void crash() { life.on_end({.code = ErrorCode::kCrashed, .message = "boom"}, now); }
  Duration wait() { return *life.next_wake() - now; }

  ReplicaLife life;
  Instant now{Duration(1'000'000)};
};

const Error kSick{.code = ErrorCode::kUnhealthy, .message = "sick"};

TEST_CASE("ReplicaLife: it is starting until the first good probe, then ready", "[runtime]") {
  Story story;
  CHECK(story.life.state() == ReplicaState::kWaiting);
  story.life.on_stage(ReplicaState::kBuilding);
  CHECK(story.life.state() == ReplicaState::kBuilding);
  story.prepare_and_spawn();
  CHECK(story.life.state() == ReplicaState::kStarting);
  CHECK(story.next() == Actions{LifeAction::kProbe});
  CHECK(story.life.advance(story.now).empty());  // one probe at a time
  story.life.on_probe(false, kSick, story.now);
  CHECK(story.life.state() == ReplicaState::kStarting);
  story.become_ready();
  CHECK(story.life.memory().ever_ready);
}

TEST_CASE("ReplicaLife: crashes back off from half a second, doubling to thirty", "[runtime]") {
  Story story;
  story.prepare_and_spawn();
  story.become_ready();
  Duration expected{500};
  for (int crash = 1; crash <= 9; ++crash) {
    story.crash();
    CHECK(story.life.state() == ReplicaState::kBackoff);
    CHECK(story.wait() == expected);
    expected = std::min(expected * 2, Duration(30'000));
    REQUIRE(story.next() == Actions{LifeAction::kSpawn});
    story.life.on_spawned(story.now);
    CHECK(story.life.memory().restarts == crash);
  }
  SECTION("and from the beginning after a minute of being well") {
    story.become_ready();
    story.now += Duration(60'000);
    story.crash();
    CHECK(story.wait() == Duration(500));
  }
  SECTION("but not after less") {
    story.become_ready();
    story.now += Duration(59'000);
    story.crash();
    CHECK(story.wait() == Duration(30'000));
  }
}

TEST_CASE("ReplicaLife: five crashes before the first ready give it up", "[runtime]") {
  Story story;
  story.life.on_prepared(story.now);
  for (int crash = 1; crash <= 5; ++crash) {
    REQUIRE(story.next() == Actions{LifeAction::kSpawn});
    story.life.on_spawned(story.now);
    story.crash();
  }
  CHECK(story.life.state() == ReplicaState::kFailed);
  CHECK(story.life.reason()->message == "boom");
  CHECK_FALSE(story.life.next_wake());
  SECTION("a restart gives it five new chances") {
    story.life.restart(story.now);
    CHECK(story.life.needs_release());
    CHECK_FALSE(story.life.reason());
    story.prepare_and_spawn();
    story.crash();
    CHECK(story.life.state() == ReplicaState::kBackoff);
  }
}

TEST_CASE("ReplicaLife: a missing program is not tried again", "[runtime]") {
  Story story;
  story.life.on_prepared(story.now);
  REQUIRE(story.next() == Actions{LifeAction::kSpawn});
  story.life.on_end({.code = ErrorCode::kMissingRuntime, .message = "no node"}, story.now);
  CHECK(story.life.state() == ReplicaState::kFailed);
}

TEST_CASE("ReplicaLife: what was ready once is never given up", "[runtime]") {
  Story story;
  story.prepare_and_spawn();
  story.become_ready();
  for (int crash = 0; crash < 20; ++crash) {
    story.crash();
    CHECK(story.life.state() == ReplicaState::kBackoff);
    REQUIRE(story.next() == Actions{LifeAction::kSpawn});
    story.life.on_spawned(story.now);
  }
  SECTION("not even when it does not come up in its start time") {
    REQUIRE(story.pass(Duration(60'000)) == Actions{LifeAction::kTerminate});
    story.crash();
    CHECK(story.life.state() == ReplicaState::kBackoff);
  }
}

TEST_CASE("ReplicaLife: not healthy within its start time is failed, with what the probe saw",
          "[runtime]") {
  Story story(3);
  story.prepare_and_spawn();
  REQUIRE(story.next() == Actions{LifeAction::kProbe});
  story.life.on_probe(false, kSick, story.now);
  const Actions actions = story.pass(Duration(3'000));
  CHECK(std::ranges::find(actions, LifeAction::kTerminate) != actions.end());
  CHECK(story.life.state() == ReplicaState::kFailed);
  CHECK(story.life.reason()->code == ErrorCode::kUnhealthy);
  CHECK(story.life.reason()->message == "The app was not healthy within 3 s. sick");
  story.crash();
  CHECK(story.life.memory().given_up);
  CHECK(story.life.state() == ReplicaState::kFailed);
}

TEST_CASE("ReplicaLife: three failed probes in a row make it unhealthy and start it again",
          "[runtime]") {
  Story story;
  story.prepare_and_spawn();
  story.become_ready();
  const auto probe = [&](bool ok) {
    REQUIRE(story.next() == Actions{LifeAction::kProbe});
    story.life.on_probe(ok, kSick, story.now);
  };
  probe(false);
  probe(false);
  probe(true);  // the count starts again
  probe(false);
  probe(false);
  CHECK(story.life.state() == ReplicaState::kReady);
  probe(false);
  CHECK(story.life.state() == ReplicaState::kUnhealthy);
  CHECK(story.life.reason()->message == "sick");
  CHECK(story.wait() == Duration(1'000));  // gateways learn first
  REQUIRE(story.next() == Actions{LifeAction::kTerminate});
  story.crash();
  CHECK(story.life.state() == ReplicaState::kBackoff);
  REQUIRE(story.next() == Actions{LifeAction::kSpawn});
}

TEST_CASE("ReplicaLife: stopping drains, asks, and kills what does not listen", "[runtime]") {
  Story story(60, Duration(5'000));
  story.prepare_and_spawn();
  story.become_ready();
  story.life.stop(story.now);
  CHECK(story.life.state() == ReplicaState::kStopping);
  CHECK(story.life.advance(story.now).empty());
  CHECK(story.pass(Duration(1'000)) == Actions{LifeAction::kTerminate});
  CHECK(story.pass(Duration(4'999)).empty());
  CHECK(story.pass(Duration(1)) == Actions{LifeAction::kKill});
  CHECK(story.pass(Duration(2'000)) == Actions{LifeAction::kKill});
  story.crash();
  CHECK(story.life.is_gone());
}

TEST_CASE("ReplicaLife: what was never ready is asked to stop at once", "[runtime]") {
  Story story;
  story.prepare_and_spawn();
  story.life.stop(story.now);
  CHECK(story.life.advance(story.now) == Actions{LifeAction::kTerminate});
}

TEST_CASE("ReplicaLife: without a process, stopping is done at once", "[runtime]") {
  Story story;
  story.life.stop(story.now);
  CHECK(story.life.is_gone());
}

TEST_CASE("ReplicaLife: wanted again while it stops, it comes back", "[runtime]") {
  Story story;
  story.prepare_and_spawn();
  story.become_ready();
  story.life.stop(story.now);
  story.life.restart(story.now);
  REQUIRE(story.pass(Duration(1'000)) == Actions{LifeAction::kTerminate});
  story.crash();
  CHECK_FALSE(story.life.is_gone());
  CHECK(story.life.needs_release());
}

TEST_CASE("ReplicaLife: over its memory limit it is ended and started again", "[runtime]") {
  Story story;
  story.prepare_and_spawn();
  story.become_ready();
  story.life.on_over_limit({.code = ErrorCode::kNoMemory, .message = "too much"}, story.now);
  CHECK(story.life.advance(story.now) == Actions{LifeAction::kTerminate});
  story.crash();
  CHECK(story.life.state() == ReplicaState::kBackoff);
  CHECK(story.life.reason()->code == ErrorCode::kNoMemory);
}

TEST_CASE("ReplicaLife: taken over, it is probed at once and keeps its memory", "[runtime]") {
  Story story;
  story.life.restore({.restarts = 7, .crashes_before_ready = 0, .ever_ready = true});
  story.life.on_adopted(story.now);
  CHECK(story.life.advance(story.now) == Actions{LifeAction::kProbe});
  story.life.on_probe(true, {}, story.now);
  CHECK(story.life.state() == ReplicaState::kReady);
  CHECK(story.life.memory().restarts == 7);
}

TEST_CASE("ReplicaLife: a release that cannot be got ready fails with its reason", "[runtime]") {
  Story story;
  story.life.on_prepare_failed({.code = ErrorCode::kBuildFailed, .message = "no"});
  CHECK(story.life.state() == ReplicaState::kFailed);
  CHECK(story.life.reason()->code == ErrorCode::kBuildFailed);
  CHECK(story.life.memory().given_up);
}

}  // namespace
}  // namespace a67
