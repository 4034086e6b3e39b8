#include "engine/balance/cheapest.h"

#include <algorithm>
#include <cmath>

namespace a67::balance {
namespace {

std::optional<double> usable(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return std::nullopt;
  return std::max(*value, 0.0);
}

}  // namespace

void CheapestPolicy::refresh(std::span<const Candidate> candidates) {
  if (!roster_.matches(candidates)) roster_.adopt(candidates, {.waiting_since = turn_});
}

std::size_t CheapestPolicy::follow_health(std::span<const Candidate> candidates) {
  std::size_t healthy = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    State& state = roster_[i].state;
    if (candidates[i].healthy) {
      ++healthy;
      // Time spent ill is not time spent waiting.
      if (!state.healthy) state.waiting_since = turn_;
    }
    state.healthy = candidates[i].healthy;
  }
  return healthy;
}

std::optional<double> CheapestPolicy::cost_of(const Candidate& candidate) const {
  const auto connections = usable(candidate.signals.connections);
  if (cost_ == Cost::kConnections) return connections;
  const auto latency_ms = usable(candidate.signals.latency_ms);
  if (!latency_ms) return std::nullopt;
  return std::max(*latency_ms, kLatencyNoiseMs) * (connections.value_or(0) + 1);
}

double CheapestPolicy::average_cost(std::span<const Candidate> candidates) const {
  double sum = 0;
  double count = 0;
  // In the order of ids: sums of doubles depend on the order, and picks must not.
  for (std::size_t rank = 0; rank < roster_.size(); ++rank) {
    const Candidate& candidate = candidates[roster_.at_rank(rank)];
    const auto cost = candidate.healthy ? cost_of(candidate) : std::nullopt;
    if (!cost) continue;
    sum += *cost;
    count += 1;
  }
  return count > 0 ? sum / count : 0;
}

bool CheapestPolicy::waited_longer(std::size_t a, std::size_t b) const {
  const std::uint64_t since_a = roster_[a].state.waiting_since;
  const std::uint64_t since_b = roster_[b].state.waiting_since;
  return since_a != since_b ? since_a < since_b : roster_[a].rank < roster_[b].rank;
}

std::optional<std::size_t> CheapestPolicy::pick(std::span<const Candidate> candidates) {
  refresh(candidates);
  const std::size_t healthy = follow_health(candidates);
  const std::uint64_t patience = (kFloorDivisor - 1) * healthy;
  const double average = average_cost(candidates);
  ++turn_;

  std::optional<std::size_t> cheapest;
  std::optional<std::size_t> overdue;
  double cheapest_cost = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (!candidates[i].healthy) continue;
    if (turn_ - roster_[i].state.waiting_since > patience &&
        (!overdue || waited_longer(i, *overdue))) {
      overdue = i;
    }
    const double cost = cost_of(candidates[i]).value_or(average);
    if (!cheapest || cost < cheapest_cost ||
        (cost == cheapest_cost && waited_longer(i, *cheapest))) {
      cheapest = i;
      cheapest_cost = cost;
    }
  }
  const auto chosen = overdue ? overdue : cheapest;
  if (chosen) roster_[*chosen].state.waiting_since = turn_;
  return chosen;
}

}  // namespace a67::balance
