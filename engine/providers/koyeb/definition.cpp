#include "engine/providers/koyeb/definition.h"

#include <algorithm>

#include "engine/providers/json_template.h"

namespace a67::koyeb {
namespace {

constexpr std::int64_t kPortDefault = 8000;

// operations.json's word for a deployment's.
std::string deployment_state(const std::string& status) {
  if (status == "HEALTHY" || status == "DEGRADED" || status == "SLEEPING") return "live";
  if (status == "ERROR" || status == "ERRORING" || status == "UNHEALTHY") return "failed";
  if (status == "PENDING") return "queued";
  if (status == "PROVISIONING" || status == "SCHEDULED") return "building";
  return status == "ALLOCATING" || status == "STARTING" ? "deploying" : "cancelled";
}

std::string service_state(const std::string& status) {
  if (status == "HEALTHY" || status == "DEGRADED") return "live";
  if (status == "PAUSING" || status == "PAUSED") return "suspended";
  if (status == "UNHEALTHY") return "failed";
  return status == "STARTING" || status == "RESUMING" ? "building" : "unknown";
}

Result<Json> git(const Json& source) {
  std::string repository = string_or(source, "repo");
  if (const auto at = repository.find("://"); at != std::string::npos) repository.erase(0, at + 3);
  if (repository.ends_with(".git")) repository.erase(repository.size() - 4);
  Json built;
  const bool docker = string_or(source, "runtime") == "docker";
  if (docker) {
    built = {{"dockerfile", "Dockerfile"}};
  } else {
    built =
        fill(R"({"build_command": "$build", "run_command": "$start"})",
             {{"build", source.value("build", Json())}, {"start", source.value("start", Json())}});
  }
  return fill(R"({"repository": "$repository", "branch": "$branch", "workdir": "$root",
      "no_deploy_on_push": true, "buildpack": "$buildpack", "docker": "$docker"})",
              {{"repository", repository},
               {"branch", source.value("branch", Json("main"))},
               {"root", source.value("root", Json())},
               {"buildpack", docker ? Json() : built},
               {"docker", docker ? built : Json()}});
}

}  // namespace

Ids ids_of(const Json& input) {
  const std::string id = string_or(input, "service");
  const auto dot = std::min(id.find('.'), id.size());
  return {.service = id.substr(0, dot), .app = dot < id.size() ? id.substr(dot + 1) : ""};
}

std::string id_of(const Ids& ids) { return ids.service + "." + ids.app; }

Result<void> put_source(Json& definition, const Json& source, const std::string& command) {
  const std::string kind = string_or(source, "kind");
  if (kind == "image") {
    Json& docker = definition["docker"];
    docker["image"] = source.value("image", "");
    if (!command.empty()) {
      docker["command"] = "/bin/sh";
      docker["args"] = {"-c", command};
    }
    definition.erase("git");
    return {};
  }
  if (kind != "git") {
    return fail(ErrorCode::kInvalidInput,
                "Koyeb takes an image or a Git repository, not " + kind + ".",
                "Push the files to a repository, or build an image.", "source.kind");
  }
  auto repository = git(source);
  if (!repository) return std::unexpected(repository.error());
  definition["git"] = std::move(*repository);
  definition.erase("docker");
  return {};
}

Result<Json> new_definition(const Json& input) {
  const std::int64_t port = int_or(input, "port", kPortDefault);
  const std::int64_t count = int_or(input, "instances", 1);
  Json checks;
  if (const std::string path = string_or(input, "healthPath"); !path.empty())
    checks = Json::array({{{"http", {{"port", port}, {"path", path}}}}});
  Json definition = fill(R"({"name": "$name", "type": "WEB", "regions": ["$region"],
      "ports": [{"port": "$port", "protocol": "http"}], "routes": [{"port": "$port", "path": "/"}],
      "scalings": [{"min": "$count", "max": "$count"}], "instance_types": [{"type": "$plan"}],
      "health_checks": "$checks", "env": []})",
                         {{"name", input["name"]},
                          // The free instance type is there in fra and was only.
                          {"region", input.value("region", Json("fra"))},
                          {"port", port},
                          {"count", count},
                          {"plan", input.value("plan", Json("free"))},
                          {"checks", checks}});
  for (const auto& [key, value] : object_at(input, "env").items())
    set_variable(definition, key, value.get<std::string>());
  set_variable(definition, "PORT", std::to_string(port));
  if (auto put = put_source(definition, object_at(input, "source"), string_or(input, "command"));
      !put) {
    return std::unexpected(put.error());
  }
  return definition;
}

void remove_variable(Json& definition, const std::string& key) {
  Json kept = Json::array();
  for (const Json& one : array_at(definition, "env")) {
    if (string_or(one, "key") != key) kept.push_back(one);
  }
  definition["env"] = std::move(kept);
}

void set_variable(Json& definition, const std::string& key, const std::string& value) {
  remove_variable(definition, key);
  definition["env"].push_back({{"key", key}, {"value", value}});
}

Json read_deployment(const Json& deployment) {
  const std::string status = text_at(deployment, "/status");
  Json view = {{"id", text_at(deployment, "/id")},
               {"state", deployment_state(status)},
               {"detail", text_at(deployment, "/messages/0", status)}};
  put_if(view, "createdAt", unix_ms_from(text_at(deployment, "/created_at")));
  return view;
}

bool is_gone(const Json& service) {
  return text_at(service, "/status").starts_with("DELET");  // DELETING, DELETED
}

Json read_service(const Json& service, const Json& app, const Json& deployment) {
  const std::string status = text_at(service, "/status");
  const std::string newest = text_at(service, "/latest_deployment_id");
  std::string state = service_state(status);
  if (deployment.is_object() && state != "suspended") {
    const std::string word = text_at(deployment, "/status");
    const std::string under_way = deployment_state(word);
    // A failed newest deployment leaves the one before it running.
    const bool older_runs = state == "live" && text_at(service, "/active_deployment_id") != newest;
    if (word == "SLEEPING") state = "sleeping";
    if (under_way == "failed" && !older_runs) state = "failed";
    if (under_way == "queued" || under_way == "building" || under_way == "deploying")
      state = "building";
  }
  Json view = {
      {"id", id_of({.service = text_at(service, "/id"), .app = text_at(service, "/app_id")})},
      {"name", text_at(service, "/name")},
      {"state", state},
      {"detail", text_at(service, "/messages/0", status)},
      {"createdAt", unix_ms_from(text_at(service, "/created_at"))}};
  put_if(view, "deployment", newest);
  if (app.is_object()) {
    view["name"] = text_at(app, "/name");
    if (const std::string domain = text_at(app, "/domains/0/name"); !domain.empty())
      view["url"] = "https://" + domain;
  }
  put_if(view, "region", text_at(deployment, "/definition/regions/0"));
  put_if(view, "plan", text_at(deployment, "/definition/instance_types/0/type"));
  return view;
}

}  // namespace a67::koyeb
