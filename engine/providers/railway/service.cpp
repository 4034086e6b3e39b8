#include "engine/providers/railway/service.h"

#include <algorithm>

#include "engine/providers/json_template.h"

namespace a67::railway {

Ids ids_of(const Json& input) {
  const std::string id = string_or(input, "service");
  const auto first = std::min(id.find('.'), id.size());
  const auto second = std::min(id.find('.', first + 1), id.size());
  return {.service = id.substr(0, first),
          .environment = first < second ? id.substr(first + 1, second - first - 1) : "",
          .project = second < id.size() ? id.substr(second + 1) : ""};
}

std::string id_of(const Ids& ids) {
  return ids.service + "." + ids.environment + "." + ids.project;
}

Json at_instance(const Ids& ids) { return {{"s", ids.service}, {"e", ids.environment}}; }

Result<Json> settings_of(const Json& input) {
  const Json& source = object_at(input, "source");
  const std::string kind = string_or(source, "kind");
  std::string repo = string_or(source, "repo");
  constexpr std::string_view kHub = "https://github.com/";
  if (kind == "git" && repo.starts_with(kHub)) {
    repo.erase(0, kHub.size());
    if (repo.ends_with(".git")) repo.erase(repo.size() - 4);
  } else if (kind != "image") {
    return fail(ErrorCode::kInvalidInput,
                "Railway takes an image or a repository at GitHub, not " + kind + ".",
                "Push the files to https://github.com/..., or build an image.", "source.kind");
  }
  const bool image = kind == "image";
  return fill(R"({"source": {"image": "$image", "repo": "$repo"}, "buildCommand": "$build",
      "startCommand": "$start", "rootDirectory": "$root", "healthcheckPath": "$health",
      "region": "$region", "numReplicas": "$instances"})",
              {{"image", image ? source.value("image", Json()) : Json()},
               {"repo", image ? Json() : Json(repo)},
               {"build", source.value("build", Json())},
               {"start", input.value("command", source.value("start", Json()))},
               {"root", source.value("root", Json())},
               {"health", input.value("healthPath", Json())},
               {"region", input.value("region", Json())},
               {"instances", input.value("instances", Json())}});
}

namespace {

std::string deployment_state(const std::string& status) {
  if (status == "SUCCESS" || status == "SLEEPING") return "live";
  if (status == "BUILDING") return "building";
  if (status == "DEPLOYING") return "deploying";
  if (status == "FAILED" || status == "CRASHED") return "failed";
  const bool over = status == "REMOVED" || status == "REMOVING" || status == "SKIPPED";
  return over ? "cancelled" : "queued";
}

std::string service_state(const Json& deployment) {
  if (!deployment.is_object()) return "incomplete";
  const std::string status = text_at(deployment, "/status");
  const std::string state = deployment_state(status);
  if (bool_at(deployment, "/deploymentStopped") && state != "failed") return "suspended";
  if (status == "SLEEPING") return "sleeping";
  if (state == "cancelled") return "stopped";
  return state == "live" || state == "failed" ? state : "building";
}

}  // namespace

Json read_deployment(const Json& deployment) {
  Json view = {{"id", text_at(deployment, "/id")},
               {"state", deployment_state(text_at(deployment, "/status"))},
               {"detail", text_at(deployment, "/status")}};
  put_if(view, "createdAt", unix_ms_from(text_at(deployment, "/createdAt")));
  return view;
}

Json read_service(const Json& instance, Ids ids) {
  ids.service = text_at(instance, "/serviceId");
  const Json& deployment = at_pointer(instance, "/latestDeployment");
  Json view = {{"id", id_of(ids)},
               {"name", text_at(instance, "/serviceName")},
               {"state", service_state(deployment)},
               {"instances", int_at(instance, "/numReplicas", 1)},
               {"createdAt", unix_ms_from(text_at(instance, "/createdAt"))}};
  put_if(view, "region", text_at(instance, "/region"));
  put_if(view, "deployment", text_at(deployment, "/id"));
  put_if(view, "detail", text_at(deployment, "/status"));
  if (const std::string domain = text_at(instance, "/domains/serviceDomains/0/domain");
      !domain.empty()) {
    view["url"] = "https://" + domain;
  }
  return view;
}

}  // namespace a67::railway
