// Deno Deploy (v2): edge functions, and static sites. README.md says what works and what does not.
#include <array>
#include <string>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/providers/api.h"
#include "engine/providers/authorize.h"

namespace a67::deno {
namespace {

constexpr Duration kUploadTimeout{300'000};
// On an app that was made and not yet deployed; taken off by the last step of making it.
constexpr std::string_view kUnfinished = "a67-unfinished";
// What is a site, and not a function.
constexpr std::string_view kSite = "a67-site";
// Functions are written the way they are for every provider: `export default { fetch }`.
constexpr std::string_view kMain =
    "import * as code from \"./function.ts\";\n"
    "const handler = code.default;\n"
    "if (typeof handler?.fetch === \"function\") {\n"
    "  Deno.serve((request) => handler.fetch(request, Deno.env.toObject(), {}));\n"
    "}\n";

// ---- requests

ApiRequest get(std::string path) { return {.path = "/v2" + std::move(path)}; }

ApiRequest write(std::string method, std::string path, Json body = {}) {
  return {.method = std::move(method), .path = "/v2" + std::move(path), .body = std::move(body)};
}

std::string app_path(const std::string& app, std::string_view rest = {}) {
  return "/apps/" + percent_encode(app) + std::string(rest);
}

Json env_list(const Json& env) {
  if (env.empty()) return nullptr;
  Json list = Json::array();
  for (const auto& [key, value] : env.items()) {
    list.push_back({{"key", key}, {"value", value}});
  }
  return list;
}

Json asset(std::string_view encoding, std::string content) {
  return {{"kind", "file"}, {"encoding", encoding}, {"content", std::move(content)}};
}

Result<Json> assets_of(const Json& files) {
  Json assets = Json::object();
  for (const Json& file : files) {
    std::string path = string_or(file, "path");
    path.erase(0, path.find_first_not_of('/'));
    if (!file.contains("bytes")) {
      assets["site/" + path] = asset("utf-8", string_or(file, "text"));
      continue;
    }
    const auto bytes = base64url_decode(string_or(file, "bytes"));
    if (!bytes) {
      return fail(ErrorCode::kInvalidInput, "The file `" + path + "` is no base64url.", {},
                  "files");
    }
    assets["site/" + path] =
        asset("base64", base64_encode(std::string(bytes->begin(), bytes->end())));
  }
  return assets;
}

// ---- answers

std::string deployment_state(const std::string& status) {
  if (status == "succeeded") return "live";
  if (status == "queued" || status == "building") return status;
  return status == "skipped" ? "cancelled" : "failed";
}

Json read_deployment(const Json& revision) {
  const std::string status = text_at(revision, "/status");
  Json view = {{"id", text_at(revision, "/id")},
               {"state", deployment_state(status)},
               {"detail", text_at(revision, "/failure_reason", status)}};
  put_if(view, "createdAt", unix_ms_from(text_at(revision, "/created_at")));
  return view;
}

bool is_labelled(const Json& app, std::string_view label) {
  const Json& labels = at_pointer(app, "/labels");
  return labels.is_object() && labels.contains(label);
}

Json read_app(const Json& app) {
  return {{"id", text_at(app, "/id")},
          {"name", text_at(app, "/slug")},
          {"createdAt", unix_ms_from(text_at(app, "/created_at"))}};
}

Json read_function(const Json& app) {
  Json view = read_app(app);
  view["state"] = is_labelled(app, kUnfinished) ? "incomplete" : "live";
  return view;
}

Json read_site(const Json& app) {
  Json view = read_app(app);
  view["state"] = is_labelled(app, kUnfinished) ? "empty" : "live";
  return view;
}

// The cursor is in a Link header: <https://...?cursor=abc>; rel="next".
std::string next_cursor(const ApiAnswer& answer) {
  const std::string link = answer.header("link");
  const auto next = link.find("rel=\"next\"");
  if (next == std::string::npos) return {};
  const auto begin = link.rfind("cursor=", next);
  if (begin == std::string::npos) return {};
  const auto from = begin + 7;
  return link.substr(from, std::min(link.find('&', from), link.find('>', from)) - from);
}

// ---- operations

// No request tells who the token is: that it may list apps has to do.
Task<Result<Json>> verify(Api* api, Json /*input*/) {
  ApiRequest request = get("/apps");
  request.query = {{"limit", "1"}};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  std::string id = api->setting("organization");
  if (id.empty()) id = "organization";
  co_return Json{{"identity", {{"id", id}}}};
}

Task<Result<Json>> apps(Api* api) {
  ApiRequest request = get("/apps");
  request.query = {{"limit", "100"}};
  return api->call_pages(std::move(request), "", "cursor", next_cursor);
}

Task<Result<void>> label(Api* api, std::string app, Json labels) {
  ApiRequest request = write("PATCH", app_path(app), {{"labels", std::move(labels)}});
  request.repeat = Repeat::kSafe;
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Result<void>{};
}

// The app of this name that an earlier attempt made, or a new one.
Task<Result<Json>> unfinished_app(Api* api, std::string name, Json labels) {
  if (api->is_again()) {
    ApiRequest request = get(app_path(name));
    request.expected = {404};
    auto there = co_await api->call(std::move(request));
    if (!there) co_return std::unexpected(there.error());
    if (there->status != 404 && is_labelled(there->json, kUnfinished)) {
      co_return std::move(there->json);
    }
  }
  auto made = co_await api->call(
      write("POST", "/apps", {{"slug", std::move(name)}, {"labels", std::move(labels)}}));
  if (!made) co_return std::unexpected(made.error());
  co_return std::move(made->json);
}

Task<Result<Json>> deploy_to(Api* api, std::string app, Json body) {
  ApiRequest request = write("POST", app_path(app, "/deploy"), std::move(body));
  request.bucket = "deploy";
  request.timeout = kUploadTimeout;
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return read_deployment(answer->json);
}

Task<Result<Json>> list_functions(Api* api, Json /*input*/) {
  auto all = co_await apps(api);
  if (!all) co_return std::unexpected(all.error());
  Json functions = Json::array();
  for (const Json& one : *all) {
    if (!is_labelled(one, kSite)) functions.push_back(read_function(one));
  }
  co_return Json{{"functions", functions}};
}

// Three steps: the app, its code, and the label off.
Task<Result<Json>> create_function(Api* api, Json input) {
  auto app = co_await unfinished_app(api, string_or(input, "name"), {{kUnfinished, "1"}});
  if (!app) co_return std::unexpected(app.error());
  const std::string id = text_at(*app, "/id");
  Json body = fill(R"({"assets": {"main.ts": "$main", "function.ts": "$code"}, "production": true,
      "config": {"runtime": {"type": "dynamic", "entrypoint": "main.ts"}}, "env_vars": "$env"})",
                   {{"main", asset("utf-8", std::string(kMain))},
                    {"code", asset("utf-8", string_or(input, "code"))},
                    {"env", env_list(object_at(input, "env"))}});
  auto deployed = co_await deploy_to(api, id, std::move(body));
  if (!deployed) co_return std::unexpected(deployed.error());
  auto finished = co_await label(api, id, Json::object());
  if (!finished) co_return std::unexpected(finished.error());
  Json function = read_app(*app);
  function["state"] = "creating";
  co_return Json{{"function", function}};
}

// An address is a domain of the app's production timeline.
Task<Result<std::string>> address_of(Api* api, std::string app) {
  auto answer = co_await api->call(get(app_path(app, "/timelines")));
  if (!answer) co_return std::unexpected(answer.error());
  std::string address;
  for (const Json& timeline : list_at(answer->json, "")) {
    const std::string domain = text_at(timeline, "/domains/0/domain");
    const bool production = text_at(timeline, "/context/slug") == "production";
    if (!domain.empty() && (address.empty() || production)) address = "https://" + domain;
  }
  co_return address;
}

Task<Result<Json>> get_function(Api* api, Json input) {
  const std::string id = string_or(input, "function");
  auto app = co_await api->call(get(app_path(id)));
  if (!app) co_return std::unexpected(app.error());
  ApiRequest request = get(app_path(id, "/revisions"));
  request.query = {{"limit", "1"}};
  auto newest = co_await api->call(std::move(request));
  if (!newest) co_return std::unexpected(newest.error());
  auto address = co_await address_of(api, id);
  if (!address) co_return std::unexpected(address.error());
  Json function = read_function(app->json);
  const Json& revision = at_pointer(newest->json, "/0");
  if (revision.is_object()) {
    const std::string state = deployment_state(text_at(revision, "/status"));
    function["state"] = state == "live" ? "live" : state == "failed" ? "failed" : "creating";
    function["detail"] = text_at(revision, "/failure_reason", text_at(revision, "/status"));
  }
  put_if(function, "url", std::move(*address));
  co_return Json{{"function", function}};
}

Task<Result<Json>> remove_app(Api* api, std::string app) {
  ApiRequest request = write("DELETE", app_path(app));
  request.expected = {404};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json::object();
}

Task<Result<Json>> remove_function(Api* api, Json input) {
  return remove_app(api, string_or(input, "function"));
}

Task<Result<Json>> list_sites(Api* api, Json /*input*/) {
  auto all = co_await apps(api);
  if (!all) co_return std::unexpected(all.error());
  Json sites = Json::array();
  for (const Json& one : *all) {
    if (is_labelled(one, kSite)) sites.push_back(read_site(one));
  }
  co_return Json{{"sites", sites}};
}

Task<Result<Json>> create_site(Api* api, Json input) {
  Json labels = {{kUnfinished, "1"}, {kSite, "1"}};
  auto app = co_await unfinished_app(api, string_or(input, "name"), std::move(labels));
  if (!app) co_return std::unexpected(app.error());
  co_return Json{{"site", read_site(*app)}};
}

Task<Result<Json>> deploy_site(Api* api, Json input) {
  auto assets = assets_of(array_at(input, "files"));
  if (!assets) co_return std::unexpected(assets.error());
  const std::string id = string_or(input, "site");
  Json body = fill(R"({"assets": "$assets", "production": true,
      "config": {"runtime": {"type": "static", "cwd": "site"}}})",
                   {{"assets", std::move(*assets)}});
  auto deployed = co_await deploy_to(api, id, std::move(body));
  if (!deployed) co_return std::unexpected(deployed.error());
  auto finished = co_await label(api, id, {{kSite, "1"}});
  if (!finished) co_return std::unexpected(finished.error());
  co_return Json{{"deployment", std::move(*deployed)}};
}

Task<Result<Json>> deployment(Api* api, Json input) {
  auto answer = co_await api->call(
      get(fill_path("/revisions/{id}", {{"id", string_or(input, "deployment")}})));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"deployment", read_deployment(answer->json)}};
}

Task<Result<Json>> remove_site(Api* api, Json input) {
  return remove_app(api, string_or(input, "site"));
}

constexpr std::array kHosts = {ProviderHost{"api", "https://api.deno.com"}};
constexpr std::array kFields = {
    CredentialField{.name = "token",
                    .label = "Organization token",
                    .hint = "Starts with ddo_; a personal one (ddp_) is refused"},
    CredentialField{
        .name = "organization",
        .label = "Organization",
        .secret = false,
        .required = false,
        .hint = "Its slug, as in console.deno.com/<slug>: only to tell accounts apart"}};
constexpr std::array kCapabilities = {Capability::kEdgeFunction, Capability::kStaticUpload};
constexpr std::array kOperations = {
    Operation{"account.verify", verify},           Operation{"function.list", list_functions},
    Operation{"function.create", create_function}, Operation{"function.get", get_function},
    Operation{"function.remove", remove_function}, Operation{"site.list", list_sites},
    Operation{"site.create", create_site},         Operation{"site.deploy", deploy_site},
    Operation{"site.deployment", deployment},      Operation{"site.remove", remove_site},
};
constexpr std::array kErrorMessages = {std::string_view("/message"), std::string_view("/error")};
constexpr std::array kErrorCodes = {std::string_view("/code")};

}  // namespace

extern const Provider kProvider;
const Provider kProvider = {
    .id = "deno",
    .name = "Deno Deploy",
    .hosts = kHosts,
    .fields = kFields,
    .capabilities = kCapabilities,
    .operations = kOperations,
    .errors = {.messages = kErrorMessages, .codes = kErrorCodes},
    .token_page = "https://console.deno.com",
    .least_scopes = "an organization token: it may do everything in its organization",
    .probe_path = "/v2/apps",
};

}  // namespace a67::deno
