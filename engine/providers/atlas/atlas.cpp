// MongoDB Atlas: clusters as databases by the Admin API. It has no way to the data itself over
// HTTPS. README.md says what works and what does not.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "engine/providers/api.h"

namespace a67::atlas {
namespace {

constexpr const char* kTokenField = "accessToken";
constexpr const char* kClusterVersion = "application/vnd.atlas.2024-10-23+json";
constexpr std::size_t kProcessesMax = 10;

// ---- requests

ApiRequest request_to(std::string method, std::string_view rest, Json body = {}) {
  return {.method = std::move(method),
          .path = "/api/atlas/v2" + std::string(rest),
          // A date is needed; the newest version up to it answers.
          .headers = {{"Accept", "application/vnd.atlas.2025-03-12+json"}},
          .body = std::move(body),
          .auth_field = kTokenField,
          .bucket = "admin"};
}

Result<std::string> project_path(Api* api, std::string_view rest) {
  const std::string project = api->setting("project");
  if (project.empty()) {
    return fail(ErrorCode::kInvalidInput, "No project of this Atlas account is chosen.",
                "Make one in Atlas, and allow the service account to use it.", "settings.project");
  }
  return fill_path("/groups/{project}", {{"project", project}}) + std::string(rest);
}

Result<std::string> cluster_path(Api* api, const Json& input) {
  return project_path(api, fill_path("/clusters/{name}", {{"name", string_or(input, "database")}}));
}

// The service account's id and secret for an access token of an hour.
Task<Result<void>> sign_in(Api* api) {
  ApiRequest request{.method = "POST", .path = "/api/oauth/token"};
  request.bytes = "grant_type=client_credentials";
  request.content_type = "application/x-www-form-urlencoded";
  request.auth = Auth::kBasic;
  request.repeat = Repeat::kSafe;
  request.bucket = "token";
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  std::string token = text_at(answer->json, "/access_token");
  if (token.empty()) {
    co_return fail(ErrorCode::kInternal, "Atlas gave no access token to the service account.");
  }
  api->learn(kTokenField, Sensitive<std::string>(std::move(token)));
  co_return Result<void>{};
}

Task<Result<ApiAnswer>> ask(Api* api, ApiRequest request) {
  const bool had_token = api->credential().has(kTokenField);
  if (!had_token) {
    if (auto in = co_await sign_in(api); !in) co_return std::unexpected(in.error());
  }
  auto answer = co_await api->call(request);
  if (answer || answer.error().code != ErrorCode::kUnauthorized || !had_token) co_return answer;
  // An hour is over.
  if (auto in = co_await sign_in(api); !in) co_return std::unexpected(in.error());
  co_return co_await api->call(std::move(request));
}

// ---- answers

std::string next_page(const Json& answer) {
  for (const Json& link : list_at(answer, "/links")) {
    if (text_at(link, "/rel") != "next") continue;
    const std::string href = text_at(link, "/href");
    const auto at = href.find("pageNum=");
    if (at == std::string::npos) return {};
    const auto begin = at + 8;
    return href.substr(begin, href.find_first_not_of("0123456789", begin) - begin);
  }
  return {};
}

Task<Result<Json>> all_of(Api* api, std::string path) {
  Json all = Json::array();
  std::string number = "1";
  for (std::uint32_t page = 0; page < Api::kPagesMax && !number.empty(); ++page) {
    ApiRequest request = request_to("GET", path);
    request.query = {{"itemsPerPage", "500"}, {"pageNum", number}};
    auto answer = co_await ask(api, std::move(request));
    if (!answer) co_return std::unexpected(answer.error());
    for (const Json& one : list_at(answer->json, "/results")) all.push_back(one);
    number = next_page(answer->json);
  }
  co_return all;
}

std::string state_of(const Json& cluster) {
  const std::string state = text_at(cluster, "/stateName");
  if (state == "IDLE") return bool_at(cluster, "/paused") ? "paused" : "live";
  return state == "CREATING" || state == "UPDATING" || state == "REPAIRING" ? "creating"
                                                                            : "unknown";
}

Json read_cluster(const Json& cluster) {
  const std::string name = text_at(cluster, "/name");
  Json view = {{"id", name},
               {"name", name},
               {"state", state_of(cluster)},
               {"createdAt", unix_ms_from(text_at(cluster, "/createDate"))}};
  put_if(view, "region", text_at(cluster, "/replicationSpecs/0/regionConfigs/0/regionName"));
  std::string host = text_at(cluster, "/connectionStrings/standardSrv");
  if (const auto at = host.find("://"); at != std::string::npos) host.erase(0, at + 3);
  put_if(view, "host", host);
  return view;
}

// The newest point of a measurement that has a value.
double newest(const Json& measurement) {
  const Json& points = list_at(measurement, "/dataPoints");
  for (auto at = points.size(); at > 0; --at) {
    const Json& value = at_pointer(points[at - 1], "/value");
    if (value.is_number()) return value.get<double>();
  }
  return 0;
}

// ---- operations

Task<Result<Json>> verify(Api* api, Json /*input*/) {
  auto organizations = co_await all_of(api, "/orgs");
  if (!organizations) co_return std::unexpected(organizations.error());
  auto projects = co_await all_of(api, "/groups");
  if (!projects) co_return std::unexpected(projects.error());
  Json workspaces = Json::array();
  for (const Json& one : *projects) {
    workspaces.push_back({{"id", text_at(one, "/id")}, {"name", text_at(one, "/name")}});
  }
  Json settings = Json::object();
  put_if(settings, "project",
         api->setting("project").empty() ? text_at(workspaces, "/0/id") : api->setting("project"));
  const std::string id = text_at(*organizations, "/0/id", text_at(workspaces, "/0/id"));
  if (id.empty()) {
    co_return fail(ErrorCode::kForbidden, "This service account sees no organization or project.",
                   "Give it a role in Atlas.");
  }
  co_return Json{{"identity", {{"id", id}, {"name", text_at(*organizations, "/0/name", id)}}},
                 {"workspaces", workspaces},
                 {"settings", settings}};
}

Task<Result<Json>> list(Api* api, Json /*input*/) {
  auto path = project_path(api, "/clusters");
  if (!path) co_return std::unexpected(path.error());
  auto all = co_await all_of(api, *path);
  if (!all) co_return std::unexpected(all.error());
  Json databases = Json::array();
  for (const Json& one : *all) {
    if (text_at(one, "/stateName") != "DELETING") databases.push_back(read_cluster(one));
  }
  co_return Json{{"databases", databases}};
}

Task<Result<Json>> create(Api* api, Json input) {
  auto path = project_path(api, "/clusters");
  if (!path) co_return std::unexpected(path.error());
  ApiRequest request = request_to(
      "POST", *path,
      fill(R"({
      "name": "$name", "clusterType": "REPLICASET",
      "replicationSpecs": [{"regionConfigs": [{
        "providerName": "TENANT", "backingProviderName": "AWS", "regionName": "$region",
        "priority": 7, "electableSpecs": {"instanceSize": "M0"}}]}]})",
           {{"name", input["name"]}, {"region", string_or(input, "region", "US_EAST_1")}}));
  request.content_type = kClusterVersion;
  auto answer = co_await ask(api, std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"database", read_cluster(answer->json)}};
}

Task<Result<Json>> get(Api* api, Json input) {
  auto path = cluster_path(api, input);
  if (!path) co_return std::unexpected(path.error());
  auto answer = co_await ask(api, request_to("GET", *path));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"database", read_cluster(answer->json)}};
}

Task<Result<Json>> remove(Api* api, Json input) {
  auto path = cluster_path(api, input);
  if (!path) co_return std::unexpected(path.error());
  ApiRequest request = request_to("DELETE", *path);
  request.expected = {400, 404, 409};
  auto answer = co_await ask(api, std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  const bool on_its_way =
      text_at(answer->json, "/errorCode") == "CLUSTER_ALREADY_REQUESTED_DELETION";
  if ((answer->status == 400 || answer->status == 409) && !on_its_way) {
    co_return fail(ErrorCode::kConflict,
                   "Atlas does not remove the cluster: " +
                       api->credential().redacted(text_at(answer->json, "/detail", "no reason")));
  }
  co_return Json::object();
}

// What the databases of one cluster's primary take, summed.
Task<Result<double>> stored_by(Api* api, std::string process) {
  auto path = project_path(api, fill_path("/processes/{id}/databases", {{"id", process}}));
  if (!path) co_return std::unexpected(path.error());
  auto databases = co_await all_of(api, *path);
  if (!databases) co_return std::unexpected(databases.error());
  double bytes = 0;
  for (const Json& one : *databases) {
    ApiRequest request = request_to(
        "GET",
        *path + fill_path("/{name}/measurements", {{"name", text_at(one, "/databaseName")}}));
    request.query = {{"granularity", "PT1H"}, {"period", "P1D"}, {"m", "DATABASE_STORAGE_SIZE"}};
    auto answer = co_await ask(api, std::move(request));
    if (!answer) co_return std::unexpected(answer.error());
    bytes += newest(at_pointer(answer->json, "/measurements/0"));
  }
  co_return bytes;
}

Task<Result<Json>> usage(Api* api, Json /*input*/) {
  auto path = project_path(api, "/processes");
  if (!path) co_return std::unexpected(path.error());
  auto processes = co_await all_of(api, *path);
  if (!processes) co_return std::unexpected(processes.error());
  Json lines = Json::array();
  for (const Json& one : *processes) {
    if (text_at(one, "/typeName") != "REPLICA_PRIMARY" || lines.size() == kProcessesMax) continue;
    auto bytes = co_await stored_by(api, text_at(one, "/id"));
    if (!bytes) co_return std::unexpected(bytes.error());
    lines.push_back(
        {{"metric", ("storage " + text_at(one, "/userAlias", text_at(one, "/id"))).substr(0, 100)},
         {"used", *bytes},
         {"unit", "bytes"}});
  }
  co_return Json{{"lines", lines}};
}

constexpr std::array kHosts = {ProviderHost{"api", "https://cloud.mongodb.com"}};
constexpr std::array kFields = {
    CredentialField{
        .name = "key", .label = "Client id of a service account", .hint = "Starts with mdb_sa_id_"},
    CredentialField{.name = "secret", .label = "Client secret", .hint = "Starts with mdb_sa_sk_"}};
constexpr std::array kCapabilities = {Capability::kUsage};
constexpr std::array kOperations = {
    Operation{"account.verify", verify},  Operation{"database.list", list},
    Operation{"database.create", create}, Operation{"database.get", get},
    Operation{"database.remove", remove}, Operation{"usage.get", usage},
};
constexpr std::array kErrorMessages = {std::string_view("/detail"), std::string_view("/reason"),
                                       std::string_view("/error_description")};
constexpr std::array kErrorCodes = {std::string_view("/errorCode"), std::string_view("/error")};

}  // namespace

extern const Provider kProvider;
const Provider kProvider = {
    .id = "atlas",
    .name = "MongoDB Atlas",
    .hosts = kHosts,
    .fields = kFields,
    .capabilities = kCapabilities,
    .operations = kOperations,
    .errors = {.messages = kErrorMessages, .codes = kErrorCodes},
    .token_page = "https://cloud.mongodb.com",
    .least_scopes = "Project Owner of the one project that is used (smaller roles were not tried)",
    .probe_path = "/api/atlas/v2/orgs",
};

}  // namespace a67::atlas
