// Turso: SQLite databases by the platform API, SQL by the databases' own HTTP interface. README.md
// says what works and what does not.
#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "engine/providers/api.h"

namespace a67::turso {
namespace {

constexpr std::size_t kAnswerBytesMax = std::size_t{16} << 20;
// What a JSON reader's double still holds exactly.
constexpr std::int64_t kExactMax = std::int64_t{1} << 53;

// ---- requests

ApiRequest platform(std::string method, std::string path, Json body = {}) {
  return {.method = std::move(method),
          .path = "/v1" + std::move(path),
          .body = std::move(body),
          .bucket = "platform"};
}

Result<std::string> organization_path(Api* api, std::string_view rest) {
  const std::string organization = api->setting("organization");
  if (organization.empty()) {
    return fail(ErrorCode::kInvalidInput, "No organization of this Turso account is known.",
                "Check the account.", "settings.organization");
  }
  return fill_path("/organizations/{o}", {{"o", organization}}) + std::string(rest);
}

Result<std::string> database_path(Api* api, const std::string& name, std::string_view rest = {}) {
  return organization_path(api,
                           fill_path("/databases/{name}", {{"name", name}}) + std::string(rest));
}

Task<Result<ApiAnswer>> ask(Api* api, Result<std::string> path, std::string method = "GET",
                            Json body = {}) {
  if (!path) co_return std::unexpected(path.error());
  co_return co_await api->call(platform(std::move(method), *path, std::move(body)));
}

// Hrana's typed values: docs.turso.tech/sdk/http.
Json to_argument(const Json& value) {
  if (value.is_null()) return {{"type", "null"}};
  if (value.is_boolean()) return {{"type", "integer"}, {"value", value.get<bool>() ? "1" : "0"}};
  if (value.is_number_integer()) return {{"type", "integer"}, {"value", value.dump()}};
  if (value.is_number()) return {{"type", "float"}, {"value", value}};
  return {{"type", "text"}, {"value", value.is_string() ? value : Json(dump_json(value))}};
}

// ---- answers

Json read_database(const Json& database, const Json& created = {}) {
  const std::string name = text_at(database, "/Name", text_at(created, "/Name"));
  Json view = {{"id", name}, {"name", name}, {"state", "live"}};
  put_if(view, "region", text_at(database, "/primaryRegion"));
  put_if(view, "host", text_at(database, "/Hostname"));
  return view;
}

Json from_cell(const Json& cell) {
  const std::string type = text_at(cell, "/type");
  if (type == "null") return nullptr;
  if (type == "blob") return text_at(cell, "/base64");
  const Json& value = at_pointer(cell, "/value");
  if (type != "integer" || !value.is_string()) return value;
  const std::int64_t number = int_at(cell, "/value");
  return number <= kExactMax && number >= -kExactMax ? Json(number) : value;
}

Result<Json> read_result(const Json& answer) {
  const Json& first = at_pointer(answer, "/results/0");
  if (text_at(first, "/type") != "ok") {
    return fail(ErrorCode::kInvalidInput,
                "Turso refused the statement: " + text_at(first, "/error/message", "no reason"), {},
                "sql");
  }
  const Json& result = at_pointer(first, "/response/result");
  Json columns = Json::array();
  for (const Json& column : list_at(result, "/cols")) {
    Json one = {{"name", text_at(column, "/name")}};
    put_if(one, "type", text_at(column, "/decltype"));
    columns.push_back(std::move(one));
  }
  Json rows = Json::array();
  for (const Json& one : list_at(result, "/rows")) {
    Json row = Json::array();
    for (const Json& cell : one) row.push_back(from_cell(cell));
    rows.push_back(std::move(row));
  }
  const bool wrote = columns.empty() || int_at(result, "/affected_row_count") > 0;
  Json view = {{"columns", std::move(columns)}, {"rows", std::move(rows)}};
  if (wrote) view["affected"] = int_at(result, "/affected_row_count");
  return view;
}

// ---- operations

Task<Result<Json>> verify(Api* api, Json /*input*/) {
  auto valid = co_await api->call(platform("GET", "/auth/validate"));
  if (!valid) co_return std::unexpected(valid.error());
  auto all = co_await api->call(platform("GET", "/organizations"));
  if (!all) co_return std::unexpected(all.error());
  Json workspaces = Json::array();
  for (const Json& one : list_at(all->json, "")) {
    workspaces.push_back({{"id", text_at(one, "/slug")}, {"name", text_at(one, "/name")}});
  }
  std::string organization = api->setting("organization");
  if (organization.empty()) organization = text_at(workspaces, "/0/id");
  if (organization.empty()) {
    co_return fail(ErrorCode::kForbidden, "This Turso token belongs to no organization.",
                   "Make one in Turso's dashboard first.");
  }
  Json view = {{"identity", {{"id", organization}, {"name", organization}}},
               {"workspaces", workspaces},
               {"settings", {{"organization", organization}}}};
  const std::int64_t expires = int_at(valid->json, "/exp");
  if (expires > 0) view["expiresAt"] = expires * 1000;
  co_return view;
}

Task<Result<Json>> list(Api* api, Json /*input*/) {
  auto answer = co_await ask(api, organization_path(api, "/databases"));
  if (!answer) co_return std::unexpected(answer.error());
  Json databases = Json::array();
  for (const Json& one : list_at(answer->json, "/databases"))
    databases.push_back(read_database(one));
  co_return Json{{"databases", databases}};
}

// The group that a new database goes into: groups have the places, databases are in one.
Task<Result<std::string>> find_group(Api* api, std::string region) {
  auto answer = co_await ask(api, organization_path(api, "/groups"));
  if (!answer) co_return std::unexpected(answer.error());
  const Json& groups = list_at(answer->json, "/groups");
  for (const Json& one : groups) {
    if (region.empty() || text_at(one, "/primary") == region) co_return text_at(one, "/name");
  }
  if (!groups.empty()) {
    co_return fail(ErrorCode::kInvalidInput,
                   "No group of this Turso organization is in `" + region + "`.",
                   "Leave the region out, or make a group there in Turso's dashboard.", "region");
  }
  if (region.empty()) {
    co_return fail(ErrorCode::kInvalidInput, "This Turso organization has no group yet.",
                   "Say a region: a group is made there.", "region");
  }
  auto made = co_await ask(api, organization_path(api, "/groups"), "POST",
                           {{"name", "default"}, {"location", region}});
  if (!made) co_return std::unexpected(made.error());
  co_return std::string("default");
}

Task<Result<Json>> create(Api* api, Json input) {
  auto group = co_await find_group(api, string_or(input, "region"));
  if (!group) co_return std::unexpected(group.error());
  auto answer = co_await ask(api, organization_path(api, "/databases"), "POST",
                             {{"name", input["name"]}, {"group", *group}});
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"database",
                  read_database(at_pointer(answer->json, "/database"), {{"Name", input["name"]}})}};
}

Task<Result<Json>> get(Api* api, Json input) {
  auto answer = co_await ask(api, database_path(api, string_or(input, "database")));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"database", read_database(at_pointer(answer->json, "/database"))}};
}

Task<Result<Json>> remove(Api* api, Json input) {
  auto path = database_path(api, string_or(input, "database"));
  if (!path) co_return std::unexpected(path.error());
  ApiRequest request = platform("DELETE", *path);
  request.expected = {404};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json::object();
}

// Where a database is asked, and with what: found once a session.
struct Door {
  std::string origin;
  std::string field;  // of the credential, holding a token of this database
};

Task<Result<Door>> door_of(Api* api, std::string name, bool anew) {
  Door door{.field = "token." + name};
  // No secret, but it is kept in the same place.
  const std::string host_field = "host." + name;
  if (!anew && api->credential().has(door.field)) {
    door.origin = std::string(api->credential().expose(host_field));
    co_return door;
  }
  auto database = co_await ask(api, database_path(api, name));
  if (!database) co_return std::unexpected(database.error());
  door.origin = "https://" + text_at(database->json, "/database/Hostname");
  auto path = database_path(api, name, "/auth/tokens");
  if (!path) co_return std::unexpected(path.error());
  ApiRequest request = platform("POST", *path);
  request.query = {{"expiration", "1d"}, {"authorization", "full-access"}};
  request.repeat = Repeat::kSafe;  // one token more harms nobody
  auto token = co_await api->call(std::move(request));
  if (!token) co_return std::unexpected(token.error());
  api->learn(host_field, Sensitive<std::string>(door.origin));
  api->learn(door.field, Sensitive<std::string>(text_at(token->json, "/jwt")));
  co_return door;
}

Task<Result<Json>> query(Api* api, Json input) {
  Json arguments = Json::array();
  for (const Json& one : array_at(input, "params")) arguments.push_back(to_argument(one));
  ApiRequest request{.method = "POST",
                     .path = "/v2/pipeline",
                     .body = fill(R"({"requests": [
          {"type": "execute", "stmt": {"sql": "$sql", "args": "$args"}}, {"type": "close"}]})",
                                  {{"sql", input["sql"]}, {"args", arguments}}),
                     .bucket = "sql",
                     .bytes_max = kAnswerBytesMax,
                     .timeout = Duration{60'000}};
  for (const bool anew : {false, true}) {
    auto door = co_await door_of(api, string_or(input, "database"), anew);
    if (!door) co_return std::unexpected(door.error());
    request.host = door->origin;
    request.auth_field = door->field;
    auto answer = co_await api->call(request);
    if (answer) co_return read_result(answer->json);
    // A day is over, or the database is another of the same name.
    const ErrorCode code = answer.error().code;
    if (anew || (code != ErrorCode::kUnauthorized && code != ErrorCode::kNotFound))
      co_return std::unexpected(answer.error());
  }
  co_return fail(ErrorCode::kUnauthorized, "Turso refuses its own token.");
}

Task<Result<Json>> usage(Api* api, Json /*input*/) {
  auto answer = co_await ask(api, organization_path(api, "/usage"));
  if (!answer) co_return std::unexpected(answer.error());
  struct Metric {
    const char* name;
    const char* pointer;
    const char* unit;
  };
  constexpr std::array kMetrics = {
      Metric{"rows read", "/organization/usage/rows_read", "rows"},
      Metric{"rows written", "/organization/usage/rows_written", "rows"},
      Metric{"storage", "/organization/usage/storage_bytes", "bytes"},
      Metric{"synced", "/organization/usage/bytes_synced", "bytes"},
      Metric{"databases", "/organization/usage/databases", "databases"}};
  Json lines = Json::array();
  for (const Metric& metric : kMetrics) {
    lines.push_back({{"metric", metric.name},
                     {"used", number_at(answer->json, metric.pointer)},
                     {"unit", metric.unit}});
  }
  co_return Json{{"lines", lines}};
}

// A token is known by its name.
Task<Result<Json>> create_token(Api* api, Json input) {
  const std::string name = string_or(input, "name");
  auto answer =
      co_await api->call(platform("POST", fill_path("/auth/api-tokens/{name}", {{"name", name}})));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"token", {{"id", name}, {"secret", text_at(answer->json, "/token")}}}};
}

Task<Result<Json>> revoke_token(Api* api, Json input) {
  ApiRequest request = platform(
      "DELETE", fill_path("/auth/api-tokens/{name}", {{"name", string_or(input, "token")}}));
  request.expected = {404};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json::object();
}

constexpr std::array kHosts = {ProviderHost{"api", "https://api.turso.tech"},
                               ProviderHost{"data", "https://*.turso.io", true}};
constexpr std::array kFields = {CredentialField{
    .name = "token", .label = "Platform API token", .hint = "turso auth api-tokens mint a67"}};
constexpr std::array kCapabilities = {Capability::kSqlHttp, Capability::kUsage,
                                      Capability::kTokens};
constexpr std::array kOperations = {
    Operation{"account.verify", verify},     Operation{"database.list", list},
    Operation{"database.create", create},    Operation{"database.get", get},
    Operation{"database.remove", remove},    Operation{"sql.query", query},
    Operation{"usage.get", usage},           Operation{"token.create", create_token},
    Operation{"token.revoke", revoke_token},
};
constexpr std::array kErrorMessages = {std::string_view("/error"), std::string_view("/message")};
constexpr std::array kErrorCodes = {std::string_view("/code")};

}  // namespace

extern const Provider kProvider;
const Provider kProvider = {
    .id = "turso",
    .name = "Turso",
    .hosts = kHosts,
    .fields = kFields,
    .capabilities = kCapabilities,
    .operations = kOperations,
    .errors = {.messages = kErrorMessages, .codes = kErrorCodes},
    .token_page = "https://app.turso.tech/account/settings/tokens",
    .least_scopes = "db:create, db:delete, db:mint-token and read; full-access to rotate the token",
    .probe_path = "/v1/auth/validate",
};

}  // namespace a67::turso
