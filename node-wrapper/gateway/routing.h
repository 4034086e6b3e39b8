// Routing: the apps, their replicas, and which replica gets the next request.
//
// It decides; it opens no connection. What is known of a replica (latency, failures, ejection,
// statistics) lives as long as its id and address stay in the routes.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/balance/policy.h"
#include "node-wrapper/gateway/gateway.h"
#include "node-wrapper/gateway/latency.h"
#include "node-wrapper/gateway/mesh.h"
#include "node-wrapper/gateway/replica_health.h"
#include "node-wrapper/gateway/upstream.h"

namespace a67::gateway {

struct ReplicaState {
  ReplicaState(Replica replica, std::shared_ptr<Upstream> to, Duration ejection_base,
               Duration ejection_max)
      : config(std::move(replica)), upstream(std::move(to)), health(ejection_base, ejection_max) {}

  void on_answer(Instant now, std::int64_t latency_us, int status);

  Replica config;
  std::shared_ptr<Upstream> upstream;
  ReplicaHealth health;
  Gauge<std::uint64_t> requests;
  Gauge<std::uint64_t> errors;
  Gauge<std::uint64_t> failures;
  Gauge<std::uint32_t> in_flight;
  Gauge<double> latency_ms;    // smoothed; 0 = not measured yet
  Gauge<double> failure_rate;  // smoothed
  Gauge<std::int64_t> ejected_until_ms;
  LatencyHistogram latencies;
  RateMeter rate;
};

// What a second try should keep away from. `node_too`: the whole node did not answer.
struct Avoid {
  const ReplicaState* replica = nullptr;
  bool node_too = false;
};

class AppRoute {
 public:
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] bool has_replicas() const { return !replicas_.empty(); }
  // Null when there is none (but the one to avoid). Prefers, in this order: another node than the
  // one to avoid, another replica, one that is not ejected.
  std::shared_ptr<ReplicaState> pick(Instant now, Avoid avoid);
  // Counts a failure, and ejects unless that would leave nobody. `node_too`: it was the node that
  // did not answer, which says the same of its other replicas.
  void on_failure(ReplicaState& replica, Instant now, bool node_too);

  Gauge<std::uint64_t> requests;
  Gauge<std::uint64_t> errors;
  LatencyHistogram latencies;
  RateMeter rate;

 private:
  friend class Routing;
  void hold_against(ReplicaState& replica, Instant now);
  std::optional<std::size_t> pick_among(Instant now, Avoid avoid, bool ejected_too);

  std::string name_;
  std::vector<std::string> hosts_;
  std::vector<std::shared_ptr<ReplicaState>> replicas_;
  std::vector<balance::Candidate> candidates_;  // in the order of replicas_
  std::unique_ptr<balance::Policy> policy_;
};

class Routing {
 public:
  Routing(boost::asio::io_context& context, EventLoop& loop, const Options& options)
      : context_(context), loop_(loop), options_(options) {}

  void replace(RouteTable table);
  // See Gateway::set_control(). It is no app: no table names it, no statistics count it.
  void set_control(std::string prefix, std::uint16_t port);
  // Null unless the target is below the prefix.
  [[nodiscard]] std::shared_ptr<AppRoute> find_control(std::string_view target) const;
  [[nodiscard]] const std::string& control_prefix() const { return control_prefix_; }
  [[nodiscard]] const std::optional<MeshKey>& mesh_key() const { return mesh_key_; }

  // `host` may carry a port; case does not matter.
  std::shared_ptr<AppRoute> find_by_host(std::string_view host) const;
  std::shared_ptr<AppRoute> find_by_name(std::string_view name) const;
  struct LocalReplica {
    std::shared_ptr<AppRoute> app;
    std::shared_ptr<ReplicaState> replica;
  };
  // A replica that runs here; null pointers when there is no such one.
  LocalReplica find_local(std::string_view replica_id) const;

  void set_own_load(NodeLoad load) { note_node_load(self_node_, load); }
  void note_node_load(const std::string& node, NodeLoad load);
  // Refreshes scores and rates; call it about once a second.
  void tick(double elapsed_s);
  void rotate_histograms();
  void close_idle();

  // Any thread.
  [[nodiscard]] std::vector<AppStats> stats() const;

 private:
  struct KnownLoad {
    NodeLoad load;
    Instant at;
  };

  std::shared_ptr<Upstream> upstream_for(const Replica& replica);
  void adopt(AppRoute& route, App app);
  void refresh_signals(AppRoute& route);

  boost::asio::io_context& context_;
  EventLoop& loop_;
  const Options& options_;
  std::optional<MeshKey> mesh_key_;
  std::string self_node_;
  std::string control_prefix_;
  std::shared_ptr<AppRoute> control_;
  mutable std::mutex mutex_;  // apps_ and the lists in them: written here, read by stats()
  std::map<std::string, std::shared_ptr<AppRoute>, std::less<>> apps_;
  std::map<std::string, std::shared_ptr<AppRoute>, std::less<>> by_host_;
  std::map<std::string, LocalReplica, std::less<>> local_;
  std::map<std::pair<std::string, std::uint16_t>, std::weak_ptr<Upstream>> upstreams_;
  std::map<std::string, KnownLoad> loads_;
};

}  // namespace a67::gateway
