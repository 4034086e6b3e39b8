#include "engine/balance/policy.h"

#include <catch_amalgamated.hpp>
#include <cstdlib>
#include <map>
#include <new>
#include <string>

#include "tests/engine/balance/pool.h"

namespace a67::balance {
namespace {

using test::candidate;
using test::Pool;

std::unique_ptr<Policy> made(std::string_view name) { return make_policy(name).value(); }

std::string pick_id(Policy& policy, const Pool& pool) {
  const auto index = policy.pick(pool);
  return index ? pool[*index].id : "";
}

std::map<std::string, std::size_t> count_picks(Policy& policy, const Pool& pool,
                                               std::size_t picks) {
  std::map<std::string, std::size_t> counts;
  for (std::size_t i = 0; i < picks; ++i) ++counts[pick_id(policy, pool)];
  return counts;
}

TEST_CASE("Policy: every name makes its policy", "[balance]") {
  for (const std::string_view name : kPolicyNames) CHECK(made(name)->name() == name);
}

TEST_CASE("Policy: an unknown name is refused with the choices", "[balance]") {
  const auto policy = make_policy("random");
  REQUIRE_FALSE(policy);
  CHECK(policy.error().code == ErrorCode::kInvalidInput);
  CHECK(policy.error().field == "policy");
  CHECK(policy.error().hint == "Use one of: weighted, round-robin, least-connections, latency.");
}

TEST_CASE("Policy: weights that are not valid are refused", "[balance]") {
  CHECK_FALSE(make_policy("weighted", {.cpu = 99}));
}

TEST_CASE("Policy: picks nobody when nobody is healthy", "[balance]") {
  for (const std::string_view name : kPolicyNames) {
    const auto policy = made(name);
    CHECK_FALSE(policy->pick({}));
    Pool pool = {candidate("a"), candidate("b")};
    pool[0].healthy = pool[1].healthy = false;
    CHECK_FALSE(policy->pick(pool));
    pool[1].healthy = true;
    CHECK(policy->pick(pool) == 1);
  }
}

TEST_CASE("Policy: never picks an unhealthy candidate, whatever changes", "[balance]") {
  for (const std::string_view name : kPolicyNames) {
    for (std::uint64_t seed = 0; seed < test::kSeeds; ++seed) {
      Random random = Random::from_number(seed);
      const auto policy = made(name);
      Pool pool = test::draw_pool(random, 1 + random.below(6));
      for (int step = 0; step < 200; ++step) {
        Candidate& any = pool[random.below(pool.size())];
        any.healthy = random.below(2) == 0;
        any.signals = test::draw_signals(random);
        if (random.below(20) == 0) policy->refresh(pool);
        const auto chosen = policy->pick(pool);
        INFO(name << ", seed " << seed << ", step " << step);
        const bool some_healthy = std::ranges::any_of(pool, &Candidate::healthy);
        REQUIRE(chosen.has_value() == some_healthy);
        if (chosen) REQUIRE(pool[*chosen].healthy);
      }
    }
  }
}

TEST_CASE("Policy: the order of the candidates does not matter", "[balance]") {
  for (const std::string_view name : kPolicyNames) {
    for (std::uint64_t seed = 0; seed < test::kSeeds; ++seed) {
      Random random = Random::from_number(seed);
      const auto still = made(name);
      const auto shuffled = made(name);
      Pool pool = test::draw_pool(random, 2 + random.below(6));
      Pool other = pool;
      for (int step = 0; step < 60; ++step) {
        if (random.below(4) == 0) test::shuffle(other, random);
        INFO(name << ", seed " << seed << ", step " << step);
        REQUIRE(pick_id(*still, pool) == pick_id(*shuffled, other));
      }
    }
  }
}

TEST_CASE("Policy: the same calls give the same picks", "[balance]") {
  const auto run = [](std::string_view name, std::uint64_t seed) {
    Random random = Random::from_number(seed);
    const auto policy = made(name);
    Pool pool = test::draw_pool(random, 5);
    std::string picks;
    for (int step = 0; step < 100; ++step) {
      pool[random.below(pool.size())].signals = test::draw_signals(random);
      if (step % 10 == 0) policy->refresh(pool);
      picks += pick_id(*policy, pool) + " ";
    }
    return picks;
  };
  for (const std::string_view name : kPolicyNames) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) CHECK(run(name, seed) == run(name, seed));
  }
}

TEST_CASE("Policy: equal candidates are picked in the order of their ids", "[balance]") {
  for (const std::string_view name : kPolicyNames) {
    const auto policy = made(name);
    const Pool pool = {candidate("c"), candidate("a"), candidate("b")};
    INFO(name);
    std::string picks;
    for (int i = 0; i < 6; ++i) picks += pick_id(*policy, pool);
    CHECK(picks == "abcabc");
  }
}

TEST_CASE("Weighted: shares follow the scores", "[balance]") {
  const auto policy = made("weighted");
  // 100 and 50 points; shares 1/8 + 3/4 * 2/3 and 1/8 + 3/4 * 1/3.
  const Pool pool = {candidate("a", {.cpu_percent = 0,
                                     .memory_percent = 0,
                                     .latency_ms = 1,
                                     .connections = 0,
                                     .success_rate = 1}),
                     candidate("b")};
  auto counts = count_picks(*policy, pool, 8000);
  CHECK(counts["a"] == Catch::Approx(5000).margin(3));
  CHECK(counts["b"] == Catch::Approx(3000).margin(3));
}

TEST_CASE("Weighted: scores are taken anew by refresh only", "[balance]") {
  const auto policy = made("weighted");
  const Signals good{
      .cpu_percent = 0, .memory_percent = 0, .latency_ms = 1, .connections = 0, .success_rate = 1};
  Pool pool = {candidate("a", good), candidate("b", good)};
  count_picks(*policy, pool, 10);
  pool[0].signals = {.cpu_percent = 100,
                     .memory_percent = 100,
                     .latency_ms = 5000,
                     .connections = 500,
                     .success_rate = 0};
  CHECK(count_picks(*policy, pool, 1000)["a"] == Catch::Approx(500).margin(2));
  policy->refresh(pool);
  CHECK(count_picks(*policy, pool, 1000)["a"] < 160);
}

TEST_CASE("Weighted: all scores zero means equal shares", "[balance]") {
  const auto policy =
      make_policy("weighted",
                  {.cpu = 100, .memory = 0, .latency = 0, .connections = 0, .history = 0})
          .value();
  const Pool pool = {candidate("a", {.cpu_percent = 100}), candidate("b", {.cpu_percent = 100})};
  CHECK(count_picks(*policy, pool, 100)["a"] == 50);
}

TEST_CASE("Weighted: a returning candidate gets no burst", "[balance]") {
  const auto policy = made("weighted");
  Pool pool = {candidate("a"), candidate("b"), candidate("c")};
  count_picks(*policy, pool, 7);
  pool[1].healthy = false;
  count_picks(*policy, pool, 10'000);
  pool[1].healthy = true;
  CHECK(count_picks(*policy, pool, 30)["b"] <= 13);
}

TEST_CASE("RoundRobin: goes on where it was when others come and go", "[balance]") {
  const auto policy = made("round-robin");
  Pool pool = {candidate("b"), candidate("d"), candidate("f")};
  CHECK(pick_id(*policy, pool) == "b");
  pool.push_back(candidate("c"));
  CHECK(pick_id(*policy, pool) == "c");
  pool.erase(pool.begin() + 3);  // c
  CHECK(pick_id(*policy, pool) == "d");
  pool.erase(pool.begin() + 1);  // d
  CHECK(pick_id(*policy, pool) == "f");
  pool = {candidate("a"), candidate("b")};
  CHECK(pick_id(*policy, pool) == "a");
}

TEST_CASE("RoundRobin: remembers its place through an empty pool", "[balance]") {
  const auto policy = made("round-robin");
  const Pool pool = {candidate("a"), candidate("b"), candidate("c")};
  CHECK(pick_id(*policy, pool) == "a");
  CHECK(pick_id(*policy, {}).empty());
  CHECK(pick_id(*policy, pool) == "b");
}

TEST_CASE("LeastConnections: the one with the fewest open connections is next", "[balance]") {
  const auto policy = made("least-connections");
  Pool pool = {candidate("a", {.connections = 3}), candidate("b", {.connections = 1}),
               candidate("c", {.connections = 2})};
  CHECK(pick_id(*policy, pool) == "b");
  pool[1].signals.connections = 4;
  CHECK(pick_id(*policy, pool) == "c");
}

TEST_CASE("LeastConnections: an unknown count stands for the average", "[balance]") {
  const auto policy = made("least-connections");
  const Pool pool = {candidate("a", {.connections = 9}), candidate("b"),
                     candidate("c", {.connections = 3})};
  CHECK(pick_id(*policy, pool) == "c");
  CHECK(pick_id(*made("least-connections"), {candidate("a", {.connections = 9}), candidate("b"),
                                             candidate("c", {.connections = 9.5})}) == "a");
}

TEST_CASE("LeastConnections: time spent ill is not time spent waiting", "[balance]") {
  const auto policy = made("least-connections");
  Pool pool = {candidate("busy", {.connections = 100}), candidate("free", {.connections = 0})};
  pool[0].healthy = false;
  count_picks(*policy, pool, 1000);
  pool[0].healthy = true;
  std::string picks;
  for (int i = 0; i < 8; ++i) picks += pick_id(*policy, pool) + " ";
  CHECK(picks == "free free free free free free busy free ");
}

TEST_CASE("Latency: picks the shortest expected wait", "[balance]") {
  const auto policy = made("latency");
  Pool pool = {candidate("a", {.latency_ms = 10, .connections = 0}),
               candidate("b", {.latency_ms = 25, .connections = 0})};
  CHECK(pick_id(*policy, pool) == "a");
  pool[0].signals.connections = 3;  // 40 ms to expect
  CHECK(pick_id(*policy, pool) == "b");
}

}  // namespace
}  // namespace a67::balance
