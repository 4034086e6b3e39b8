#include "engine/balance/explain.h"

#include <algorithm>
#include <catch_amalgamated.hpp>
#include <vector>

#include "tests/engine/balance/pool.h"

namespace a67::balance {
namespace {

using test::candidate;
using test::Pool;

TEST_CASE("Explain: names the two strongest reasons against the next best", "[balance]") {
  const Pool pool = {candidate("beta", {.cpu_percent = 65,
                                        .memory_percent = 50,
                                        .latency_ms = 40,
                                        .connections = 2,
                                        .success_rate = 1}),
                     candidate("alpha", {.cpu_percent = 20,
                                         .memory_percent = 50,
                                         .latency_ms = 12,
                                         .connections = 2,
                                         .success_rate = 1}),
                     candidate("poor", {.cpu_percent = 100, .memory_percent = 100})};
  CHECK(explain(pool, 1, {}) ==
        "alpha scores 82 of 100, 28 more than beta: "
        "faster answers (12 ms against 40 ms) and "
        "more free CPU (80 % against 35 %).");
}

TEST_CASE("Explain: tells when the next best is better", "[balance]") {
  const Pool pool = {candidate("a", {.memory_percent = 80, .success_rate = 0.5}),
                     candidate("b", {.memory_percent = 20, .success_rate = 1})};
  CHECK(explain(pool, 0, {}) ==
        "a scores 43 of 100, 20 fewer than b, which "
        "has more free memory (80 % against 20 %) and "
        "fewer failed requests (0 % against 50 %).");
}

TEST_CASE("Explain: tells when two are equal", "[balance]") {
  const Pool pool = {candidate("a"), candidate("b")};
  CHECK(explain(pool, 1, {}) == "b scores 50 of 100, about as much as a.");
}

TEST_CASE("Explain: an only candidate is said to be the only one", "[balance]") {
  Pool pool = {candidate("a"), candidate("b")};
  pool[1].healthy = false;
  CHECK(explain(pool, 0, {}) == "a scores 50 of 100 and is the only one to choose from.");
}

TEST_CASE("Explain: uses names instead of ids when given", "[balance]") {
  const Pool pool = {candidate("n-1", {.connections = 0}), candidate("n-2", {.connections = 9})};
  const std::vector<std::string> names = {"laptop", "server"};
  CHECK(explain(pool, 0, {}, names) ==
        "laptop scores 58 of 100, 14 more than server: fewer connections (0 "
        "against 9).");
}

TEST_CASE("Explain: does not invent numbers for unknown signals", "[balance]") {
  const Pool pool = {candidate("a", {.cpu_percent = 0}), candidate("b")};
  CHECK(explain(pool, 0, {}) == "a scores 65 of 100, 15 more than b: a known good cpu.");
  const Pool bad = {candidate("a", {.cpu_percent = 100}), candidate("b")};
  CHECK(explain(bad, 1, {}) == "b scores 50 of 100, 15 more than a: no bad news about cpu.");
}

TEST_CASE("Explain: small latencies keep a decimal", "[balance]") {
  const Pool pool = {candidate("a", {.latency_ms = 2.5}), candidate("b", {.latency_ms = 8.25})};
  CHECK(explain(pool, 0, {}).find("(2.5 ms against 8.2 ms)") != std::string::npos);
}

TEST_CASE("Explain: is one sentence whatever the pool", "[balance]") {
  for (std::uint64_t seed = 0; seed < test::kSeeds; ++seed) {
    Random random = Random::from_number(seed);
    const Pool pool = test::draw_pool(random, 1 + random.below(6));
    const std::size_t chosen = random.below(pool.size());
    const std::string text = explain(pool, chosen, {});
    INFO("seed " << seed << ": " << text);
    CHECK(text.starts_with(pool[chosen].id + " scores "));
    CHECK(text.ends_with("."));
    CHECK(text.size() < 250);
  }
}

}  // namespace
}  // namespace a67::balance
