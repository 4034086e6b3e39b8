// Dice: every chance of a simulated world, drawn from its seed alone (SplitMix64).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/base/time.h"

namespace a67::sim {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31U);
  }
  // Uniform in [0, limit). REQUIRES: limit > 0.
  std::uint64_t below(std::uint64_t limit) { return next() % limit; }
  bool chance(double share) {
    return static_cast<double>(next() >> 11U) < share * static_cast<double>(1ULL << 53U);
  }
  // Uniform in [low, high], in milliseconds.
  Duration between(Duration low, Duration high) {
    const auto span = static_cast<std::uint64_t>((high - low).count()) + 1;
    return low + Duration(static_cast<Duration::rep>(below(span)));
  }
  template <class T>
  const T& pick(const std::vector<T>& choices) {
    return choices[static_cast<std::size_t>(below(choices.size()))];
  }
  // Independent of how much is drawn from this one afterwards.
  Dice fork() { return Dice(next()); }

 private:
  std::uint64_t state_;
};

}  // namespace a67::sim
