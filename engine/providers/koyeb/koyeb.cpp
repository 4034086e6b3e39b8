// Koyeb: an app with one service, from an image or a Git repository. README.md says what works and
// what does not.
#include <array>
#include <string>
#include <utility>

#include "engine/providers/api.h"
#include "engine/providers/koyeb/definition.h"

namespace a67::koyeb {
namespace {

ApiRequest get(std::string path) { return {.path = std::move(path)}; }

ApiRequest write(std::string method, std::string path, Json body = {}) {
  return {.method = std::move(method), .path = std::move(path), .body = std::move(body)};
}

std::string path_of(std::string_view list, const std::string& id, std::string_view rest = {}) {
  return fill_path("/v1/{list}/{id}", {{"list", std::string(list)}, {"id", id}}) +
         std::string(rest);
}

Task<Result<Json>> act(Api* api, ApiRequest request) {
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return std::move(answer->json);
}

Task<Result<Json>> pages(Api* api, ApiRequest request, std::string items) {
  request.query.emplace_back("limit", "100");
  return api->call_pages(std::move(request), std::move(items), "offset", [](const ApiAnswer& a) {
    if (!bool_at(a.json, "/has_next")) return std::string();
    return std::to_string(int_at(a.json, "/offset") + int_at(a.json, "/limit"));
  });
}

// ---- operations

Task<Result<Json>> verify(Api* api, Json /*input*/) {
  auto answer = co_await act(api, get("/v1/account/organization"));
  if (!answer) co_return answer;
  const std::string id = text_at(*answer, "/organization/id");
  const std::string name = text_at(*answer, "/organization/name", id);
  co_return Json{{"identity", {{"id", id}, {"name", name}}},
                 {"workspaces", Json::array({{{"id", id}, {"name", name}}})},
                 {"settings", {{"organization", id}}}};
}

Task<Result<Json>> list(Api* api, Json /*input*/) {
  auto apps = co_await pages(api, get("/v1/apps"), "/apps");
  if (!apps) co_return apps;
  auto all = co_await pages(api, get("/v1/services"), "/services");
  if (!all) co_return all;
  Json services = Json::array();
  for (const Json& app : *apps) {
    if (is_gone(app)) continue;
    Json own = Json::array();
    for (const Json& one : *all) {
      if (text_at(one, "/app_id") == text_at(app, "/id") && !is_gone(one)) own.push_back(one);
    }
    if (own.empty()) {
      services.push_back({{"id", id_of({.service = "", .app = text_at(app, "/id")})},
                          {"name", text_at(app, "/name")},
                          {"state", "incomplete"}});
    }
    for (const Json& one : own) {
      Json view = read_service(one, app, Json());
      // An app that somebody else made may have several.
      if (own.size() > 1) view["name"] = text_at(app, "/name") + "/" + text_at(one, "/name");
      services.push_back(std::move(view));
    }
  }
  co_return Json{{"services", services}};
}

// The app of that name; made now or, by an earlier attempt of ours, before.
Task<Result<Json>> app_named(Api* api, std::string name) {
  if (api->is_again()) {
    ApiRequest request = get("/v1/apps");
    request.query = {{"name", name}};
    auto apps = co_await pages(api, std::move(request), "/apps");
    if (!apps) co_return apps;
    for (const Json& one : *apps) {
      if (text_at(one, "/name") == name && !is_gone(one)) co_return one;
    }
  }
  auto made = co_await act(api, write("POST", "/v1/apps", {{"name", name}}));
  if (!made) co_return made;
  co_return at_pointer(*made, "/app");
}

Task<Result<Json>> create(Api* api, Json input) {
  auto definition = new_definition(input);
  if (!definition) co_return definition;
  auto app = co_await app_named(api, string_or(input, "name"));
  if (!app) co_return app;
  auto made = co_await act(
      api, write("POST", "/v1/services",
                 {{"app_id", text_at(*app, "/id")}, {"definition", std::move(*definition)}}));
  if (!made) co_return made;
  co_return Json{{"service", read_service(at_pointer(*made, "/service"), *app, Json())}};
}

// The service's document; kNotFound when it is deleted, or about to be.
Task<Result<Json>> service_of(Api* api, std::string id) {
  auto answer = co_await act(api, get(path_of("services", id)));
  if (!answer) co_return answer;
  const Json& service = at_pointer(*answer, "/service");
  if (is_gone(service)) co_return fail(ErrorCode::kNotFound, "Koyeb has deleted this service.");
  co_return service;
}

Task<Result<Json>> deployment_of(Api* api, std::string id) {
  auto answer = co_await act(api, get(path_of("deployments", id)));
  if (!answer) co_return answer;
  co_return at_pointer(*answer, "/deployment");
}

Task<Result<Json>> get_service(Api* api, Json input) {
  const Ids ids = ids_of(input);
  auto service = co_await service_of(api, ids.service);
  if (!service) co_return service;
  auto app = co_await act(api, get(path_of("apps", ids.app)));
  if (!app) co_return app;
  Json deployment;
  if (const std::string newest = text_at(*service, "/latest_deployment_id"); !newest.empty()) {
    auto found = co_await deployment_of(api, newest);
    if (!found) co_return found;
    deployment = std::move(*found);
  }
  co_return Json{{"service", read_service(*service, at_pointer(*app, "/app"), deployment)}};
}

// What the newest deployment was made of, stored settings included.
Task<Result<Json>> definition_of(Api* api, std::string id) {
  auto service = co_await service_of(api, std::move(id));
  if (!service) co_return service;
  auto deployment = co_await deployment_of(api, text_at(*service, "/latest_deployment_id"));
  if (!deployment) co_return deployment;
  co_return at_pointer(*deployment, "/definition");
}

Task<Result<Json>> store(Api* api, std::string id, Json definition, bool deploys) {
  Json body = {{"definition", std::move(definition)}};
  if (!deploys) body["save_only"] = true;
  ApiRequest request = write("PATCH", path_of("services", id), std::move(body));
  // The whole definition again is the same definition; a second deployment of it is not.
  if (!deploys) request.repeat = Repeat::kSafe;
  return act(api, std::move(request));
}

Task<Result<Json>> set_env(Api* api, Json input) {
  const Ids ids = ids_of(input);
  auto definition = co_await definition_of(api, ids.service);
  if (!definition) co_return definition;
  for (const auto& [key, value] : object_at(input, "set").items())
    set_variable(*definition, key, value.get<std::string>());
  for (const Json& key : array_at(input, "remove"))
    remove_variable(*definition, key.get<std::string>());
  auto stored = co_await store(api, ids.service, std::move(*definition), false);
  if (!stored) co_return stored;
  co_return Json::object();
}

Task<Result<Json>> deploy(Api* api, Json input) {
  const Ids ids = ids_of(input);
  auto definition = co_await definition_of(api, ids.service);
  if (!definition) co_return definition;
  if (input.contains("source")) {
    if (auto put = put_source(*definition, input["source"], ""); !put)
      co_return std::unexpected(put.error());
  }
  auto stored = co_await store(api, ids.service, std::move(*definition), true);
  if (!stored) co_return stored;
  co_return Json{
      {"deployment",
       {{"id", text_at(*stored, "/service/latest_deployment_id")}, {"state", "queued"}}}};
}

Task<Result<Json>> deployment(Api* api, Json input) {
  auto found = co_await deployment_of(api, string_or(input, "deployment"));
  if (!found) co_return found;
  co_return Json{{"deployment", read_deployment(*found)}};
}

Task<Result<Json>> scale(Api* api, Json input) {
  const Ids ids = ids_of(input);
  auto definition = co_await definition_of(api, ids.service);
  if (!definition) co_return definition;
  const std::int64_t count = int_or(input, "instances", 1);
  (*definition)["scalings"] = Json::array({{{"min", count}, {"max", count}}});
  auto stored = co_await store(api, ids.service, std::move(*definition), true);
  if (!stored) co_return stored;
  co_return Json::object();
}

// A deployment of what is built already.
Task<Result<Json>> restart(Api* api, Json input) {
  const Ids ids = ids_of(input);
  auto definition = co_await definition_of(api, ids.service);
  if (!definition) co_return definition;
  Json body = Json::object();
  if (definition->contains("git")) body["skip_build"] = true;
  auto done = co_await act(api, write("POST", path_of("services", ids.service, "/redeploy"), body));
  if (!done) co_return done;
  co_return Json::object();
}

Task<Result<Json>> turn(Api* api, Json input, std::string_view verb) {
  ApiRequest request = write("POST", path_of("services", ids_of(input).service, verb));
  request.repeat = Repeat::kSafe;
  auto done = co_await act(api, std::move(request));
  if (!done) co_return done;
  co_return Json::object();
}

Task<Result<Json>> suspend(Api* api, Json input) { return turn(api, std::move(input), "/pause"); }

Task<Result<Json>> resume(Api* api, Json input) { return turn(api, std::move(input), "/resume"); }

Task<Result<Json>> content_when_gone(Api* api, std::string path) {
  ApiRequest request = write("DELETE", std::move(path));
  request.expected = {404};
  auto done = co_await act(api, std::move(request));
  if (!done) co_return done;
  co_return Json::object();
}

// With the app go its service and its domains.
Task<Result<Json>> remove(Api* api, Json input) {
  return content_when_gone(api, path_of("apps", ids_of(input).app));
}

Task<Result<Json>> logs(Api* api, Json input) {
  ApiRequest request = get("/v1/streams/logs/query");
  request.query = {{"type", "runtime"},
                   {"service_id", ids_of(input).service},
                   {"limit", std::to_string(int_or(input, "limit", 100))}};
  if (input.contains("since"))
    request.query.emplace_back("start", rfc3339_from(int_or(input, "since")));
  auto answer = co_await act(api, std::move(request));
  if (!answer) co_return answer;
  Json lines = Json::array();
  for (const Json& one : list_at(*answer, "/data")) {
    Json line = {{"at", unix_ms_from(text_at(one, "/created_at"))}, {"text", text_at(one, "/msg")}};
    put_if(line, "instance", text_at(one, "/labels/instance_id"));
    lines.push_back(std::move(line));
  }
  co_return Json{{"lines", lines}};
}

struct Metric {
  std::string_view asked;
  std::string_view name;
  std::string_view unit;
};
constexpr std::array kMetrics = {Metric{"CPU_TOTAL_PERCENT", "cpu", "percent"},
                                 Metric{"MEM_RSS", "memory", "bytes"}};

Task<Result<Json>> metrics(Api* api, Json input) {
  Json series = Json::array();
  for (const Metric& metric : kMetrics) {
    ApiRequest request = get("/v1/streams/metrics");
    request.query = {{"service_id", ids_of(input).service}, {"name", std::string(metric.asked)}};
    if (input.contains("since"))
      request.query.emplace_back("start", rfc3339_from(int_or(input, "since")));
    if (input.contains("until"))
      request.query.emplace_back("end", rfc3339_from(int_or(input, "until")));
    auto answer = co_await act(api, std::move(request));
    if (!answer) co_return answer;
    for (const Json& one : list_at(*answer, "/metrics")) {
      Json points = Json::array();
      for (const Json& sample : list_at(one, "/samples")) {
        points.push_back({{"at", unix_ms_from(text_at(sample, "/timestamp"))},
                          {"value", number_at(sample, "/value")}});
      }
      series.push_back({{"metric", metric.name}, {"unit", metric.unit}, {"points", points}});
    }
  }
  co_return Json{{"series", series}};
}

Task<Result<Json>> add_domain(Api* api, Json input) {
  const std::string domain = string_or(input, "domain");
  auto answer = co_await act(
      api, write("POST", "/v1/domains",
                 {{"name", domain}, {"type", "CUSTOM"}, {"app_id", ids_of(input).app}}));
  if (!answer) co_return answer;
  Json records = Json::array();
  records.push_back(
      {{"type", "CNAME"}, {"name", domain}, {"value", text_at(*answer, "/domain/intended_cname")}});
  co_return Json{{"records", records}};
}

Task<Result<Json>> remove_domain(Api* api, Json input) {
  const std::string domain = string_or(input, "domain");
  ApiRequest request = get("/v1/domains");
  request.query = {{"app_ids", ids_of(input).app}, {"name", domain}};
  auto answer = co_await act(api, std::move(request));
  if (!answer) co_return answer;
  for (const Json& one : list_at(*answer, "/domains")) {
    if (text_at(one, "/name") == domain)
      co_return co_await content_when_gone(api, path_of("domains", text_at(one, "/id")));
  }
  co_return Json::object();
}

// Seconds of each instance type, in the period Koyeb answers with.
Task<Result<Json>> usage(Api* api, Json /*input*/) {
  auto answer = co_await act(api, get("/v1/usages"));
  if (!answer) co_return answer;
  Json seconds = Json::object();
  for (const Json& period : at_pointer(*answer, "/usage/periods")) {
    for (const Json& app : list_at(period, "/apps")) {
      for (const Json& service : list_at(app, "/services")) {
        for (const Json& region : object_at(service, "regions")) {
          for (const auto& [type, used] : object_at(region, "instances").items())
            seconds[type] = int_or(seconds, type) + int_at(used, "/duration_seconds");
        }
      }
    }
  }
  Json lines = Json::array();
  for (const auto& [type, used] : seconds.items())
    lines.push_back({{"metric", "instances of type " + type}, {"used", used}, {"unit", "seconds"}});
  co_return Json{{"lines", lines}};
}

Task<Result<Json>> create_token(Api* api, Json input) {
  auto answer = co_await act(api, write("POST", "/v1/credentials",
                                        {{"name", input["name"]},
                                         {"type", "ORGANIZATION"},
                                         {"organization_id", api->setting("organization")}}));
  if (!answer) co_return answer;
  Json token = {{"id", text_at(*answer, "/credential/id")},
                {"secret", text_at(*answer, "/credential/token")}};
  if (const auto end = unix_ms_from(text_at(*answer, "/credential/expires_at")); end > 0)
    token["expiresAt"] = end;
  co_return Json{{"token", std::move(token)}};
}

Task<Result<Json>> revoke_token(Api* api, Json input) {
  return content_when_gone(api, path_of("credentials", string_or(input, "token")));
}

constexpr std::array kHosts = {ProviderHost{"api", "https://app.koyeb.com"}};
constexpr std::array kFields = {
    CredentialField{.name = "token", .label = "API access token of the organization"}};
constexpr std::array kCapabilities = {
    Capability::kComputeImage, Capability::kComputeGit, Capability::kLogs,  Capability::kMetrics,
    Capability::kUsage,        Capability::kDomains,    Capability::kTokens};
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
    Operation{"usage.get", usage},
    Operation{"token.create", create_token},
    Operation{"token.revoke", revoke_token},
};
constexpr std::array kErrorMessages = {std::string_view("/fields/0/description"),
                                       std::string_view("/message")};
constexpr std::array kErrorCodes = {std::string_view("/code")};

}  // namespace

extern const Provider kProvider;
const Provider kProvider = {
    .id = "koyeb",
    .name = "Koyeb",
    .hosts = kHosts,
    .fields = kFields,
    .capabilities = kCapabilities,
    .operations = kOperations,
    .errors = {.messages = kErrorMessages, .codes = kErrorCodes},
    .token_page = "https://app.koyeb.com/user/settings/api",
    .least_scopes = "Koyeb's tokens have no scopes: a token may do everything in the organization",
    .probe_path = "/v1/account/organization",
};

}  // namespace a67::koyeb
