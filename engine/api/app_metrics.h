// AppMetrics keeps the last minutes of each app as points for a chart.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "engine/base/time.h"
#include "engine/fleet/node_protocol.h"
#include "engine/state/records.h"

namespace a67 {

inline constexpr Duration kSampleEvery{2'000};
inline constexpr std::size_t kSamplesMax = 300;  // ten minutes

struct AppSample {
  UnixMs at = 0;
  double cpu_percent = 0;  // of one core, all replicas together
  std::int64_t memory_bytes = 0;
  double requests_per_second = 0;
  double errors_per_second = 0;
  double p50_ms = 0;  // of the busiest gateway
  double p95_ms = 0;
};

class AppMetrics {
 public:
  // Adds a point per app. `statuses` are the newest of nodes that are alive.
  void sample(const std::vector<AppRecord>& apps, const std::vector<const NodeStatus*>& statuses,
              UnixMs now);
  [[nodiscard]] const std::deque<AppSample>& series(const std::string& app) const;
  // The newest point, or zeros.
  [[nodiscard]] AppSample latest(const std::string& app) const;

 private:
  struct Entry {
    std::deque<AppSample> samples;
    std::map<NodeId, std::int64_t> errors;  // counters of the last sample, by gateway
  };
  std::map<std::string, Entry> entries_;
};

}  // namespace a67
