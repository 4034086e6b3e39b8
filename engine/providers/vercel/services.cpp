// Services at Vercel: projects linked to a Git repository, which Vercel builds and runs as
// functions.
#include <algorithm>
#include <utility>

#include "engine/providers/vercel/project.h"

namespace a67::vercel {
namespace {

// ---- requests

// "https://github.com/ada/app.git": the host's name for Vercel and "ada/app".
Result<Json> repository_of(const Json& source) {
  if (string_or(source, "kind") != "git") {
    return fail(ErrorCode::kInvalidInput,
                "Vercel builds a Git repository, not " + string_or(source, "kind") + ".",
                "Push the files to a repository, or publish them as a site.", "source.kind");
  }
  std::string path = string_or(source, "repo");
  if (path.starts_with("https://")) path.erase(0, 8);
  if (path.ends_with(".git")) path.erase(path.size() - 4);
  for (const char* host : {"github", "gitlab", "bitbucket"}) {
    const std::string prefix =
        std::string(host) + (host == std::string_view("bitbucket") ? ".org/" : ".com/");
    if (path.starts_with(prefix)) return Json{{"type", host}, {"repo", path.substr(prefix.size())}};
  }
  return fail(ErrorCode::kInvalidInput,
              "Vercel takes repositories of github.com, gitlab.com and bitbucket.org.", {},
              "source.repo");
}

Json env_list(const Json& env) {
  Json list = Json::array();
  for (const auto& [key, value] : env.items()) {
    list.push_back(fill(
        R"({"key": "$key", "value": "$value", "type": "encrypted", "target": ["production", "preview"]})",
        {{"key", key}, {"value", value}}));
  }
  return list;
}

Json project_body(const Json& input, const Json& repository) {
  const Json& source = object_at(input, "source");
  const Json env = env_list(object_at(input, "env"));
  // Vercel's word is for a framework; what is plain Node has none.
  const std::string runtime = string_or(source, "runtime", "node");
  return fill(R"({"name": "$name", "gitRepository": "$repository", "framework": "$framework",
      "buildCommand": "$build", "rootDirectory": "$root", "serverlessFunctionRegion": "$region",
      "environmentVariables": "$env"})",
              {{"name", input["name"]},
               {"repository", repository},
               {"framework", runtime == "node" ? Json() : Json(runtime)},
               {"build", source.value("build", Json())},
               {"root", source.value("root", Json())},
               {"region", input.value("region", Json())},
               {"env", env.empty() ? Json() : env}});
}

// By the identities in the project's link: each Git host has its own.
Json git_source(const Json& project, const Json& source) {
  const Json& link = at_pointer(project, "/link");
  Json body = {{"type", text_at(link, "/type")},
               {"ref", string_or(source, "branch", text_at(link, "/productionBranch", "main"))}};
  put_if(body, "repoId", at_pointer(link, "/repoId"));
  put_if(body, "projectId", at_pointer(link, "/projectId"));
  if (text_at(link, "/type") == "bitbucket") {
    put_if(body, "repoUuid", text_at(link, "/uuid"));
    put_if(body, "workspaceUuid", text_at(link, "/workspaceUuid"));
  }
  return body;
}

Task<Result<Json>> deploy_from_git(Api* api, Json project, Json source) {
  Json body = {{"name", text_at(project, "/name")},
               {"project", text_at(project, "/id")},
               {"target", "production"},
               {"gitSource", git_source(project, source)}};
  return post_deployment(api, std::move(body));
}

// ---- answers

std::string service_state(const Json& project, const std::string& ready_state) {
  if (bool_at(project, "/paused")) return "suspended";
  if (ready_state.empty()) return "incomplete";
  const std::string state = deployment_state(ready_state);
  if (state == "queued") return "building";
  return state == "cancelled" ? "stopped" : state;
}

Json read_service(const Json& project) {
  Json view = {
      {"id", text_at(project, "/id")},
      {"name", text_at(project, "/name")},
      {"state", service_state(project, text_at(project, "/latestDeployments/0/readyState"))}};
  put_if(view, "deployment", text_at(project, "/latestDeployments/0/id"));
  put_if(view, "url", url_of(project));
  put_if(view, "createdAt", at_pointer(project, "/createdAt"));
  return view;
}

// Null before the first.
Task<Result<Json>> newest_deployment(Api* api, std::string project) {
  ApiRequest request = get(*api, "/v6/deployments");
  request.query.insert(request.query.end(), {{"projectId", project}, {"limit", "1"}});
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return at_pointer(answer->json, "/deployments/0");
}

// A project of the same name is one's own only when it is linked to the same repository.
bool is_same(const Json& project, const Json& repository) {
  const Json& link = at_pointer(project, "/link");
  const std::string wanted = string_or(repository, "repo");
  return text_at(link, "/type") == string_or(repository, "type") &&
         (wanted == text_at(link, "/org") + "/" + text_at(link, "/repo") ||
          wanted == text_at(link, "/projectNameWithNamespace") ||
          wanted == text_at(link, "/owner") + "/" + text_at(link, "/slug"));
}

}  // namespace

Task<Result<Json>> list_services(Api* api, Json /*input*/) {
  auto all = co_await projects(api);
  if (!all) co_return std::unexpected(all.error());
  Json services = Json::array();
  for (const Json& one : *all) {
    if (is_linked(one)) services.push_back(read_service(one));
  }
  co_return Json{{"services", services}};
}

// Two steps: the project, then its first deployment.
Task<Result<Json>> create_service(Api* api, Json input) {
  auto repository = repository_of(object_at(input, "source"));
  if (!repository) co_return std::unexpected(repository.error());
  Json project;
  auto made =
      co_await api->call(write(*api, "POST", "/v11/projects", project_body(input, *repository)));
  if (made) {
    project = std::move(made->json);
  } else {
    if (made.error().code != ErrorCode::kConflict || !api->is_again()) {
      co_return std::unexpected(made.error());
    }
    auto there = co_await project_named(api, string_or(input, "name"));
    if (!there) co_return std::unexpected(there.error());
    if (!is_same(*there, *repository)) co_return std::unexpected(made.error());
    project = std::move(*there);
  }
  auto deployed = co_await deploy_from_git(api, project, object_at(input, "source"));
  if (!deployed) co_return std::unexpected(deployed.error());
  Json service = read_service(project);
  service["state"] = "building";
  service["deployment"] = (*deployed)["deployment"]["id"];
  co_return Json{{"service", service}};
}

Task<Result<Json>> get_service(Api* api, Json input) {
  auto project = co_await project_named(api, string_or(input, "service"));
  if (!project) co_return std::unexpected(project.error());
  auto newest = co_await newest_deployment(api, text_at(*project, "/id"));
  if (!newest) co_return std::unexpected(newest.error());
  Json service = read_service(*project);
  service["state"] = service_state(*project, text_at(*newest, "/readyState"));
  put_if(service, "deployment", text_at(*newest, "/uid"));
  co_return Json{{"service", service}};
}

Task<Result<Json>> set_env(Api* api, Json input) {
  const std::string id = string_or(input, "service");
  const Json set = env_list(object_at(input, "set"));
  if (!set.empty()) {
    ApiRequest request = write(*api, "POST", project_path("v10", id, "/env"), set);
    request.query.emplace_back("upsert", "true");
    request.repeat = Repeat::kSafe;
    auto answer = co_await api->call(std::move(request));
    if (!answer) co_return std::unexpected(answer.error());
  }
  const Json& remove = array_at(input, "remove");
  if (remove.empty()) co_return Json::object();
  auto there = co_await api->call(get(*api, project_path("v10", id, "/env")));
  if (!there) co_return std::unexpected(there.error());
  for (const Json& one : list_at(there->json, "/envs")) {
    if (std::ranges::find(remove, at_pointer(one, "/key")) == remove.end()) continue;
    ApiRequest request = write(
        *api, "DELETE", project_path("v9", id, "/env/" + percent_encode(text_at(one, "/id"))));
    request.expected = {404};
    auto gone = co_await api->call(std::move(request));
    if (!gone) co_return std::unexpected(gone.error());
  }
  co_return Json::object();
}

Task<Result<Json>> deploy_service(Api* api, Json input) {
  auto project = co_await project_named(api, string_or(input, "service"));
  if (!project) co_return std::unexpected(project.error());
  if (!is_linked(*project)) {
    co_return fail(ErrorCode::kInvalidInput, "This Vercel project has no repository.",
                   "Publish its files as a site.", "service");
  }
  const Json source = object_at(input, "source");
  if (!source.empty()) {
    const auto repository = repository_of(source);
    if (!repository) co_return std::unexpected(repository.error());
    if (!is_same(*project, *repository)) {
      co_return fail(ErrorCode::kInvalidInput,
                     "A Vercel project stays with the repository it was made from.",
                     "Make another service for this one.", "source.repo");
    }
  }
  co_return co_await deploy_from_git(api, std::move(*project), source);
}

Task<Result<Json>> suspend(Api* api, Json input) {
  ApiRequest request =
      write(*api, "POST", project_path("v1", string_or(input, "service"), "/pause"));
  request.repeat = Repeat::kSafe;
  return act(api, std::move(request));
}

Task<Result<Json>> resume(Api* api, Json input) {
  ApiRequest request =
      write(*api, "POST", project_path("v1", string_or(input, "service"), "/unpause"));
  request.repeat = Repeat::kSafe;
  return act(api, std::move(request));
}

Task<Result<Json>> remove_service(Api* api, Json input) {
  ApiRequest request = write(*api, "DELETE", project_path("v9", string_or(input, "service")));
  request.expected = {404};
  return act(api, std::move(request));
}

// What the newest deployment wrote while it was built: the lines of running functions come only as
// a stream without an end.
Task<Result<Json>> logs(Api* api, Json input) {
  auto newest = co_await newest_deployment(api, string_or(input, "service"));
  if (!newest) co_return std::unexpected(newest.error());
  Json lines = Json::array();
  if (newest->is_null()) co_return Json{{"lines", lines}};
  ApiRequest request =
      get(*api, fill_path("/v3/deployments/{id}/events", {{"id", text_at(*newest, "/uid")}}));
  request.query.insert(request.query.end(),
                       {{"direction", "backward"},
                        {"builds", "1"},
                        {"limit", std::to_string(int_or(input, "limit", 100))}});
  if (input.contains("since"))
    request.query.emplace_back("since", std::to_string(int_or(input, "since")));
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  for (const Json& event : list_at(answer->json, "")) {
    const std::string text = text_at(event, "/payload/text", text_at(event, "/text"));
    if (text.empty()) continue;
    Json line = {{"at", int_at(event, "/created")}, {"text", text}};
    put_if(line, "level", text_at(event, "/level"));
    lines.push_back(std::move(line));
  }
  co_return Json{{"lines", lines}};
}

Task<Result<Json>> add_service_domain(Api* api, Json input) {
  return add_domain_to(api, string_or(input, "service"), string_or(input, "domain"));
}

Task<Result<Json>> remove_service_domain(Api* api, Json input) {
  ApiRequest request =
      write(*api, "DELETE",
            project_path("v9", string_or(input, "service"),
                         "/domains/" + percent_encode(string_or(input, "domain"))));
  request.expected = {404};
  return act(api, std::move(request));
}

}  // namespace a67::vercel
