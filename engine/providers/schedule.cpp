#include "engine/providers/schedule.h"

#include <algorithm>

namespace a67 {
namespace {

constexpr std::string_view kEveryCall = "call";
constexpr std::int64_t kCountMax = 100'000;
constexpr std::int64_t kWindowSecondsMax = 31L * 24 * 3600;

}  // namespace

void RateSchedule::set_limits(const Json& limits) {
  for (auto& [name, bucket] : buckets_) bucket.limits.clear();
  if (!limits.is_array()) return;
  for (const Json& one : limits) {
    const std::int64_t count = int_or(one, "count");
    const std::int64_t seconds = int_or(one, "seconds");
    if (count < 1 || count > kCountMax || seconds < 1 || seconds > kWindowSecondsMax) continue;
    buckets_[string_or(one, "bucket", std::string(kEveryCall))].limits.push_back(
        {.count = static_cast<std::uint32_t>(count), .window = std::chrono::seconds(seconds)});
  }
}

Instant RateSchedule::earliest_of(const Bucket& bucket, Instant now) {
  Instant when = std::max(now, bucket.held_until);
  for (const Limit& limit : bucket.limits) {
    if (bucket.sent.size() < limit.count) continue;
    const Instant oldest = bucket.sent[bucket.sent.size() - limit.count];
    when = std::max(when, oldest + limit.window);
  }
  return when;
}

Instant RateSchedule::earliest(std::string_view bucket, Instant now) const {
  Instant when = now;
  for (const std::string_view name : {bucket, kEveryCall}) {
    if (const auto found = buckets_.find(name); found != buckets_.end()) {
      when = std::max(when, earliest_of(found->second, now));
    }
  }
  return when;
}

void RateSchedule::count_in(Bucket& bucket, Instant now) {
  std::size_t kept = 0;
  for (const Limit& limit : bucket.limits) kept = std::max<std::size_t>(kept, limit.count);
  if (kept == 0) return;
  bucket.sent.push_back(now);
  while (bucket.sent.size() > kept) bucket.sent.pop_front();
}

void RateSchedule::count(std::string_view bucket, Instant now) {
  if (const auto found = buckets_.find(bucket); found != buckets_.end())
    count_in(found->second, now);
  if (bucket == kEveryCall) return;
  if (const auto all = buckets_.find(kEveryCall); all != buckets_.end()) count_in(all->second, now);
}

void RateSchedule::hold_until(std::string_view bucket, Instant until) {
  Bucket& held = buckets_[std::string(bucket)];
  held.held_until = std::max(held.held_until, until);
}

}  // namespace a67
