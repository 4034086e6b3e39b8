#include "engine/balance/round_robin.h"

namespace a67::balance {

void RoundRobinPolicy::refresh(std::span<const Candidate> candidates) {
  if (roster_.matches(candidates)) return;
  if (next_rank_ > 0) last_ = roster_[roster_.at_rank(next_rank_ - 1)].id;
  roster_.adopt(candidates, {});
  next_rank_ = 0;
  while (next_rank_ < roster_.size() && roster_[roster_.at_rank(next_rank_)].id <= last_) {
    ++next_rank_;
  }
}

std::optional<std::size_t> RoundRobinPolicy::pick(std::span<const Candidate> candidates) {
  refresh(candidates);
  const std::size_t count = roster_.size();
  for (std::size_t step = 0; step < count; ++step) {
    const std::size_t rank = (next_rank_ + step) % count;
    const std::size_t index = roster_.at_rank(rank);
    if (!candidates[index].healthy) continue;
    next_rank_ = rank + 1;
    return index;
  }
  return std::nullopt;
}

}  // namespace a67::balance
