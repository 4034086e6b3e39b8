#include "engine/state/record_json.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/encoding.h"

namespace a67 {
namespace {

Json write_spec(const ReplicaSpec& spec) {
  Json env = Json::object();
  for (const auto& [name, value] : spec.env) env[name] = value.expose();
  return {{"runtime", spec.runtime},
          {"build", spec.build},
          {"start", spec.start},
          {"staticRoot", spec.static_root},
          {"env", std::move(env)},
          {"health",
           {{"path", spec.health.path},
            {"intervalSeconds", spec.health.interval_seconds},
            {"timeoutSeconds", spec.health.timeout_seconds},
            {"startSeconds", spec.health.start_seconds}}},
          {"memoryMb", spec.memory_mb},
          {"cpuPercent", spec.cpu_percent},
          {"stopSeconds", spec.stop_seconds},
          {"buildSeconds", spec.build_seconds}};
}

ReplicaSpec read_spec(const Json& value) {
  ReplicaSpec spec{.runtime = string_or(value, "runtime"),
                   .build = string_or(value, "build"),
                   .start = string_or(value, "start"),
                   .static_root = string_or(value, "staticRoot"),
                   .memory_mb = int_or(value, "memoryMb"),
                   .cpu_percent = int_or(value, "cpuPercent"),
                   .stop_seconds = int_or(value, "stopSeconds", 10),
                   .build_seconds = int_or(value, "buildSeconds", 600)};
  for (const auto& [name, text] : object_at(value, "env").items()) {
    if (text.is_string()) spec.env.emplace(name, WireSecret(text.get<std::string>()));
  }
  const Json& health = object_at(value, "health");
  spec.health = {.path = string_or(health, "path"),
                 .interval_seconds = int_or(health, "intervalSeconds", 5),
                 .timeout_seconds = int_or(health, "timeoutSeconds", 2),
                 .start_seconds = int_or(health, "startSeconds", 60)};
  return spec;
}

}  // namespace

// ---- writing

Json write_node(const NodeRecord& node) {
  return {{"id", node.id.value},
          {"name", node.name},
          {"url", node.url},
          {"gatewayUrl", node.gateway_url},
          {"role", to_string(node.role)},
          {"claimedAt", node.claimed_at}};
}

Json write_release(const ReleaseRecord& release) {
  const bool git = release.source.kind == Source::Kind::kGit;
  return {{"id", release.id.value},
          {"number", release.number},
          {"kind", git ? "git" : "archive"},
          {"sha256", release.source.sha256},
          {"format", to_string(release.source.format)},
          {"url", release.source.url},
          {"ref", release.source.ref},
          {"sourceName", release.source_name},
          {"sourceBytes", release.source_bytes},
          {"spec", write_spec(release.spec)},
          {"hosts", release.hosts},
          {"policy", release.policy},
          {"createdAt", release.created_at}};
}

// Whether it is draining, not since when: an instant means nothing to another start of the engine.
Json write_assignment(const Assignment& assignment) {
  return {{"id", assignment.id.value},
          {"node", assignment.node.value},
          {"release", assignment.release.value},
          {"generation", assignment.generation},
          {"draining", assignment.draining_since.has_value()},
          {"ready", assignment.ready},
          {"why", assignment.why.is_object() ? assignment.why : Json::object()}};
}

Json write_deployment(const DeploymentRecord& deployment) {
  Json avoid = Json::array();
  for (const NodeId& node : deployment.avoid) avoid.push_back(node.value);
  Json value = {{"id", deployment.id.value},
                {"kind", to_string(deployment.kind)},
                {"release", deployment.release.value},
                {"previous", deployment.previous.value},
                {"state", to_string(deployment.state)},
                {"wanted", deployment.wanted},
                {"wantedBefore", deployment.wanted_before},
                {"generation", deployment.generation},
                {"ready", deployment.ready},
                {"percent", deployment.percent},
                {"step", deployment.step},
                {"startedAt", deployment.started_at},
                {"finishedAt", deployment.finished_at},
                {"avoid", std::move(avoid)}};
  if (deployment.error) value["error"] = to_json_error(*deployment.error);
  return value;
}

Json write_app(const AppRecord& app) {
  return {{"name", app.name},
          {"createdAt", app.created_at},
          {"wanted", app.wanted},
          {"stopped", app.stopped},
          {"serving", app.serving.value},
          {"generation", app.generation},
          {"nextRelease", app.next_release}};
}

Json write_activity(const ActivityLine& line) {
  return {{"seq", line.seq},   {"at", line.at},           {"level", to_string(line.level)},
          {"kind", line.kind}, {"subject", line.subject}, {"message", line.message}};
}

Json write_settings(const Settings& settings) {
  const WeightSettings& weights = settings.weights;
  return {{"heartbeatSeconds", settings.heartbeat_seconds},
          {"weights",
           {{"cpu", weights.cpu},
            {"memory", weights.memory},
            {"latency", weights.latency},
            {"connections", weights.connections},
            {"history", weights.history}}}};
}

std::string write_mesh_key(const MeshKey& key) { return base64url_encode(key.expose()); }

// ---- reading

NodeRecord read_node(const Json& value) {
  return {.id = NodeId(string_or(value, "id")),
          .name = string_or(value, "name"),
          .url = string_or(value, "url"),
          .gateway_url = string_or(value, "gatewayUrl"),
          .role = node_role_from(string_or(value, "role")).value_or(NodeRole::kWorker),
          .claimed_at = int_or(value, "claimedAt")};
}

ReleaseRecord read_release(const Json& value) {
  ReleaseRecord release{.id = ReleaseId(string_or(value, "id")),
                        .number = int_or(value, "number", 1),
                        .source_name = string_or(value, "sourceName"),
                        .source_bytes = int_or(value, "sourceBytes"),
                        .spec = read_spec(object_at(value, "spec")),
                        .policy = string_or(value, "policy", "weighted"),
                        .created_at = int_or(value, "createdAt")};
  release.source = {
      .kind = string_or(value, "kind") == "git" ? Source::Kind::kGit : Source::Kind::kArchive,
      .sha256 = string_or(value, "sha256"),
      .format = archive_format_from(string_or(value, "format")).value_or(ArchiveFormat::kTarGz),
      .url = string_or(value, "url"),
      .ref = string_or(value, "ref")};
  for (const Json& host : array_at(value, "hosts")) {
    if (host.is_string()) release.hosts.push_back(host.get<std::string>());
  }
  return release;
}

DeploymentRecord read_deployment(const Json& value) {
  DeploymentRecord deployment{
      .id = DeploymentId(string_or(value, "id")),
      .kind = deployment_kind_from(string_or(value, "kind")).value_or(DeploymentKind::kDeploy),
      .release = ReleaseId(string_or(value, "release")),
      .previous = ReleaseId(string_or(value, "previous")),
      .state = deployment_state_from(string_or(value, "state")).value_or(DeploymentState::kFailed),
      .wanted = int_or(value, "wanted", 1),
      .wanted_before = int_or(value, "wantedBefore"),
      .generation = int_or(value, "generation", 1),
      .ready = int_or(value, "ready"),
      .percent = int_or(value, "percent"),
      .step = string_or(value, "step"),
      .started_at = int_or(value, "startedAt"),
      .finished_at = int_or(value, "finishedAt")};
  if (value.contains("error")) deployment.error = error_from_json(value["error"]);
  for (const Json& node : array_at(value, "avoid")) {
    if (node.is_string()) deployment.avoid.emplace_back(node.get<std::string>());
  }
  return deployment;
}

Assignment read_assignment(const Json& value) {
  Assignment assignment{.id = ReplicaId(string_or(value, "id")),
                        .node = NodeId(string_or(value, "node")),
                        .release = ReleaseId(string_or(value, "release")),
                        .generation = int_or(value, "generation", 1),
                        .ready = bool_or(value, "ready"),
                        .why = object_at(value, "why")};
  if (bool_or(value, "draining")) assignment.draining_since = Instant{};
  return assignment;
}

AppRecord read_app(const Json& value) {
  return {.name = string_or(value, "name"),
          .created_at = int_or(value, "createdAt"),
          .wanted = int_or(value, "wanted", 1),
          .stopped = bool_or(value, "stopped"),
          .serving = ReleaseId(string_or(value, "serving")),
          .generation = int_or(value, "generation", 1),
          .next_release = int_or(value, "nextRelease", 1)};
}

ActivityLine read_activity(const Json& value) {
  return {.seq = int_or(value, "seq"),
          .at = int_or(value, "at"),
          .level = activity_level_from(string_or(value, "level")).value_or(ActivityLevel::kInfo),
          .kind = string_or(value, "kind"),
          .subject = string_or(value, "subject"),
          .message = string_or(value, "message")};
}

Settings read_settings(const Json& value) {
  const Json& weights = object_at(value, "weights");
  return {.heartbeat_seconds = int_or(value, "heartbeatSeconds", 30),
          .weights = {.cpu = int_or(weights, "cpu", 30),
                      .memory = int_or(weights, "memory", 25),
                      .latency = int_or(weights, "latency", 20),
                      .connections = int_or(weights, "connections", 15),
                      .history = int_or(weights, "history", 10)}};
}

MeshKey read_mesh_key(std::string_view text) {
  std::array<std::uint8_t, 32> bytes{};
  if (const auto key = base64url_decode(text); key && key->size() == bytes.size()) {
    std::ranges::copy(*key, bytes.begin());
  }
  return MeshKey(bytes);
}

}  // namespace a67
