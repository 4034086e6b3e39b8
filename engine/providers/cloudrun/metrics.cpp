#include "engine/providers/cloudrun/metrics.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace a67::cloudrun {
namespace {

constexpr std::int64_t kSinceMs = std::int64_t{3600} * 1000;
constexpr std::int64_t kPointsMax = 300;
constexpr std::int64_t kPeriodLeast = 60;  // Cloud Run samples every 60 s
constexpr std::string_view kP99 = "ALIGN_PERCENTILE_99";

// cloud.google.com/monitoring/api/metrics_gcp_p_z#gcp-run. What is a distribution is asked for as
// its 99th percentile, of all revisions the largest.
struct Metric {
  std::string_view name;
  std::string_view type;
  std::string_view aligner;
  std::string_view reducer;
  std::string_view unit;
  double factor;
};
constexpr std::array kMetrics = {
    Metric{"cpu", "container/cpu/utilizations", kP99, "REDUCE_MAX", "% of the limit", 100},
    Metric{"memory", "container/memory/utilizations", kP99, "REDUCE_MAX", "% of the limit", 100},
    Metric{"requests", "request_count", "ALIGN_RATE", "REDUCE_SUM", "per second", 1},
    Metric{"latency", "request_latencies", kP99, "REDUCE_MAX", "ms", 1},
    Metric{"egress", "container/network/sent_bytes_count", "ALIGN_RATE", "REDUCE_SUM",
           "bytes per s", 1},
};

// "projects/p/locations/l/services/s" -> l and s.
std::string filter_of(const std::string& id, std::string_view type) {
  const auto end = id.rfind("/services/");
  const auto begin = id.rfind('/', end - 1);
  std::string filter = R"(metric.type="run.googleapis.com/)" + std::string(type) +
                       R"(" AND resource.type="cloud_run_revision")";
  if (end != std::string::npos && begin != std::string::npos) {
    filter += R"( AND resource.labels.location=")" + id.substr(begin + 1, end - begin - 1) + '"';
  }
  return filter + R"( AND resource.labels.service_name=")" + id.substr(id.rfind('/') + 1) + '"';
}

double value_of(const Json& value) {
  return number_at(value, "/doubleValue", static_cast<double>(int_at(value, "/int64Value")));
}

}  // namespace

Task<Result<Json>> metrics(Api* api, Json input) {
  const std::string id = string_or(input, "service");
  if (id.contains('"') || id.contains('\\')) {
    co_return fail(ErrorCode::kInvalidInput, "That is no service of Cloud Run.", {}, "service");
  }
  const std::int64_t until = int_or(input, "until", api->unix_now());
  const std::int64_t since = std::min(int_or(input, "since", until - kSinceMs), until);
  const std::int64_t seconds = (until - since) / 1000 / kPointsMax;
  const std::int64_t period = std::max(kPeriodLeast, (seconds + 59) / 60 * 60);
  Json series = Json::array();
  for (const Metric& metric : kMetrics) {
    ApiRequest request{.host = "monitoring",
                       .path = fill_path("/v3/projects/{project}/timeSeries",
                                         {{"project", api->setting("project")}}),
                       .bucket = "monitoring"};
    request.query = {{"filter", filter_of(id, metric.type)},
                     {"interval.startTime", rfc3339_from(since)},
                     {"interval.endTime", rfc3339_from(until)},
                     {"aggregation.alignmentPeriod", std::to_string(period) + "s"},
                     {"aggregation.perSeriesAligner", std::string(metric.aligner)},
                     {"aggregation.crossSeriesReducer", std::string(metric.reducer)}};
    auto answer = co_await api->call(std::move(request));
    if (!answer) co_return std::unexpected(answer.error());
    Json points = Json::array();
    // Reduced to one; its newest point comes first.
    for (const Json& one : list_at(answer->json, "/timeSeries/0/points")) {
      points.push_back({{"at", unix_ms_from(text_at(one, "/interval/endTime"))},
                        {"value", value_of(at_pointer(one, "/value")) * metric.factor}});
    }
    std::ranges::reverse(points);
    if (!points.empty()) {
      series.push_back({{"metric", metric.name}, {"unit", metric.unit}, {"points", points}});
    }
  }
  co_return Json{{"series", series}};
}

}  // namespace a67::cloudrun
