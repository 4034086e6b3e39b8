#include "engine/providers/railway/watch.h"

#include <array>
#include <utility>

#include "engine/providers/railway/graphql.h"
#include "engine/providers/railway/lookup.h"

namespace a67::railway {

Task<Result<Json>> logs(Api* api, Json input) {
  auto found = co_await instance(api, ids_of(input));
  if (!found) co_return found;
  Json variables = {{"d", text_at(*found, "/latestDeployment/id")},
                    {"n", int_or(input, "limit", 100)}};
  if (input.contains("since")) variables["t"] = rfc3339_from(int_or(input, "since"));
  auto data = co_await ask(
      api,
      "query($d:String!,$n:Int,$t:DateTime){deploymentLogs(deploymentId:$d,limit:$n,startDate:$t){"
      "timestamp message severity}}",
      std::move(variables));
  if (!data) co_return data;
  Json lines = Json::array();
  for (const Json& one : list_at(*data, "/deploymentLogs")) {
    Json line = {{"at", unix_ms_from(text_at(one, "/timestamp"))},
                 {"text", text_at(one, "/message")}};
    put_if(line, "level", text_at(one, "/severity"));
    lines.push_back(std::move(line));
  }
  co_return Json{{"lines", lines}};
}

namespace {

struct Metric {
  std::string_view measurement;
  std::string_view name;
  std::string_view unit;
};
constexpr std::array kMetrics = {Metric{"CPU_USAGE", "cpu", "vCPU"},
                                 Metric{"MEMORY_USAGE_GB", "memory", "GB"},
                                 Metric{"NETWORK_TX_GB", "egress", "GB"}};

}  // namespace

Task<Result<Json>> metrics(Api* api, Json input) {
  constexpr std::int64_t kHourMs = 3'600'000;
  Json variables = at_instance(ids_of(input));
  variables["b"] = rfc3339_from(int_or(input, "since", api->unix_now() - kHourMs));
  if (input.contains("until")) variables["t"] = rfc3339_from(int_or(input, "until"));
  auto data = co_await ask(
      api,
      "query($s:String!,$e:String!,$b:DateTime!,$t:DateTime){metrics(serviceId:$s,environmentId:$e,"
      "startDate:$b,endDate:$t,measurements:[CPU_USAGE,MEMORY_USAGE_GB,NETWORK_TX_GB]){measurement "
      "values{ts value}}}",
      std::move(variables));
  if (!data) co_return data;
  Json series = Json::array();
  for (const Json& one : list_at(*data, "/metrics")) {
    for (const Metric& metric : kMetrics) {
      if (metric.measurement != text_at(one, "/measurement")) continue;
      Json points = Json::array();
      for (const Json& value : list_at(one, "/values")) {
        points.push_back(
            {{"at", int_at(value, "/ts") * 1000}, {"value", number_at(value, "/value")}});
      }
      series.push_back({{"metric", metric.name}, {"unit", metric.unit}, {"points", points}});
    }
  }
  co_return Json{{"series", series}};
}

// Money is the customer's, measurements are the workspace's since its billing period began. The
// schema gives neither a unit; a measurement's is its name.
Task<Result<Json>> usage(Api* api, Json /*input*/) {
  auto data = co_await ask(
      api,
      "query($w:String!){workspace(workspaceId:$w){customer{currentUsage "
      "remainingUsageCreditBalance billingPeriod{end}}} usage(workspaceId:$w,measurements:"
      "[CPU_USAGE,MEMORY_USAGE_GB,NETWORK_TX_GB,DISK_USAGE_GB]){measurement value}}",
      {{"w", api->setting("workspace")}});
  if (!data) co_return data;
  const Json& customer = at_pointer(*data, "/workspace/customer");
  Json money = {{"metric", "current usage"}, {"used", number_at(customer, "/currentUsage")}};
  put_if(money, "unit", "US$");
  if (const auto end = unix_ms_from(text_at(customer, "/billingPeriod/end")); end > 0)
    money["resetsAt"] = end;
  Json lines = Json::array({money});
  for (const Json& one : list_at(*data, "/usage")) {
    lines.push_back({{"metric", text_at(one, "/measurement")}, {"used", number_at(one, "/value")}});
  }
  co_return Json{{"lines", lines}};
}

}  // namespace a67::railway
