#include "engine/api/views.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace a67 {
namespace {

// Two decimals are enough for people, and a number that does not tremble makes no event.
double rounded(double value) {
  constexpr double kSteps = 100;
  return static_cast<double>(std::llround(value * kSteps)) / kSteps;
}

const NodeLink* link_of(const NodeLinks& links, const NodeId& node) {
  const auto found = links.find(node);
  return found == links.end() ? nullptr : found->second.get();
}

const ReplicaStatus* status_of(const NodeLink* link, const ReplicaId& replica) {
  if (link == nullptr || !link->status()) return nullptr;
  const auto& replicas = link->status()->replicas;
  const auto found = std::ranges::find(replicas, replica, &ReplicaStatus::id);
  return found == replicas.end() ? nullptr : &*found;
}

std::string state_name(const Assignment& assignment, const NodeLink* link,
                       const ReplicaStatus* status) {
  if (link == nullptr || link->state() == NodeState::kDead) return "lost";
  if (assignment.draining_since) return "stopping";
  if (status == nullptr) return "placed";
  if (status->state == ReplicaState::kWaiting && !link->uploads().empty()) return "uploading";
  return std::string(to_string(status->state));
}

Json replica_view(const State& state, const AppRecord& app, const Assignment& assignment,
                  const NodeLinks& links) {
  const NodeLink* link = link_of(links, assignment.node);
  const ReplicaStatus* status = status_of(link, assignment.id);
  Json view = {{"id", assignment.id.value},
               {"app", app.name},
               {"node", assignment.node.value},
               {"nodeName", state.node_name(assignment.node)},
               {"release", assignment.release.value},
               {"state", state_name(assignment, link, status)},
               {"restarts", status == nullptr ? 0 : status->restarts}};
  if (!assignment.why.empty()) view["placement"] = assignment.why;
  if (status == nullptr) return view;
  view["cpuPercent"] = rounded(status->cpu_percent);
  view["memoryBytes"] = status->memory_bytes;
  view["requestsPerSecond"] = rounded(status->requests_per_second);
  view["latencyMs"] = rounded(status->latency_ms);
  if (status->port != 0) view["port"] = status->port;
  if (status->started_at != 0) view["startedAt"] = status->started_at;
  if (!status->runtime.empty()) view["runtime"] = status->runtime;
  if (!status->limits.empty()) view["limits"] = status->limits;
  if (status->reason) view["reason"] = to_json_error(*status->reason);
  return view;
}

Json release_view(const ReleaseRecord& release) {
  const bool git = release.source.kind == Source::Kind::kGit;
  return {{"id", release.id.value},
          {"number", release.number},
          {"source", git ? "git " + release.source.url + "#" + release.source.ref
                         : "archive " + release.source_name},
          {"createdAt", release.created_at},
          {"runtime", release.spec.runtime.empty() ? "auto" : release.spec.runtime},
          {"bytes", release.source_bytes}};
}

std::string app_state(const AppRecord& app, std::int64_t ready) {
  if (app.rollout() != nullptr) return "deploying";
  if (app.stopped) return "stopped";
  if (app.serving.empty()) return "failed";
  return ready >= app.wanted ? "running" : "degraded";
}

std::vector<std::string> gateway_urls(const State& state, const NodeLinks& links) {
  std::vector<std::string> entries;
  std::vector<std::string> workers;
  for (const NodeRecord& node : state.nodes) {
    const NodeLink* link = link_of(links, node.id);
    if (link == nullptr || link->state() == NodeState::kDead) continue;
    if (node.role == NodeRole::kServer) continue;
    (node.role == NodeRole::kGateway ? entries : workers).push_back(node.gateway_url);
  }
  entries.insert(entries.end(), workers.begin(), workers.end());
  return entries;
}

void add_release_views(Json& view, const AppRecord& app) {
  const ReleaseRecord* serving = app.find_release(app.serving);
  if (serving != nullptr) view["release"] = release_view(*serving);
  Json releases = Json::array();
  for (const ReleaseRecord& release : app.releases) releases.push_back(release_view(release));
  view["releases"] = std::move(releases);

  const ReleaseRecord* shown = serving;
  if (shown == nullptr && !app.releases.empty()) shown = &app.releases.back();
  const ReleaseRecord empty;
  const ReleaseRecord& release = shown == nullptr ? empty : *shown;
  Json names = Json::array();
  for (const auto& entry : release.spec.env) names.push_back(entry.first);
  view["envNames"] = std::move(names);
  view["hosts"] = release.hosts;
  view["policy"] = release.policy;
  view["memoryMb"] = release.spec.memory_mb;
  view["cpuPercent"] = release.spec.cpu_percent;
  Json health = {{"intervalSeconds", release.spec.health.interval_seconds},
                 {"timeoutSeconds", release.spec.health.timeout_seconds},
                 {"startSeconds", release.spec.health.start_seconds}};
  if (!release.spec.health.path.empty()) health["path"] = release.spec.health.path;
  view["health"] = std::move(health);
}

// The source of the release a replica runs.
const Source* source_of(const State& state, const ReplicaStatus& replica) {
  const AppRecord* app = state.find_app(replica.app);
  const ReleaseRecord* release = app == nullptr ? nullptr : app->find_release(replica.release);
  return release == nullptr ? nullptr : &release->source;
}

ReplicaFact fact_of(const State& state, const ReplicaStatus& replica, const NodeLink& link) {
  ReplicaFact fact{
      .state = replica.state, .generation = replica.generation, .reason = replica.reason};
  const Source* source = source_of(state, replica);
  if (replica.state != ReplicaState::kWaiting || source == nullptr) return fact;
  // It will wait for ever for an archive that cannot be given to its node.
  const auto error = link.upload_errors().find(source->sha256);
  if (error != link.upload_errors().end()) {
    fact.state = ReplicaState::kFailed;
    fact.reason = error->second;
  }
  return fact;
}

}  // namespace

Json node_view(const State& state, const NodeRecord& node, const NodeLink* link) {
  std::int64_t replicas = 0;
  for (const AppRecord& app : state.apps) {
    replicas += std::ranges::count(app.assignments, node.id, &Assignment::node);
  }
  Json view = {{"id", node.id.value},
               {"name", node.name},
               {"url", node.url},
               {"gatewayUrl", node.gateway_url},
               {"role", to_string(node.role)},
               {"state", to_string(link == nullptr ? NodeState::kDead : link->state())},
               {"since", link == nullptr ? 0 : link->state_since()},
               {"lastSeen", link == nullptr ? 0 : link->last_seen()},
               {"clockSkewMs", link == nullptr ? 0 : link->clock_skew_ms()},
               {"replicas", replicas}};
  if (link == nullptr) return view;
  if (link->attention()) view["attention"] = to_json_error(*link->attention());
  if (!link->status()) return view;
  const NodeFacts& facts = link->status()->node;
  const NodeLoad& load = link->status()->load;
  view["version"] = facts.version;
  view["os"] = facts.os;
  view["arch"] = facts.arch;
  view["cpus"] = facts.cpus;
  view["memoryBytes"] = facts.memory_bytes;
  view["diskFreeBytes"] = facts.disk_free_bytes;
  view["limits"] = facts.limits;
  view["runtimes"] = facts.runtimes;
  view["load"] = {{"cpuPercent", rounded(load.cpu_percent)},
                  {"memoryPercent", rounded(load.memory_percent)},
                  {"connections", load.connections},
                  {"requestsPerSecond", rounded(load.requests_per_second)},
                  {"latencyMs", rounded(load.latency_ms)},
                  {"successRate", rounded(load.success_rate)}};
  return view;
}

std::string app_url(const State& state, const AppRecord& app, const NodeLinks& links) {
  const auto urls = gateway_urls(state, links);
  return urls.empty() ? std::string() : urls.front() + "/@" + app.name + "/";
}

Json app_view(const State& state, const AppRecord& app, const NodeLinks& links,
              const AppSample& now) {
  Json replicas = Json::array();
  std::int64_t ready = 0;
  for (const Assignment& assignment : app.assignments) {
    replicas.push_back(replica_view(state, app, assignment, links));
    if (replicas.back()["state"] == "ready") ++ready;
  }
  Json urls = Json::array();
  for (const std::string& url : gateway_urls(state, links))
    urls.push_back(url + "/@" + app.name + "/");
  const DeploymentRecord* rollout = app.rollout();
  Json view = {{"name", app.name},
               {"state", app_state(app, ready)},
               {"url", app_url(state, app, links)},
               {"urls", std::move(urls)},
               {"replicasWanted", rollout == nullptr ? app.wanted : rollout->wanted},
               {"replicasReady", ready},
               {"replicas", std::move(replicas)},
               {"createdAt", app.created_at},
               {"requestsPerSecond", rounded(now.requests_per_second)},
               {"errorsPerSecond", rounded(now.errors_per_second)},
               {"p50Ms", rounded(now.p50_ms)},
               {"p95Ms", rounded(now.p95_ms)}};
  add_release_views(view, app);
  if (const DeploymentRecord* newest = app.newest_deployment()) {
    view["deployment"] = deployment_view(app, *newest);
  }
  if (app.placement_error) view["attention"] = to_json_error(*app.placement_error);
  return view;
}

Json deployment_view(const AppRecord& app, const DeploymentRecord& deployment) {
  Json view = {{"id", deployment.id.value},
               {"app", app.name},
               {"release", deployment.release.value},
               {"kind", to_string(deployment.kind)},
               {"state", to_string(deployment.state)},
               {"ready", deployment.ready},
               {"wanted", deployment.wanted},
               {"step", deployment.step},
               {"percent", deployment.percent},
               {"startedAt", deployment.started_at}};
  if (!deployment.previous.empty()) view["previousRelease"] = deployment.previous.value;
  if (deployment.finished_at != 0) view["finishedAt"] = deployment.finished_at;
  if (deployment.error) view["error"] = to_json_error(*deployment.error);
  return view;
}

Json activity_view(const ActivityLine& line) {
  return {{"seq", line.seq},   {"at", line.at},           {"level", to_string(line.level)},
          {"kind", line.kind}, {"subject", line.subject}, {"message", line.message}};
}

Json settings_view(const Settings& settings) {
  const WeightSettings& weights = settings.weights;
  return {{"heartbeatSeconds", settings.heartbeat_seconds},
          {"weights",
           {{"cpu", weights.cpu},
            {"memory", weights.memory},
            {"latency", weights.latency},
            {"connections", weights.connections},
            {"history", weights.history}}}};
}

Json sample_view(const AppSample& sample) {
  return {{"at", sample.at},
          {"cpuPercent", rounded(sample.cpu_percent)},
          {"memoryBytes", sample.memory_bytes},
          {"requestsPerSecond", rounded(sample.requests_per_second)},
          {"errorsPerSecond", rounded(sample.errors_per_second)},
          {"p50Ms", rounded(sample.p50_ms)},
          {"p95Ms", rounded(sample.p95_ms)}};
}

void add_facts(Facts& facts, const State& state, const NodeRecord& node, const NodeLink& link) {
  PlacementNode fact{.id = node.id, .name = node.name, .state = link.state(), .role = node.role};
  for (const AppRecord& app : state.apps) {
    fact.replicas +=
        static_cast<std::size_t>(std::ranges::count(app.assignments, node.id, &Assignment::node));
  }
  if (link.status()) {
    const NodeStatus& status = *link.status();
    const double free_share = 1.0 - std::clamp(status.load.memory_percent, 0.0, 100.0) / 100.0;
    fact.signals = {.cpu_percent = status.load.cpu_percent,
                    .memory_percent = status.load.memory_percent,
                    .latency_ms = status.load.latency_ms,
                    .connections = static_cast<double>(status.load.connections),
                    .success_rate = status.load.success_rate};
    fact.memory_free_bytes =
        static_cast<std::int64_t>(static_cast<double>(status.node.memory_bytes) * free_share);
    fact.disk_free_bytes = status.node.disk_free_bytes;
    fact.cpus = status.node.cpus;
    for (const ReplicaStatus& replica : status.replicas) {
      facts.replicas.insert_or_assign(replica.id, fact_of(state, replica, link));
    }
  }
  facts.nodes.push_back(std::move(fact));
}

}  // namespace a67
