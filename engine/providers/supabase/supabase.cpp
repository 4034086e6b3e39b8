// Supabase: projects and SQL by the management API. README.md says what works and what does not;
// data.cpp has documents and objects.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/providers/supabase/parts.h"

namespace a67::supabase {

ApiRequest manage(std::string method, std::string path, Json body) {
  return {.method = std::move(method), .path = std::move(path), .body = std::move(body)};
}

std::string project_path(const std::string& ref, std::string_view rest) {
  return fill_path("/v1/projects/{ref}", {{"ref", ref}}) + std::string(rest);
}

Result<std::string> chosen_project(Api* api) {
  std::string ref = api->setting("project");
  if (!ref.empty()) return ref;
  return fail(ErrorCode::kInvalidInput, "No project of this Supabase account is chosen.",
              "Make a database, or put a project's reference into the account's settings.",
              "settings.project");
}

Task<Result<ApiAnswer>> run_sql(Api* api, std::string ref, std::string sql, Json params) {
  ApiRequest request = manage("POST", project_path(ref, "/database/query"),
                              fill(R"({"query": "$sql", "parameters": "$params"})",
                                   {{"sql", std::move(sql)}, {"params", std::move(params)}}));
  request.bytes_max = std::size_t{16} << 20;
  request.timeout = Duration{60'000};
  return api->call(std::move(request));
}

namespace {

// ---- answers

std::string state_of(const std::string& status) {
  if (status == "ACTIVE_HEALTHY") return "live";
  if (status == "INACTIVE") return "paused";
  if (status.ends_with("_FAILED")) return "failed";
  constexpr std::array<std::string_view, 7> kUnderWay = {
      "COMING_UP", "RESTORING", "UPGRADING", "PAUSING", "RESTARTING", "RESIZING", "GOING_DOWN"};
  return std::ranges::contains(kUnderWay, status) ? "creating" : "unknown";
}

Json read_project(const Json& project) {
  Json view = {{"id", text_at(project, "/ref", text_at(project, "/id"))},
               {"name", text_at(project, "/name")},
               {"state", state_of(text_at(project, "/status"))},
               {"createdAt", unix_ms_from(text_at(project, "/created_at"))}};
  put_if(view, "region", text_at(project, "/region"));
  put_if(view, "host", text_at(project, "/database/host"));
  return view;
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return out;
}

bool has_word(std::string_view text, std::string_view word) {
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end])))
      return true;
  }
  return false;
}

// The route answers rows and says nothing of a count; a row for each that was written does.
struct Counted {
  std::string sql;
  bool appended = false;  // rows are ours
  bool writes = false;
};

Counted counting(const std::string& sql) {
  const std::string big = upper(sql);
  const auto begin = std::min(big.find_first_not_of(" \t\r\n("), big.size());
  const std::string_view rest = std::string_view(big).substr(begin);
  Counted counted{.sql = sql};
  for (const std::string_view verb : {"INSERT", "UPDATE", "DELETE"}) {
    counted.writes = counted.writes || (rest.starts_with(verb) && rest.size() > verb.size() &&
                                        !is_word(rest[verb.size()]));
  }
  if (!counted.writes || has_word(big, "RETURNING")) return counted;
  const auto end = sql.find_last_not_of("; \t\r\n") + 1;
  // More statements than one: left as they are.
  if (sql.find(';') < end) return {.sql = sql};
  counted.sql = sql.substr(0, end) + "\nRETURNING 1 AS a67_row";
  counted.appended = true;
  return counted;
}

// Names of a JSON list's first object, in the order of the text: a Json object has sorted them.
std::vector<std::string> first_row_keys(std::string_view text) {
  std::vector<std::string> keys;
  std::size_t depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && --depth <= 1) return keys;
    if (c != '"') continue;
    const std::size_t begin = at;
    for (++at; at < text.size() && text[at] != '"'; ++at) {
      if (text[at] == '\\') ++at;
    }
    const auto next = text.find_first_not_of(" \t\r\n", at + 1);
    if (depth != 2 || next == std::string_view::npos || text[next] != ':') continue;
    if (auto key = parse_json(text.substr(begin, at + 1 - begin)); key && key->is_string()) {
      keys.push_back(key->get<std::string>());
    }
  }
  return keys;
}

Json cell(const Json& value) { return value.is_structured() ? Json(dump_json(value)) : value; }

Json read_rows(const ApiAnswer& answer, const Counted& counted) {
  Json view = {{"columns", Json::array()}, {"rows", Json::array()}};
  const Json& all = list_at(answer.json, "");
  if (counted.appended || (counted.writes && !all.empty())) view["affected"] = all.size();
  if (counted.appended) return view;
  const auto keys = first_row_keys(answer.text);
  for (const std::string& key : keys) view["columns"].push_back({{"name", key}});
  for (const Json& one : all) {
    Json row = Json::array();
    for (const std::string& key : keys) row.push_back(cell(one.value(key, Json())));
    view["rows"].push_back(std::move(row));
  }
  return view;
}

// ---- operations

Task<Result<Json>> verify(Api* api, Json /*input*/) {
  auto profile = co_await api->call(manage("GET", "/v1/profile"));
  if (!profile) co_return std::unexpected(profile.error());
  auto all = co_await api->call(manage("GET", "/v1/organizations"));
  if (!all) co_return std::unexpected(all.error());
  auto projects = co_await api->call(manage("GET", "/v1/projects"));
  if (!projects) co_return std::unexpected(projects.error());
  Json workspaces = Json::array();
  for (const Json& one : list_at(all->json, "")) {
    workspaces.push_back({{"id", text_at(one, "/slug")}, {"name", text_at(one, "/name")}});
  }
  Json settings = Json::object();
  put_if(settings, "organization",
         api->setting("organization").empty() ? text_at(workspaces, "/0/id")
                                              : api->setting("organization"));
  std::string project = api->setting("project");
  for (const Json& one : list_at(projects->json, "")) {
    if (project.empty() && text_at(one, "/status") == "ACTIVE_HEALTHY")
      project = text_at(one, "/ref");
  }
  put_if(settings, "project", project);
  Json view = {{"identity",
                {{"id", text_at(profile->json, "/gotrue_id")},
                 {"name", text_at(profile->json, "/username")},
                 {"email", text_at(profile->json, "/primary_email")}}},
               {"workspaces", workspaces},
               {"settings", settings}};
  // The token itself tells its kind: scoped ones (since 2026-10-26) begin with sbp_fc.
  const std::string_view token = api->credential().expose("token");
  if (token.starts_with("sbp_") && !token.starts_with("sbp_fc")) {
    view["warnings"] = {
        "This is a classic token: it may do everything its owner may. A scoped "
        "one for projects, database, API keys and analytics is enough."};
  }
  co_return view;
}

Task<Result<Json>> list(Api* api, Json /*input*/) {
  auto all = co_await api->call(manage("GET", "/v1/projects"));
  if (!all) co_return std::unexpected(all.error());
  Json databases = Json::array();
  for (const Json& one : list_at(all->json, "")) {
    if (text_at(one, "/status") != "REMOVED") databases.push_back(read_project(one));
  }
  co_return Json{{"databases", databases}};
}

Task<Result<Json>> create(Api* api, Json input) {
  const std::string organization = api->setting("organization");
  if (organization.empty()) {
    co_return fail(ErrorCode::kInvalidInput, "No organization of this Supabase account is known.",
                   "Check the account, or make an organization in Supabase's dashboard.",
                   "settings.organization");
  }
  // Made up and forgotten: the query route needs none, and the dashboard sets another.
  std::array<std::uint8_t, 24> password{};
  api->random().fill(password);
  const std::string region = string_or(input, "region");
  auto answer = co_await api->call(
      manage("POST", "/v1/projects",
             fill(R"({"name": "$name", "organization_slug": "$organization", "db_pass": "$password",
               "region_selection": {"type": "$type", "code": "$code"}})",
                  {{"name", input["name"]},
                   {"organization", organization},
                   {"password", base64url_encode(password)},
                   {"type", region.empty() ? "smartGroup" : "specific"},
                   {"code", region.empty() ? "americas" : region}})));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"database", read_project(answer->json)}};
}

Task<Result<Json>> get(Api* api, Json input) {
  auto answer = co_await api->call(manage("GET", project_path(string_or(input, "database"))));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"database", read_project(answer->json)}};
}

Task<Result<Json>> act(Api* api, ApiRequest request) {
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json::object();
}

Task<Result<Json>> pause(Api* api, Json input) {
  return act(api, manage("POST", project_path(string_or(input, "database"), "/pause")));
}

Task<Result<Json>> resume(Api* api, Json input) {
  return act(api, manage("POST", project_path(string_or(input, "database"), "/restore")));
}

Task<Result<Json>> remove(Api* api, Json input) {
  ApiRequest request = manage("DELETE", project_path(string_or(input, "database")));
  request.expected = {404};
  return act(api, std::move(request));
}

Task<Result<Json>> query(Api* api, Json input) {
  const Counted counted = counting(string_or(input, "sql"));
  auto answer = co_await run_sql(api, string_or(input, "database"), counted.sql,
                                 input.value("params", Json()));
  if (!answer) co_return std::unexpected(answer.error());
  co_return read_rows(*answer, counted);
}

Task<Result<Json>> usage(Api* api, Json /*input*/) {
  auto ref = chosen_project(api);
  if (!ref) co_return std::unexpected(ref.error());
  ApiRequest request = manage("GET", project_path(*ref, "/analytics/endpoints/usage.api-counts"));
  request.query = {{"interval", "1day"}};
  request.bucket = "analytics";
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  Json lines = Json::array();
  for (const char* kind : {"rest", "auth", "storage", "realtime"}) {
    const std::string pointer = std::string("/total_") + kind + "_requests";
    double sum = 0;
    for (const Json& one : list_at(answer->json, "/result")) sum += number_at(one, pointer);
    lines.push_back({{"metric", std::string(kind) + " requests of the last day"},
                     {"used", sum},
                     {"unit", "requests"}});
  }
  co_return Json{{"lines", lines}};
}

constexpr std::array kHosts = {ProviderHost{"api", "https://api.supabase.com"},
                               ProviderHost{"data", "https://*.supabase.co", true}};
constexpr std::array kFields = {
    CredentialField{.name = "token", .label = "Access token", .hint = "Starts with sbp_"},
    CredentialField{.name = "serviceKey",
                    .label = "Secret or service_role key of the project",
                    .required = false,
                    .hint = "Starts with sb_secret_ or eyJ; fetched with the token when left out"}};
constexpr std::array kCapabilities = {Capability::kSqlHttp, Capability::kDocuments,
                                      Capability::kObjects, Capability::kUsage};
constexpr std::array kOperations = {
    Operation{"account.verify", verify},          Operation{"database.list", list},
    Operation{"database.create", create},         Operation{"database.get", get},
    Operation{"database.pause", pause},           Operation{"database.resume", resume},
    Operation{"database.remove", remove},         Operation{"sql.query", query},
    Operation{"document.put", put_document},      Operation{"document.get", get_document},
    Operation{"document.query", query_documents}, Operation{"document.remove", remove_document},
    Operation{"bucket.list", list_buckets},       Operation{"bucket.create", create_bucket},
    Operation{"bucket.remove", remove_bucket},    Operation{"object.put", put_object},
    Operation{"object.get", get_object},          Operation{"object.list", list_objects},
    Operation{"object.remove", remove_object},    Operation{"usage.get", usage},
};
constexpr std::array kErrorMessages = {std::string_view("/message"), std::string_view("/error")};
constexpr std::array kErrorCodes = {std::string_view("/code"), std::string_view("/statusCode")};

}  // namespace

extern const Provider kProvider;
const Provider kProvider = {
    .id = "supabase",
    .name = "Supabase",
    .hosts = kHosts,
    .fields = kFields,
    .capabilities = kCapabilities,
    .operations = kOperations,
    .errors = {.messages = kErrorMessages, .codes = kErrorCodes},
    .token_page = "https://supabase.com/dashboard/account/tokens",
    .least_scopes = "projects, database, API keys and analytics; a classic token may do everything",
    .probe_path = "/v1/profile",
};

}  // namespace a67::supabase
