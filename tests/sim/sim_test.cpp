// The simulation: many seeds, each run twice. How to reproduce a seed is printed when it fails.
#include <catch_amalgamated.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/sim/world.h"

namespace {

using a67::sim::Outcome;
using a67::sim::Sabotage;

std::uint64_t number_in(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? fallback : std::strtoull(text, nullptr, 10);
}

struct Seeds {
  std::uint64_t first = 1;
  std::uint64_t count = 2000;
};

// Where the seeds of a base begin: a commit's hash is a number already, other text is hashed.
std::uint64_t begin_of(const std::string& base) {
  const std::string head = base.substr(0, 12);
  if (head.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos) {
    return std::strtoull(head.c_str(), nullptr, 16);
  }
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : base) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash >> 16U;
}

// A67_SEED=n runs exactly that one; A67_SEEDS=n so many; A67_SEED_BASE (a commit's hash, or any
// text) where they begin, so that every commit is tried with seeds of its own; A67_SEEDS_SHARE=2/4
// only the second quarter of them.
Seeds seeds() {
  if (const auto only = number_in("A67_SEED", 0)) return {.first = only, .count = 1};
  const char* base = std::getenv("A67_SEED_BASE");
  const std::uint64_t first = 1 + begin_of(base == nullptr ? "" : base);
  const std::uint64_t count = number_in("A67_SEEDS", 2000);
  const char* text = std::getenv("A67_SEEDS_SHARE");
  const std::string share = text == nullptr ? "1/1" : text;
  const std::uint64_t part = std::strtoull(share.c_str(), nullptr, 10);
  const std::uint64_t parts = std::strtoull(share.substr(share.find('/') + 1).c_str(), nullptr, 10);
  REQUIRE((part >= 1 && part <= parts));
  const std::uint64_t begin = count * (part - 1) / parts;
  return {.first = first + begin, .count = count * part / parts - begin};
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
  std::printf("%llu seeds from %llu\n", static_cast<unsigned long long>(range.count),
              static_cast<unsigned long long>(range.first));
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
  CHECK(messages >= range.count * 100);
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
  CHECK(is_caught(Sabotage::kNeverAnswer, 'F', 1, "never answered"));
  for (const char* forgotten :
       {"node.claim", "node.remove", "app.deploy", "app.stop", "app.remove", "settings.set"}) {
    CAPTURE(forgotten);
    CHECK(is_caught(Sabotage::kForgetAnswered, 'F', 1, std::string(forgotten) + " succeeded"));
  }
  CHECK(is_caught(Sabotage::kKeepRefused, 'F', 1, "refused"));
  CHECK(is_caught(Sabotage::kBendEvent, 'c'));
  CHECK(is_caught(Sabotage::kLeakEnvironment, 'G'));
  CHECK(is_caught(Sabotage::kIgnoreStops, 'L'));
}

TEST_CASE("sim: a run that depends on more than its seed is noticed", "[sim][sabotage]") {
  const auto once = a67::sim::run({.seed = 1, .sabotage = Sabotage::kHiddenClock});
  const auto again = a67::sim::run({.seed = 1, .sabotage = Sabotage::kHiddenClock});
  CHECK(once.fingerprint != again.fingerprint);
}
