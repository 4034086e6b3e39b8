#include "engine/deploy/manifest.h"

#include <utility>

namespace a67 {
namespace {

template <class T>
void prefer(std::optional<T>& base, const std::optional<T>& top) {
  if (top) base = top;
}

template <class T>
void put(Json& object, const char* key, const std::optional<T>& value) {
  if (value) object[key] = *value;
}

std::optional<std::string> text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::optional<std::int64_t> number_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<std::int64_t>();
}

}  // namespace

Manifest manifest_from_request(const Json& request) {
  Manifest manifest;
  manifest.name = text_at(request, "name");
  manifest.runtime = text_at(request, "runtime");
  manifest.build = text_at(request, "build");
  manifest.start = text_at(request, "start");
  manifest.replicas = number_at(request, "replicas");
  for (const auto& [name, value] : object_at(request, "env").items()) {
    if (value.is_string()) manifest.env.emplace(name, value.get<std::string>());
  }
  manifest.health.path = text_at(request, "healthPath");
  manifest.memory_mb = number_at(request, "memoryMb");
  if (request.contains("hosts")) {
    manifest.hosts.emplace();
    for (const Json& host : array_at(request, "hosts")) {
      if (host.is_string()) manifest.hosts->push_back(host.get<std::string>());
    }
  }
  manifest.policy = text_at(request, "policy");
  return manifest;
}

Manifest overlay(Manifest base, const Manifest& top) {
  prefer(base.name, top.name);
  prefer(base.runtime, top.runtime);
  prefer(base.build, top.build);
  prefer(base.start, top.start);
  prefer(base.static_root, top.static_root);
  prefer(base.replicas, top.replicas);
  for (const auto& [name, value] : top.env) base.env.insert_or_assign(name, value);
  prefer(base.health.path, top.health.path);
  prefer(base.health.interval_seconds, top.health.interval_seconds);
  prefer(base.health.timeout_seconds, top.health.timeout_seconds);
  prefer(base.health.start_seconds, top.health.start_seconds);
  prefer(base.memory_mb, top.memory_mb);
  prefer(base.cpu_percent, top.cpu_percent);
  prefer(base.stop_seconds, top.stop_seconds);
  prefer(base.build_seconds, top.build_seconds);
  prefer(base.hosts, top.hosts);
  prefer(base.policy, top.policy);
  return base;
}

ReplicaSpec spec_of(const Manifest& manifest) {
  ReplicaSpec spec;
  spec.runtime = manifest.runtime.value_or("auto");
  spec.build = manifest.build.value_or("");
  spec.start = manifest.start.value_or("");
  spec.static_root = manifest.static_root.value_or("");
  spec.env = manifest.env;
  spec.health.path = manifest.health.path.value_or("");
  spec.health.interval_seconds =
      manifest.health.interval_seconds.value_or(spec.health.interval_seconds);
  spec.health.timeout_seconds =
      manifest.health.timeout_seconds.value_or(spec.health.timeout_seconds);
  spec.health.start_seconds = manifest.health.start_seconds.value_or(spec.health.start_seconds);
  spec.memory_mb = manifest.memory_mb.value_or(spec.memory_mb);
  spec.cpu_percent = manifest.cpu_percent.value_or(spec.cpu_percent);
  spec.stop_seconds = manifest.stop_seconds.value_or(spec.stop_seconds);
  spec.build_seconds = manifest.build_seconds.value_or(spec.build_seconds);
  return spec;
}

Json to_json(const Manifest& manifest) {
  Json result = Json::object();
  put(result, "name", manifest.name);
  put(result, "runtime", manifest.runtime);
  put(result, "build", manifest.build);
  put(result, "start", manifest.start);
  put(result, "static", manifest.static_root);
  put(result, "replicas", manifest.replicas);
  for (const auto& [name, value] : manifest.env) result["env"][name] = value.expose();
  Json health = Json::object();
  put(health, "path", manifest.health.path);
  put(health, "intervalSeconds", manifest.health.interval_seconds);
  put(health, "timeoutSeconds", manifest.health.timeout_seconds);
  put(health, "startSeconds", manifest.health.start_seconds);
  if (!health.empty()) result["health"] = std::move(health);
  put(result, "memoryMb", manifest.memory_mb);
  put(result, "cpuPercent", manifest.cpu_percent);
  put(result, "stopSeconds", manifest.stop_seconds);
  put(result, "buildSeconds", manifest.build_seconds);
  put(result, "hosts", manifest.hosts);
  put(result, "policy", manifest.policy);
  return result;
}

}  // namespace a67
