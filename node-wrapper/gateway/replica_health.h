// ReplicaHealth decides whether a replica gets requests, from how its last ones went (passive
// ejection).
//
// Pure: time comes in. Two failures in a row eject for `base`, which doubles with every further
// ejection up to `max`. It never looks at the other replicas: that the last one stays is the
// caller's rule.
//
// Why one failure is enough right after an ejection: the replica has not shown that it recovered,
// and each try costs some client a retry.
#pragma once

#include <cstdint>

#include "engine/base/time.h"

namespace a67::gateway {

class ReplicaHealth {
 public:
  static constexpr int kFailuresToEject = 2;

  ReplicaHealth(Duration base, Duration max) : base_(base), max_(max) {}

  void on_success(Instant now);
  // True when this failure asks for an ejection; eject() does it.
  [[nodiscard]] bool on_failure(Instant now);
  void eject(Instant now);
  [[nodiscard]] bool is_ejected(Instant now) const { return now < ejected_until_; }
  [[nodiscard]] Instant ejected_until() const { return ejected_until_; }

 private:
  Duration base_;
  Duration max_;
  int failures_in_row_ = 0;
  Duration next_ejection_{0};
  Instant ejected_until_ = Instant::min();
};

}  // namespace a67::gateway
