// Heroku: an app that is built from a gzipped tar. README.md says what works and what does not.
//
// Making one takes an app, its variables and a build, in this order: an app without a build is
// incomplete, and every step can be done again.
#include <array>
#include <string>
#include <utility>

#include "engine/providers/heroku/source.h"

namespace a67::heroku {
namespace {

ApiRequest get(std::string path) { return {.path = std::move(path)}; }

ApiRequest write(std::string method, std::string path, Json body = {}) {
  return {.method = std::move(method), .path = std::move(path), .body = std::move(body)};
}

ApiRequest repeatable(ApiRequest request) {
  request.repeat = Repeat::kSafe;
  return request;
}

std::string app_path(const std::string& app, std::string_view rest = {}) {
  return fill_path("/apps/{app}", {{"app", app}}) + std::string(rest);
}

std::string path_of(const Json& input, std::string_view rest = {}) {
  return app_path(string_or(input, "service"), rest);
}

Task<Result<Json>> act(Api* api, ApiRequest request) {
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return std::move(answer->json);
}

// What is answered is of no interest.
Task<Result<Json>> done(Api* api, ApiRequest request) {
  auto answer = co_await act(api, std::move(request));
  if (!answer) co_return answer;
  co_return Json::object();
}

// A list whose pages follow each other by header: 206, Next-Range, Range.
Task<Result<Json>> pages(Api* api, std::string path) {
  Json all = Json::array();
  ApiRequest request = get(std::move(path));
  for (std::uint32_t page = 0; page < Api::kPagesMax; ++page) {
    auto answer = co_await api->call(request);
    if (!answer) co_return std::unexpected(answer.error());
    for (const Json& one : list_at(answer->json, "")) all.push_back(one);
    const std::string next = answer->header("next-range");
    if (next.empty()) co_return all;
    request.headers = {{"Range", next}};
  }
  co_return fail(ErrorCode::kTooLarge, "Heroku has more pages of these than can be read.");
}

// ---- answers

Json read_app(const Json& app, std::string_view state) {
  Json view = {{"id", text_at(app, "/id")},
               {"name", text_at(app, "/name")},
               {"state", state},
               {"createdAt", unix_ms_from(text_at(app, "/created_at"))}};
  put_if(view, "url", text_at(app, "/web_url"));
  put_if(view, "region", text_at(app, "/region/name"));
  return view;
}

// The newest of them; null when there are none.
Json newest_of(const Json& builds) {
  Json newest;
  for (const Json& one : builds) {
    // RFC 3339 dates of one zone compare as texts do.
    if (newest.is_null() || text_at(one, "/created_at") >= text_at(newest, "/created_at"))
      newest = one;
  }
  return newest;
}

// Of an app without a slug: what its builds say.
std::string_view state_of_build(const Json& build) {
  if (build.is_null()) return "incomplete";
  const std::string status = text_at(build, "/status");
  if (status == "failed") return "failed";
  return "building";
}

std::string_view state_of_dynos(const Json& dynos) {
  std::string_view state = "building";  // wanted, and not there yet
  for (const Json& one : dynos) {
    const std::string word = text_at(one, "/state");
    if (word == "up") return "live";
    if (word == "idle") state = "sleeping";
    if (word == "crashed" || word == "down") state = "failed";
  }
  return state;
}

Json read_deployment(const Json& build, std::string_view state) {
  return {{"id", text_at(build, "/id")},
          {"state", state},
          {"detail", text_at(build, "/status")},
          {"createdAt", unix_ms_from(text_at(build, "/created_at"))}};
}

// ---- operations

Task<Result<Json>> verify(Api* api, Json /*input*/) {
  auto answer = co_await act(api, get("/account"));
  if (!answer) co_return answer;
  const std::string email = text_at(*answer, "/email");
  co_return Json{{"identity",
                  {{"id", text_at(*answer, "/id", email)},
                   {"name", text_at(*answer, "/name", email)},
                   {"email", email}}}};
}

Task<Result<Json>> newest_build(Api* api, std::string app) {
  auto builds = co_await pages(api, app_path(app, "/builds"));
  if (!builds) co_return builds;
  co_return newest_of(*builds);
}

// Whether something runs, only service.get asks: it takes two requests an app.
Task<Result<Json>> list(Api* api, Json /*input*/) {
  auto apps = co_await pages(api, "/apps");
  if (!apps) co_return apps;
  Json services = Json::array();
  for (const Json& app : *apps) {
    std::string_view state = "unknown";
    if (int_at(app, "/slug_size") == 0) {
      auto build = co_await newest_build(api, text_at(app, "/id"));
      if (!build) co_return build;
      state = state_of_build(*build);
    }
    services.push_back(read_app(app, state));
  }
  co_return Json{{"services", services}};
}

Task<Result<Json>> make_app(Api* api, Json input) {
  const std::string name = string_or(input, "name");
  if (api->is_again()) {
    ApiRequest look = get(app_path(name));
    look.expected = {404};
    auto there = co_await api->call(std::move(look));
    if (!there) co_return std::unexpected(there.error());
    if (there->status != 404) co_return std::move(there->json);
  }
  Json body = {{"name", name}};
  put_if(body, "region", input.value("region", Json()));
  co_return co_await act(api, write("POST", "/apps", std::move(body)));
}

Task<Result<Json>> build(Api* api, std::string app, Json source) {
  auto blob = co_await source_blob(api, std::move(source));
  if (!blob) co_return blob;
  co_return co_await act(
      api, write("POST", app_path(app, "/builds"), {{"source_blob", std::move(*blob)}}));
}

Task<Result<Json>> create(Api* api, Json input) {
  const Json source = object_at(input, "source");
  if (auto tarball = tarball_of(source); !tarball) co_return std::unexpected(tarball.error());
  if (input.contains("plan") || int_or(input, "instances", 1) != 1) {
    co_return fail(ErrorCode::kInvalidInput,
                   "Heroku sizes an app only when its first build is there.",
                   "Make it without plan and instances, and scale it then.", "plan");
  }
  auto app = co_await make_app(api, input);
  if (!app) co_return app;
  const std::string id = text_at(*app, "/id");
  if (const Json& env = object_at(input, "env"); !env.empty()) {
    auto put = co_await act(api, repeatable(write("PATCH", app_path(id, "/config-vars"), env)));
    if (!put) co_return put;
  }
  auto made = co_await build(api, id, source);
  if (!made) co_return made;
  Json service = read_app(*app, "building");
  service["deployment"] = text_at(*made, "/id");
  if (source.contains("start")) service["detail"] = "Heroku starts what the Procfile says.";
  co_return Json{{"service", service}};
}

Task<Result<Json>> get_service(Api* api, Json input) {
  auto app = co_await act(api, get(path_of(input)));
  if (!app) co_return app;
  const std::string id = text_at(*app, "/id");
  auto newest = co_await newest_build(api, id);
  if (!newest) co_return newest;
  std::string_view state = state_of_build(*newest);
  std::int64_t wanted = 0;
  if (int_at(*app, "/slug_size") > 0 && text_at(*newest, "/status") != "pending") {
    auto formation = co_await pages(api, app_path(id, "/formation"));
    if (!formation) co_return formation;
    for (const Json& one : *formation) wanted += int_at(one, "/quantity");
    auto dynos = co_await pages(api, app_path(id, "/dynos"));
    if (!dynos) co_return dynos;
    state = wanted == 0 ? "suspended" : state_of_dynos(*dynos);
  }
  Json service = read_app(*app, state);
  service["instances"] = wanted;
  put_if(service, "deployment", text_at(*newest, "/id"));
  co_return Json{{"service", service}};
}

Task<Result<Json>> set_env(Api* api, Json input) {
  Json changes = object_at(input, "set");
  if (changes.is_null()) changes = Json::object();
  for (const Json& key : array_at(input, "remove")) changes[key.get<std::string>()] = nullptr;
  return done(api, repeatable(write("PATCH", path_of(input, "/config-vars"), std::move(changes))));
}

// Without a source the newest build's again.
Task<Result<Json>> deploy(Api* api, Json input) {
  const std::string app = string_or(input, "service");
  Json source = object_at(input, "source");
  if (source.empty()) {
    auto newest = co_await newest_build(api, app);
    if (!newest) co_return newest;
    source = {{"kind", "archive"}, {"url", text_at(*newest, "/source_blob/url")}};
  }
  auto made = co_await build(api, app, std::move(source));
  if (!made) co_return made;
  co_return Json{{"deployment", read_deployment(*made, "queued")}};
}

// A build that succeeded makes a release, which may have a phase of its own.
Task<Result<Json>> deployment(Api* api, Json input) {
  const std::string rest = fill_path("/builds/{id}", {{"id", string_or(input, "deployment")}});
  auto found = co_await act(api, get(path_of(input, rest)));
  if (!found) co_return found;
  const std::string status = text_at(*found, "/status");
  if (status != "succeeded") {
    co_return Json{
        {"deployment", read_deployment(*found, status == "failed" ? "failed" : "building")}};
  }
  std::string_view state = "live";
  if (const std::string release = text_at(*found, "/release/id"); !release.empty()) {
    auto released =
        co_await act(api, get(path_of(input, fill_path("/releases/{id}", {{"id", release}}))));
    if (!released) co_return released;
    const std::string word = text_at(*released, "/status", "succeeded");
    if (word != "succeeded") state = word == "pending" ? "deploying" : "failed";
  }
  co_return Json{{"deployment", read_deployment(*found, state)}};
}

ApiRequest web_dynos(const Json& input, std::int64_t quantity) {
  Json one = {{"type", "web"}, {"quantity", quantity}};
  return repeatable(
      write("PATCH", path_of(input, "/formation"), {{"updates", Json::array({one})}}));
}

Task<Result<Json>> scale(Api* api, Json input) {
  return done(api, web_dynos(input, int_or(input, "instances", 1)));
}

Task<Result<Json>> suspend(Api* api, Json input) { return done(api, web_dynos(input, 0)); }

Task<Result<Json>> resume(Api* api, Json input) { return done(api, web_dynos(input, 1)); }

Task<Result<Json>> restart(Api* api, Json input) {
  return done(api, write("DELETE", path_of(input, "/dynos")));
}

Task<Result<Json>> content_when_gone(Api* api, std::string path) {
  ApiRequest request = write("DELETE", std::move(path));
  request.expected = {404};
  return done(api, std::move(request));
}

Task<Result<Json>> remove(Api* api, Json input) { return content_when_gone(api, path_of(input)); }

Task<Result<Json>> add_domain(Api* api, Json input) {
  const std::string domain = string_or(input, "domain");
  auto answer = co_await act(api, write("POST", path_of(input, "/domains"),
                                        {{"hostname", domain}, {"sni_endpoint", nullptr}}));
  if (!answer) co_return answer;
  Json records = Json::array();
  records.push_back({{"type", "CNAME"}, {"name", domain}, {"value", text_at(*answer, "/cname")}});
  co_return Json{{"records", records}};
}

Task<Result<Json>> remove_domain(Api* api, Json input) {
  return content_when_gone(
      api, path_of(input, fill_path("/domains/{name}", {{"name", string_or(input, "domain")}})));
}

Task<Result<Json>> create_token(Api* api, Json input) {
  auto answer = co_await act(
      api, write("POST", "/oauth/authorizations",
                 {{"scope", Json::array({"global"})}, {"description", input["name"]}}));
  if (!answer) co_return answer;
  Json token = {{"id", text_at(*answer, "/id")},
                {"secret", text_at(*answer, "/access_token/token")}};
  if (const auto seconds = int_at(*answer, "/access_token/expires_in"); seconds > 0)
    token["expiresAt"] = api->unix_now() + seconds * 1000;
  co_return Json{{"token", std::move(token)}};
}

Task<Result<Json>> revoke_token(Api* api, Json input) {
  return content_when_gone(
      api, fill_path("/oauth/authorizations/{id}", {{"id", string_or(input, "token")}}));
}

Headers headers() { return {{"Accept", "application/vnd.heroku+json; version=3"}}; }

constexpr std::array kHosts = {ProviderHost{"api", "https://api.heroku.com"},
                               ProviderHost{"sources", kSourcesOrigin}};
constexpr std::array kFields = {
    CredentialField{.name = "token", .label = "Authorization token", .hint = "Starts with HRKU-"}};
constexpr std::array kCapabilities = {Capability::kComputeGit, Capability::kComputeUpload,
                                      Capability::kDomains, Capability::kTokens};
constexpr std::array kOperations = {
    Operation{"account.verify", verify},         Operation{"service.list", list},
    Operation{"service.create", create},         Operation{"service.get", get_service},
    Operation{"service.set_env", set_env},       Operation{"service.deploy", deploy},
    Operation{"service.deployment", deployment}, Operation{"service.scale", scale},
    Operation{"service.restart", restart},       Operation{"service.suspend", suspend},
    Operation{"service.resume", resume},         Operation{"service.remove", remove},
    Operation{"service.add_domain", add_domain}, Operation{"service.remove_domain", remove_domain},
    Operation{"token.create", create_token},     Operation{"token.revoke", revoke_token},
};
constexpr std::array kErrorMessages = {std::string_view("/message")};
constexpr std::array kErrorCodes = {std::string_view("/id")};

}  // namespace

extern const Provider kProvider;
const Provider kProvider = {
    .id = "heroku",
    .name = "Heroku",
    .hosts = kHosts,
    .fields = kFields,
    .capabilities = kCapabilities,
    .operations = kOperations,
    .errors = {.messages = kErrorMessages, .codes = kErrorCodes},
    .token_page = "https://dashboard.heroku.com/account/applications/authorizations/new",
    .least_scopes = "global: write would do for apps, not for making the next token",
    .probe_path = "/account",
    .extra_headers = headers,
};

}  // namespace a67::heroku
