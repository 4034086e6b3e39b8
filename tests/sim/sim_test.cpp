// The simulation: many seeds, each run twice. How to reproduce a seed is printed when it fails.
#include <catch_amalgamated.hpp>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/sim/world.h"

namespace {

using a67::sim::Outcome;
using a67::sim::Sabotage;

std::uint64_t number_in(const char* name, std::uint64_t fallback, int base = 10) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? fallback : std::strtoull(text, nullptr, base);
}

struct Seeds {
  std::uint64_t first = 1;
  std::uint64_t count = 2000;
};

// A67_SEED=n runs exactly that one; A67_SEEDS=n so many; A67_SEED_BASE (a commit's hash, say) where
// they begin, so that every commit is tried with seeds of its own.
Seeds seeds() {
  if (const auto only = number_in("A67_SEED", 0)) return {.first = only, .count = 1};
  std::string base = std::to_string(0);
  if (const char* hash = std::getenv("A67_SEED_BASE")) base = std::string(hash).substr(0, 12);
  return {.first = 1 + std::strtoull(base.c_str(), nullptr, 16),
          .count = number_in("A67_SEEDS", 2000)};
}

std::string report(std::uint64_t seed, const Outcome& outcome) {
  std::string text = "reproduce with A67_SEED=" + std::to_string(seed) + "\n";
  for (const std::string& violation : outcome.violations) text += "  " + violation + "\n";
  return text;
}

constexpr std::uint64_t kTriesMax = 60;

// Whether the sabotage is caught, in a few seeds, by the invariant it breaks. `step` 4: in calm
// worlds only. With `words`, by the check of that invariant which says them.
bool is_caught(Sabotage sabotage, char letter, std::uint64_t step = 1,
               std::string_view words = {}) {
  for (std::uint64_t seed = step; seed <= kTriesMax * step; seed += step) {
    const Outcome outcome = a67::sim::run({.seed = seed, .sabotage = sabotage});
    for (const std::string& violation : outcome.violations) {
      if (violation.front() == letter && violation.contains(words)) {
        UNSCOPED_INFO("caught with seed " << seed << ": " << violation);
        return true;
      }
    }
  }
  return false;
}

}  // namespace

TEST_CASE("sim: whatever fails, every invariant holds, and then everything is as asked for",
          "[sim]") {
  const Seeds range = seeds();
  std::size_t messages = 0;
  for (std::uint64_t seed = range.first; seed < range.first + range.count; ++seed) {
    const Outcome first = a67::sim::run({.seed = seed});
    messages += first.messages;
    if (!first.violations.empty()) FAIL_CHECK(report(seed, first));
    const Outcome second = a67::sim::run({.seed = seed, .checking = false});
    if (first.fingerprint != second.fingerprint) {
      FAIL_CHECK("seed " << seed
                         << " ran differently the second time: a hidden clock, random "
                            "number or order");
    }
  }
  CHECK(messages > range.count * 100);
}

TEST_CASE("sim: a bug planted for each invariant is caught", "[sim][sabotage]") {
  CHECK(is_caught(Sabotage::kAckEarly, 'A'));
  CHECK(is_caught(Sabotage::kOldEpoch, 'B'));
  CHECK(is_caught(Sabotage::kObeyOldEpoch, 'B'));
  CHECK(is_caught(Sabotage::kOrderTwice, 'C'));
  CHECK(is_caught(Sabotage::kNeverStop, 'D'));
  CHECK(is_caught(Sabotage::kDropOldEarly, 'E', 4));
  CHECK(is_caught(Sabotage::kPraiseBad, 'E'));
  CHECK(is_caught(Sabotage::kAnswerTwice, 'F'));
  for (const char* forgotten :
       {"node.claim", "node.remove", "app.deploy", "app.stop", "app.remove", "settings.set"}) {
    CAPTURE(forgotten);
    CHECK(is_caught(Sabotage::kForgetAnswered, 'F', 1, std::string(forgotten) + " succeeded"));
  }
  CHECK(is_caught(Sabotage::kBendEvent, 'c'));
  CHECK(is_caught(Sabotage::kLeakEnvironment, 'G'));
  CHECK(is_caught(Sabotage::kIgnoreStops, 'L'));
}

TEST_CASE("sim: a run that depends on more than its seed is noticed", "[sim][sabotage]") {
  const auto once = a67::sim::run({.seed = 1, .sabotage = Sabotage::kHiddenClock});
  const auto again = a67::sim::run({.seed = 1, .sabotage = Sabotage::kHiddenClock});
  CHECK(once.fingerprint != again.fingerprint);
}
