#include "engine/state/snapshot.h"

#include <utility>

#include "engine/base/crypto.h"
#include "engine/base/encoding.h"

namespace a67 {
namespace {

// ---- writing

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
  Json releases = Json::array();
  for (const auto& release : app.releases) releases.push_back(write_release(release));
  Json assignments = Json::array();
  for (const auto& assignment : app.assignments) {
    assignments.push_back(write_assignment(assignment));
  }
  Json deployments = Json::array();
  for (const auto& deployment : app.deployments) {
    deployments.push_back(write_deployment(deployment));
  }
  return {{"name", app.name},
          {"createdAt", app.created_at},
          {"wanted", app.wanted},
          {"stopped", app.stopped},
          {"serving", app.serving.value},
          {"generation", app.generation},
          {"nextRelease", app.next_release},
          {"releases", std::move(releases)},
          {"assignments", std::move(assignments)},
          {"deployments", std::move(deployments)}};
}

Json write_state(const State& state) {
  Json nodes = Json::array();
  for (const NodeRecord& node : state.nodes) {
    nodes.push_back({{"id", node.id.value},
                     {"name", node.name},
                     {"url", node.url},
                     {"gatewayUrl", node.gateway_url},
                     {"role", to_string(node.role)},
                     {"claimedAt", node.claimed_at}});
  }
  Json apps = Json::array();
  for (const AppRecord& app : state.apps) apps.push_back(write_app(app));
  Json activity = Json::array();
  for (const ActivityLine& line : state.activity) {
    activity.push_back({{"seq", line.seq},
                        {"at", line.at},
                        {"level", to_string(line.level)},
                        {"kind", line.kind},
                        {"subject", line.subject},
                        {"message", line.message}});
  }
  const WeightSettings& weights = state.settings.weights;
  return {{"nodes", std::move(nodes)},
          {"apps", std::move(apps)},
          {"activity", std::move(activity)},
          {"nextActivitySeq", state.next_activity_seq},
          {"heartbeatSeconds", state.settings.heartbeat_seconds},
          {"weights",
           {{"cpu", weights.cpu},
            {"memory", weights.memory},
            {"latency", weights.latency},
            {"connections", weights.connections},
            {"history", weights.history}}},
          {"meshKey", base64url_encode(state.mesh_key.expose())}};
}

// ---- reading. The digest has shown that these are our own bytes, so the lenient readers do.

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
  AppRecord app{.name = string_or(value, "name"),
                .created_at = int_or(value, "createdAt"),
                .wanted = int_or(value, "wanted", 1),
                .stopped = bool_or(value, "stopped"),
                .serving = ReleaseId(string_or(value, "serving")),
                .generation = int_or(value, "generation", 1),
                .next_release = int_or(value, "nextRelease", 1)};
  for (const Json& release : array_at(value, "releases")) {
    app.releases.push_back(read_release(release));
  }
  for (const Json& assignment : array_at(value, "assignments")) {
    app.assignments.push_back(read_assignment(assignment));
  }
  for (const Json& deployment : array_at(value, "deployments")) {
    app.deployments.push_back(read_deployment(deployment));
  }
  return app;
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

State read_state(const Json& value) {
  State state;
  for (const Json& node : array_at(value, "nodes")) {
    state.nodes.push_back(
        {.id = NodeId(string_or(node, "id")),
         .name = string_or(node, "name"),
         .url = string_or(node, "url"),
         .gateway_url = string_or(node, "gatewayUrl"),
         .role = node_role_from(string_or(node, "role")).value_or(NodeRole::kWorker),
         .claimed_at = int_or(node, "claimedAt")});
  }
  for (const Json& app : array_at(value, "apps")) state.apps.push_back(read_app(app));
  for (const Json& line : array_at(value, "activity")) {
    state.activity.push_back(
        {.seq = int_or(line, "seq"),
         .at = int_or(line, "at"),
         .level = activity_level_from(string_or(line, "level")).value_or(ActivityLevel::kInfo),
         .kind = string_or(line, "kind"),
         .subject = string_or(line, "subject"),
         .message = string_or(line, "message")});
  }
  state.next_activity_seq = int_or(value, "nextActivitySeq", 1);
  state.settings = read_settings(value);
  if (const auto key = base64url_decode(string_or(value, "meshKey")); key && key->size() == 32) {
    std::array<std::uint8_t, 32> bytes{};
    std::copy(key->begin(), key->end(), bytes.begin());
    state.mesh_key = MeshKey(bytes);
  }
  return state;
}

std::unexpected<Error> damaged(std::string what) {
  return fail(
      ErrorCode::kStoreFailed, "The saved state cannot be read: " + std::move(what),
      "Nothing was overwritten. Restore the browser profile or data folder from a backup, or "
      "start with an empty one and claim the nodes again.");
}

}  // namespace

std::string write_snapshot(const State& state) {
  const std::string inner = dump_json(write_state(state));
  return dump_json(
      {{"version", kSnapshotVersion}, {"sha256", hex_encode(sha256(inner))}, {"state", inner}});
}

Result<State> read_snapshot(std::string_view text) {
  const auto outer = parse_json(text, {.bytes_max = kSnapshotBytesMax});
  if (!outer) return damaged(outer.error().message);
  const auto version = int_or(*outer, "version");
  if (version > kSnapshotVersion) {
    return damaged("it was written by a newer Automator67 (format " + std::to_string(version) +
                   ", this one knows " + std::to_string(kSnapshotVersion) + ").");
  }
  const std::string inner = string_or(*outer, "state");
  if (version != kSnapshotVersion || string_or(*outer, "sha256") != hex_encode(sha256(inner))) {
    return damaged("its checksum does not match.");
  }
  const auto value = parse_json(inner, {.bytes_max = kSnapshotBytesMax});
  if (!value) return damaged(value.error().message);
  return read_state(*value);
}

}  // namespace a67
