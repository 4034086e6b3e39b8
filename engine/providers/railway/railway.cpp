// Railway: services of one project, from an image or a GitHub repository. README.md says what
// works, what does not, and why there is one project.
#include <array>
#include <string>
#include <utility>

#include "engine/providers/railway/graphql.h"
#include "engine/providers/railway/lookup.h"
#include "engine/providers/railway/watch.h"

namespace a67::railway {
namespace {

// An account's token knows `me`; a workspace's knows only its workspace.
Task<Result<Json>> verify(Api* api, Json /*input*/) {
  auto data = co_await ask(api, "query{me{id name email workspaces{id name}}}", Json::object());
  std::string_view root = "/me";
  if (!data && data.error().code == ErrorCode::kUnauthorized) {
    data = co_await ask(api, "query{apiToken{workspaces{id name}}}", Json::object());
    root = "/apiToken";
  }
  if (!data) co_return data;
  const Json& who = at_pointer(*data, root);
  Json workspaces = Json::array();
  for (const Json& one : list_at(who, "/workspaces")) {
    workspaces.push_back({{"id", text_at(one, "/id")}, {"name", text_at(one, "/name")}});
  }
  if (workspaces.empty()) {
    co_return fail(ErrorCode::kForbidden, "This Railway token belongs to no workspace.",
                   "A project's token will not do: make one of the account or the workspace.");
  }
  std::string workspace = api->setting("workspace");
  if (workspace.empty()) workspace = string_or(workspaces[0], "id");
  Json identity = {{"id", text_at(who, "/id", workspace)},
                   {"name", text_at(who, "/name", string_or(workspaces[0], "name"))}};
  put_if(identity, "email", text_at(who, "/email"));
  co_return Json{
      {"identity", identity}, {"workspaces", workspaces}, {"settings", {{"workspace", workspace}}}};
}

Task<Result<Json>> list(Api* api, Json /*input*/) {
  auto place = co_await find_project(api);
  if (!place) co_return place;
  Json services = Json::array();
  if (!place->is_null()) {
    auto all = co_await instances_of(api, *place);
    if (!all) co_return all;
    const Ids ids{.service = "",
                  .environment = string_or(*place, "environment"),
                  .project = string_or(*place, "project")};
    for (const Json& one : *all) services.push_back(read_service(one, ids));
  }
  co_return Json{{"services", services}};
}

Task<Result<Json>> project_of_ours(Api* api) {
  auto place = co_await find_project(api);
  if (!place || !place->is_null()) co_return place;
  auto made = co_await ask(
      api,
      "mutation($i:ProjectCreateInput!){projectCreate(input:$i){id environments(first:1){edges{"
      "node{id name}}}}}",
      {{"i",
        {{"name", kProject},
         {"workspaceId", api->setting("workspace")},
         {"defaultEnvironmentName", kEnvironment}}}},
      Asks::kOnce);
  if (!made) co_return made;
  co_return Json{{"project", text_at(*made, "/projectCreate/id")},
                 {"environment", text_at(*made, "/projectCreate/environments/edges/0/node/id")}};
}

// The service of that name without a source, made now or by an earlier attempt.
Task<Result<Json>> empty_service(Api* api, Json place, Json input) {
  if (api->is_again()) {
    auto all = co_await instances_of(api, place);
    if (!all) co_return all;
    for (const Json& one : *all) {
      if (text_at(one, "/serviceName") == string_or(input, "name")) co_return one;
    }
  }
  Json variables = input.value("env", Json::object());
  if (input.contains("port")) variables["PORT"] = std::to_string(int_or(input, "port"));
  auto made =
      co_await ask(api, "mutation($i:ServiceCreateInput!){serviceCreate(input:$i){id name}}",
                   {{"i",
                     {{"projectId", place["project"]},
                      {"environmentId", place["environment"]},
                      {"name", input["name"]},
                      {"variables", variables}}}},
                   Asks::kOnce);
  if (!made) co_return made;
  co_return Json{{"serviceId", text_at(*made, "/serviceCreate/id")},
                 {"serviceName", input["name"]}};
}

Task<Result<Json>> update(Api* api, Ids ids, Json settings, std::string branch) {
  Json variables = at_instance(ids);
  const std::string repo = text_at(settings, "/source/repo");
  variables["i"] = std::move(settings);
  auto done = co_await ask(
      api,
      "mutation($s:String!,$e:String!,$i:ServiceInstanceUpdateInput!){serviceInstanceUpdate("
      "serviceId:$s,environmentId:$e,input:$i)}",
      std::move(variables));
  if (!done || branch.empty() || repo.empty()) co_return done;
  co_return co_await ask(
      api, "mutation($s:String!,$i:ServiceConnectInput!){serviceConnect(id:$s,input:$i){id}}",
      {{"s", ids.service}, {"i", {{"repo", repo}, {"branch", branch}}}});
}

Task<Result<Json>> start_deployment(Api* api, Ids ids) {
  auto data = co_await ask(
      api,
      "mutation($s:String!,$e:String!){serviceInstanceDeployV2(serviceId:$s,environmentId:$e)}",
      at_instance(ids), Asks::kOnce);
  if (!data) co_return data;
  co_return Json{{"id", text_at(*data, "/serviceInstanceDeployV2")}, {"state", "queued"}};
}

Task<Result<Json>> add_own_domain(Api* api, Ids ids, Json port) {
  Json input = {{"serviceId", ids.service}, {"environmentId", ids.environment}};
  put_if(input, "targetPort", std::move(port));
  auto data = co_await ask(
      api, "mutation($i:ServiceDomainCreateInput!){serviceDomainCreate(input:$i){domain}}",
      {{"i", input}}, Asks::kOnce);
  if (!data) co_return data;
  co_return at_pointer(*data, "/serviceDomainCreate/domain");
}

// The deployment comes last: what has none is incomplete.
Task<Result<Json>> create(Api* api, Json input) {
  auto settings = settings_of(input);
  if (!settings) co_return settings;
  auto place = co_await project_of_ours(api);
  if (!place) co_return place;
  auto made = co_await empty_service(api, *place, input);
  if (!made) co_return made;
  const Ids ids{.service = text_at(*made, "/serviceId"),
                .environment = string_or(*place, "environment"),
                .project = string_or(*place, "project")};
  auto updated = co_await update(api, ids, std::move(*settings),
                                 string_or(object_at(input, "source"), "branch"));
  if (!updated) co_return updated;
  Json service = read_service(*made, ids);
  if (!service.contains("url")) {
    auto domain = co_await add_own_domain(api, ids, input.value("port", Json()));
    if (!domain) co_return domain;
    service["url"] = "https://" + text_at(*domain, "");
  }
  auto started = co_await start_deployment(api, ids);
  if (!started) co_return started;
  service["deployment"] = (*started)["id"];
  service["state"] = "building";
  service["instances"] = int_or(input, "instances", 1);
  if (int_or(service, "createdAt") == 0) service["createdAt"] = api->unix_now();
  co_return Json{{"service", service}};
}

Task<Result<Json>> get_service(Api* api, Json input) {
  const Ids ids = ids_of(input);
  auto found = co_await instance(api, ids);
  if (!found) co_return co_await or_gone(api, ids, found.error());
  co_return Json{{"service", read_service(*found, ids)}};
}

Task<Result<Json>> set_env(Api* api, Json input) {
  const Ids ids = ids_of(input);
  const Json at = {
      {"projectId", ids.project}, {"environmentId", ids.environment}, {"serviceId", ids.service}};
  if (const Json& set = object_at(input, "set"); !set.empty()) {
    Json all = at;
    all["variables"] = set;
    all["skipDeploys"] = true;
    auto done = co_await ask(
        api, "mutation($i:VariableCollectionUpsertInput!){variableCollectionUpsert(input:$i)}",
        {{"i", all}});
    if (!done) co_return done;
  }
  for (const Json& name : array_at(input, "remove")) {
    Json one = at;
    one["name"] = name;
    auto done = co_await ask(api, "mutation($i:VariableDeleteInput!){variableDelete(input:$i)}",
                             {{"i", one}});
    if (!done && done.error().code != ErrorCode::kNotFound) co_return done;
  }
  co_return Json::object();
}

Task<Result<Json>> deploy(Api* api, Json input) {
  const Ids ids = ids_of(input);
  if (const Json& source = object_at(input, "source"); !source.empty()) {
    auto settings = settings_of(input);
    if (!settings) co_return settings;
    auto updated = co_await update(api, ids, std::move(*settings), string_or(source, "branch"));
    if (!updated) co_return updated;
  }
  auto started = co_await start_deployment(api, ids);
  if (!started) co_return started;
  co_return Json{{"deployment", std::move(*started)}};
}

Task<Result<Json>> deployment(Api* api, Json input) {
  auto data = co_await ask(api, "query($d:String!){deployment(id:$d){id status createdAt}}",
                           {{"d", string_or(input, "deployment")}});
  if (!data) co_return data;
  co_return Json{{"deployment", read_deployment(at_pointer(*data, "/deployment"))}};
}

// `mutation` with the id of the newest deployment.
Task<Result<Json>> with_newest(Api* api, Json input, std::string mutation) {
  auto found = co_await instance(api, ids_of(input));
  if (!found) co_return found;
  const std::string newest = text_at(*found, "/latestDeployment/id");
  if (newest.empty()) {
    co_return fail(ErrorCode::kConflict, "The service has no deployment.", "Deploy it first.");
  }
  auto done = co_await ask(api, "mutation($d:String!){" + mutation + "}", {{"d", newest}});
  if (!done) co_return done;
  co_return Json::object();
}

Task<Result<Json>> restart(Api* api, Json input) {
  return with_newest(api, std::move(input), "deploymentRestart(id:$d)");
}

Task<Result<Json>> suspend(Api* api, Json input) {
  return with_newest(api, std::move(input), "deploymentStop(id:$d)");
}

// A stopped deployment is not started again: the same image is deployed anew.
Task<Result<Json>> resume(Api* api, Json input) {
  return with_newest(api, std::move(input),
                     "deploymentRedeploy(id:$d,usePreviousImageTag:true){id}");
}

Task<Result<Json>> scale(Api* api, Json input) {
  const Ids ids = ids_of(input);
  auto updated =
      co_await update(api, ids, {{"numReplicas", int_or(input, "instances", 1)}}, std::string());
  if (!updated) co_return updated;
  auto done = co_await ask(
      api,
      "mutation($s:String!,$e:String!){serviceInstanceRedeploy(serviceId:$s,environmentId:$e)}",
      at_instance(ids));
  if (!done) co_return done;
  co_return Json::object();
}

Task<Result<Json>> remove(Api* api, Json input) {
  const Ids ids = ids_of(input);
  auto done = co_await ask(api, "mutation($s:String!){serviceDelete(id:$s)}", {{"s", ids.service}});
  if (!done) {
    auto there = co_await or_gone(api, ids, done.error());
    if (!there && there.error().code != ErrorCode::kNotFound) co_return there;
  }
  co_return Json::object();
}

Task<Result<Json>> add_domain(Api* api, Json input) {
  const Ids ids = ids_of(input);
  const std::string domain = string_or(input, "domain");
  auto data = co_await ask(
      api,
      "mutation($i:CustomDomainCreateInput!){customDomainCreate(input:$i){id status{"
      "verificationDnsHost verificationToken dnsRecords{fqdn recordType requiredValue}}}}",
      {{"i",
        {{"domain", domain},
         {"projectId", ids.project},
         {"environmentId", ids.environment},
         {"serviceId", ids.service}}}},
      Asks::kOnce);
  if (!data) co_return data;
  constexpr std::string_view kTypePrefix = "DNS_RECORD_TYPE_";
  const Json& status = at_pointer(*data, "/customDomainCreate/status");
  Json records = Json::array();
  for (const Json& one : list_at(status, "/dnsRecords")) {
    std::string type = text_at(one, "/recordType");
    if (type.starts_with(kTypePrefix)) type.erase(0, kTypePrefix.size());
    records.push_back({{"type", type},
                       {"name", text_at(one, "/fqdn", domain)},
                       {"value", text_at(one, "/requiredValue")}});
  }
  if (const std::string token = text_at(status, "/verificationToken"); !token.empty()) {
    records.push_back({{"type", "TXT"},
                       {"name", text_at(status, "/verificationDnsHost", domain)},
                       {"value", token}});
  }
  co_return Json{{"records", records}};
}

Task<Result<Json>> remove_domain(Api* api, Json input) {
  auto found = co_await instance(api, ids_of(input));
  if (!found) co_return found;
  for (const Json& one : list_at(*found, "/domains/customDomains")) {
    if (text_at(one, "/domain") != string_or(input, "domain")) continue;
    auto done = co_await ask(api, "mutation($d:String!){customDomainDelete(id:$d)}",
                             {{"d", text_at(one, "/id")}});
    if (!done && done.error().code != ErrorCode::kNotFound) co_return done;
  }
  co_return Json::object();
}

constexpr std::array kHosts = {ProviderHost{"api", "https://backboard.railway.com"}};
constexpr std::array kFields = {
    CredentialField{.name = "token", .label = "Account or workspace token"}};
constexpr std::array kCapabilities = {
    Capability::kComputeImage, Capability::kComputeGit, Capability::kLogs, Capability::kMetrics,
    Capability::kUsage,        Capability::kDomains,    Capability::kOauth};
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
};
constexpr std::array kErrorMessages = {std::string_view("/errors/0/message"),
                                       std::string_view("/message")};
constexpr std::array kErrorCodes = {std::string_view("/errors/0/extensions/code")};

}  // namespace

extern const Provider kProvider;
const Provider kProvider = {
    .id = "railway",
    .name = "Railway",
    .hosts = kHosts,
    .fields = kFields,
    .capabilities = kCapabilities,
    .operations = kOperations,
    .errors = {.messages = kErrorMessages, .codes = kErrorCodes},
    .token_page = "https://railway.com/account/tokens",
    .least_scopes = "a workspace's token; Railway's tokens have no scopes",
    .oauth = {.kind = OAuthFlow::Kind::kPkce,
              .authorize_url = "https://backboard.railway.com/oauth/auth",
              .token_host = "api",
              .token_path = "/oauth/token",
              .scopes = "openid workspace:member",
              .note = "Register an app of the type Native (Public) in the workspace's developer "
                      "settings, with this page's address to come back to."},
    .probe_path = "/graphql/v2",
};

}  // namespace a67::railway
