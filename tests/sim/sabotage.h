// Sabotage: one planted bug per invariant. The test of the tests: each must be caught.
#pragma once

#include <cstdint>

namespace a67::sim {

enum class Sabotage : std::uint8_t {
  kNone,
  kAckEarly,         // A: a save is acknowledged before it is kept
  kOldEpoch,         // B: the epoch of an earlier start comes back
  kObeyOldEpoch,     // B: nodes carry out orders of an engine that was replaced
  kOrderTwice,       // C: a replica is ordered to a second node as well
  kNeverStop,        // D: replicas that should go are ordered on
  kDropOldEarly,     // E: old replicas go as soon as new ones are ordered
  kPraiseBad,        // E: a replica that cannot run is reported as ready
  kAnswerTwice,      // F
  kNeverAnswer,      // F: some answers get lost on their way
  kForgetAnswered,   // F: what was answered with success is not kept
  kKeepRefused,      // F: a save that was refused is kept after all
  kBendEvent,        // contract
  kLeakEnvironment,  // G
  kIgnoreStops,      // liveness: a node keeps running what it should stop
  kHiddenClock,      // repeatability: something not drawn from the seed
};

}  // namespace a67::sim
