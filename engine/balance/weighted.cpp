#include "engine/balance/weighted.h"

#include <cmath>

namespace a67::balance {
namespace {

// One request, in the units of shares and credits: fine enough for thousands of candidates.
constexpr std::int64_t kWhole = std::int64_t{1} << 32;

}  // namespace

void WeightedPolicy::refresh(std::span<const Candidate> candidates) {
  if (!roster_.matches(candidates)) roster_.adopt(candidates, {});
  const PoolBest best = best_of(candidates);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    roster_[i].state.score = std::llround(score(candidates[i], best, weights_).total * 1000);
  }
  follow_health(candidates);
  share_out();
}

bool WeightedPolicy::follow_health(std::span<const Candidate> candidates) {
  bool changed = false;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    State& state = roster_[i].state;
    if (state.healthy == candidates[i].healthy) continue;
    state.healthy = candidates[i].healthy;
    changed = true;
  }
  return changed;
}

void WeightedPolicy::share_out() {
  std::int64_t healthy = 0;
  std::int64_t scores = 0;
  for (const auto& entry : roster_) {
    if (!entry.state.healthy) continue;
    ++healthy;
    scores += entry.state.score;
  }
  shares_total_ = 0;
  if (healthy == 0) return;

  const std::int64_t floor_share = kWhole / (static_cast<std::int64_t>(kFloorDivisor) * healthy);
  const std::int64_t by_score = kWhole - floor_share * healthy;
  for (auto& entry : roster_) {
    State& state = entry.state;
    state.share = 0;
    if (!state.healthy) continue;
    // Divided in two steps, because by_score * score does not fit into 64 bits.
    const std::int64_t part =
        scores > 0 ? by_score / scores * state.score + by_score % scores * state.score / scores
                   : by_score / healthy;
    state.share = floor_share + part;
    shares_total_ += state.share;
  }
}

std::optional<std::size_t> WeightedPolicy::pick(std::span<const Candidate> candidates) {
  if (roster_.matches(candidates)) {
    if (follow_health(candidates)) share_out();
  } else {
    refresh(candidates);
  }
  std::optional<std::size_t> chosen;
  for (std::size_t i = 0; i < roster_.size(); ++i) {
    State& state = roster_[i].state;
    if (!state.healthy) continue;
    state.credit += state.share;
    if (!chosen) {
      chosen = i;
      continue;
    }
    const auto& leader = roster_[*chosen];
    if (state.credit > leader.state.credit ||
        (state.credit == leader.state.credit && roster_[i].rank < leader.rank)) {
      chosen = i;
    }
  }
  if (chosen) roster_[*chosen].state.credit -= shares_total_;
  return chosen;
}

}  // namespace a67::balance
