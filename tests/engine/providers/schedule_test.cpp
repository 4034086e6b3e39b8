#include "engine/providers/schedule.h"

#include <catch_amalgamated.hpp>

using namespace a67;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

constexpr Instant kBegin{Duration{1'000'000}};

RateSchedule limited() {
  RateSchedule schedule;
  schedule.set_limits(Json::parse(R"([{"bucket": "create", "count": 2, "seconds": 3600},
                                      {"bucket": "call", "count": 5, "seconds": 60}])"));
  return schedule;
}

}  // namespace

TEST_CASE("RateSchedule: a bucket's window is waited for, not run into", "[providers]") {
  RateSchedule schedule = limited();
  schedule.count("create", kBegin);
  CHECK(schedule.earliest("create", kBegin + seconds(1)) == kBegin + seconds(1));
  schedule.count("create", kBegin + seconds(10));
  CHECK(schedule.earliest("create", kBegin + seconds(11)) == kBegin + hours(1));
  SECTION("and the window slides") {
    schedule.count("create", kBegin + hours(1));
    CHECK(schedule.earliest("create", kBegin + hours(1)) == kBegin + hours(1) + seconds(10));
  }
  SECTION("other buckets go on") {
    CHECK(schedule.earliest("read", kBegin + seconds(11)) == kBegin + seconds(11));
  }
}

TEST_CASE("RateSchedule: every request counts against the limit of all calls", "[providers]") {
  RateSchedule schedule = limited();
  for (int at = 0; at < 5; ++at) schedule.count("read", kBegin + seconds(at));
  CHECK(schedule.earliest("read", kBegin + seconds(5)) == kBegin + seconds(60));
  CHECK(schedule.earliest("create", kBegin + seconds(5)) == kBegin + seconds(60));
}

TEST_CASE("RateSchedule: what the provider says holds", "[providers]") {
  RateSchedule schedule = limited();
  schedule.hold_until("read", kBegin + seconds(30));
  CHECK(schedule.earliest("read", kBegin) == kBegin + seconds(30));
  CHECK(schedule.earliest("create", kBegin) == kBegin);
  schedule.hold_until("read", kBegin + seconds(10));
  CHECK(schedule.earliest("read", kBegin) == kBegin + seconds(30));
  CHECK(schedule.earliest("read", kBegin + seconds(31)) == kBegin + seconds(31));
}

TEST_CASE("RateSchedule: limits that make no sense are none", "[providers]") {
  RateSchedule schedule;
  schedule.set_limits(
      Json::parse(R"([{"bucket": "call", "count": 0, "seconds": 60}, {"count": -1}, 7])"));
  for (int at = 0; at < 100; ++at) schedule.count("call", kBegin);
  CHECK(schedule.earliest("call", kBegin) == kBegin);
  schedule.set_limits(Json("x"));
  CHECK(schedule.earliest("call", kBegin) == kBegin);
}
