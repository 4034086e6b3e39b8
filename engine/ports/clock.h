// Wall-clock time for people and tokens; timers use Executor and Instant.
#pragma once

#include "engine/base/time.h"

namespace a67 {

class WallClock {
 public:
  virtual ~WallClock() = default;
  [[nodiscard]] virtual UnixMs unix_now() const = 0;
};

}  // namespace a67
