// Policy picks who gets the next request, from candidates that come and go.
//
// It is deterministic (same calls, same picks), remembers candidates by id (their order in the span
// does not matter), and breaks ties by id. It reads no clock and draws no random number.
//
// Nobody starves: each healthy candidate gets at least its floor share of 1/(4n) of the picks, n
// being the number of healthy ones, whatever its signals say. So a candidate that looked bad once
// is tried again and can show that it recovered, and a wrong measurement can never take a replica
// out of service. The exact bound over any window of N picks during which the healthy set stays the
// same:
//   weighted   at least N/(4n) - picks_owed_max(n)
//   others     at least floor(N/(4n))
// Coming and going of others does not make a candidate starve either (tests/engine/balance says by
// how much).
//
// When nobody is healthy it returns nothing: it does not "fail open". Whether a doubtful candidate
// should still be tried is known to the caller only (the gateway never ejects the last replica, so
// it never gets here).
//
// pick() does not allocate unless the ids changed since the last call. It costs O(n).
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "engine/balance/score.h"
#include "engine/base/result.h"

namespace a67::balance {

inline constexpr std::array<std::string_view, 4> kPolicyNames = {"weighted", "round-robin",
                                                                 "least-connections", "latency"};

// A healthy candidate's floor share is 1 / (kFloorDivisor * healthy candidates).
inline constexpr std::size_t kFloorDivisor = 4;

// How many picks a candidate of `weighted` can be behind its exact share: H(n), the bound of the
// "cup game" in which one unit is poured each turn and the fullest cup is emptied by one, and 3
// more that a window can start with after the healthy set changed.
inline double picks_owed_max(std::size_t healthy) {
  double owed = 3;
  for (std::size_t i = 1; i <= healthy; ++i) owed += 1.0 / static_cast<double>(i);
  return owed;
}

class Policy {
 public:
  Policy() = default;
  Policy(const Policy&) = delete;
  Policy& operator=(const Policy&) = delete;
  virtual ~Policy() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;

  // Looks at all signals again. Only `weighted` needs it: its scores stay as they are between two
  // calls. Call it once a second or so; pick() follows health, and ids that come and go, by itself.
  virtual void refresh(std::span<const Candidate> candidates) = 0;

  // The index of the chosen candidate; nothing when none is healthy. To leave one out of a single
  // pick (a retry elsewhere), pass it as not healthy.
  virtual std::optional<std::size_t> pick(std::span<const Candidate> candidates) = 0;
};

// `kInvalidInput` for an unknown name or weights that are not valid.
Result<std::unique_ptr<Policy>> make_policy(std::string_view name, const Weights& weights = {});

}  // namespace a67::balance
