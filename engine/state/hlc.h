// Stamps order the changes of all devices; HybridClock makes them.
//
// A hybrid logical clock (Kulkarni, Demirbas, Madappa, Avva, Leone: "Logical Physical Clocks",
// 2014): 48 bits of wall-clock milliseconds, 16 bits of counter. What happens after something we
// have seen gets a greater stamp, however wrong the clocks are; a full counter carries into the
// milliseconds.
//
// Why bounded: a device whose clock is years ahead would otherwise drag every other one along, for
// good. Such stamps are honoured (`next` can be told what it must exceed), but do not move the
// clock.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "engine/base/time.h"

namespace a67 {

inline constexpr unsigned kHlcCounterBits = 16;
// The last millisecond of the year 9999. No stamp says later; 48 bits would reach to 10889.
inline constexpr UnixMs kHlcMsMax = 253'402'300'799'999;
inline constexpr std::uint64_t kHlcMax =
    (static_cast<std::uint64_t>(kHlcMsMax) << kHlcCounterBits) | 0xffff;

// The order in which changes win: time first, then the device, so that two never tie.
struct Stamp {
  std::uint64_t hlc = 0;
  std::string device;
  auto operator<=>(const Stamp&) const = default;
};

[[nodiscard]] constexpr UnixMs ms_of(std::uint64_t hlc) {
  return static_cast<UnixMs>(hlc >> kHlcCounterBits);
}

class HybridClock {
 public:
  // Stamps of other devices further ahead of our wall clock than this do not move ours.
  static constexpr Duration kAheadMax{std::int64_t{24} * 3600 * 1000};

  // The stamp of an event of our own: greater than all before, and than `beyond`, which does not
  // move the clock when it is far ahead. 0 when the years up to 9999 are used up.
  [[nodiscard]] std::uint64_t next(UnixMs now, std::uint64_t beyond = 0);
  // Another device's event has been seen.
  void observe(std::uint64_t hlc, UnixMs now);
  // An event of our own from before a restart: counts whatever the wall clock says now.
  void restore(std::uint64_t hlc);
  [[nodiscard]] std::uint64_t last() const { return last_; }

 private:
  std::uint64_t last_ = 0;
};

}  // namespace a67
