// Time as values. The engine never reads a clock: `now` comes in as an argument.
#pragma once

#include <chrono>
#include <cstdint>

namespace a67 {

using Duration = std::chrono::milliseconds;

// Names our monotonic time line; it has no now(), on purpose.
struct EngineClock {
  using rep = std::int64_t;
  using period = std::milli;
  using duration = Duration;
  using time_point = std::chrono::time_point<EngineClock>;
  static constexpr bool is_steady = true;
};

// Milliseconds since an arbitrary start; never goes backwards.
using Instant = EngineClock::time_point;

// Milliseconds since 1970-01-01 UTC, of the wall clock: for people and for tokens, never for
// timers.
using UnixMs = std::int64_t;

}  // namespace a67
