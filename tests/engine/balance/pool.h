// Pools of candidates for tests: by hand, and drawn from a seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/balance/score.h"
#include "engine/base/random.h"

namespace a67::balance::test {

using Pool = std::vector<Candidate>;

// How many seeds a property is tried with.
inline constexpr std::uint64_t kSeeds = 300;

inline Candidate candidate(std::string id, Signals signals = {}) {
  return {.id = std::move(id), .signals = signals};
}

// Uniform in [0, max), in steps of a 1/1000.
inline double draw(Random& random, double max) {
  return static_cast<double>(random.below(1000)) / 1000.0 * max;
}

inline Signals draw_signals(Random& random) {
  Signals signals;
  // One in eight signals is unknown.
  const auto known = [&] { return random.below(8) != 0; };
  if (known()) signals.cpu_percent = draw(random, 100);
  if (known()) signals.memory_percent = draw(random, 100);
  if (known()) signals.latency_ms = draw(random, 500);
  if (known()) signals.connections = static_cast<double>(random.below(200));
  if (known()) signals.success_rate = draw(random, 1);
  return signals;
}

inline Pool draw_pool(Random& random, std::size_t count) {
  Pool pool;
  for (std::size_t i = 0; i < count; ++i) {
    pool.push_back(candidate("n-" + random.make_name(6), draw_signals(random)));
  }
  return pool;
}

template <class T>
void shuffle(std::vector<T>& items, Random& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.below(i)]);
}

}  // namespace a67::balance::test
