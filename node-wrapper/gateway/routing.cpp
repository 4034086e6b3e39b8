#include "node-wrapper/gateway/routing.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "node-wrapper/gateway/http_syntax.h"

namespace a67::gateway {
namespace {

constexpr double kLatencySmoothing = 0.1;
constexpr double kFailureSmoothing = 0.05;
// A peer that told nothing for this long may be in any state.
constexpr Duration kLoadLifetime{30'000};
// Peers are gateways like us, which keep connections for long.
constexpr Duration kPeerIdle{30'000};

std::string normalise_host(std::string_view host) {
  const std::size_t bracket = host.rfind(']');
  const std::size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    host = host.substr(0, colon);
  }
  if (host.ends_with('.')) host.remove_suffix(1);
  std::string lower(host);
  std::ranges::transform(lower, lower.begin(), to_lower);
  return lower;
}

std::int64_t steady_now_ms() {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

void ReplicaState::on_answer(Instant now, std::int64_t latency_us, int status) {
  health.on_success(now);
  if (status >= 500) errors.add(1);
  const double ms = static_cast<double>(latency_us) / 1000.0;
  const double before = latency_ms.get();
  latency_ms.set(before == 0 ? ms : before + kLatencySmoothing * (ms - before));
  const double failed = status >= 500 ? 1 : 0;
  failure_rate.add(kFailureSmoothing * (failed - failure_rate.get()));
  latencies.add(latency_us);
}

std::shared_ptr<ReplicaState> AppRoute::pick(Instant now, Avoid avoid) {
  std::optional<std::size_t> chosen = pick_among(now, avoid, /*ejected_too=*/false);
  if (!chosen && avoid.node_too) {
    avoid.node_too = false;
    chosen = pick_among(now, avoid, /*ejected_too=*/false);
  }
  if (!chosen) chosen = pick_among(now, avoid, /*ejected_too=*/true);
  return chosen ? replicas_[*chosen] : nullptr;
}

std::optional<std::size_t> AppRoute::pick_among(Instant now, Avoid avoid, bool ejected_too) {
  for (std::size_t i = 0; i < replicas_.size(); ++i) {
    const ReplicaState& replica = *replicas_[i];
    const bool avoided = avoid.replica != nullptr &&
                         (&replica == avoid.replica ||
                          (avoid.node_too && replica.config.node == avoid.replica->config.node));
    balance::Candidate& candidate = candidates_[i];
    candidate.healthy = !avoided && (ejected_too || !replica.health.is_ejected(now));
    candidate.signals.connections = replica.in_flight.get();
    const double latency = replica.latency_ms.get();
    if (latency > 0) candidate.signals.latency_ms = latency;
  }
  return policy_->pick(candidates_);
}

void AppRoute::on_failure(ReplicaState& replica, Instant now, bool node_too) {
  replica.failures.add(1);
  hold_against(replica, now);
  if (!node_too) return;
  for (const auto& other : replicas_) {
    if (other.get() != &replica && other->config.node == replica.config.node) {
      hold_against(*other, now);
    }
  }
}

void AppRoute::hold_against(ReplicaState& replica, Instant now) {
  replica.failure_rate.add(kFailureSmoothing * (1 - replica.failure_rate.get()));
  if (!replica.health.on_failure(now)) return;
  const bool others = std::ranges::any_of(replicas_, [&](const auto& other) {
    return other.get() != &replica && !other->health.is_ejected(now);
  });
  if (!others) return;
  replica.health.eject(now);
  replica.ejected_until_ms.set(replica.health.ejected_until().time_since_epoch().count());
}

std::shared_ptr<Upstream> Routing::upstream_for(const Replica& replica) {
  std::weak_ptr<Upstream>& known = upstreams_[{replica.host, replica.port}];
  if (auto upstream = known.lock()) return upstream;
  const Duration idle = replica.local ? options_.upstream_idle : kPeerIdle;
  auto upstream = std::make_shared<Upstream>(
      context_, loop_, replica.host, replica.port,
      Upstream::Limits{.idle_max = options_.idle_per_upstream_max, .idle = idle});
  known = upstream;
  return upstream;
}

void Routing::adopt(AppRoute& route, App app) {
  std::vector<std::shared_ptr<ReplicaState>> replicas;
  std::vector<balance::Candidate> candidates;
  for (Replica& replica : app.replicas) {
    const auto old = std::ranges::find_if(
        route.replicas_, [&](const auto& state) { return state->config == replica; });
    candidates.push_back({.id = replica.id});
    if (old != route.replicas_.end()) {
      replicas.push_back(*old);
      continue;
    }
    auto upstream = upstream_for(replica);
    replicas.push_back(std::make_shared<ReplicaState>(
        std::move(replica), std::move(upstream), options_.ejection_base, options_.ejection_max));
  }
  route.name_ = std::move(app.name);
  route.hosts_ = std::move(app.hosts);
  route.replicas_ = std::move(replicas);
  route.candidates_ = std::move(candidates);
  if (!route.policy_ || route.policy_->name() != app.policy) {
    auto policy = balance::make_policy(app.policy);
    if (!policy) policy = balance::make_policy("weighted");
    if (policy) route.policy_ = std::move(*policy);
  }
  refresh_signals(route);
}

void Routing::replace(RouteTable table) {
  const std::lock_guard lock(mutex_);
  mesh_key_ = table.mesh_key;
  if (self_node_ != table.self_node) {
    const auto own = loads_.extract(self_node_);
    self_node_ = std::move(table.self_node);
    if (own) loads_[self_node_] = own.mapped();
  }
  auto old_apps = std::exchange(apps_, {});
  by_host_.clear();
  local_.clear();
  for (App& app : table.apps) {
    std::shared_ptr<AppRoute> route;
    if (const auto old = old_apps.find(app.name); old != old_apps.end()) route = old->second;
    if (!route) route = std::make_shared<AppRoute>();
    adopt(*route, std::move(app));
    for (const std::string& host : route->hosts_) by_host_.emplace(normalise_host(host), route);
    for (const auto& replica : route->replicas_) {
      if (replica->config.local) local_[replica->config.id] = {.app = route, .replica = replica};
    }
    apps_[route->name_] = std::move(route);
  }
  std::erase_if(upstreams_, [](const auto& entry) { return entry.second.expired(); });
}

void Routing::set_control(std::string prefix, std::uint16_t port) {
  control_prefix_ = std::move(prefix);
  control_ = std::make_shared<AppRoute>();
  adopt(*control_, {.name = "control", .replicas = {{.id = "control", .node = {}, .port = port}}});
}

std::shared_ptr<AppRoute> Routing::find_control(std::string_view target) const {
  if (!control_ || !target.starts_with(control_prefix_)) return nullptr;
  return target.substr(control_prefix_.size()).starts_with('/') ? control_ : nullptr;
}

std::shared_ptr<AppRoute> Routing::find_by_host(std::string_view host) const {
  if (by_host_.empty()) return nullptr;
  const auto found = by_host_.find(normalise_host(host));
  return found == by_host_.end() ? nullptr : found->second;
}

std::shared_ptr<AppRoute> Routing::find_by_name(std::string_view name) const {
  const auto found = apps_.find(name);
  return found == apps_.end() ? nullptr : found->second;
}

Routing::LocalReplica Routing::find_local(std::string_view replica_id) const {
  const auto found = local_.find(replica_id);
  return found == local_.end() ? LocalReplica{} : found->second;
}

void Routing::note_node_load(const std::string& node, NodeLoad load) {
  loads_[node] = {.load = load, .at = loop_.now()};
}

void Routing::refresh_signals(AppRoute& route) {
  for (std::size_t i = 0; i < route.replicas_.size(); ++i) {
    const ReplicaState& replica = *route.replicas_[i];
    balance::Signals& signals = route.candidates_[i].signals;
    const auto known = loads_.find(replica.config.node);
    const bool fresh = known != loads_.end() && loop_.now() - known->second.at < kLoadLifetime;
    signals.cpu_percent = fresh ? std::optional(known->second.load.cpu_percent) : std::nullopt;
    signals.memory_percent =
        fresh ? std::optional(known->second.load.memory_percent) : std::nullopt;
    signals.connections = replica.in_flight.get();
    if (replica.latency_ms.get() > 0) signals.latency_ms = replica.latency_ms.get();
    if (replica.requests.get() > 0) signals.success_rate = 1 - replica.failure_rate.get();
  }
  route.policy_->refresh(route.candidates_);
}

void Routing::tick(double elapsed_s) {
  for (const auto& [name, route] : apps_) {
    route->rate.tick(elapsed_s);
    for (const auto& replica : route->replicas_) {
      replica->rate.tick(elapsed_s);
      replica->upstream->sweep();
    }
    refresh_signals(*route);
  }
  if (control_) control_->replicas_.front()->upstream->sweep();
}

void Routing::rotate_histograms() {
  for (const auto& [name, route] : apps_) {
    route->latencies.rotate();
    for (const auto& replica : route->replicas_) replica->latencies.rotate();
  }
}

void Routing::close_idle() {
  for (const auto& [address, upstream] : upstreams_) {
    if (const auto live = upstream.lock()) live->close_idle();
  }
}

std::vector<AppStats> Routing::stats() const {
  const std::lock_guard lock(mutex_);
  const std::int64_t now_ms = steady_now_ms();
  std::vector<AppStats> all;
  for (const auto& [name, route] : apps_) {
    AppStats& app = all.emplace_back();
    app.name = name;
    app.requests = route->requests.get();
    app.errors = route->errors.get();
    app.requests_per_second = route->rate.per_second();
    app.p50_ms = route->latencies.percentile_ms(0.5);
    app.p95_ms = route->latencies.percentile_ms(0.95);
    for (const auto& replica : route->replicas_) {
      app.replicas.push_back({.id = replica->config.id,
                              .requests = replica->requests.get(),
                              .errors = replica->errors.get(),
                              .failures = replica->failures.get(),
                              .connections = replica->in_flight.get(),
                              .requests_per_second = replica->rate.per_second(),
                              .latency_ms = replica->latency_ms.get(),
                              .p50_ms = replica->latencies.percentile_ms(0.5),
                              .p95_ms = replica->latencies.percentile_ms(0.95),
                              .success_rate = 1 - replica->failure_rate.get(),
                              .ejected = replica->ejected_until_ms.get() > now_ms});
    }
  }
  return all;
}

}  // namespace a67::gateway
