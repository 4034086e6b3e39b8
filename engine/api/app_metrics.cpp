#include "engine/api/app_metrics.h"

#include <algorithm>

namespace a67 {
namespace {

void add_replicas(AppSample& sample, const std::string& app, const NodeStatus& status) {
  for (const ReplicaStatus& replica : status.replicas) {
    if (replica.app != app) continue;
    sample.cpu_percent += replica.cpu_percent;
    sample.memory_bytes += replica.memory_bytes;
  }
}

}  // namespace

void AppMetrics::sample(const std::vector<AppRecord>& apps,
                        const std::vector<const NodeStatus*>& statuses, UnixMs now) {
  std::erase_if(entries_, [&](const auto& entry) {
    return std::ranges::find(apps, entry.first, &AppRecord::name) == apps.end();
  });
  for (const AppRecord& app : apps) {
    Entry& entry = entries_[app.name];
    AppSample sample{.at = now};
    double busiest = -1;
    std::int64_t errors = 0;
    for (const NodeStatus* status : statuses) {
      add_replicas(sample, app.name, *status);
      const auto gateway =
          std::ranges::find(status->gateway.apps, app.name, &GatewayAppStatus::name);
      if (gateway == status->gateway.apps.end()) continue;
      sample.requests_per_second += gateway->requests_per_second;
      // A counter that went back belongs to a gateway that was started anew.
      std::int64_t& before =
          entry.errors.try_emplace(status->node.id, gateway->errors).first->second;
      errors += std::max<std::int64_t>(0, gateway->errors - before);
      before = gateway->errors;
      if (gateway->requests_per_second > busiest) {
        busiest = gateway->requests_per_second;
        sample.p50_ms = gateway->p50_ms;
        sample.p95_ms = gateway->p95_ms;
      }
    }
    if (!entry.samples.empty() && now > entry.samples.back().at) {
      sample.errors_per_second =
          static_cast<double>(errors) * 1000.0 / static_cast<double>(now - entry.samples.back().at);
    }
    entry.samples.push_back(sample);
    if (entry.samples.size() > kSamplesMax) entry.samples.pop_front();
  }
}

const std::deque<AppSample>& AppMetrics::series(const std::string& app) const {
  static const std::deque<AppSample> kNone;
  const auto found = entries_.find(app);
  return found == entries_.end() ? kNone : found->second.samples;
}

AppSample AppMetrics::latest(const std::string& app) const {
  const auto& samples = series(app);
  return samples.empty() ? AppSample{} : samples.back();
}

}  // namespace a67
