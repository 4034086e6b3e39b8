// Neon: projects as databases by the control API, SQL over HTTPS by Neon's proxy. README.md says
// what works and what does not.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "engine/providers/api.h"

namespace a67::neon {
namespace {

constexpr std::size_t kPageItems = 400;
constexpr std::size_t kAnswerBytesMax = std::size_t{16} << 20;

// ---- requests

ApiRequest control(std::string method, std::string path, Json body = {}) {
  return {.method = std::move(method),
          .path = "/api/v2" + std::move(path),
          .body = std::move(body),
          .bucket = "control"};
}

std::string project_path(const std::string& id, std::string_view rest = {}) {
  return fill_path("/projects/{id}", {{"id", id}}) + std::string(rest);
}

// Where a connection string's SQL goes: "postgresql://u:p@ep-x.eu-central-1.aws.neon.tech/db" is
// asked at https://api.eu-central-1.aws.neon.tech. Empty when it is no such string.
std::string sql_origin(std::string_view connection) {
  const auto at = connection.rfind('@');
  if (at == std::string_view::npos) return {};
  const std::string_view host =
      connection.substr(at + 1, connection.find_first_of("/:?", at + 1) - at - 1);
  const auto dot = host.find('.');
  return dot == std::string_view::npos ? std::string()
                                       : "https://api" + std::string(host.substr(dot));
}

std::string connection_field(const std::string& id) { return "connection." + id; }

// ---- answers

Json read_project(const Json& project) {
  Json view = {{"id", text_at(project, "/id")},
               {"name", text_at(project, "/name")},
               {"state", "live"},  // asleep or not: whoever connects wakes it
               {"createdAt", unix_ms_from(text_at(project, "/created_at"))}};
  put_if(view, "region", text_at(project, "/region_id"));
  put_if(view, "host", text_at(project, "/proxy_host"));
  return view;
}

// The last page is not full; a cursor comes with every one.
std::string next_cursor(const ApiAnswer& answer) {
  return list_at(answer.json, "/projects").size() < kPageItems
             ? ""
             : text_at(answer.json, "/pagination/cursor");
}

// PostgreSQL's own numbers of its types (pg_type.dat).
std::string type_name(std::int64_t number) {
  struct Type {
    std::int64_t number;
    const char* name;
  };
  constexpr std::array kTypes = {
      Type{16, "bool"},          Type{17, "bytea"},     Type{20, "int8"},   Type{21, "int2"},
      Type{23, "int4"},          Type{25, "text"},      Type{114, "json"},  Type{700, "float4"},
      Type{701, "float8"},       Type{1043, "varchar"}, Type{1082, "date"}, Type{1114, "timestamp"},
      Type{1184, "timestamptz"}, Type{1700, "numeric"}, Type{2950, "uuid"}, Type{3802, "jsonb"}};
  const auto* found = std::ranges::find(kTypes, number, &Type::number);
  return found == kTypes.end() ? std::to_string(number) : found->name;
}

Json read_rows(const Json& answer) {
  Json columns = Json::array();
  for (const Json& field : list_at(answer, "/fields")) {
    columns.push_back(
        {{"name", text_at(field, "/name")}, {"type", type_name(int_at(field, "/dataTypeID"))}});
  }
  Json rows = Json::array();
  for (const Json& one : list_at(answer, "/rows")) {
    Json row = Json::array();
    for (const Json& cell : one) {
      row.push_back(cell.is_structured() ? Json(dump_json(cell)) : cell);
    }
    rows.push_back(std::move(row));
  }
  Json view = {{"columns", columns}, {"rows", rows}};
  if (text_at(answer, "/command") != "SELECT") view["affected"] = int_at(answer, "/rowCount");
  return view;
}

// ---- operations

Task<Result<Json>> verify(Api* api, Json /*input*/) {
  auto user = co_await api->call(control("GET", "/users/me"));
  if (!user) co_return std::unexpected(user.error());
  auto all = co_await api->call(control("GET", "/users/me/organizations"));
  if (!all) co_return std::unexpected(all.error());
  Json workspaces = Json::array();
  for (const Json& one : list_at(all->json, "/organizations")) {
    workspaces.push_back({{"id", text_at(one, "/id")}, {"name", text_at(one, "/name")}});
  }
  Json settings = Json::object();
  std::string organization = api->setting("organization");
  if (organization.empty()) organization = text_at(workspaces, "/0/id");
  put_if(settings, "organization", organization);
  co_return Json{{"identity",
                  {{"id", text_at(user->json, "/id")},
                   {"name", text_at(user->json, "/name")},
                   {"email", text_at(user->json, "/email")}}},
                 {"workspaces", workspaces},
                 {"settings", settings}};
}

Task<Result<Json>> all_projects(Api* api) {
  ApiRequest request = control("GET", "/projects");
  request.query = {{"limit", std::to_string(kPageItems)}, {"org_id", api->setting("organization")}};
  return api->call_pages(std::move(request), "/projects", "cursor", next_cursor);
}

Task<Result<Json>> list(Api* api, Json /*input*/) {
  auto all = co_await all_projects(api);
  if (!all) co_return std::unexpected(all.error());
  Json databases = Json::array();
  for (const Json& one : *all) databases.push_back(read_project(one));
  co_return Json{{"databases", databases}};
}

Task<Result<Json>> create(Api* api, Json input) {
  const std::string organization = api->setting("organization");
  auto answer = co_await api->call(control(
      "POST", "/projects",
      fill(R"({"project": {"name": "$name", "region_id": "$region", "org_id": "$organization"}})",
           {{"name", input["name"]},
            {"region", input.value("region", Json())},
            {"organization", organization.empty() ? Json() : Json(organization)}})));
  if (!answer) co_return std::unexpected(answer.error());
  Json database = read_project(at_pointer(answer->json, "/project"));
  std::string uri = text_at(answer->json, "/connection_uris/0/connection_uri");
  if (!uri.empty()) {
    api->learn(connection_field(string_or(database, "id")), Sensitive<std::string>(std::move(uri)));
  }
  co_return Json{{"database", database}};
}

Task<Result<Json>> get(Api* api, Json input) {
  auto answer = co_await api->call(control("GET", project_path(string_or(input, "database"))));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"database", read_project(at_pointer(answer->json, "/project"))}};
}

Task<Result<Json>> remove(Api* api, Json input) {
  ApiRequest request = control("DELETE", project_path(string_or(input, "database")));
  request.expected = {404};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json::object();
}

// The connection string of the first database of the project's default branch, once a session.
Task<Result<void>> find_connection(Api* api, std::string id) {
  if (api->credential().has(connection_field(id))) co_return Result<void>{};
  auto branches = co_await api->call(control("GET", project_path(id, "/branches")));
  if (!branches) co_return std::unexpected(branches.error());
  const Json& all = list_at(branches->json, "/branches");
  const auto branch =
      std::ranges::find_if(all, [](const Json& one) { return bool_at(one, "/default"); });
  const std::string branch_id = branch == all.end() ? "" : text_at(*branch, "/id");
  auto databases = co_await api->call(
      control("GET", project_path(id, fill_path("/branches/{b}/databases", {{"b", branch_id}}))));
  if (!databases) co_return std::unexpected(databases.error());
  ApiRequest request = control("GET", project_path(id, "/connection_uri"));
  request.query = {{"branch_id", branch_id},
                   {"database_name", text_at(databases->json, "/databases/0/name")},
                   {"role_name", text_at(databases->json, "/databases/0/owner_name")}};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  api->learn(connection_field(id), Sensitive<std::string>(text_at(answer->json, "/uri")));
  co_return Result<void>{};
}

Task<Result<Json>> query(Api* api, Json input) {
  const std::string id = string_or(input, "database");
  if (auto found = co_await find_connection(api, id); !found)
    co_return std::unexpected(found.error());
  const std::string field = connection_field(id);
  ApiRequest request{.method = "POST", .host = sql_origin(api->credential().expose(field))};
  if (request.host.empty()) {
    co_return fail(ErrorCode::kInternal, "Neon gave a connection string that names no host.");
  }
  request.path = "/sql";
  request.headers = {{"Neon-Array-Mode", "true"}};
  request.body = {{"query", input["sql"]}, {"params", input.value("params", Json::array())}};
  request.bare = true;  // the proxy's preflight allows no Content-Type
  request.auth = Auth::kHeader;
  request.auth_header = "Neon-Connection-String";
  request.auth_field = field;
  request.bucket = "sql";
  request.bytes_max = kAnswerBytesMax;
  request.timeout = Duration{60'000};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return read_rows(answer->json);
}

Task<Result<Json>> usage(Api* api, Json /*input*/) {
  auto all = co_await all_projects(api);
  if (!all) co_return std::unexpected(all.error());
  double cpu = 0;
  double active = 0;
  double stored = 0;
  for (const Json& one : *all) {
    cpu += number_at(one, "/cpu_used_sec");
    active += number_at(one, "/active_time");
    stored += number_at(one, "/synthetic_storage_size");
  }
  Json lines = Json::array();
  lines.push_back({{"metric", "compute"}, {"used", cpu}, {"unit", "CPU seconds"}});
  lines.push_back({{"metric", "active time"}, {"used", active}, {"unit", "seconds"}});
  lines.push_back({{"metric", "storage"}, {"used", stored}, {"unit", "bytes"}});
  lines.push_back({{"metric", "projects"}, {"used", all->size()}, {"unit", "projects"}});
  co_return Json{{"lines", lines}};
}

Task<Result<Json>> create_token(Api* api, Json input) {
  auto answer = co_await api->call(control("POST", "/api_keys", {{"key_name", input["name"]}}));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{
      {"token", {{"id", text_at(answer->json, "/id")}, {"secret", text_at(answer->json, "/key")}}}};
}

Task<Result<Json>> revoke_token(Api* api, Json input) {
  ApiRequest request =
      control("DELETE", fill_path("/api_keys/{id}", {{"id", string_or(input, "token")}}));
  request.expected = {404};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json::object();
}

constexpr std::array kHosts = {ProviderHost{"api", "https://console.neon.tech"},
                               ProviderHost{"sql", "https://*.neon.tech", true}};
constexpr std::array kFields = {
    CredentialField{.name = "token", .label = "API key", .hint = "Starts with napi_"}};
constexpr std::array kCapabilities = {Capability::kSqlHttp, Capability::kUsage,
                                      Capability::kTokens};
constexpr std::array kOperations = {
    Operation{"account.verify", verify},     Operation{"database.list", list},
    Operation{"database.create", create},    Operation{"database.get", get},
    Operation{"database.remove", remove},    Operation{"sql.query", query},
    Operation{"usage.get", usage},           Operation{"token.create", create_token},
    Operation{"token.revoke", revoke_token},
};
constexpr std::array kErrorMessages = {std::string_view("/message")};
constexpr std::array kErrorCodes = {std::string_view("/code")};

}  // namespace

extern const Provider kProvider;
const Provider kProvider = {
    .id = "neon",
    .name = "Neon",
    .hosts = kHosts,
    .fields = kFields,
    .capabilities = kCapabilities,
    .operations = kOperations,
    .errors = {.messages = kErrorMessages, .codes = kErrorCodes},
    .token_page = "https://console.neon.tech/app/settings/api-keys",
    .least_scopes = "a personal API key (one of a single project makes no projects)",
    .probe_path = "/api/v2/users/me",
};

}  // namespace a67::neon
