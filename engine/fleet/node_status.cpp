// The status document: what a node says it runs, and how its gateway fares.
#include <array>
#include <cmath>
#include <utility>

#include "engine/fleet/field_reader.h"
#include "engine/fleet/node_protocol.h"

namespace a67 {
namespace {

constexpr std::int64_t kCounterMax = std::int64_t{1} << 53;  // what JavaScript can count to
constexpr std::size_t kWordLengthMax = 200;
constexpr std::size_t kReasonLengthMax = 4096;
constexpr std::size_t kRuntimesMax = 50;

constexpr std::array<std::pair<ReplicaState, std::string_view>, 10> kStateNames = {{
    {ReplicaState::kWaiting, "waiting"},
    {ReplicaState::kFetching, "fetching"},
    {ReplicaState::kUnpacking, "unpacking"},
    {ReplicaState::kBuilding, "building"},
    {ReplicaState::kStarting, "starting"},
    {ReplicaState::kReady, "ready"},
    {ReplicaState::kUnhealthy, "unhealthy"},
    {ReplicaState::kBackoff, "backoff"},
    {ReplicaState::kFailed, "failed"},
    {ReplicaState::kStopping, "stopping"},
}};

// JSON has no infinity; a measurement that went wrong must not spoil the document.
double finite(double value) { return std::isfinite(value) ? value : 0.0; }

Json reason_to_json(const Error& reason) {
  return {{"code", to_string(reason.code)},
          {"message", reason.message},
          {"hint", reason.hint},
          {"lines", reason.lines}};
}

Json replica_to_json(const ReplicaStatus& replica) {
  return {{"id", replica.id.value},
          {"app", replica.app},
          {"release", replica.release.value},
          {"state", to_string(replica.state)},
          {"reason", replica.reason ? reason_to_json(*replica.reason) : Json(nullptr)},
          {"generation", replica.generation},
          {"restarts", replica.restarts},
          {"port", replica.port},
          {"startedAt", replica.started_at},
          {"cpuPercent", finite(replica.cpu_percent)},
          {"memoryBytes", replica.memory_bytes},
          {"diskBytes", replica.disk_bytes},
          {"networkBytes", replica.network_bytes},
          {"connections", replica.connections},
          {"requests", replica.requests},
          {"errors", replica.errors},
          {"requestsPerSecond", finite(replica.requests_per_second)},
          {"latencyMs", finite(replica.latency_ms)},
          {"runtime", replica.runtime},
          {"limits", replica.limits}};
}

Json gateway_to_json(const GatewayStatus& gateway) {
  Json apps = Json::array();
  for (const GatewayAppStatus& app : gateway.apps) {
    Json replicas = Json::array();
    for (const GatewayReplicaStatus& replica : app.replicas) {
      replicas.push_back({{"id", replica.id.value},
                          {"requests", replica.requests},
                          {"failures", replica.failures},
                          {"latencyMs", finite(replica.latency_ms)},
                          {"ejected", replica.ejected}});
    }
    apps.push_back({{"name", app.name},
                    {"requests", app.requests},
                    {"errors", app.errors},
                    {"requestsPerSecond", finite(app.requests_per_second)},
                    {"p50Ms", finite(app.p50_ms)},
                    {"p95Ms", finite(app.p95_ms)},
                    {"replicas", std::move(replicas)}});
  }
  return {{"requests", gateway.requests},
          {"errors", gateway.errors},
          {"connections", gateway.connections},
          {"requestsPerSecond", finite(gateway.requests_per_second)},
          {"apps", std::move(apps)}};
}

Json load_to_json(const NodeLoad& load) {
  return {{"cpuPercent", finite(load.cpu_percent)},
          {"memoryPercent", finite(load.memory_percent)},
          {"connections", load.connections},
          {"requestsPerSecond", finite(load.requests_per_second)},
          {"latencyMs", finite(load.latency_ms)},
          {"successRate", finite(load.success_rate)}};
}

Json facts_to_json(const NodeFacts& facts) {
  return {{"id", facts.id.value},
          {"name", facts.name},
          {"role", to_string(facts.role)},
          {"version", facts.version},
          {"now", facts.now},
          {"bootId", facts.boot_id},
          {"os", facts.os},
          {"arch", facts.arch},
          {"cpus", facts.cpus},
          {"memoryBytes", facts.memory_bytes},
          {"diskFreeBytes", facts.disk_free_bytes},
          {"limits", facts.limits},
          {"runtimes", facts.runtimes}};
}

Result<void> read_texts(const Json& item, const std::string& path, std::size_t length_max,
                        std::vector<std::string>& out) {
  if (!item.is_string() || item.get_ref<const std::string&>().size() > length_max) {
    return fail(
        ErrorCode::kInvalidInput,
        "`" + path + "` must be a text of at most " + std::to_string(length_max) + " bytes.", {},
        path);
  }
  out.push_back(item.get<std::string>());
  return {};
}

Result<void> read_facts(const Json& value, const std::string& path, NodeFacts& facts) {
  FieldReader read(value, path);
  read.checked_text("id", facts.id.value, is_valid_id, "is not a node id");
  read.text("name", facts.name, kWordLengthMax);
  read.word("role", facts.role, node_role_from);
  read.text("version", facts.version, kWordLengthMax);
  read.integer("now", facts.now, 0, kCounterMax);
  read.text("bootId", facts.boot_id, kWordLengthMax);
  read.text("os", facts.os, kWordLengthMax);
  read.text("arch", facts.arch, kWordLengthMax);
  read.integer("cpus", facts.cpus, 0, 65'536);
  read.integer("memoryBytes", facts.memory_bytes, 0, kCounterMax);
  read.integer("diskFreeBytes", facts.disk_free_bytes, 0, kCounterMax);
  read.text("limits", facts.limits, kWordLengthMax);
  read.array("runtimes", kRuntimesMax, [&](const Json& item, const std::string& where) {
    return read_texts(item, where, kWordLengthMax, facts.runtimes);
  });
  return read.done();
}

Result<void> read_load(const Json& value, const std::string& path, NodeLoad& load) {
  FieldReader read(value, path);
  read.number("cpuPercent", load.cpu_percent);
  read.number("memoryPercent", load.memory_percent);
  read.integer("connections", load.connections, 0, kCounterMax);
  read.number("requestsPerSecond", load.requests_per_second);
  read.number("latencyMs", load.latency_ms);
  read.number("successRate", load.success_rate);
  return read.done();
}

Result<void> read_reason(const Json& value, const std::string& path, ReplicaStatus& replica) {
  FieldReader read(value, path);
  Error reason;
  read.word("code", reason.code, error_code_from);
  read.text("message", reason.message, kReasonLengthMax);
  read.optional_text("hint", reason.hint, kReasonLengthMax);
  if (read.has("lines")) {
    read.array("lines", kReasonLinesMax, [&](const Json& item, const std::string& where) {
      return read_texts(item, where, kReasonLengthMax, reason.lines);
    });
  }
  replica.reason = std::move(reason);
  return read.done();
}

Result<void> read_replica(const Json& value, const std::string& path, ReplicaStatus& replica) {
  FieldReader read(value, path);
  read.checked_text("id", replica.id.value, is_valid_id, "is not a replica id");
  read.checked_text("app", replica.app, is_valid_app_name, "is not an app name");
  read.checked_text("release", replica.release.value, is_valid_id, "is not a release id");
  read.word("state", replica.state, replica_state_from);
  if (read.has("reason")) {
    read.object("reason", [&](const Json& item, const std::string& where) {
      return read_reason(item, where, replica);
    });
  }
  read.integer("generation", replica.generation, 0, kCounterMax);
  read.integer("restarts", replica.restarts, 0, kCounterMax);
  read.integer("port", replica.port, 0, 65'535);
  read.integer("startedAt", replica.started_at, 0, kCounterMax);
  read.number("cpuPercent", replica.cpu_percent);
  read.integer("memoryBytes", replica.memory_bytes, 0, kCounterMax);
  read.integer("diskBytes", replica.disk_bytes, 0, kCounterMax);
  read.integer("networkBytes", replica.network_bytes, 0, kCounterMax);
  read.integer("connections", replica.connections, 0, kCounterMax);
  read.integer("requests", replica.requests, 0, kCounterMax);
  read.integer("errors", replica.errors, 0, kCounterMax);
  read.number("requestsPerSecond", replica.requests_per_second);
  read.number("latencyMs", replica.latency_ms);
  read.text("runtime", replica.runtime, kWordLengthMax);
  read.text("limits", replica.limits, kWordLengthMax);
  return read.done();
}

Result<void> read_gateway_app(const Json& value, const std::string& path, GatewayAppStatus& app) {
  FieldReader read(value, path);
  read.checked_text("name", app.name, is_valid_app_name, "is not an app name");
  read.integer("requests", app.requests, 0, kCounterMax);
  read.integer("errors", app.errors, 0, kCounterMax);
  read.number("requestsPerSecond", app.requests_per_second);
  read.number("p50Ms", app.p50_ms);
  read.number("p95Ms", app.p95_ms);
  read.array("replicas", kRoutesMax,
             [&](const Json& item, const std::string& where) -> Result<void> {
               GatewayReplicaStatus& replica = app.replicas.emplace_back();
               FieldReader part(item, where);
               part.checked_text("id", replica.id.value, is_valid_id, "is not a replica id");
               part.integer("requests", replica.requests, 0, kCounterMax);
               part.integer("failures", replica.failures, 0, kCounterMax);
               part.number("latencyMs", replica.latency_ms);
               part.boolean("ejected", replica.ejected);
               return part.done();
             });
  return read.done();
}

Result<void> read_gateway(const Json& value, const std::string& path, GatewayStatus& gateway) {
  FieldReader read(value, path);
  read.integer("requests", gateway.requests, 0, kCounterMax);
  read.integer("errors", gateway.errors, 0, kCounterMax);
  read.integer("connections", gateway.connections, 0, kCounterMax);
  read.number("requestsPerSecond", gateway.requests_per_second);
  read.array("apps", kRoutesMax, [&](const Json& item, const std::string& where) {
    return read_gateway_app(item, where, gateway.apps.emplace_back());
  });
  return read.done();
}

}  // namespace

std::string_view to_string(ReplicaState state) {
  for (const auto& [known, name] : kStateNames) {
    if (known == state) return name;
  }
  return "failed";
}

std::optional<ReplicaState> replica_state_from(std::string_view name) {
  for (const auto& [state, known] : kStateNames) {
    if (known == name) return state;
  }
  return std::nullopt;
}

Json to_json(const NodeStatus& status) {
  Json replicas = Json::array();
  for (const ReplicaStatus& replica : status.replicas) {
    replicas.push_back(replica_to_json(replica));
  }
  return {{"node", facts_to_json(status.node)},
          {"seq", status.seq},
          {"gatewayUrl", status.gateway_url},
          {"epoch", status.epoch},
          {"revision", status.revision},
          {"load", load_to_json(status.load)},
          {"missing", status.missing},
          {"replicas", std::move(replicas)},
          {"gateway", gateway_to_json(status.gateway)}};
}

Result<NodeStatus> node_status_from_json(const Json& value) {
  NodeStatus status;
  FieldReader read(value);
  read.object("node", [&](const Json& item, const std::string& path) {
    return read_facts(item, path, status.node);
  });
  if (read.has("seq")) read.integer("seq", status.seq, 0, kCounterMax);
  read.text("gatewayUrl", status.gateway_url, 2048);
  read.integer("epoch", status.epoch, 0, kCounterMax);
  read.integer("revision", status.revision, 0, kCounterMax);
  read.object("load", [&](const Json& item, const std::string& path) {
    return read_load(item, path, status.load);
  });
  read.array("missing", kDesiredReplicasMax,
             [&](const Json& item, const std::string& path) -> Result<void> {
               if (!item.is_string() || !is_valid_sha256(item.get_ref<const std::string&>())) {
                 return fail(ErrorCode::kInvalidInput, "`" + path + "` must be 64 hex digits.", {},
                             path);
               }
               status.missing.push_back(item.get<std::string>());
               return {};
             });
  // Replicas that are stopping are listed too: twice the number wanted is possible.
  read.array("replicas", kDesiredReplicasMax * 2, [&](const Json& item, const std::string& path) {
    return read_replica(item, path, status.replicas.emplace_back());
  });
  read.object("gateway", [&](const Json& item, const std::string& path) {
    return read_gateway(item, path, status.gateway);
  });
  if (!read.ok()) return std::unexpected(read.done().error());
  return status;
}

}  // namespace a67
