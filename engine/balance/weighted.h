// WeightedPolicy gives every healthy candidate a share of the requests in proportion to its score.
//
// Smooth weighted round robin: each pick every candidate is credited its share and the one with the
// most credit pays for the request, so shares are spread evenly instead of in bursts. A share is
// 1/(4n) for everyone plus 3/4 of the score's part of the sum of scores: the floor holds by
// construction.
//
// Credits are kept while candidates come and go, and stay small without any rule for it: who has
// a whole request to its credit goes before every newcomer (they start with nothing), and who is in
// debt goes after them. So nobody is overtaken for ever, and nobody returns to a burst.
//
// Whole numbers only: credits cannot drift, and every host computes the same picks.
#pragma once

#include <cstdint>

#include "engine/balance/policy.h"
#include "engine/balance/roster.h"

namespace a67::balance {

class WeightedPolicy final : public Policy {
 public:
  // REQUIRES: valid weights.
  explicit WeightedPolicy(const Weights& weights) : weights_(weights) {}

  [[nodiscard]] std::string_view name() const override { return "weighted"; }
  void refresh(std::span<const Candidate> candidates) override;
  std::optional<std::size_t> pick(std::span<const Candidate> candidates) override;

 private:
  struct State {
    std::int64_t score = 0;   // thousandths of a point
    std::int64_t share = 0;   // of kWhole
    std::int64_t credit = 0;  // of kWhole
    bool healthy = false;
  };

  // Notes who is healthy now; true when that changed.
  bool follow_health(std::span<const Candidate> candidates);
  void share_out();

  Weights weights_;
  Roster<State> roster_;
  std::int64_t shares_total_ = 0;
};

}  // namespace a67::balance
