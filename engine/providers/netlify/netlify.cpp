// Netlify: static sites. README.md says what works and what does not.
#include <array>
#include <string>
#include <utility>

#include "engine/providers/api.h"
#include "engine/providers/netlify/stored_zip.h"

namespace a67::netlify {
namespace {

constexpr Duration kUploadTimeout{300'000};

// ---- requests

ApiRequest get(std::string path) { return {.path = "/api/v1" + std::move(path)}; }

ApiRequest write(std::string method, std::string path, Json body = {}) {
  return {
      .method = std::move(method), .path = "/api/v1" + std::move(path), .body = std::move(body)};
}

std::string site_path(const Json& input) {
  return fill_path("/sites/{id}", {{"id", string_or(input, "site")}});
}

std::string account_path(const Api& api, std::string_view rest) {
  return fill_path("/{account}", {{"account", api.setting("account")}}) + std::string(rest);
}

// ---- answers

Json read_site(const Json& site) {
  const bool published = at_pointer(site, "/published_deploy").is_object();
  Json view = {{"id", text_at(site, "/id")},
               {"name", text_at(site, "/name")},
               {"state", published ? "live" : "empty"},
               {"createdAt", unix_ms_from(text_at(site, "/created_at"))}};
  put_if(view, "url", text_at(site, "/ssl_url", text_at(site, "/url")));
  return view;
}

// The words are those of the description's `state` filter.
std::string deployment_state(const std::string& state) {
  if (state == "ready") return "live";
  if (state == "error" || state == "rejected") return "failed";
  if (state == "new" || state == "pending_review" || state == "enqueued") return "queued";
  return state == "building" ? "building" : "deploying";
}

Json read_deployment(const Json& deploy) {
  const std::string state = text_at(deploy, "/state");
  Json view = {{"id", text_at(deploy, "/id")},
               {"state", deployment_state(state)},
               {"detail", text_at(deploy, "/error_message", state)}};
  put_if(view, "url", text_at(deploy, "/ssl_url"));
  put_if(view, "createdAt", unix_ms_from(text_at(deploy, "/created_at")));
  return view;
}

// ---- operations

Task<Result<Json>> verify(Api* api, Json /*input*/) {
  auto user = co_await api->call(get("/user"));
  if (!user) co_return std::unexpected(user.error());
  auto accounts = co_await api->call(get("/accounts"));
  if (!accounts) co_return std::unexpected(accounts.error());
  Json workspaces = Json::array();
  for (const Json& one : list_at(accounts->json, "")) {
    workspaces.push_back({{"id", text_at(one, "/slug")}, {"name", text_at(one, "/name")}});
  }
  if (workspaces.empty()) {
    co_return fail(ErrorCode::kForbidden, "This Netlify token belongs to no team.",
                   "Make a team at app.netlify.com first.");
  }
  std::string account = api->setting("account");
  if (account.empty()) account = string_or(workspaces[0], "id");
  Json identity = {{"id", text_at(user->json, "/id")}};
  put_if(identity, "name", text_at(user->json, "/full_name"));
  put_if(identity, "email", text_at(user->json, "/email"));
  co_return Json{
      {"identity", identity}, {"workspaces", workspaces}, {"settings", {{"account", account}}}};
}

// Pages are numbered, and a page of the browser may not read the Link header that names the last
// one: the first empty page ends the list.
Task<Result<Json>> list(Api* api, Json /*input*/) {
  Json sites = Json::array();
  for (std::uint32_t page = 1; page <= Api::kPagesMax; ++page) {
    ApiRequest request = get(account_path(*api, "/sites"));
    request.query = {{"page", std::to_string(page)}, {"per_page", "100"}};
    auto answer = co_await api->call(std::move(request));
    if (!answer) co_return std::unexpected(answer.error());
    const Json& found = list_at(answer->json, "");
    if (found.empty()) co_return Json{{"sites", sites}};
    for (const Json& one : found) sites.push_back(read_site(one));
  }
  co_return fail(ErrorCode::kTooLarge, "This Netlify team has too many sites to list.");
}

Task<Result<Json>> create(Api* api, Json input) {
  auto answer =
      co_await api->call(write("POST", account_path(*api, "/sites"), {{"name", input["name"]}}));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"site", read_site(answer->json)}};
}

Task<Result<Json>> deploy(Api* api, Json input) {
  auto zip = stored_zip(array_at(input, "files"));
  if (!zip) co_return std::unexpected(zip.error());
  ApiRequest request = write("POST", site_path(input) + "/deploys");
  request.bytes = std::move(*zip);
  request.content_type = "application/zip";
  request.bucket = "deploy";
  request.timeout = kUploadTimeout;
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"deployment", read_deployment(answer->json)}};
}

Task<Result<Json>> deployment(Api* api, Json input) {
  const std::string path =
      site_path(input) + fill_path("/deploys/{id}", {{"id", string_or(input, "deployment")}});
  auto answer = co_await api->call(get(path));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"deployment", read_deployment(answer->json)}};
}

Task<Result<Json>> remove(Api* api, Json input) {
  ApiRequest request = write("DELETE", site_path(input));
  request.expected = {404};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json::object();
}

// Which records point a domain at a site: docs.netlify.com/manage/domains/configure-domains/
// configure-external-dns. Whether a name is an apex is for its owner to know: two labels mostly
// are.
Json dns_records(const std::string& domain, const Json& site) {
  Json records = Json::array();
  if (domain.find('.') == domain.rfind('.')) {
    records.push_back(
        {{"type", "ALIAS"}, {"name", domain}, {"value", "apex-loadbalancer.netlify.com"}});
    records.push_back({{"type", "A"}, {"name", domain}, {"value", "75.2.60.5"}});
  } else {
    records.push_back(
        {{"type", "CNAME"}, {"name", domain}, {"value", text_at(site, "/name") + ".netlify.app"}});
  }
  return records;
}

// The first becomes the site's main domain, any other an alias.
Task<Result<Json>> add_domain(Api* api, Json input) {
  const std::string domain = string_or(input, "domain");
  auto site = co_await api->call(get(site_path(input)));
  if (!site) co_return std::unexpected(site.error());
  const std::string main = text_at(site->json, "/custom_domain");
  Json body = {{"custom_domain", domain}};
  if (!main.empty() && main != domain) {
    Json aliases = list_at(site->json, "/domain_aliases");
    aliases.push_back(domain);
    body = {{"domain_aliases", aliases}};
  }
  ApiRequest request = write("PATCH", site_path(input), std::move(body));
  request.repeat = Repeat::kSafe;
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"records", dns_records(domain, answer->json)}};
}

Task<Result<Json>> usage(Api* api, Json /*input*/) {
  auto accounts = co_await api->call(get("/accounts"));
  if (!accounts) co_return std::unexpected(accounts.error());
  Json lines = Json::array();
  for (const Json& one : list_at(accounts->json, "")) {
    if (text_at(one, "/slug") != api->setting("account")) continue;
    for (const char* what : {"sites", "collaborators"}) {
      const Json& count = at_pointer(one, "/capabilities/" + std::string(what));
      if (!count.is_object()) continue;
      Json line = {{"metric", what}, {"used", number_at(count, "/used")}};
      if (count.contains("included")) line["limit"] = number_at(count, "/included");
      lines.push_back(std::move(line));
    }
  }
  co_return Json{{"lines", lines}};
}

constexpr std::array kHosts = {ProviderHost{"api", "https://api.netlify.com"}};
constexpr std::array kFields = {
    CredentialField{.name = "token",
                    .label = "Personal access token",
                    .hint = "User settings, Applications, New access token"}};
constexpr std::array kCapabilities = {Capability::kStaticUpload, Capability::kDomains,
                                      Capability::kUsage, Capability::kOauth};
constexpr std::array kOperations = {
    Operation{"account.verify", verify},      Operation{"site.list", list},
    Operation{"site.create", create},         Operation{"site.deploy", deploy},
    Operation{"site.deployment", deployment}, Operation{"site.remove", remove},
    Operation{"site.add_domain", add_domain}, Operation{"usage.get", usage},
};
constexpr std::array kErrorMessages = {
    std::string_view("/message"), std::string_view("/errors/subdomain/0"),
    std::string_view("/errors/name/0"), std::string_view("/error")};

}  // namespace

extern const Provider kProvider;
const Provider kProvider = {
    .id = "netlify",
    .name = "Netlify",
    .hosts = kHosts,
    .fields = kFields,
    .capabilities = kCapabilities,
    .operations = kOperations,
    .errors = {.messages = kErrorMessages},
    .token_page = "https://app.netlify.com/user/applications#personal-access-tokens",
    .least_scopes = "Netlify's tokens have no scopes: a token may do everything its owner may",
    .oauth = {.kind = OAuthFlow::Kind::kImplicit,
              .authorize_url = "https://app.netlify.com/authorize",
              .note = "Register an OAuth application of your own at "
                      "app.netlify.com/user/applications, with this page's address as redirect "
                      "URI, and give its client id. The token has no scopes and does not say when "
                      "it ends."},
    .probe_path = "/api/v1/user",
};

}  // namespace a67::netlify
