#include "engine/state/hlc.h"

#include <catch_amalgamated.hpp>

using namespace a67;

namespace {

constexpr UnixMs kNow = 1'790'000'000'000;
constexpr UnixMs kYear = std::int64_t{365} * 24 * 3600 * 1000;

std::uint64_t at(UnixMs ms) { return static_cast<std::uint64_t>(ms) << kHlcCounterBits; }

}  // namespace

TEST_CASE("HybridClock: the first stamp is the wall clock's", "[hlc]") {
  HybridClock clock;
  CHECK(clock.next(kNow) == at(kNow));
}

TEST_CASE("HybridClock: stamps grow while the wall clock stands or goes back", "[hlc]") {
  HybridClock clock;
  std::uint64_t before = clock.next(kNow);
  for (const UnixMs now : {kNow, kNow - 5, kNow - 10 * kYear, UnixMs{0}, UnixMs{-7}, kNow + 1}) {
    const std::uint64_t stamp = clock.next(now);
    CHECK(stamp > before);
    before = stamp;
  }
  CHECK(before == at(kNow + 1));
}

TEST_CASE("HybridClock: a full counter carries into the milliseconds", "[hlc]") {
  HybridClock clock;
  clock.restore(at(kNow) | 0xffff);
  CHECK(clock.next(kNow) == at(kNow + 1));
}

TEST_CASE("HybridClock: what follows another device's event is newer, even hours ahead", "[hlc]") {
  HybridClock clock;
  clock.observe(at(kNow + 23 * 3600 * 1000), kNow);
  CHECK(clock.next(kNow) > at(kNow + 23 * 3600 * 1000));
}

TEST_CASE("HybridClock: a device years ahead does not drag the clock along", "[hlc]") {
  HybridClock clock;
  clock.observe(at(kNow + 10 * kYear), kNow);
  CHECK(clock.next(kNow) == at(kNow));
  SECTION("yet what overwrites its change is newer than it") {
    CHECK(clock.next(kNow, at(kNow + 10 * kYear)) == at(kNow + 10 * kYear) + 1);
    CHECK(ms_of(clock.next(kNow)) == kNow);
  }
}

TEST_CASE("HybridClock: stamps of our own count after a restart, whatever the wall clock says",
          "[hlc]") {
  HybridClock clock;
  clock.restore(at(kNow + 10 * kYear));
  CHECK(clock.next(kNow) == at(kNow + 10 * kYear) + 1);
}

TEST_CASE("HybridClock: at the end of all years it says so instead of wrapping round", "[hlc]") {
  HybridClock clock;
  CHECK(clock.next(kNow, kHlcMax) == 0);
  clock.restore(~std::uint64_t{0});
  CHECK(clock.last() == kHlcMax);
  CHECK(clock.next(kNow) == 0);
  HybridClock odd;
  CHECK(odd.next(kHlcMsMax + 5) == 1);
}

TEST_CASE("Stamp: time decides first, then the device", "[hlc]") {
  CHECK(Stamp{2, "a"} > Stamp{1, "b"});
  CHECK(Stamp{2, "b"} > Stamp{2, "a"});
}
