#include "engine/balance/score.h"

#include <catch_amalgamated.hpp>
#include <cmath>
#include <limits>

#include "tests/engine/balance/pool.h"

namespace a67::balance {
namespace {

using test::candidate;
using test::Pool;

constexpr Signals kIdle{
    .cpu_percent = 0, .memory_percent = 0, .latency_ms = 2, .connections = 0, .success_rate = 1};

double total_of(const Pool& pool, std::size_t i, const Weights& weights = {}) {
  return score(pool[i], pool, weights).total;
}

TEST_CASE("Score: a perfect candidate has 100 points", "[balance]") {
  const Pool pool = {candidate("a", kIdle)};
  CHECK(total_of(pool, 0) == Catch::Approx(100));
}

TEST_CASE("Score: the default weights are the product's", "[balance]") {
  const Pool pool = {candidate("a", kIdle)};
  const Score result = score(pool[0], pool, {});
  CHECK(result.terms[0].points == Catch::Approx(30));
  CHECK(result.terms[1].points == Catch::Approx(25));
  CHECK(result.terms[2].points == Catch::Approx(20));
  CHECK(result.terms[3].points == Catch::Approx(15));
  CHECK(result.terms[4].points == Catch::Approx(10));
}

TEST_CASE("Score: each signal earns its share of its weight", "[balance]") {
  Pool pool = {candidate("a", {.cpu_percent = 75,
                               .memory_percent = 40,
                               .latency_ms = 40,
                               .connections = 9,
                               .success_rate = 0.9}),
               candidate("b", {.latency_ms = 10, .connections = 4})};
  const Score result = score(pool[0], pool, {});
  CHECK(result.terms[0].points == Catch::Approx(7.5));
  CHECK(result.terms[1].points == Catch::Approx(15));
  CHECK(result.terms[2].points == Catch::Approx(5));
  CHECK(result.terms[3].points == Catch::Approx(7.5));
  CHECK(result.terms[4].points == Catch::Approx(9));
  CHECK(result.total == Catch::Approx(44));
}

TEST_CASE("Score: latency does not depend on the scale", "[balance]") {
  const Pool fast = {candidate("a", {.latency_ms = 4}), candidate("b", {.latency_ms = 12})};
  const Pool slow = {candidate("a", {.latency_ms = 400}), candidate("b", {.latency_ms = 1200})};
  CHECK(total_of(fast, 1) == Catch::Approx(total_of(slow, 1)));
}

TEST_CASE("Score: latencies under a millisecond are all the best", "[balance]") {
  const Pool pool = {candidate("a", {.latency_ms = 0}), candidate("b", {.latency_ms = 0.9})};
  CHECK(total_of(pool, 0) == total_of(pool, 1));
}

TEST_CASE("Score: an unhealthy candidate does not set the standard", "[balance]") {
  Pool pool = {candidate("a", {.latency_ms = 50}), candidate("b", {.latency_ms = 1})};
  pool[1].healthy = false;
  CHECK(score(pool[0], pool, {}).terms[2].points == Catch::Approx(20));
}

TEST_CASE("Score: unknown signals earn half their weight and say so", "[balance]") {
  const Pool pool = {candidate("a"), candidate("b", {.latency_ms = 10, .connections = 4})};
  const Score result = score(pool[0], pool, {});
  CHECK(result.total == Catch::Approx(50));
  for (const Term& term : result.terms) CHECK_FALSE(term.known);

  Pool stated = pool;
  stated[0].signals = {.cpu_percent = result.terms[0].value,
                       .memory_percent = result.terms[1].value,
                       .latency_ms = result.terms[2].value,
                       .connections = result.terms[3].value,
                       .success_rate = result.terms[4].value};
  CHECK(total_of(stated, 0) == Catch::Approx(50));
}

TEST_CASE("Score: numbers that are not finite count as unknown", "[balance]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  const Pool pool = {candidate("a", {.cpu_percent = nan,
                                     .memory_percent = infinity,
                                     .latency_ms = nan,
                                     .connections = -infinity,
                                     .success_rate = nan})};
  CHECK(total_of(pool, 0) == Catch::Approx(50));
}

TEST_CASE("Score: values beyond their range are clamped", "[balance]") {
  const Pool pool = {candidate("a", {.cpu_percent = 900,
                                     .memory_percent = -5,
                                     .latency_ms = -1,
                                     .connections = -3,
                                     .success_rate = 7})};
  const Score result = score(pool[0], pool, {});
  CHECK(result.terms[0].points == 0);
  CHECK(result.total == Catch::Approx(70));
}

// Makes one signal better by a random amount.
void improve(Signals& signals, std::size_t which, Random& random) {
  const auto lower = [&](std::optional<double>& value) {
    if (value) value = *value * test::draw(random, 1);
  };
  switch (which) {
    case 0:
      return lower(signals.cpu_percent);
    case 1:
      return lower(signals.memory_percent);
    case 2:
      return lower(signals.latency_ms);
    case 3:
      return lower(signals.connections);
    default:
      if (signals.success_rate) {
        signals.success_rate = 1 - (1 - *signals.success_rate) * test::draw(random, 1);
      }
  }
}

TEST_CASE("Score: a better signal never lowers the score", "[balance]") {
  for (std::uint64_t seed = 0; seed < test::kSeeds; ++seed) {
    Random random = Random::from_number(seed);
    Pool pool = test::draw_pool(random, 1 + random.below(8));
    const std::size_t i = random.below(pool.size());
    for (std::size_t which = 0; which < kSignalCount; ++which) {
      const double before = total_of(pool, i);
      improve(pool[i].signals, which, random);
      INFO("seed " << seed << ", signal " << which);
      CHECK(total_of(pool, i) >= before - 1e-9);
    }
  }
}

TEST_CASE("Score: the total is the sum of its terms and within 0..100", "[balance]") {
  for (std::uint64_t seed = 0; seed < test::kSeeds; ++seed) {
    Random random = Random::from_number(seed);
    const Pool pool = test::draw_pool(random, 5);
    for (const Candidate& member : pool) {
      const Score result = score(member, pool, {});
      double sum = 0;
      for (const Term& term : result.terms) {
        CHECK(term.points >= 0);
        CHECK(term.points <= term.weight + 1e-9);
        sum += term.points;
      }
      CHECK(result.total == Catch::Approx(sum));
      CHECK(result.total <= 100 + 1e-9);
    }
  }
}

TEST_CASE("Weights: must add up to 100", "[balance]") {
  CHECK(validate({}).has_value());
  CHECK(validate({.cpu = 100, .memory = 0, .latency = 0, .connections = 0, .history = 0}));
  const auto wrong = validate({.cpu = 31});
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == ErrorCode::kInvalidInput);
  CHECK(wrong.error().field == "weights");
  CHECK(wrong.error().message == "The weights add up to 101 percent instead of 100.");
}

TEST_CASE("Weights: each is from 0 to 100", "[balance]") {
  const auto negative = validate({.cpu = -10, .memory = 65});
  REQUIRE_FALSE(negative);
  CHECK(negative.error().field == "weights.cpu");
  const auto large =
      validate({.cpu = 30, .memory = 25, .latency = 20, .connections = 15, .history = 101});
  REQUIRE_FALSE(large);
  CHECK(large.error().field == "weights.history");
}

TEST_CASE("Signal: names are the contract's", "[balance]") {
  CHECK(to_string(Signal::kCpu) == "cpu");
  CHECK(to_string(Signal::kMemory) == "memory");
  CHECK(to_string(Signal::kLatency) == "latency");
  CHECK(to_string(Signal::kConnections) == "connections");
  CHECK(to_string(Signal::kHistory) == "history");
}

}  // namespace
}  // namespace a67::balance
