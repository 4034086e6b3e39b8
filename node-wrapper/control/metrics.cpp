#include "node-wrapper/control/metrics.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

namespace a67 {
namespace {

using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

std::string number_text(double value) {
  if (!std::isfinite(value)) value = 0;
  std::array<char, 40> text{};
  // Counters must not lose their last digits, measurements need no more than nine.
  const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
  std::snprintf(text.data(), text.size(), whole ? "%.0f" : "%.9g", value);
  return text.data();
}

double count(std::int64_t value) { return static_cast<double>(value); }

class Page {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_ += "# HELP automator67_";
    text_ += name;
    text_ += ' ';
    text_ += help;
    text_ += "\n# TYPE automator67_";
    text_ += name;
    text_ += ' ';
    text_ += type;
    text_ += '\n';
  }

  void sample(const Labels& labels, double value) {
    text_ += "automator67_";
    text_ += name_;
    char before = '{';
    for (const auto& [label, content] : labels) {
      text_ += before;
      text_ += label;
      text_ += "=\"";
      append_escaped(content);
      text_ += '"';
      before = ',';
    }
    if (!labels.empty()) text_ += '}';
    text_ += ' ';
    text_ += number_text(value);
    text_ += '\n';
  }

  void single(std::string_view name, std::string_view type, std::string_view help, double value) {
    family(name, type, help);
    sample({}, value);
  }

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void append_escaped(std::string_view content) {
    for (const char c : content) {
      if (c == '\\' || c == '"') text_ += '\\';
      if (c == '\n') {
        text_ += "\\n";
      } else {
        text_ += c;
      }
    }
  }

  std::string text_;
  std::string_view name_;
};

void add_node(Page& page, const NodeStatus& status, const OrderCounts& orders) {
  page.family("node_info", "gauge", "The node, as labels.");
  page.sample({{"node", status.node.id.value},
               {"name", status.node.name},
               {"role", to_string(status.node.role)},
               {"version", status.node.version}},
              1);
  page.single("node_cpu_usage_ratio", "gauge", "Share of all processors in use, 0 to 1.",
              status.load.cpu_percent / 100);
  page.single("node_memory_usage_ratio", "gauge", "Share of the memory in use, 0 to 1.",
              status.load.memory_percent / 100);
  page.single("node_memory_size_bytes", "gauge", "Memory of the machine.",
              count(status.node.memory_bytes));
  page.single("node_disk_free_bytes", "gauge", "Free space where the node keeps its data.",
              count(status.node.disk_free_bytes));
  page.single("node_desired_epoch", "gauge", "Epoch of the desired state in force.",
              count(status.epoch));
  page.single("node_desired_revision", "gauge", "Revision of the desired state in force.",
              count(status.revision));
  page.single("orders_accepted_total", "counter", "Orders carried out since the start.",
              static_cast<double>(orders.accepted));
  page.single("orders_refused_total", "counter", "Requests refused since the start.",
              static_cast<double>(orders.refused));
}

using ReplicaValue = double (*)(const ReplicaStatus&);

void add_replicas(Page& page, const std::vector<ReplicaStatus>& replicas) {
  struct Family {
    std::string_view name, type, help;
    ReplicaValue value;
  };
  static constexpr std::array<Family, 10> kFamilies = {{
      {"replica_restarts_total", "counter", "Restarts of the replica.",
       [](const ReplicaStatus& r) { return count(r.restarts); }},
      {"replica_cpu_usage_ratio", "gauge", "Processors in use, 1 is one whole core.",
       [](const ReplicaStatus& r) { return r.cpu_percent / 100; }},
      {"replica_memory_bytes", "gauge", "Memory in use.",
       [](const ReplicaStatus& r) { return count(r.memory_bytes); }},
      {"replica_disk_bytes", "gauge", "Disk space in use.",
       [](const ReplicaStatus& r) { return count(r.disk_bytes); }},
      {"replica_network_bytes_total", "counter", "Bytes over the network.",
       [](const ReplicaStatus& r) { return count(r.network_bytes); }},
      {"replica_connections", "gauge", "Open connections.",
       [](const ReplicaStatus& r) { return count(r.connections); }},
      {"replica_requests_total", "counter", "Requests that reached the replica.",
       [](const ReplicaStatus& r) { return count(r.requests); }},
      {"replica_errors_total", "counter", "Answers of 500 and above, and no answers.",
       [](const ReplicaStatus& r) { return count(r.errors); }},
      {"replica_latency_seconds", "gauge", "Smoothed time to the first byte.",
       [](const ReplicaStatus& r) { return r.latency_ms / 1000; }},
      {"replica_ready", "gauge", "1 when the replica takes requests.",
       [](const ReplicaStatus& r) { return r.state == ReplicaState::kReady ? 1.0 : 0.0; }},
  }};
  for (const Family& family : kFamilies) {
    page.family(family.name, family.type, family.help);
    for (const ReplicaStatus& replica : replicas) {
      page.sample({{"app", replica.app}, {"replica", replica.id.value}}, family.value(replica));
    }
  }
  page.family("replica_state_info", "gauge", "The replica's state, as a label.");
  for (const ReplicaStatus& replica : replicas) {
    page.sample(
        {{"app", replica.app}, {"replica", replica.id.value}, {"state", to_string(replica.state)}},
        1);
  }
}

void add_gateway(Page& page, const GatewayStatus& gateway) {
  page.single("gateway_requests_total", "counter", "Requests answered by the gateway.",
              count(gateway.requests));
  page.single("gateway_errors_total", "counter", "Requests answered with 500 and above.",
              count(gateway.errors));
  page.single("gateway_connections", "gauge", "Open client connections.",
              count(gateway.connections));
  const auto per_app = [&](std::string_view name, std::string_view type, std::string_view help,
                           double (*value)(const GatewayAppStatus&)) {
    page.family(name, type, help);
    for (const GatewayAppStatus& app : gateway.apps) page.sample({{"app", app.name}}, value(app));
  };
  per_app("gateway_app_requests_total", "counter", "Requests for the app.",
          [](const GatewayAppStatus& app) { return count(app.requests); });
  per_app("gateway_app_errors_total", "counter", "Requests for the app that ended in an error.",
          [](const GatewayAppStatus& app) { return count(app.errors); });
  per_app("gateway_app_latency_p50_seconds", "gauge", "Half of the answers were faster.",
          [](const GatewayAppStatus& app) { return app.p50_ms / 1000; });
  per_app("gateway_app_latency_p95_seconds", "gauge", "95 of 100 answers were faster.",
          [](const GatewayAppStatus& app) { return app.p95_ms / 1000; });
  const auto per_replica = [&](std::string_view name, std::string_view type, std::string_view help,
                               double (*value)(const GatewayReplicaStatus&)) {
    page.family(name, type, help);
    for (const GatewayAppStatus& app : gateway.apps) {
      for (const GatewayReplicaStatus& replica : app.replicas) {
        page.sample({{"app", app.name}, {"replica", replica.id.value}}, value(replica));
      }
    }
  };
  per_replica("gateway_replica_requests_total", "counter", "Requests sent to the replica.",
              [](const GatewayReplicaStatus& replica) { return count(replica.requests); });
  per_replica("gateway_replica_failures_total", "counter", "Requests the replica did not answer.",
              [](const GatewayReplicaStatus& replica) { return count(replica.failures); });
  per_replica("gateway_replica_ejected", "gauge", "1 while the replica gets no requests.",
              [](const GatewayReplicaStatus& replica) { return replica.ejected ? 1.0 : 0.0; });
}

}  // namespace

std::string render_metrics(const NodeStatus& status, const OrderCounts& orders) {
  Page page;
  add_node(page, status, orders);
  add_replicas(page, status.replicas);
  add_gateway(page, status.gateway);
  return page.take();
}

}  // namespace a67
