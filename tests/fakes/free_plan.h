// FreePlan: what a free plan does to an account's services, on the fake's clock.
//
// Without traffic a service falls asleep; a request wakes it, and is answered once it is awake.
// Hours are counted while something is awake, over all services of a calendar month (UTC); when
// they are used up everything stands still until the next. The numbers are the policy card's, so
// that a fake and the card cannot disagree.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "engine/base/time.h"

namespace a67::fakes {

class FreePlan {
 public:
  enum class State : std::uint8_t { kAwake, kAsleep, kWaking, kOutOfHours };
  struct Rules {
    Duration asleep_after{0};
    Duration wake_takes{0};
    Duration hours_max{0};   // a month; 0: none are counted
    bool only_once = false;  // a trial: its hours do not come back
  };
  // What a request to a service's own address got.
  struct Visit {
    int status = 200;
    Duration took{0};
  };

  // REQUIRES: the provider is a built-in one.
  static FreePlan of_card(std::string_view provider);
  explicit FreePlan(Rules rules) : rules_(rules) {}

  void start(const std::string& service, UnixMs now) { services_[service] = {now, now}; }
  void forget(const std::string& service, UnixMs now);
  [[nodiscard]] bool covers(const std::string& service) const {
    return services_.contains(service);
  }
  [[nodiscard]] State state(const std::string& service, UnixMs now) const;
  Visit visit(const std::string& service, UnixMs now);
  [[nodiscard]] const Rules& rules() const { return rules_; }

 private:
  struct Service {
    UnixMs awake_since = 0;
    UnixMs last_visit = 0;  // in the future while it wakes
  };
  // Awake until then when nobody comes.
  [[nodiscard]] UnixMs end_of(const Service& s) const {
    return s.last_visit + rules_.asleep_after.count();
  }
  [[nodiscard]] UnixMs period_of(UnixMs at) const;
  [[nodiscard]] std::int64_t awake_ms(const Service& s, UnixMs now) const;
  [[nodiscard]] bool out_of_hours(UnixMs now) const;

  Rules rules_;
  std::map<std::string, Service> services_;
  std::map<UnixMs, std::int64_t> spent_ms_;  // by the period's begin; of stretches that are over
};

}  // namespace a67::fakes
