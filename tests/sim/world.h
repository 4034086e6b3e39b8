// World: one simulated run of the whole engine, drawn from one seed.
//
// It has two parts. First everything fails that may fail, while a person works; the invariants must
// hold all the time (safety). Then nothing fails any more, and within a bounded time everything
// must be as it was asked for (liveness).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/invariants.h"
#include "tests/sim/person.h"

namespace a67::sim {

struct Outcome {
  std::uint64_t fingerprint = 0;  // of every message the engine sent, and when
  std::vector<std::string> violations;
  std::size_t messages = 0;
  Duration time{0};
};

struct WorldOptions {
  std::uint64_t seed = 1;
  Sabotage sabotage = Sabotage::kNone;
  // Off: the same run, without looking.
  bool checking = true;
};

Outcome run(const WorldOptions& options);

// Worlds in which nothing fails and only the network is slow.
bool is_calm(std::uint64_t seed);

}  // namespace a67::sim
