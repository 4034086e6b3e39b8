#include "engine/state/hlc.h"

#include <algorithm>

namespace a67 {
namespace {

// A wall clock that names no time a stamp can hold counts as 1970: the counter goes on without it.
std::uint64_t wall(UnixMs now) {
  return now < 0 || now >= kHlcMsMax ? 0 : static_cast<std::uint64_t>(now) << kHlcCounterBits;
}

bool far_ahead(std::uint64_t hlc, UnixMs now) {
  const auto limit = static_cast<std::uint64_t>(HybridClock::kAheadMax.count()) << kHlcCounterBits;
  return hlc > wall(now) && hlc - wall(now) > limit;
}

}  // namespace

std::uint64_t HybridClock::next(UnixMs now, std::uint64_t beyond) {
  const std::uint64_t own = std::max(last_ + 1, wall(now));
  if (beyond < own) {
    if (own > kHlcMax) return 0;
    last_ = own;
    return own;
  }
  if (beyond >= kHlcMax) return 0;
  if (far_ahead(beyond, now)) {
    last_ = std::min(own, kHlcMax);
  } else {
    last_ = beyond + 1;
  }
  return beyond + 1;
}

void HybridClock::observe(std::uint64_t hlc, UnixMs now) {
  if (!far_ahead(hlc, now)) restore(hlc);
}

void HybridClock::restore(std::uint64_t hlc) { last_ = std::max(last_, std::min(hlc, kHlcMax)); }

}  // namespace a67
