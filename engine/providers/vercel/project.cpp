#include "engine/providers/vercel/project.h"

#include <utility>

namespace a67::vercel {
namespace {

constexpr Duration kUploadTimeout{300'000};

}  // namespace

ApiRequest get(const Api& api, std::string path) {
  return {.path = std::move(path), .query = {{"teamId", api.setting("team")}}};
}

ApiRequest write(const Api& api, std::string method, std::string path, Json body) {
  return {.method = std::move(method),
          .path = std::move(path),
          .query = {{"teamId", api.setting("team")}},
          .body = std::move(body)};
}

std::string project_path(std::string_view version, std::string_view id, std::string_view rest) {
  return "/" + std::string(version) + "/projects/" + percent_encode(id) + std::string(rest);
}

bool is_linked(const Json& project) { return at_pointer(project, "/link").is_object(); }

std::string deployment_state(const std::string& ready_state) {
  if (ready_state == "READY") return "live";
  if (ready_state == "QUEUED") return "queued";
  if (ready_state == "INITIALIZING" || ready_state == "BUILDING") return "building";
  return ready_state == "ERROR" ? "failed" : "cancelled";
}

Json read_deployment(const Json& deployment) {
  const std::string state = text_at(deployment, "/readyState");
  Json view = {{"id", text_at(deployment, "/id")},
               {"state", deployment_state(state)},
               {"detail", text_at(deployment, "/errorMessage", state)},
               {"createdAt", int_at(deployment, "/createdAt")}};
  // The alias first: an address of a single deployment may ask for a login.
  const std::string host = text_at(deployment, "/alias/0", text_at(deployment, "/url"));
  if (!host.empty()) view["url"] = "https://" + host;
  return view;
}

std::string url_of(const Json& project) {
  const std::string host = text_at(project, "/targets/production/alias/0",
                                   text_at(project, "/latestDeployments/0/alias/0"));
  return host.empty() ? host : "https://" + host;
}

Task<Result<Json>> project_named(Api* api, std::string id_or_name) {
  auto answer = co_await api->call(get(*api, project_path("v9", id_or_name)));
  if (!answer) co_return std::unexpected(answer.error());
  co_return std::move(answer->json);
}

Task<Result<Json>> projects(Api* api) {
  ApiRequest request = get(*api, "/v10/projects");
  request.query.emplace_back("limit", "100");
  return api->call_pages(std::move(request), "/projects", "from", [](const ApiAnswer& answer) {
    return text_at(answer.json, "/pagination/next");
  });
}

Task<Result<Json>> post_deployment(Api* api, Json body) {
  ApiRequest request = write(*api, "POST", "/v13/deployments", std::move(body));
  request.query.emplace_back("forceNew", "1");
  request.query.emplace_back("skipAutoDetectionConfirmation", "1");
  request.bucket = kDeployBucket;
  request.timeout = kUploadTimeout;
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"deployment", read_deployment(answer->json)}};
}

Task<Result<Json>> deployment(Api* api, Json input) {
  auto answer = co_await api->call(
      get(*api, fill_path("/v13/deployments/{id}", {{"id", string_or(input, "deployment")}})));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"deployment", read_deployment(answer->json)}};
}

// The records come from Vercel itself: what proves the domain, and what it recommends to point
// at it.
Task<Result<Json>> add_domain_to(Api* api, std::string project, std::string domain) {
  auto added = co_await api->call(
      write(*api, "POST", project_path("v10", project, "/domains"), {{"name", domain}}));
  if (!added) co_return std::unexpected(added.error());
  Json records = Json::array();
  for (const Json& one : list_at(added->json, "/verification")) {
    records.push_back({{"type", text_at(one, "/type")},
                       {"name", text_at(one, "/domain")},
                       {"value", text_at(one, "/value")}});
  }
  ApiRequest request = get(*api, fill_path("/v6/domains/{domain}/config", {{"domain", domain}}));
  request.query.emplace_back("projectIdOrName", project);
  auto config = co_await api->call(std::move(request));
  if (!config) co_return std::unexpected(config.error());
  const bool apex = text_at(added->json, "/apexName") == domain;
  const std::string value =
      text_at(config->json, apex ? "/recommendedIPv4/0/value/0" : "/recommendedCNAME/0/value");
  if (!value.empty()) {
    records.push_back({{"type", apex ? "A" : "CNAME"}, {"name", domain}, {"value", value}});
  }
  co_return Json{{"records", records}};
}

Task<Result<Json>> act(Api* api, ApiRequest request) {
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json::object();
}

}  // namespace a67::vercel
