#include "node-wrapper/node_workload.h"

#include <algorithm>
#include <deque>
#include <map>
#include <string_view>
#include <utility>

#include "node-wrapper/route_table.h"

namespace a67 {
namespace {

// A client that reads slower than an app writes loses the oldest lines, never our memory.
constexpr std::size_t kLinesWaitingMax = 10'000;

class RuntimeLogTap final : public LogTap {
 public:
  RuntimeLogTap(Runtime& runtime, const LogsRequest& request, std::function<void()> more)
      : runtime_(runtime), more_(std::move(more)) {
    for (LogLine& line :
         runtime_.logs(request.app, request.replica, static_cast<std::size_t>(request.tail))) {
      waiting_.push_back(std::move(line));
    }
    if (request.follow) {
      subscription_ = runtime_.follow(request.app, request.replica,
                                      [this](const std::vector<LogLine>& lines) { add(lines); });
    }
  }
  RuntimeLogTap(const RuntimeLogTap&) = delete;
  RuntimeLogTap& operator=(const RuntimeLogTap&) = delete;
  ~RuntimeLogTap() override {
    if (subscription_) runtime_.unfollow(*subscription_);
  }

  std::vector<LogLine> take(std::size_t count_max) override {
    const auto count = static_cast<std::ptrdiff_t>(std::min(count_max, waiting_.size()));
    std::vector<LogLine> lines(std::make_move_iterator(waiting_.begin()),
                               std::make_move_iterator(waiting_.begin() + count));
    waiting_.erase(waiting_.begin(), waiting_.begin() + count);
    return lines;
  }

 private:
  void add(const std::vector<LogLine>& lines) {
    for (const LogLine& line : lines) waiting_.push_back(line);
    while (waiting_.size() > kLinesWaitingMax) waiting_.pop_front();
    more_();
  }

  Runtime& runtime_;
  std::function<void()> more_;
  std::deque<LogLine> waiting_;
  std::optional<std::uint64_t> subscription_;
};

std::int64_t count_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }

GatewayAppStatus app_status(const gateway::AppStats& stats) {
  GatewayAppStatus app{.name = stats.name,
                       .requests = count_of(stats.requests),
                       .errors = count_of(stats.errors),
                       .requests_per_second = stats.requests_per_second,
                       .p50_ms = stats.p50_ms,
                       .p95_ms = stats.p95_ms,
                       .replicas = {}};
  for (const gateway::ReplicaStats& replica : stats.replicas) {
    app.replicas.push_back({.id = ReplicaId(replica.id),
                            .requests = count_of(replica.requests),
                            .failures = count_of(replica.failures),
                            .latency_ms = replica.latency_ms,
                            .ejected = replica.ejected});
  }
  return app;
}

// What the gateway saw of the replicas that run here.
void add_traffic(const gateway::GatewayStats& stats, std::vector<ReplicaStatus>& replicas) {
  std::map<std::string_view, const gateway::ReplicaStats*> seen;
  for (const gateway::AppStats& app : stats.apps) {
    for (const gateway::ReplicaStats& replica : app.replicas) seen.emplace(replica.id, &replica);
  }
  for (ReplicaStatus& replica : replicas) {
    const auto found = seen.find(replica.id.value);
    if (found == seen.end()) continue;
    const gateway::ReplicaStats& traffic = *found->second;
    replica.connections = traffic.connections;
    replica.requests = count_of(traffic.requests);
    replica.errors = count_of(traffic.errors + traffic.failures);
    replica.requests_per_second = traffic.requests_per_second;
    replica.latency_ms = traffic.latency_ms;
  }
}

}  // namespace

NodeWorkload::NodeWorkload(NodeId self, Runtime& runtime, gateway::Gateway& gateway)
    : self_(std::move(self)), runtime_(runtime), gateway_(gateway) {
  runtime_.on_change([this] {
    update_routes();
    if (changed_) changed_();
  });
}

void NodeWorkload::apply(const DesiredState& desired) {
  routes_ = desired.routes;
  runtime_.apply(desired);
  update_routes();
  if (changed_) changed_();
}

void NodeWorkload::update_routes() {
  gateway_.set_routes(make_route_table(routes_, self_, runtime_.local_replicas()));
}

void NodeWorkload::report_load() {
  const MachineFacts machine = runtime_.machine();
  gateway_.set_own_load(machine.cpu_percent, machine.memory_percent);
}

void NodeWorkload::observe(NodeStatus& status) {
  MachineFacts machine = runtime_.machine();
  status.node.cpus = machine.cpus;
  status.node.memory_bytes = machine.memory_bytes;
  status.node.disk_free_bytes = machine.disk_free_bytes;
  status.node.limits = std::move(machine.limits);
  status.node.runtimes = std::move(machine.runtimes);

  const gateway::GatewayStats traffic = gateway_.stats();
  status.load = {.cpu_percent = machine.cpu_percent,
                 .memory_percent = machine.memory_percent,
                 .connections = traffic.connections,
                 .requests_per_second = traffic.requests_per_second,
                 .latency_ms = traffic.latency_ms,
                 .success_rate = traffic.success_rate};
  status.missing = runtime_.missing();
  status.replicas = runtime_.status();
  add_traffic(traffic, status.replicas);
  status.gateway = {.requests = count_of(traffic.requests),
                    .errors = count_of(traffic.errors),
                    .connections = traffic.connections,
                    .requests_per_second = traffic.requests_per_second,
                    .apps = {}};
  for (const gateway::AppStats& app : traffic.apps) {
    status.gateway.apps.push_back(app_status(app));
  }
}

Result<Upload> NodeWorkload::begin_upload(const std::string& sha256, ArchiveFormat format,
                                          std::optional<std::uint64_t> announced_bytes) {
  return runtime_.begin_upload(sha256, format, announced_bytes);
}

void NodeWorkload::finish_upload(Upload upload, std::function<void(Result<std::uint64_t>)> done) {
  runtime_.finish_upload(std::move(upload), std::move(done));
}

Result<std::unique_ptr<LogTap>> NodeWorkload::open_logs(const LogsRequest& request,
                                                        std::function<void()> more) {
  return std::make_unique<RuntimeLogTap>(runtime_, request, std::move(more));
}

}  // namespace a67
