// The desired document: the largest message of the protocol, and the only one that carries secrets.
#include <algorithm>
#include <set>

#include "engine/base/encoding.h"
#include "engine/fleet/field_reader.h"
#include "engine/fleet/node_protocol.h"

namespace a67 {
namespace {

constexpr std::int64_t kCounterMax = std::int64_t{1} << 53;  // what JavaScript can count to

bool has_control_or_space(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7F;
  });
}

bool is_command(std::string_view text) {
  return text.size() <= kCommandLengthMax && !text.contains('\0');
}

bool is_runtime(std::string_view text) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "", "auto", "node", "python", "procfile", "static", "binary"};
  return std::ranges::contains(kNames, text);
}

bool is_policy(std::string_view text) {
  static constexpr std::array<std::string_view, 4> kNames = {"weighted", "round-robin",
                                                             "least-connections", "latency"};
  return std::ranges::contains(kNames, text);
}

bool is_relative_path(std::string_view text) {
  if (text.size() > 512 || text.starts_with('/') || text.contains('\0')) return false;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t to = std::min(text.find('/', from), text.size());
    if (text.substr(from, to - from) == "..") return false;
    from = to + 1;
  }
  return true;
}

bool is_health_path(std::string_view text) {
  return text.empty() || (text.size() <= 512 && text.front() == '/' && !has_control_or_space(text));
}

// What git gets as an argument must not look like an option.
bool is_git_word(std::string_view text) {
  return !text.empty() && text.size() <= 2048 && text.front() != '-' && !has_control_or_space(text);
}

bool is_git_ref(std::string_view text) {
  return text.empty() || (is_git_word(text) && text.size() <= 255);
}

bool is_host_name(std::string_view text) {
  return !text.empty() && text.size() <= 253 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
  });
}

// `name:port`, `1.2.3.4:port` or `[::1]:port`.
bool is_host_and_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (text.size() > 300 || colon == std::string_view::npos) return false;
  const std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const bool literal = host.size() > 2 && host.front() == '[' && host.back() == ']' &&
                       std::ranges::all_of(host.substr(1, host.size() - 2), [](char c) {
                         return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
                                (c >= 'A' && c <= 'F') || c == ':' || c == '.';
                       });
  if (!literal && !is_host_name(host)) return false;
  if (port.empty() || port.size() > 5) return false;
  int number = 0;
  for (const char c : port) {
    if (c < '0' || c > '9') return false;
    number = number * 10 + (c - '0');
  }
  return number >= 1 && number <= 65'535;
}

Result<void> read_source(const Json& value, const std::string& path, Source& source) {
  FieldReader read(value, path);
  std::string kind;
  read.text("kind", kind, 32);
  if (!read.ok()) return read.done();
  if (kind == "archive") {
    source.kind = Source::Kind::kArchive;
    read.checked_text("sha256", source.sha256, is_valid_sha256, "must be 64 lower-case hex digits");
    read.word("format", source.format, archive_format_from);
  } else if (kind == "git") {
    source.kind = Source::Kind::kGit;
    read.checked_text("url", source.url, is_git_word, "is not a Git URL");
    if (read.has("ref")) {
      read.checked_text("ref", source.ref, is_git_ref, "is not a branch, tag or commit");
    }
  } else {
    read.refuse("kind", "must be `archive` or `git`");
  }
  return read.done();
}

Result<void> read_health(const Json& value, const std::string& path, HealthSpec& health) {
  FieldReader read(value, path);
  if (read.has("path")) {
    read.checked_text("path", health.path, is_health_path,
                      "must start with `/` and hold no spaces");
  }
  read.optional_integer("intervalSeconds", health.interval_seconds, 1, 300);
  read.optional_integer("timeoutSeconds", health.timeout_seconds, 1, 60);
  read.optional_integer("startSeconds", health.start_seconds, 1, 900);
  return read.done();
}

Result<void> read_env(const Json& value, const std::string& path, Environment& env) {
  FieldReader read(value, path);
  if (!read.ok()) return read.done();
  const auto refuse = [&](const std::string& rule, const std::string& where) {
    return fail(ErrorCode::kInvalidInput, "`" + where + "` " + rule + ".", {}, where);
  };
  if (value.size() > kEnvCountMax) {
    return refuse("has more than " + std::to_string(kEnvCountMax) + " entries", path);
  }
  std::size_t bytes = 0;
  for (const auto& [name, item] : value.items()) {
    if (!is_valid_env_name(name)) {
      return refuse("has a name that is not letters, digits and `_`", path);
    }
    std::string where = path;
    where.append(".").append(name);
    if (!item.is_string()) return refuse("must be a text", where);
    const auto& text = item.get_ref<const std::string&>();
    if (text.size() > kEnvValueBytesMax) {
      return refuse("is longer than " + std::to_string(kEnvValueBytesMax) + " bytes", where);
    }
    if (text.contains('\0')) return refuse("holds a NUL character", where);
    bytes += name.size() + text.size();
    env.emplace(name, WireSecret<std::string>(text));
  }
  if (bytes > kEnvBytesMax) {
    return refuse("has more than " + std::to_string(kEnvBytesMax) + " bytes together", path);
  }
  return {};
}

Result<void> read_spec(const Json& value, const std::string& path, ReplicaSpec& spec) {
  FieldReader read(value, path);
  const auto optional_checked = [&](std::string_view key, std::string& out,
                                    bool (*is_valid)(std::string_view), std::string_view rule) {
    if (read.has(key)) read.checked_text(key, out, is_valid, rule);
  };
  optional_checked("runtime", spec.runtime, is_runtime, "is not a runtime we know");
  optional_checked("build", spec.build, is_command, "is too long or holds a NUL character");
  optional_checked("start", spec.start, is_command, "is too long or holds a NUL character");
  optional_checked("staticRoot", spec.static_root, is_relative_path,
                   "must be a relative path inside the release");
  if (read.has("env")) {
    read.object("env", [&](const Json& item, const std::string& where) {
      return read_env(item, where, spec.env);
    });
  }
  if (read.has("health")) {
    read.object("health", [&](const Json& item, const std::string& where) {
      return read_health(item, where, spec.health);
    });
  }
  read.optional_integer("memoryMb", spec.memory_mb, 0, 1'048'576);
  read.optional_integer("cpuPercent", spec.cpu_percent, 0, 6400);
  read.optional_integer("stopSeconds", spec.stop_seconds, 0, 300);
  read.optional_integer("buildSeconds", spec.build_seconds, 1, 3600);
  return read.done();
}

Result<void> read_replica(const Json& value, const std::string& path, DesiredReplica& replica) {
  FieldReader read(value, path);
  read.checked_text("id", replica.id.value, is_valid_id, "is not a replica id");
  read.checked_text("app", replica.app, is_valid_app_name, "is not an app name");
  read.checked_text("release", replica.release.value, is_valid_id, "is not a release id");
  read.integer("generation", replica.generation, 0, kCounterMax);
  read.object("source", [&](const Json& item, const std::string& where) {
    return read_source(item, where, replica.source);
  });
  read.object("spec", [&](const Json& item, const std::string& where) {
    return read_spec(item, where, replica.spec);
  });
  return read.done();
}

Result<void> read_route_app(const Json& value, const std::string& path, RouteApp& app,
                            std::size_t& replicas_total) {
  FieldReader read(value, path);
  read.checked_text("name", app.name, is_valid_app_name, "is not an app name");
  if (read.has("hosts")) {
    read.array(
        "hosts", kHostsPerAppMax, [&](const Json& item, const std::string& where) -> Result<void> {
          if (!item.is_string() || !is_host_name(item.get_ref<const std::string&>())) {
            return fail(ErrorCode::kInvalidInput, "`" + where + "` is not a host name.", {}, where);
          }
          app.hosts.push_back(item.get<std::string>());
          return {};
        });
  }
  if (read.has("policy")) {
    read.checked_text("policy", app.policy, is_policy, "is not a policy we know");
  }
  read.array("replicas", kRoutesMax,
             [&](const Json& item, const std::string& where) -> Result<void> {
               RouteReplica& replica = app.replicas.emplace_back();
               FieldReader part(item, where);
               part.checked_text("id", replica.id.value, is_valid_id, "is not a replica id");
               part.checked_text("node", replica.node.value, is_valid_id, "is not a node id");
               return part.done();
             });
  replicas_total += app.replicas.size();
  if (replicas_total > kRoutesMax) {
    read.refuse("replicas", "brings the routes over " + std::to_string(kRoutesMax) + " replicas");
  }
  return read.done();
}

Result<void> read_routes(const Json& value, const std::string& path, Routes& routes) {
  FieldReader read(value, path);
  std::size_t replicas_total = 0;
  std::set<std::string> names;
  read.array("apps", kRoutesMax, [&](const Json& item, const std::string& where) -> Result<void> {
    RouteApp& app = routes.apps.emplace_back();
    if (auto done = read_route_app(item, where, app, replicas_total); !done) return done;
    if (!names.insert(app.name).second) {
      return fail(ErrorCode::kInvalidInput, "`" + where + ".name` is listed twice.", {},
                  where + ".name");
    }
    return {};
  });
  read.array("nodes", kRoutesMax, [&](const Json& item, const std::string& where) -> Result<void> {
    RouteNode& node = routes.nodes.emplace_back();
    FieldReader part(item, where);
    part.checked_text("id", node.id.value, is_valid_id, "is not a node id");
    part.checked_text("gateway", node.gateway, is_host_and_port, "must be host:port");
    return part.done();
  });
  std::string key;
  read.text("meshKey", key, 64);
  if (!read.ok()) return read.done();
  const auto bytes = base64url_decode(key);
  if (!bytes || bytes->size() != 32) {
    read.refuse("meshKey", "must be 32 bytes in base64url");
    return read.done();
  }
  std::array<std::uint8_t, 32> fixed{};
  std::ranges::copy(*bytes, fixed.begin());
  routes.mesh_key = MeshKey(fixed);
  return {};
}

Json source_to_json(const Source& source) {
  if (source.kind == Source::Kind::kGit) {
    return {{"kind", "git"}, {"url", source.url}, {"ref", source.ref}};
  }
  return {{"kind", "archive"}, {"sha256", source.sha256}, {"format", to_string(source.format)}};
}

Json spec_to_json(const ReplicaSpec& spec) {
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

Json routes_to_json(const Routes& routes) {
  Json apps = Json::array();
  for (const RouteApp& app : routes.apps) {
    Json replicas = Json::array();
    for (const RouteReplica& replica : app.replicas) {
      replicas.push_back({{"id", replica.id.value}, {"node", replica.node.value}});
    }
    apps.push_back({{"name", app.name},
                    {"hosts", app.hosts},
                    {"policy", app.policy},
                    {"replicas", std::move(replicas)}});
  }
  Json nodes = Json::array();
  for (const RouteNode& node : routes.nodes) {
    nodes.push_back({{"id", node.id.value}, {"gateway", node.gateway}});
  }
  return {{"apps", std::move(apps)},
          {"nodes", std::move(nodes)},
          {"meshKey", base64url_encode(routes.mesh_key.expose())}};
}

}  // namespace

std::string_view to_string(ArchiveFormat format) {
  return format == ArchiveFormat::kTarGz ? "tar.gz" : "zip";
}

std::optional<ArchiveFormat> archive_format_from(std::string_view name) {
  if (name == "tar.gz") return ArchiveFormat::kTarGz;
  if (name == "zip") return ArchiveFormat::kZip;
  return std::nullopt;
}

Json to_json(const DesiredState& desired) {
  Json replicas = Json::array();
  for (const DesiredReplica& replica : desired.replicas) {
    replicas.push_back({{"id", replica.id.value},
                        {"app", replica.app},
                        {"release", replica.release.value},
                        {"generation", replica.generation},
                        {"source", source_to_json(replica.source)},
                        {"spec", spec_to_json(replica.spec)}});
  }
  return {{"epoch", desired.epoch},
          {"revision", desired.revision},
          {"replicas", std::move(replicas)},
          {"routes", routes_to_json(desired.routes)}};
}

Result<DesiredState> desired_state_from_json(const Json& value) {
  DesiredState desired;
  FieldReader read(value);
  read.integer("epoch", desired.epoch, 1, kCounterMax);
  read.integer("revision", desired.revision, 0, kCounterMax);
  std::set<ReplicaId> ids;
  read.array("replicas", kDesiredReplicasMax,
             [&](const Json& item, const std::string& path) -> Result<void> {
               DesiredReplica& replica = desired.replicas.emplace_back();
               if (auto done = read_replica(item, path, replica); !done) return done;
               if (!ids.insert(replica.id).second) {
                 return fail(ErrorCode::kInvalidInput, "`" + path + ".id` is listed twice.", {},
                             path + ".id");
               }
               return {};
             });
  read.object("routes", [&](const Json& item, const std::string& path) {
    return read_routes(item, path, desired.routes);
  });
  if (!read.ok()) return std::unexpected(read.done().error());
  return desired;
}

}  // namespace a67
