// RateSchedule spaces an account's requests as its provider's rate limits ask, so that a limit is
// waited for instead of run into. Pure: time comes in.
//
// A bucket is a number of requests per window ("create": 20 per hour), from the policy card; every
// request counts against its own bucket and against "call". What the provider's headers say
// (nothing left until ...) and a 429's Retry-After hold back all requests of the bucket.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/time.h"

namespace a67 {

class RateSchedule {
 public:
  struct Limit {
    std::uint32_t count = 0;
    Duration window{0};
  };

  // Limits of the policy card: [{"bucket": "create", "count": 20, "seconds": 3600}, ...].
  void set_limits(const Json& limits);
  // When a request of `bucket` may go: `now` or later. Does not count it.
  [[nodiscard]] Instant earliest(std::string_view bucket, Instant now) const;
  // It goes now.
  void count(std::string_view bucket, Instant now);
  // The provider said so.
  void hold_until(std::string_view bucket, Instant until);

 private:
  struct Bucket {
    std::vector<Limit> limits;
    std::deque<Instant> sent;  // within the longest window, oldest first
    Instant held_until{};
  };
  [[nodiscard]] static Instant earliest_of(const Bucket& bucket, Instant now);
  static void count_in(Bucket& bucket, Instant now);

  std::map<std::string, Bucket, std::less<>> buckets_;
};

}  // namespace a67
