// Fly.io: an app with Machines, from an image or from files put into a stock image. README.md says
// what works and what does not.
//
// A service is an app; its id is the app's name, which is unique at Fly. It takes four requests to
// make one (app, addresses, secrets, machine): every one of them can be gone on from.
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "engine/providers/api.h"
#include "engine/providers/fly/machine.h"

namespace a67::fly {
namespace {

// ---- requests

ApiRequest get(std::string path, std::string_view bucket = "read") {
  return {.path = std::move(path), .bucket = bucket};
}

ApiRequest write(std::string method, std::string path, Json body = {}) {
  return {.method = std::move(method),
          .path = std::move(path),
          .body = std::move(body),
          .bucket = "write"};
}

ApiRequest repeatable(ApiRequest request) {
  request.repeat = Repeat::kSafe;
  return request;
}

std::string app_path(const std::string& app, std::string_view rest = {}) {
  return fill_path("/v1/apps/{app}", {{"app", app}}) + std::string(rest);
}

std::string machine_path(const std::string& app, const Json& machine, std::string_view rest = {}) {
  return app_path(app, fill_path("/machines/{id}", {{"id", text_at(machine, "/id")}})) +
         std::string(rest);
}

// ---- operations

Task<Result<Json>> verify(Api* api, Json /*input*/) {
  auto answer = co_await api->call(get("/v1/tokens/current"));
  if (!answer) co_return std::unexpected(answer.error());
  Json workspaces = Json::array();
  Json scopes = Json::array();
  for (const Json& one : list_at(answer->json, "/tokens")) {
    const std::string slug = text_at(one, "/org_slug");
    if (slug.empty()) continue;
    workspaces.push_back({{"id", slug}, {"name", slug}});
    for (const Json& app : list_at(one, "/apps")) scopes.push_back("app " + text_at(app, ""));
  }
  if (workspaces.empty()) {
    co_return fail(ErrorCode::kForbidden, "This Fly.io token belongs to no organization.",
                   "Make an organization token in the dashboard, under Tokens.");
  }
  const std::string org = string_or(workspaces[0], "id");
  std::string chosen = api->setting("org");
  if (chosen.empty()) chosen = org;
  Json view = {{"identity",
                {{"id", text_at(answer->json, "/tokens/0/token_id", org)},
                 {"name", text_at(answer->json, "/tokens/0/user", org)}}},
               {"scopes", scopes},
               {"workspaces", workspaces},
               {"settings", {{"org", chosen}}}};
  if (workspaces.size() > 1) {
    view["warnings"] = {"This token may do everything in " + std::to_string(workspaces.size()) +
                        " organizations. One of the organization that is used is enough."};
  }
  co_return view;
}

Task<Result<Json>> list(Api* api, Json /*input*/) {
  ApiRequest apps = get("/v1/apps");
  apps.query = {{"org_slug", api->setting("org")}};
  auto all = co_await api->call(std::move(apps));
  if (!all) co_return std::unexpected(all.error());
  ApiRequest request =
      get(fill_path("/v1/orgs/{org}/machines", {{"org", api->setting("org")}}), "machine");
  request.query = {{"summary", "true"}, {"limit", "1000"}};
  auto machines =
      co_await api->call_pages(std::move(request), "/machines", "cursor",
                               [](const ApiAnswer& a) { return text_at(a.json, "/next_cursor"); });
  if (!machines) co_return std::unexpected(machines.error());
  Json services = Json::array();
  for (const Json& app : list_at(all->json, "/apps")) {
    const std::string name = text_at(app, "/name");
    Json own = Json::array();
    for (const Json& one : *machines) {
      if (text_at(one, "/app_name") == name) own.push_back(one);
    }
    Json view = read_service(name, own);
    // Counted, and not yet in the other list.
    if (own.empty() && int_at(app, "/machine_count") > 0) view["state"] = "unknown";
    services.push_back(std::move(view));
  }
  co_return Json{{"services", services}};
}

// The machines of an app; kNotFound when there is no such app.
Task<Result<Json>> machines_of(Api* api, std::string app) {
  auto answer = co_await api->call(get(app_path(app, "/machines"), "machine"));
  if (!answer) co_return std::unexpected(answer.error());
  Json all = Json::array();
  for (const Json& one : list_at(answer->json, "")) {
    if (!machine_state(text_at(one, "/state")).empty()) all.push_back(one);
  }
  co_return all;
}

Task<Result<Json>> act(Api* api, ApiRequest request) {
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return std::move(answer->json);
}

Task<Result<Json>> make_app(Api* api, std::string app) {
  if (api->is_again()) {
    ApiRequest look = get(app_path(app));
    look.expected = {404};
    auto there = co_await api->call(std::move(look));
    if (!there) co_return std::unexpected(there.error());
    if (there->status != 404) co_return Json::object();
  }
  co_return co_await act(
      api, write("POST", "/v1/apps", {{"name", app}, {"org_slug", api->setting("org")}}));
}

// A shared IPv4 and an IPv6 address: those that cost nothing.
Task<Result<Json>> make_addresses(Api* api, std::string app) {
  bool v4 = false;
  bool v6 = false;
  const std::string path = app_path(app, "/ip_assignments");
  if (api->is_again()) {
    auto there = co_await api->call(get(path));
    if (!there) co_return std::unexpected(there.error());
    for (const Json& one : list_at(there->json, "/ips")) {
      const bool six = text_at(one, "/ip").find(':') != std::string::npos;
      (six ? v6 : v4) = true;
    }
  }
  if (!v4) {
    auto made = co_await act(api, write("POST", path, {{"type", "shared_v4"}}));
    if (!made) co_return made;
  }
  if (!v6) {
    auto made = co_await act(api, write("POST", path, {{"type", "v6"}}));
    if (!made) co_return made;
  }
  co_return Json::object();
}

Task<Result<Json>> put_secrets(Api* api, std::string app, Json values) {
  if (values.empty()) co_return Json::object();
  co_return co_await act(
      api, repeatable(write("POST", app_path(app, "/secrets"), {{"values", std::move(values)}})));
}

Task<Result<Json>> add_machines(Api* api, std::string app, Json config, std::string region,
                                std::int64_t count) {
  Json made = Json::array();
  for (std::int64_t at = 0; at < count; ++at) {
    Json body = {{"config", config}};
    put_if(body, "region", region);
    auto machine = co_await act(api, write("POST", app_path(app, "/machines"), std::move(body)));
    if (!machine) co_return machine;
    made.push_back(std::move(*machine));
  }
  co_return made;
}

Task<Result<Json>> create(Api* api, Json input) {
  auto config = new_config(input);
  if (!config) co_return config;
  const std::string app = string_or(input, "name");
  if (auto made = co_await make_app(api, app); !made) co_return made;
  if (auto made = co_await make_addresses(api, app); !made) co_return made;
  if (auto put = co_await put_secrets(api, app, input.value("env", Json::object())); !put)
    co_return put;
  Json machines = Json::array();
  if (api->is_again()) {
    auto there = co_await machines_of(api, app);
    if (!there) co_return there;
    machines = std::move(*there);
  }
  if (machines.empty()) {
    auto made = co_await add_machines(api, app, std::move(*config), string_or(input, "region"),
                                      int_or(input, "instances", 1));
    if (!made) co_return made;
    machines = std::move(*made);
  }
  Json service = read_service(app, machines);
  service["deployment"] = deployment_id(machines.back());
  co_return Json{{"service", service}};
}

Task<Result<Json>> get_service(Api* api, Json input) {
  const std::string app = string_or(input, "service");
  auto machines = co_await machines_of(api, app);
  if (!machines) co_return machines;
  Json service = read_service(app, *machines);
  if (!machines->empty()) service["deployment"] = deployment_id(machines->back());
  co_return Json{{"service", service}};
}

Task<Result<Json>> set_env(Api* api, Json input) {
  const std::string app = string_or(input, "service");
  if (auto put = co_await put_secrets(api, app, object_at(input, "set")); !put) co_return put;
  for (const Json& key : array_at(input, "remove")) {
    ApiRequest request =
        write("DELETE", app_path(app, "/secrets/" + percent_encode(key.get<std::string>())));
    request.expected = {404};
    if (auto gone = co_await act(api, std::move(request)); !gone) co_return gone;
  }
  co_return Json::object();
}

// An update replaces a machine's whole configuration, and it takes the app's secrets anew.
Task<Result<Json>> deploy(Api* api, Json input) {
  const std::string app = string_or(input, "service");
  auto machines = co_await machines_of(api, app);
  if (!machines) co_return machines;
  Json newest;
  for (const Json& machine : *machines) {
    Json config = machine.value("config", Json::object());
    if (input.contains("source")) {
      if (auto put = put_source(config, input["source"], ""); !put)
        co_return std::unexpected(put.error());
    }
    if (machine_state(text_at(machine, "/state")) == "suspended") {
      auto open =
          co_await act(api, repeatable(write("POST", machine_path(app, machine, "/uncordon"))));
      if (!open) co_return open;
    }
    auto updated = co_await act(
        api, write("POST", machine_path(app, machine), {{"config", std::move(config)}}));
    if (!updated) co_return updated;
    newest = std::move(*updated);
  }
  if (newest.is_null()) {
    co_return fail(ErrorCode::kConflict, "The app `" + app + "` has no machine.",
                   "Remove it and make it again.");
  }
  co_return Json{{"deployment", read_deployment(newest)}};
}

Task<Result<Json>> deployment(Api* api, Json input) {
  const std::string id = string_or(input, "deployment");
  const Json machine = {{"id", id.substr(0, id.find('.'))}};
  auto answer =
      co_await act(api, get(machine_path(string_or(input, "service"), machine), "machine"));
  if (!answer) co_return answer;
  Json view = read_deployment(*answer);
  if (view["id"] != id) {
    view["state"] = "cancelled";
    view["detail"] = "replaced by a later one";
    view["id"] = id;
  }
  co_return Json{{"deployment", view}};
}

// `verbs`: one after the other on every machine.
Task<Result<Json>> each_machine(Api* api, std::string app, std::vector<std::string_view> verbs) {
  auto machines = co_await machines_of(api, app);
  if (!machines) co_return machines;
  for (const Json& machine : *machines) {
    for (const std::string_view verb : verbs) {
      auto done = co_await act(api, repeatable(write("POST", machine_path(app, machine, verb))));
      if (!done) co_return done;
    }
  }
  co_return Json::object();
}

Task<Result<Json>> restart(Api* api, Json input) {
  return each_machine(api, string_or(input, "service"), {"/restart"});
}

// Without the cordon the next visitor would start it again.
Task<Result<Json>> suspend(Api* api, Json input) {
  return each_machine(api, string_or(input, "service"), {"/cordon", "/stop"});
}

Task<Result<Json>> resume(Api* api, Json input) {
  return each_machine(api, string_or(input, "service"), {"/start", "/uncordon"});
}

Task<Result<Json>> scale(Api* api, Json input) {
  const std::string app = string_or(input, "service");
  auto machines = co_await machines_of(api, app);
  if (!machines) co_return machines;
  const auto wanted = static_cast<std::size_t>(int_or(input, "instances", 1));
  if (machines->empty()) {
    co_return fail(ErrorCode::kConflict, "The app `" + app + "` has no machine to copy.",
                   "Remove it and make it again.");
  }
  for (std::size_t at = wanted; at < machines->size(); ++at) {
    ApiRequest request = write("DELETE", machine_path(app, (*machines)[at]));
    request.query = {{"force", "true"}};
    request.expected = {404};
    if (auto gone = co_await act(api, std::move(request)); !gone) co_return gone;
  }
  if (wanted <= machines->size()) co_return Json::object();
  const Json& first = (*machines)[0];
  auto made = co_await add_machines(api, app, first.value("config", Json::object()),
                                    text_at(first, "/region"),
                                    static_cast<std::int64_t>(wanted - machines->size()));
  if (!made) co_return made;
  co_return Json::object();
}

Task<Result<Json>> remove(Api* api, Json input) {
  ApiRequest request{.method = "DELETE",
                     .path = app_path(string_or(input, "service")),
                     .query = {{"force", "true"}},  // stops the machines first
                     .bucket = "remove",
                     .expected = {404}};
  if (auto gone = co_await act(api, std::move(request)); !gone) co_return gone;
  co_return Json::object();
}

Task<Result<Json>> add_domain(Api* api, Json input) {
  const std::string domain = string_or(input, "domain");
  auto answer =
      co_await act(api, write("POST", app_path(string_or(input, "service"), "/certificates/acme"),
                              {{"hostname", domain}}));
  if (!answer) co_return answer;
  Json records = Json::array();
  const auto add = [&](const char* type, const std::string& name, const std::string& value) {
    if (!name.empty() && !value.empty())
      records.push_back({{"type", type}, {"name", name}, {"value", value}});
  };
  const Json& needs = at_pointer(*answer, "/dns_requirements");
  for (const Json& a : list_at(needs, "/a")) add("A", domain, text_at(a, ""));
  for (const Json& aaaa : list_at(needs, "/aaaa")) add("AAAA", domain, text_at(aaaa, ""));
  if (records.empty()) add("CNAME", domain, text_at(needs, "/cname"));
  add("TXT", text_at(needs, "/ownership/name"), text_at(needs, "/ownership/app_value"));
  co_return Json{{"records", records}};
}

Task<Result<Json>> remove_domain(Api* api, Json input) {
  ApiRequest request =
      write("DELETE",
            app_path(string_or(input, "service"),
                     fill_path("/certificates/{name}", {{"name", string_or(input, "domain")}})));
  request.expected = {404};
  if (auto gone = co_await act(api, std::move(request)); !gone) co_return gone;
  co_return Json::object();
}

constexpr std::array kHosts = {ProviderHost{"api", "https://api.machines.dev"}};
constexpr std::array kFields = {CredentialField{
    .name = "token", .label = "Organization token", .hint = "Starts with FlyV1 fm2_"}};
constexpr std::array kCapabilities = {Capability::kComputeImage, Capability::kComputeUpload,
                                      Capability::kDomains};
constexpr std::array kOperations = {
    Operation{"account.verify", verify},         Operation{"service.list", list},
    Operation{"service.create", create},         Operation{"service.get", get_service},
    Operation{"service.set_env", set_env},       Operation{"service.deploy", deploy},
    Operation{"service.deployment", deployment}, Operation{"service.scale", scale},
    Operation{"service.restart", restart},       Operation{"service.suspend", suspend},
    Operation{"service.resume", resume},         Operation{"service.remove", remove},
    Operation{"service.add_domain", add_domain}, Operation{"service.remove_domain", remove_domain},
};
constexpr std::array kErrorMessages = {std::string_view("/error")};
constexpr std::array kErrorCodes = {std::string_view("/status")};

}  // namespace

extern const Provider kProvider;
const Provider kProvider = {
    .id = "fly",
    .name = "Fly.io",
    .hosts = kHosts,
    .fields = kFields,
    .capabilities = kCapabilities,
    .operations = kOperations,
    .errors = {.messages = kErrorMessages, .codes = kErrorCodes},
    .token_page = "https://fly.io/tokens/create",
    .least_scopes = "an organization token: one of a single app cannot make another",
    .probe_path = "/v1/tokens/current",
};

}  // namespace a67::fly
