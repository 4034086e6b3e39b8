#include "engine/fleet/failure_detector.h"

#include <algorithm>
#include <catch_amalgamated.hpp>
#include <vector>

#include "engine/base/random.h"

namespace a67 {
namespace {

using namespace std::chrono_literals;

constexpr Instant kStart{Duration{1'000'000}};
constexpr std::uint64_t kSeeds = 300;

// What probes meet.
enum class Meets { kAnswers, kRefuses, kHangs };

// A detector and the loop that obeys it, on virtual time.
struct Watch {
  FailureDetector detector;
  Instant now = kStart;
  Meets meets = Meets::kAnswers;
  Verdict verdict = Verdict::kNode;
  Duration latency{20};
  std::vector<NodeState> changes;
  std::vector<Instant> probes;

  explicit Watch(FailureDetector::Options options = {}, NodeState known = NodeState::kAwake)
      : detector(options, kStart, known) {}

  void see(FailureDetector::Step step) {
    if (step.changed()) changes.push_back(step.after);
  }

  void probe() {
    const Instant sent = now;
    probes.push_back(sent);
    if (meets == Meets::kAnswers) {
      now += latency;
      see(detector.heard(now));
    } else {
      now += meets == Meets::kHangs ? detector.probe_timeout() : Duration{1};
      const auto failure = meets == Meets::kHangs ? ProbeFailure::kTimeout : ProbeFailure::kRefused;
      see(detector.probe_failed(failure, sent, now, verdict));
    }
  }

  // Sends every probe that is due until then.
  void run_until(Instant end) {
    while (detector.next_probe() && *detector.next_probe() <= end) {
      now = std::max(now, *detector.next_probe());
      probe();
    }
    now = std::max(now, end);
  }
  void run_for(Duration duration) { run_until(now + duration); }

  // Runs until it is dead; returns the time since the last word.
  Duration silence_until_death(Duration limit) {
    const Instant last_word = detector.last_heard();
    while (detector.state() != NodeState::kDead && now < last_word + limit) {
      if (!detector.next_probe()) break;
      now = std::max(now, *detector.next_probe());
      probe();
    }
    REQUIRE(detector.state() == NodeState::kDead);
    return now - last_word;
  }
};

FailureDetector::Options heartbeat_of(Duration heartbeat) {
  FailureDetector::Options options;
  options.heartbeat = heartbeat;
  return options;
}

TEST_CASE("FailureDetector: names are the contract's", "[fleet]") {
  CHECK(to_string(NodeState::kAwake) == "awake");
  CHECK(to_string(NodeState::kAsleep) == "asleep");
  CHECK(to_string(NodeState::kPaused) == "paused");
  CHECK(to_string(NodeState::kThrottled) == "throttled");
  CHECK(to_string(NodeState::kSuspect) == "suspect");
  CHECK(to_string(NodeState::kDead) == "dead");
}

TEST_CASE("FailureDetector: a new node is looked at at once", "[fleet]") {
  const FailureDetector detector({}, kStart);
  CHECK(detector.state() == NodeState::kAwake);
  CHECK(detector.next_probe() == kStart);
}

TEST_CASE("FailureDetector: a node that answers is probed once per heartbeat", "[fleet]") {
  Watch watch;
  watch.run_for(10min);
  CHECK(watch.changes.empty());
  CHECK(watch.probes.size() == 20);
}

TEST_CASE("FailureDetector: a stream that speaks needs no probes", "[fleet]") {
  Watch watch;
  watch.see(watch.detector.stream_opened(watch.now));
  for (int word = 0; word < 1000; ++word) {
    watch.run_for(2s);
    watch.see(watch.detector.heard(watch.now));
  }
  CHECK(watch.probes.empty());
  CHECK(watch.changes.empty());
}

TEST_CASE("FailureDetector: a closed stream is followed by a probe at once", "[fleet]") {
  Watch watch;
  watch.detector.stream_opened(watch.now);
  watch.now += 1s;
  const auto step = watch.detector.stream_closed(watch.now);
  CHECK_FALSE(step.changed());
  CHECK(watch.detector.next_probe() == watch.now);
  watch.meets = Meets::kRefuses;
  watch.probe();
  CHECK(watch.detector.state() == NodeState::kSuspect);
  CHECK(watch.detector.since() == watch.now);
}

TEST_CASE("FailureDetector: a stream that reopens in time costs nothing", "[fleet]") {
  Watch watch;
  watch.detector.stream_opened(watch.now);
  watch.detector.stream_closed(watch.now += 1s);
  watch.see(watch.detector.stream_opened(watch.now += 100ms));
  watch.run_for(5s);
  CHECK(watch.probes.empty());
  CHECK(watch.changes.empty());
}

TEST_CASE("FailureDetector: a watched node is dead between 4 and 20 s after its last word",
          "[fleet]") {
  for (const Meets meets : {Meets::kRefuses, Meets::kHangs}) {
    for (const bool closes : {true, false}) {
      for (Duration lag{0}; lag <= 2s; lag += 250ms) {  // between the last word and the end
        for (const Duration heartbeat : {1'000ms, 30'000ms, 3'600'000ms}) {
          Watch watch(heartbeat_of(heartbeat));
          watch.detector.stream_opened(watch.now);
          watch.now += lag;
          if (closes) watch.detector.stream_closed(watch.now);
          watch.meets = meets;
          const Duration silence = watch.silence_until_death(20s);
          CHECK(silence >= 4s);
          CHECK(silence <= 20s);
          CHECK(watch.changes == std::vector{NodeState::kSuspect, NodeState::kDead});
          CHECK(watch.probes.size() >= 3);
        }
      }
    }
  }
}

TEST_CASE("FailureDetector: a refusing node is dead 5.5 s after its stream closed", "[fleet]") {
  Watch watch;
  watch.detector.stream_opened(watch.now);
  watch.detector.stream_closed(watch.now);
  watch.meets = Meets::kRefuses;
  const Duration silence = watch.silence_until_death(20s);
  CHECK(silence > 5s);
  CHECK(silence < 5'600ms);
}

TEST_CASE("FailureDetector: an unwatched node is dead within three heartbeats", "[fleet]") {
  for (const Meets meets : {Meets::kRefuses, Meets::kHangs}) {
    for (const Duration heartbeat :
         {1'000ms, 2'000ms, 5'000ms, 10'000ms, 30'000ms, 300'000ms, 3'600'000ms}) {
      Watch watch(heartbeat_of(heartbeat));
      watch.run_for(heartbeat * 3);
      watch.meets = meets;
      const Duration bound = std::max<Duration>(3 * heartbeat, 20s);
      INFO("heartbeat " << heartbeat.count());
      const Duration silence = watch.silence_until_death(bound);
      CHECK(silence <= bound);
      CHECK(silence >= 2 * heartbeat);
    }
  }
}

TEST_CASE("FailureDetector: at the start a dead node is found within 20 s", "[fleet]") {
  for (const Meets meets : {Meets::kRefuses, Meets::kHangs}) {
    Watch watch;
    watch.meets = meets;
    CHECK(watch.silence_until_death(20s) <= 20s);
  }
}

TEST_CASE("FailureDetector: never dead while it is heard within the limits", "[fleet]") {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Random random = Random::from_number(seed);
    Watch watch;
    const auto draw = [&](Duration max) {
      return Duration(random.below(static_cast<std::uint64_t>(max.count())));
    };
    bool open = false;
    for (int step = 0; step < 300; ++step) {
      // Half of the probes are lost, and the stream comes and goes; a word gets through every few
      // seconds.
      if (random.below(10) == 0) {
        if (open) {
          watch.detector.stream_closed(watch.now);
        } else {
          watch.see(watch.detector.stream_opened(watch.now));
        }
        open = !open;
      }
      watch.meets = random.below(2) == 0   ? Meets::kAnswers
                    : random.below(2) == 0 ? Meets::kRefuses
                                           : Meets::kHangs;
      // The last probe of the step may hang for 2.5 s more.
      watch.run_for(draw(2'400ms));
      watch.see(watch.detector.heard(watch.now));
      INFO("seed " << seed << ", step " << step);
      REQUIRE(watch.detector.state() == NodeState::kAwake);
    }
    CHECK(std::ranges::count(watch.changes, NodeState::kDead) == 0);
  }
}

TEST_CASE("FailureDetector: silence never makes it better, and kills once", "[fleet]") {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Random random = Random::from_number(seed);
    Watch watch(heartbeat_of(Duration(1'000 + random.below(60'000))));
    if (random.below(2) == 0) watch.detector.stream_opened(watch.now);
    watch.now += Duration(random.below(3'000));
    for (int step = 0; step < 60; ++step) {
      watch.meets = random.below(2) == 0 ? Meets::kRefuses : Meets::kHangs;
      watch.run_for(Duration(random.below(20'000)));
      if (random.below(10) == 0) watch.detector.stream_closed(watch.now);
    }
    INFO("seed " << seed);
    CHECK(watch.changes == std::vector{NodeState::kSuspect, NodeState::kDead});
  }
}

TEST_CASE("FailureDetector: one word brings a dead node back and says so", "[fleet]") {
  Watch watch;
  watch.meets = Meets::kRefuses;
  watch.silence_until_death(20s);
  watch.run_for(5min);
  const auto step = watch.detector.heard(watch.now);
  CHECK(step.returned());
  CHECK(watch.detector.state() == NodeState::kAwake);
  CHECK(watch.detector.since() == watch.now);
  CHECK_FALSE(watch.detector.heard(watch.now + 1s).changed());
}

TEST_CASE("FailureDetector: a suspect that answers recovers, which is not a return", "[fleet]") {
  Watch watch;
  watch.meets = Meets::kHangs;
  watch.probe();
  CHECK(watch.detector.state() == NodeState::kSuspect);
  const auto step = watch.detector.heard(watch.now);
  CHECK(step.changed());
  CHECK_FALSE(step.returned());
}

TEST_CASE("FailureDetector: a dead node is probed at least every 10 s", "[fleet]") {
  Watch watch;
  watch.meets = Meets::kRefuses;
  watch.silence_until_death(20s);
  watch.probes.clear();
  watch.run_for(10min);
  CHECK(watch.probes.size() >= 59);
  CHECK(watch.probes.size() <= 70);
}

TEST_CASE("FailureDetector: nobody dies while we are offline", "[fleet]") {
  Watch watch;
  watch.detector.stream_opened(watch.now);
  watch.detector.stream_closed(watch.now += 1s);
  watch.meets = Meets::kRefuses;
  watch.run_for(2s);
  CHECK(watch.detector.state() == NodeState::kSuspect);
  watch.detector.set_online(false, watch.now);
  CHECK_FALSE(watch.detector.next_probe());
  for (int i = 0; i < 100; ++i) {
    watch.now += 1s;
    watch.see(watch.detector.probe_failed(ProbeFailure::kOther, watch.now, watch.now));
  }
  CHECK(watch.changes == std::vector{NodeState::kSuspect});

  SECTION("after coming back the count starts anew") {
    watch.detector.set_online(true, watch.now);
    const Instant back = watch.now;
    CHECK(watch.detector.next_probe() == back);
    watch.probes.clear();
    watch.silence_until_death(10min);
    CHECK(watch.now - back >= 5s);
    CHECK(watch.now - back <= 20s);
    CHECK(watch.probes.size() >= 3);
  }
  SECTION("a failure from before the return does not count") {
    const Instant before = watch.now;
    watch.detector.set_online(true, watch.now += 1s);
    for (int i = 0; i < 10; ++i) {
      CHECK_FALSE(
          watch.detector.probe_failed(ProbeFailure::kTimeout, before, watch.now += 2s).changed());
    }
  }
}

TEST_CASE("FailureDetector: what was sent before the last word proves nothing", "[fleet]") {
  Watch watch;
  const Instant sent = watch.now;
  watch.now += 2s;
  watch.detector.heard(watch.now);
  const auto step = watch.detector.probe_failed(ProbeFailure::kTimeout, sent, watch.now + 500ms);
  CHECK_FALSE(step.changed());
  CHECK(watch.detector.state() == NodeState::kAwake);
}

TEST_CASE("FailureDetector: a sleeping or paused node is left alone", "[fleet]") {
  for (const NodeState says : {NodeState::kAsleep, NodeState::kPaused}) {
    Watch watch;
    watch.detector.stream_opened(watch.now);
    CHECK(watch.detector.heard(watch.now, says).after == says);
    watch.detector.stream_closed(watch.now);
    CHECK_FALSE(watch.detector.next_probe());
    for (int i = 0; i < 20; ++i) {
      watch.now += 60s;
      watch.detector.probe_failed(ProbeFailure::kTimeout, watch.now, watch.now);
    }
    CHECK(watch.detector.state() == says);
    CHECK(watch.detector.heard(watch.now).after == NodeState::kAwake);
    CHECK(watch.detector.next_probe());
  }
}

TEST_CASE("FailureDetector: a throttled node is watched like an awake one", "[fleet]") {
  Watch watch;
  watch.detector.heard(watch.now, NodeState::kThrottled);
  CHECK(watch.detector.state() == NodeState::kThrottled);
  watch.meets = Meets::kRefuses;
  watch.silence_until_death(90s);
}

TEST_CASE("FailureDetector: a laptop that was closed does not bury its nodes", "[fleet]") {
  Watch watch;
  watch.detector.stream_opened(watch.now);
  // For eight hours nothing ran; now the network needs a moment.
  watch.now += 8h;
  const Instant awake = watch.now;
  watch.meets = Meets::kRefuses;
  while (watch.now < awake + 4s) {
    watch.probe();
    REQUIRE(watch.detector.state() == NodeState::kSuspect);
    watch.now = std::max(watch.now, *watch.detector.next_probe());
  }
  watch.silence_until_death(9h);
  CHECK(watch.now - awake <= 20s);
}

TEST_CASE("FailureDetector: an engine that runs once a minute still finds the dead", "[fleet]") {
  Watch watch;
  watch.detector.stream_opened(watch.now);
  watch.detector.stream_closed(watch.now);
  watch.meets = Meets::kRefuses;
  for (int minute = 0; minute < 5; ++minute) {
    watch.now += 1min;
    watch.probe();
  }
  CHECK(watch.detector.state() == NodeState::kDead);
}

TEST_CASE("FailureDetector: a shorter heartbeat takes effect at once", "[fleet]") {
  Watch watch(heartbeat_of(1h));
  watch.detector.heard(watch.now);
  watch.detector.set_heartbeat(5s);
  CHECK(watch.detector.next_probe() == watch.now + 5s);
}

TEST_CASE("FailureDetector: what it was last known to be holds until it is looked at", "[fleet]") {
  Watch watch({}, NodeState::kDead);
  CHECK(watch.detector.state() == NodeState::kDead);
  CHECK(watch.detector.next_probe() == kStart);
  watch.probe();
  CHECK(watch.changes == std::vector{NodeState::kAwake});
}

std::vector<const FailureDetector*> fleet_of(const std::vector<Watch>& watches) {
  std::vector<const FailureDetector*> fleet;
  for (const Watch& watch : watches) fleet.push_back(&watch.detector);
  return fleet;
}

TEST_CASE("Verdict: when every node hangs, our own network is doubted first", "[fleet]") {
  std::vector<Watch> watches(3);
  for (Watch& watch : watches) {
    watch.meets = Meets::kHangs;
    watch.probe();
  }
  CHECK(judge(fleet_of(watches)) == Verdict::kOwnNetwork);

  SECTION("and nobody is declared dead meanwhile") {
    for (Watch& watch : watches) {
      watch.verdict = Verdict::kOwnNetwork;
      watch.run_for(50s);
      CHECK(watch.detector.state() == NodeState::kSuspect);
    }
  }
  SECTION("one word clears it") {
    watches[1].detector.heard(watches[1].now);
    CHECK(judge(fleet_of(watches)) == Verdict::kNode);
  }
  SECTION("a refusal clears it: the network works") {
    watches[1].meets = Meets::kRefuses;
    watches[1].run_for(1s);
    watches[1].probe();
    CHECK(judge(fleet_of(watches)) == Verdict::kNode);
  }
  SECTION("the doubt ends after a minute") {
    for (Watch& watch : watches) {
      watch.verdict = Verdict::kOwnNetwork;
      watch.run_for(70s);
    }
    CHECK(judge(fleet_of(watches)) == Verdict::kNode);
  }
}

TEST_CASE("Verdict: a single node that fails is the node's fault", "[fleet]") {
  std::vector<Watch> watches(1);
  watches[0].meets = Meets::kHangs;
  watches[0].probe();
  CHECK(judge(fleet_of(watches)) == Verdict::kNode);
  CHECK(judge({}) == Verdict::kNode);
}

TEST_CASE("Verdict: sleeping and dead nodes do not speak for the network", "[fleet]") {
  std::vector<Watch> watches(4);
  watches[0].detector.heard(kStart, NodeState::kAsleep);
  watches[1].meets = Meets::kRefuses;
  watches[1].silence_until_death(20s);
  for (const std::size_t i : {2U, 3U}) {
    watches[i].meets = Meets::kHangs;
    watches[i].probe();
  }
  CHECK(judge(fleet_of(watches)) == Verdict::kOwnNetwork);
}

}  // namespace
}  // namespace a67
