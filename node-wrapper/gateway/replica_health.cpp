#include "node-wrapper/gateway/replica_health.h"

#include <algorithm>

namespace a67::gateway {

void ReplicaHealth::on_success(Instant now) {
  // Answers that were already on their way say nothing about a replica that was ejected meanwhile.
  if (is_ejected(now)) return;
  failures_in_row_ = 0;
  // It kept going for as long as it would be ejected next: earlier troubles are forgotten.
  if (next_ejection_ > base_ && now - ejected_until_ >= next_ejection_) next_ejection_ = base_;
}

bool ReplicaHealth::on_failure(Instant now) {
  if (is_ejected(now)) return false;
  ++failures_in_row_;
  return failures_in_row_ >= kFailuresToEject;
}

void ReplicaHealth::eject(Instant now) {
  next_ejection_ = std::max(next_ejection_, base_);
  ejected_until_ = now + next_ejection_;
  next_ejection_ = std::min(next_ejection_ * 2, max_);
  failures_in_row_ = kFailuresToEject - 1;
}

}  // namespace a67::gateway
