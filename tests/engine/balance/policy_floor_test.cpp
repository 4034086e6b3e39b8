// The promise that nobody starves, tried with many pools; and that picking does
// not allocate.
#include <algorithm>
#include <catch_amalgamated.hpp>
#include <cstdlib>
#include <new>

#include "engine/balance/policy.h"
#include "tests/engine/balance/pool.h"

namespace {
std::size_t allocations = 0;
}

// NOLINTBEGIN(misc-definitions-in-headers): counts what the program allocates.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
// NOLINTEND(misc-definitions-in-headers)

namespace a67::balance {
namespace {

using test::Pool;

// Signals as bad or as good as they come: the hardest pools for fairness.
Signals draw_extreme(Random& random) {
  constexpr Signals kBest{
      .cpu_percent = 0, .memory_percent = 0, .latency_ms = 0, .connections = 0, .success_rate = 1};
  constexpr Signals kWorst{.cpu_percent = 100,
                           .memory_percent = 100,
                           .latency_ms = 60'000,
                           .connections = 100'000,
                           .success_rate = 0};
  switch (random.below(3)) {
    case 0:
      return kBest;
    case 1:
      return kWorst;
    default:
      return test::draw_signals(random);
  }
}

Pool draw_extreme_pool(Random& random, std::size_t count) {
  Pool pool = test::draw_pool(random, count);
  for (Candidate& member : pool) member.signals = draw_extreme(random);
  return pool;
}

// The fewest picks of `id` in any window of `window` consecutive picks.
std::size_t fewest_in_window(const std::vector<std::size_t>& picks, std::size_t id,
                             std::size_t window) {
  std::size_t inside = 0;
  std::size_t fewest = window;
  for (std::size_t at = 0; at < picks.size(); ++at) {
    if (picks[at] == id) ++inside;
    if (at >= window && picks[at - window] == id) --inside;
    if (at + 1 >= window) fewest = std::min(fewest, inside);
  }
  return fewest;
}

double promised(std::string_view policy, std::size_t window, std::size_t healthy) {
  const double share = static_cast<double>(window) / static_cast<double>(kFloorDivisor * healthy);
  return policy == "weighted" ? share - picks_owed_max(healthy) : std::floor(share);
}

TEST_CASE("Policy: every healthy candidate has its floor share in every window", "[balance]") {
  for (const std::string_view name : kPolicyNames) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
      Random random = Random::from_number(seed);
      const auto policy = make_policy(name).value();
      const std::size_t count = 1 + random.below(9);
      Pool pool = draw_extreme_pool(random, count);
      std::vector<std::size_t> picks;
      for (std::size_t turn = 0; turn < 80 * count; ++turn) {
        // The signals change all the time, and mostly to extremes.
        if (turn % 7 == 0) pool[random.below(count)].signals = draw_extreme(random);
        if (turn % 11 == 0) policy->refresh(pool);
        picks.push_back(policy->pick(pool).value());
      }
      for (const std::size_t window : {kFloorDivisor * count, 40 * count}) {
        for (std::size_t i = 0; i < count; ++i) {
          INFO(name << ", seed " << seed << ", n " << count << ", window " << window);
          REQUIRE(static_cast<double>(fewest_in_window(picks, i, window)) >=
                  promised(name, window, count));
        }
      }
    }
  }
}

TEST_CASE(
    "Policy: the worst candidate gets at least a twentieth of its equal "
    "share times five",
    "[balance]") {
  for (const std::string_view name : kPolicyNames) {
    const auto policy = make_policy(name).value();
    Pool pool = {test::candidate("best", {.cpu_percent = 0,
                                          .memory_percent = 0,
                                          .latency_ms = 1,
                                          .connections = 0,
                                          .success_rate = 1}),
                 test::candidate("worst", {.cpu_percent = 100,
                                           .memory_percent = 100,
                                           .latency_ms = 9000,
                                           .connections = 900,
                                           .success_rate = 0})};
    std::size_t worst = 0;
    for (int i = 0; i < 8000; ++i) worst += policy->pick(pool).value() == 1 ? 1 : 0;
    INFO(name);
    CHECK(worst >= 1000);
  }
}

TEST_CASE("Policy: coming and going of others does not starve who stays", "[balance]") {
  constexpr std::size_t kHealthyMax = 6;
  constexpr std::size_t kTurns = 6000;
  for (const std::string_view name : kPolicyNames) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
      Random random = Random::from_number(seed);
      const auto policy = make_policy(name).value();
      // Between every two picks somebody leaves, comes, falls ill or recovers.
      const std::uint64_t calm = 1 + random.below(5);
      Pool pool = draw_extreme_pool(random, 1 + random.below(kHealthyMax));
      const std::string stays = pool[0].id;
      pool[0].signals = draw_extreme(random);
      std::size_t picked = 0;
      for (std::size_t turn = 0; turn < kTurns; ++turn) {
        if (turn % calm == 0 && pool.size() > 1) {
          Candidate& other = pool[1 + random.below(pool.size() - 1)];
          if (random.below(2) == 0) {
            other.healthy = !other.healthy;
          } else {
            other = test::candidate("n-" + random.make_name(6), draw_extreme(random));
          }
        }
        picked += policy->pick(pool).value() == 0 ? 1 : 0;
      }
      INFO(name << ", seed " << seed << ", pool of " << pool.size());
      CHECK(pool[0].id == stays);
      CHECK(static_cast<double>(picked) >= promised(name, kTurns, pool.size()));
    }
  }
}

TEST_CASE("Policy: picking does not allocate", "[balance]") {
  for (const std::string_view name : kPolicyNames) {
    Random random = Random::from_number(7);
    const auto policy = make_policy(name).value();
    Pool pool = test::draw_pool(random, 12);
    for (Candidate& member : pool) member.id += "-an-id-too-long-for-the-small-string";
    policy->refresh(pool);
    const std::size_t before = allocations;
    for (std::size_t turn = 0; turn < 1000; ++turn) {
      pool[turn % pool.size()].healthy = turn % 3 != 0;
      pool[turn % pool.size()].signals.connections = static_cast<double>(turn);
      policy->pick(pool);
    }
    CHECK(allocations == before);
  }
}

}  // namespace
}  // namespace a67::balance
