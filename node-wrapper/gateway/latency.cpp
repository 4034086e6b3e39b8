#include "node-wrapper/gateway/latency.h"

#include <algorithm>
#include <cmath>

namespace a67::gateway {
namespace {

// Upper bounds in microseconds: 50 us times 1.25^i, the last one 64 s.
constexpr std::array<double, LatencyHistogram::kBuckets> make_bounds() {
  std::array<double, LatencyHistogram::kBuckets> bounds{};
  double bound = 50;
  for (double& entry : bounds) {
    entry = bound;
    bound *= 1.25;
  }
  return bounds;
}
constexpr std::array<double, LatencyHistogram::kBuckets> kBounds = make_bounds();
constexpr double kRateSmoothingSeconds = 5;

}  // namespace

void LatencyHistogram::add(std::int64_t latency_us) {
  const auto at = std::ranges::lower_bound(kBounds, static_cast<double>(latency_us));
  const auto bucket =
      std::min<std::size_t>(static_cast<std::size_t>(at - kBounds.begin()), kBuckets - 1);
  windows_[current_][bucket].add(1);
}

void LatencyHistogram::rotate() {
  current_ = 1 - current_;
  for (auto& bucket : windows_[current_]) bucket.set(0);
}

double LatencyHistogram::percentile_ms(double share) const {
  std::array<std::uint64_t, kBuckets> counts{};
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    counts[i] = std::uint64_t{windows_[0][i].get()} + windows_[1][i].get();
    total += counts[i];
  }
  if (total == 0) return 0;
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(total)));
  std::uint64_t seen = 0;
  std::size_t bucket = 0;
  while (bucket + 1 < kBuckets && (seen += counts[bucket]) < wanted) ++bucket;
  return kBounds[bucket] / 1000.0;
}

void RateMeter::tick(double elapsed_s) {
  const double now = static_cast<double>(pending_) / elapsed_s;
  pending_ = 0;
  const double keep = std::exp(-elapsed_s / kRateSmoothingSeconds);
  const double next = rate_.get() * keep + now * (1 - keep);
  rate_.set(next < 0.005 ? 0 : next);
}

}  // namespace a67::gateway
