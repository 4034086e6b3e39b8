// Render: services from an image or a Git repository. README.md says what works and what does not.
//
// Values first (requests that are built, answers that are read: pure), then the operations that
// string them together.
#include <array>
#include <string>
#include <utility>

#include "engine/providers/api.h"

namespace a67::render {
namespace {

constexpr std::string_view kCreateBucket = "create";
constexpr std::string_view kChangeBucket = "change";  // deploy, patch, suspend and resume
constexpr std::string_view kWriteBucket = "write";

// ---- requests

ApiRequest get(std::string path) { return {.path = std::move(path), .bucket = "read"}; }

ApiRequest write(std::string method, std::string path, Json body = {},
                 std::string_view bucket = kWriteBucket) {
  return {.method = std::move(method),
          .path = std::move(path),
          .body = std::move(body),
          .bucket = bucket};
}

std::string service_path(const Json& input, std::string_view rest = {}) {
  return fill_path("/v1/services/{id}", {{"id", string_or(input, "service")}}) + std::string(rest);
}

Json env_vars(const Json& env) {
  if (!env.is_object() || env.empty()) return nullptr;
  Json list = Json::array();
  for (const auto& [key, value] : env.items()) list.push_back({{"key", key}, {"value", value}});
  return list;
}

Result<Json> native_details(const Json& source) {
  const std::string runtime = string_or(source, "runtime");
  if (runtime == "docker") return Json{{"dockerfilePath", "./Dockerfile"}};
  if (string_or(source, "build").empty() || string_or(source, "start").empty()) {
    return fail(ErrorCode::kInvalidInput,
                "Render builds a repository with a build and a start command.",
                "Give both, or choose the runtime docker.", "source.build");
  }
  return Json{{"buildCommand", source["build"]}, {"startCommand", source["start"]}};
}

Result<Json> service_body(const Json& input, const std::string& owner) {
  const Json& source = object_at(input, "source");
  const std::string kind = string_or(source, "kind");
  const bool image = kind == "image";
  if (!image && kind != "git") {
    return fail(ErrorCode::kInvalidInput,
                "Render takes an image or a Git repository, not " + kind + ".",
                "Push the files to a repository, or build an image.", "source.kind");
  }
  Json specific;
  if (!image) {
    auto details = native_details(source);
    if (!details) return std::unexpected(details.error());
    specific = std::move(*details);
  } else if (const std::string command = string_or(input, "command"); !command.empty()) {
    specific = {{"dockerCommand", command}};
  }
  Json env = input.value("env", Json::object());
  if (input.contains("port")) env["PORT"] = std::to_string(int_or(input, "port"));
  return fill(R"({
      "type": "web_service", "name": "$name", "ownerId": "$owner", "autoDeploy": "no",
      "repo": "$repo", "branch": "$branch", "rootDir": "$root",
      "image?": {"ownerId": "$imageOwner", "imagePath": "$image"},
      "envVars": "$env",
      "serviceDetails": {"runtime": "$runtime", "plan": "$plan", "region": "$region",
        "numInstances": "$instances", "healthCheckPath": "$health", "envSpecificDetails": "$specific"}})",
              {{"name", input["name"]},
               {"owner", owner},
               {"repo", source.value("repo", Json())},
               {"branch", source.value("branch", Json())},
               {"root", source.value("root", Json())},
               {"imageOwner", image ? Json(owner) : Json()},
               {"image", source.value("image", Json())},
               {"env", env_vars(env)},
               {"runtime", image ? Json("image") : source.value("runtime", Json("node"))},
               // Left out, Render takes a paid one.
               {"plan", input.value("plan", Json("free"))},
               {"region", input.value("region", Json())},
               {"instances", input.value("instances", Json())},
               {"health", input.value("healthPath", Json())},
               {"specific", specific}});
}

// ---- answers

std::string deployment_state(const std::string& status) {
  if (status == "live") return "live";
  if (status == "created" || status == "queued") return "queued";
  if (status == "build_in_progress") return "building";
  if (status == "update_in_progress" || status == "pre_deploy_in_progress") return "deploying";
  return status == "canceled" || status == "deactivated" ? "cancelled" : "failed";
}

Json read_deployment(const Json& deploy) {
  Json view = {{"id", text_at(deploy, "/id")},
               {"state", deployment_state(text_at(deploy, "/status"))},
               {"detail", text_at(deploy, "/status")}};
  put_if(view, "createdAt", unix_ms_from(text_at(deploy, "/createdAt")));
  return view;
}

Json read_service(const Json& service) {
  const bool suspended = text_at(service, "/suspended") == "suspended";
  Json view = {{"id", text_at(service, "/id")},
               {"name", text_at(service, "/name")},
               {"state", suspended ? "suspended" : "live"},
               {"instances", int_at(service, "/serviceDetails/numInstances", 1)},
               {"createdAt", unix_ms_from(text_at(service, "/createdAt"))}};
  put_if(view, "url", text_at(service, "/serviceDetails/url"));
  put_if(view, "region", text_at(service, "/serviceDetails/region"));
  put_if(view, "plan", text_at(service, "/serviceDetails/plan"));
  for (const Json& one : list_at(service, "/suspenders")) {
    if (one == "billing") view["detail"] = "Suspended by Render: its hours or its bill.";
  }
  if (!suspended && text_at(service, "/serviceDetails/plan") == "free") {
    view["detail"] = "Sleeps without traffic; Render's API does not tell whether it is asleep.";
  }
  return view;
}

// Every element of a page of Render's carries the cursor behind it.
std::string next_cursor(const ApiAnswer& answer) {
  return answer.json.is_array() && !answer.json.empty() ? text_at(answer.json.back(), "/cursor")
                                                        : "";
}

// ---- operations

Task<Result<Json>> verify(Api* api, Json /*input*/) {
  auto user = co_await api->call(get("/v1/users"));
  if (!user) co_return std::unexpected(user.error());
  auto owners = co_await api->call_pages(get("/v1/owners"), "", "cursor", next_cursor);
  if (!owners) co_return std::unexpected(owners.error());
  if (owners->empty()) {
    co_return fail(ErrorCode::kForbidden, "This Render key belongs to no workspace.",
                   "Make one in Render's dashboard first.");
  }
  Json workspaces = Json::array();
  for (const Json& one : *owners) {
    workspaces.push_back(
        {{"id", text_at(one, "/owner/id")}, {"name", text_at(one, "/owner/name")}});
  }
  std::string owner = api->setting("owner");
  if (owner.empty()) owner = string_or(workspaces[0], "id");
  co_return Json{{"identity",
                  {{"id", text_at(user->json, "/email")},
                   {"name", text_at(user->json, "/name")},
                   {"email", text_at(user->json, "/email")}}},
                 {"workspaces", workspaces},
                 {"settings", {{"owner", owner}}}};
}

Task<Result<Json>> list(Api* api, Json /*input*/) {
  ApiRequest request = get("/v1/services");
  request.query = {{"ownerId", api->setting("owner")}, {"type", "web_service"}, {"limit", "100"}};
  auto all = co_await api->call_pages(std::move(request), "", "cursor", next_cursor);
  if (!all) co_return std::unexpected(all.error());
  Json services = Json::array();
  for (const Json& one : *all) services.push_back(read_service(at_pointer(one, "/service")));
  co_return Json{{"services", services}};
}

Task<Result<Json>> create(Api* api, Json input) {
  auto body = service_body(input, api->setting("owner"));
  if (!body) co_return std::unexpected(body.error());
  auto answer = co_await api->call(write("POST", "/v1/services", std::move(*body), kCreateBucket));
  if (!answer) co_return std::unexpected(answer.error());
  Json service = read_service(at_pointer(answer->json, "/service"));
  service["state"] = "building";
  put_if(service, "deployment", text_at(answer->json, "/deployId"));
  co_return Json{{"service", service}};
}

// What the newest deployment says, where the service itself says only that it is not suspended.
Task<Result<Json>> get_service(Api* api, Json input) {
  auto answer = co_await api->call(get(service_path(input)));
  if (!answer) co_return std::unexpected(answer.error());
  Json service = read_service(answer->json);
  ApiRequest newest = get(service_path(input, "/deploys"));
  newest.query = {{"limit", "1"}};
  auto deploys = co_await api->call(std::move(newest));
  if (!deploys) co_return std::unexpected(deploys.error());
  const Json& deploy = at_pointer(deploys->json, "/0/deploy");
  if (deploy.is_object()) {
    const Json view = read_deployment(deploy);
    service["deployment"] = view["id"];
    const std::string state = string_or(view, "state");
    if (service["state"] == "live" && state != "live" && state != "cancelled") {
      service["state"] = state == "failed" ? "failed" : "building";
    }
  }
  co_return Json{{"service", service}};
}

Task<Result<Json>> set_env(Api* api, Json input) {
  for (const auto& [key, value] : object_at(input, "set").items()) {
    const std::string path = service_path(input, "/env-vars/" + percent_encode(key));
    auto answer = co_await api->call(write("PUT", path, {{"value", value}}));
    if (!answer) co_return std::unexpected(answer.error());
  }
  for (const Json& key : array_at(input, "remove")) {
    ApiRequest request =
        write("DELETE", service_path(input, "/env-vars/" + percent_encode(key.get<std::string>())));
    request.expected = {404};
    auto answer = co_await api->call(std::move(request));
    if (!answer) co_return std::unexpected(answer.error());
  }
  co_return Json::object();
}

Task<Result<Json>> deploy(Api* api, Json input) {
  const Json& source = object_at(input, "source");
  Json body = Json::object();
  put_if(body, "imageUrl", source.value("image", Json()));
  auto answer = co_await api->call(
      write("POST", service_path(input, "/deploys"), std::move(body), kChangeBucket));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"deployment", read_deployment(answer->json)}};
}

Task<Result<Json>> deployment(Api* api, Json input) {
  const std::string path =
      service_path(input, fill_path("/deploys/{id}", {{"id", string_or(input, "deployment")}}));
  auto answer = co_await api->call(get(path));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"deployment", read_deployment(answer->json)}};
}

Task<Result<Json>> act(Api* api, ApiRequest request) {
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json::object();
}

Task<Result<Json>> scale(Api* api, Json input) {
  return act(api, write("POST", service_path(input, "/scale"),
                        {{"numInstances", int_or(input, "instances")}}));
}

ApiRequest repeatable(ApiRequest request) {
  request.repeat = Repeat::kSafe;
  return request;
}

Task<Result<Json>> restart(Api* api, Json input) {
  return act(api, write("POST", service_path(input, "/restart")));
}

Task<Result<Json>> suspend(Api* api, Json input) {
  return act(api, repeatable(write("POST", service_path(input, "/suspend"), {}, kChangeBucket)));
}

Task<Result<Json>> resume(Api* api, Json input) {
  return act(api, repeatable(write("POST", service_path(input, "/resume"), {}, kChangeBucket)));
}

Task<Result<Json>> remove(Api* api, Json input) {
  ApiRequest request = write("DELETE", service_path(input));
  request.expected = {404};
  return act(api, std::move(request));
}

Task<Result<Json>> logs(Api* api, Json input) {
  ApiRequest request = get("/v1/logs");
  request.query = {
      {"ownerId", api->setting("owner")},
      {"resource", string_or(input, "service")},
      {"direction", "backward"},
      {"limit", std::to_string(std::min<std::int64_t>(int_or(input, "limit", 100), 100))}};
  if (input.contains("since"))
    request.query.emplace_back("startTime", rfc3339_from(int_or(input, "since")));
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  Json lines = Json::array();
  for (const Json& log : list_at(answer->json, "/logs")) {
    lines.push_back(
        {{"at", unix_ms_from(text_at(log, "/timestamp"))}, {"text", text_at(log, "/message")}});
  }
  co_return Json{{"lines", lines}};
}

Task<Result<Json>> metrics(Api* api, Json input) {
  struct Metric {
    const char* name;
    const char* path;
  };
  constexpr std::array kMetrics = {Metric{"cpu", "/v1/metrics/cpu"},
                                   Metric{"memory", "/v1/metrics/memory"}};
  Json series = Json::array();
  for (const Metric& metric : kMetrics) {
    ApiRequest request = get(metric.path);
    request.query = {{"resource", string_or(input, "service")}};
    if (input.contains("since"))
      request.query.emplace_back("startTime", rfc3339_from(int_or(input, "since")));
    if (input.contains("until"))
      request.query.emplace_back("endTime", rfc3339_from(int_or(input, "until")));
    auto answer = co_await api->call(std::move(request));
    if (!answer) co_return std::unexpected(answer.error());
    for (const Json& one : list_at(answer->json, "")) {
      Json points = Json::array();
      for (const Json& value : list_at(one, "/values")) {
        points.push_back({{"at", unix_ms_from(text_at(value, "/timestamp"))},
                          {"value", number_at(value, "/value")}});
      }
      series.push_back(
          {{"metric", metric.name}, {"unit", text_at(one, "/unit")}, {"points", points}});
    }
  }
  co_return Json{{"series", series}};
}

Task<Result<Json>> add_domain(Api* api, Json input) {
  const std::string domain = string_or(input, "domain");
  auto service = co_await api->call(get(service_path(input)));
  if (!service) co_return std::unexpected(service.error());
  auto answer =
      co_await api->call(write("POST", service_path(input, "/custom-domains"), {{"name", domain}}));
  if (!answer) co_return std::unexpected(answer.error());
  std::string target = text_at(service->json, "/serviceDetails/url");
  if (const auto at = target.find("://"); at != std::string::npos) target.erase(0, at + 3);
  Json records = Json::array();
  records.push_back({{"type", "CNAME"}, {"name", domain}, {"value", target}});
  co_return Json{{"records", records}};
}

Task<Result<Json>> remove_domain(Api* api, Json input) {
  ApiRequest request =
      write("DELETE", service_path(input, fill_path("/custom-domains/{name}",
                                                    {{"name", string_or(input, "domain")}})));
  request.expected = {404};
  return act(api, std::move(request));
}

constexpr std::array kHosts = {ProviderHost{"api", "https://api.render.com"}};
constexpr std::array kFields = {
    CredentialField{.name = "token", .label = "API key", .hint = "Starts with rnd_"}};
constexpr std::array kCapabilities = {Capability::kComputeImage, Capability::kComputeGit,
                                      Capability::kLogs, Capability::kMetrics,
                                      Capability::kDomains};
constexpr std::array kOperations = {
    Operation{"account.verify", verify},
    Operation{"service.list", list},
    Operation{"service.create", create},
    Operation{"service.get", get_service},
    Operation{"service.set_env", set_env},
    Operation{"service.deploy", deploy},
    Operation{"service.deployment", deployment},
    Operation{"service.scale", scale},
    Operation{"service.restart", restart},
    Operation{"service.suspend", suspend},
    Operation{"service.resume", resume},
    Operation{"service.remove", remove},
    Operation{"service.logs", logs},
    Operation{"service.metrics", metrics},
    Operation{"service.add_domain", add_domain},
    Operation{"service.remove_domain", remove_domain},
};
constexpr std::array kErrorMessages = {std::string_view("/message")};
constexpr std::array kErrorCodes = {std::string_view("/id")};

}  // namespace

extern const Provider kProvider;
const Provider kProvider = {
    .id = "render",
    .name = "Render",
    .hosts = kHosts,
    .fields = kFields,
    .capabilities = kCapabilities,
    .operations = kOperations,
    .errors = {.messages = kErrorMessages, .codes = kErrorCodes},
    .token_page = "https://dashboard.render.com/u/settings#api-keys",
    .least_scopes = "Render's keys have no scopes: a key may do everything its owner may",
    .probe_path = "/v1/users",
};

}  // namespace a67::render
