// The two clocks of this machine, for hosts; the engine gets their values as arguments.
#pragma once

#include <chrono>

#include "engine/base/time.h"

namespace a67 {

inline Instant steady_now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return Instant(std::chrono::duration_cast<Duration>(now));
}

inline UnixMs unix_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<Duration>(now).count();
}

}  // namespace a67
