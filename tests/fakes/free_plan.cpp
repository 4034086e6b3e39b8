#include "tests/fakes/free_plan.h"

#include <algorithm>
#include <cassert>
#include <chrono>

#include "engine/providers/catalogue.h"
#include "engine/providers/policy_card.h"

namespace a67::fakes {
namespace {

constexpr int kServiceUnavailable = 503;
// Where a card says that services wake and not how fast.
constexpr Duration kWakeUnknown{10'000};

// "instance-hours a month", "VM-hours of the trial", "days of 0.5 GB a month".
Duration awake_for(const PolicyCard& card, bool* once) {
  const PolicyValue* value = card.find("free.compute");
  if (value == nullptr || !value->value.is_number()) return Duration{0};
  *once = value->unit.contains("trial");
  const std::int64_t number = value->value.get<std::int64_t>();
  if (value->unit.starts_with("days")) return std::chrono::days(number);
  const bool counts = value->unit.contains("instance-hours") || value->unit.contains("VM-hours");
  return counts ? std::chrono::hours(number) : Duration{0};
}

UnixMs month_of(UnixMs at) {
  const auto day = std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(at)));
  const std::chrono::year_month_day ymd{day};
  const std::chrono::sys_days first{ymd.year() / ymd.month() / std::chrono::day{1}};
  return std::chrono::duration_cast<std::chrono::milliseconds>(first.time_since_epoch()).count();
}

std::int64_t number_of(const PolicyCard& card, std::string_view key) {
  const Json& value = card.value(key);
  return value.is_number() ? value.get<std::int64_t>() : 0;
}

}  // namespace

FreePlan FreePlan::of_card(std::string_view provider) {
  const auto card = parse_policy_card(find_provider(provider)->policy_card);
  assert(card);
  const auto wake = number_of(*card, "sleep.wake");
  Rules rules{.asleep_after = std::chrono::minutes(number_of(*card, "sleep.after")),
              .wake_takes = wake == 0 ? kWakeUnknown : Duration{wake * 1000}};
  rules.hours_max = awake_for(*card, &rules.only_once);
  return FreePlan(rules);
}

UnixMs FreePlan::period_of(UnixMs at) const { return rules_.only_once ? 0 : month_of(at); }

std::int64_t FreePlan::awake_ms(const Service& s, UnixMs now) const {
  const UnixMs begin = std::max(s.awake_since, period_of(now));
  return std::max<std::int64_t>(0, std::min(now, end_of(s)) - begin);
}

bool FreePlan::out_of_hours(UnixMs now) const {
  if (rules_.hours_max.count() == 0) return false;
  const auto spent = spent_ms_.find(period_of(now));
  std::int64_t sum = spent == spent_ms_.end() ? 0 : spent->second;
  for (const auto& [name, one] : services_) sum += awake_ms(one, now);
  return sum >= rules_.hours_max.count();
}

void FreePlan::forget(const std::string& service, UnixMs now) {
  const auto found = services_.find(service);
  if (found == services_.end()) return;
  spent_ms_[period_of(now)] += awake_ms(found->second, now);
  services_.erase(found);
}

FreePlan::State FreePlan::state(const std::string& service, UnixMs now) const {
  const Service& s = services_.at(service);
  if (out_of_hours(now)) return State::kOutOfHours;
  if (now < s.last_visit) return State::kWaking;
  return now < end_of(s) ? State::kAwake : State::kAsleep;
}

FreePlan::Visit FreePlan::visit(const std::string& service, UnixMs now) {
  Service& s = services_.at(service);
  switch (state(service, now)) {
    case State::kOutOfHours:
      return {.status = kServiceUnavailable};
    case State::kWaking:
      return {.took = Duration{s.last_visit - now}};
    case State::kAwake:
      s.last_visit = now;
      return {};
    case State::kAsleep:
      break;
  }
  spent_ms_[period_of(now)] += awake_ms(s, now);
  s = {.awake_since = now, .last_visit = now + rules_.wake_takes.count()};
  return {.took = rules_.wake_takes};
}

}  // namespace a67::fakes
