// Latency and rates as the balance signals and the statistics need them: smoothed, bounded, cheap
// to add to.
//
// One thread writes, any thread reads: every number is a relaxed atomic, so a reader may see a
// request counted here and not yet there, which no reader minds.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace a67::gateway {

// Only one thread may call add() and set().
template <class T>
class Gauge {
 public:
  [[nodiscard]] T get() const { return value_.load(std::memory_order_relaxed); }
  void set(T value) { value_.store(value, std::memory_order_relaxed); }
  void add(T delta) { set(static_cast<T>(get() + delta)); }

 private:
  std::atomic<T> value_{};
};

// Counts of latencies in buckets that grow by a quarter: a percentile is right to within 25 %.
class LatencyHistogram {
 public:
  static constexpr std::size_t kBuckets = 64;

  void add(std::int64_t latency_us);
  // Starts a new window; what was in the one before the last is forgotten. Call it every half
  // minute.
  void rotate();
  // Milliseconds, of this window and the last; 0 when nothing was measured. REQUIRES: 0 < share
  // <= 1.
  [[nodiscard]] double percentile_ms(double share) const;

 private:
  using Window = std::array<Gauge<std::uint32_t>, kBuckets>;
  std::array<Window, 2> windows_;
  std::size_t current_ = 0;
};

// Requests per second, smoothed over some five seconds.
class RateMeter {
 public:
  void add() { ++pending_; }
  // REQUIRES: called about every `elapsed_s` seconds.
  void tick(double elapsed_s);
  [[nodiscard]] double per_second() const { return rate_.get(); }

 private:
  std::uint64_t pending_ = 0;
  Gauge<double> rate_;
};

}  // namespace a67::gateway
