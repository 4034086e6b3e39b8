// Vercel: sites from files, services from a Git repository. README.md says what works and what does
// not.
#include <array>
#include <utility>

#include "engine/providers/vercel/project.h"

namespace a67::vercel {
namespace {

// What the token itself says: not every kind of token may ask.
Task<Result<Json>> token_facts(Api* api) {
  ApiRequest request{.path = "/v5/user/tokens/current"};
  request.expected = {400, 403, 404};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  Json facts = Json::object();
  if (const auto ends = int_at(answer->json, "/token/expiresAt"); ends > 0) {
    facts["expiresAt"] = ends;
  }
  Json scopes = Json::array();
  for (const Json& one : list_at(answer->json, "/token/scopes")) {
    const std::string team = text_at(one, "/teamId");
    if (team.empty()) {
      facts["warnings"] = {
          "This token may do everything in the whole Vercel account. One whose "
          "Scope is the team that is used is enough."};
    }
    scopes.push_back(text_at(one, "/type") + (team.empty() ? "" : ":" + team));
  }
  if (!scopes.empty()) facts["scopes"] = scopes;
  co_return facts;
}

Task<Result<Json>> verify(Api* api, Json /*input*/) {
  auto user = co_await api->call({.path = "/v2/user"});
  if (!user) co_return std::unexpected(user.error());
  ApiRequest request{.path = "/v2/teams", .query = {{"limit", "100"}}};
  auto teams = co_await api->call_pages(
      std::move(request), "/teams", "until",
      [](const ApiAnswer& answer) { return text_at(answer.json, "/pagination/next"); });
  if (!teams) co_return std::unexpected(teams.error());
  auto output = co_await token_facts(api);
  if (!output) co_return std::unexpected(output.error());
  Json workspaces = Json::array();
  for (const Json& one : *teams) {
    const std::string id = text_at(one, "/id");
    workspaces.push_back({{"id", id}, {"name", text_at(one, "/name", id)}});
  }
  std::string team = api->setting("team");
  if (team.empty()) team = text_at(user->json, "/user/defaultTeamId");
  if (team.empty() && !workspaces.empty()) team = string_or(workspaces[0], "id");
  Json identity = {{"id", text_at(user->json, "/user/id")}};
  put_if(identity, "name",
         text_at(user->json, "/user/name", text_at(user->json, "/user/username")));
  put_if(identity, "email", text_at(user->json, "/user/email"));
  (*output)["identity"] = identity;
  (*output)["workspaces"] = workspaces;
  (*output)["settings"] = {{"team", team}};
  co_return std::move(*output);
}

Task<Result<Json>> create_token(Api* api, Json input) {
  auto answer =
      co_await api->call(write(*api, "POST", "/v3/user/tokens", {{"name", input["name"]}}));
  if (!answer) co_return std::unexpected(answer.error());
  Json token = {{"id", text_at(answer->json, "/token/id")},
                {"secret", text_at(answer->json, "/bearerToken")}};
  put_if(token, "expiresAt", at_pointer(answer->json, "/token/expiresAt"));
  co_return Json{{"token", token}};
}

Task<Result<Json>> revoke_token(Api* api, Json input) {
  ApiRequest request{
      .method = "DELETE",
      .path = fill_path("/v3/user/tokens/{id}", {{"id", string_or(input, "token")}})};
  request.expected = {404};
  return act(api, std::move(request));
}

constexpr std::array kHosts = {ProviderHost{"api", "https://api.vercel.com"}};
constexpr std::array kFields = {CredentialField{
    .name = "token", .label = "Access token", .hint = "Account Settings, Tokens, Create Token"}};
constexpr std::array kCapabilities = {Capability::kComputeGit, Capability::kStaticUpload,
                                      Capability::kLogs,       Capability::kDomains,
                                      Capability::kOauth,      Capability::kTokens};
constexpr std::array kOperations = {
    Operation{"account.verify", verify},
    Operation{"site.list", list_sites},
    Operation{"site.create", create_site},
    Operation{"site.deploy", deploy_site},
    Operation{"site.deployment", deployment},
    Operation{"site.remove", remove_site},
    Operation{"site.add_domain", add_site_domain},
    Operation{"service.list", list_services},
    Operation{"service.create", create_service},
    Operation{"service.get", get_service},
    Operation{"service.set_env", set_env},
    Operation{"service.deploy", deploy_service},
    Operation{"service.deployment", deployment},
    Operation{"service.suspend", suspend},
    Operation{"service.resume", resume},
    Operation{"service.remove", remove_service},
    Operation{"service.logs", logs},
    Operation{"service.add_domain", add_service_domain},
    Operation{"service.remove_domain", remove_service_domain},
    Operation{"token.create", create_token},
    Operation{"token.revoke", revoke_token},
};
constexpr std::array kErrorMessages = {std::string_view("/error/message")};
constexpr std::array kErrorCodes = {std::string_view("/error/code")};

}  // namespace

extern const Provider kProvider;
const Provider kProvider = {
    .id = "vercel",
    .name = "Vercel",
    .hosts = kHosts,
    .fields = kFields,
    .capabilities = kCapabilities,
    .operations = kOperations,
    .errors = {.messages = kErrorMessages,
               .codes = kErrorCodes,
               .bad_credential = "/error/invalidToken"},
    .token_page = "https://vercel.com/account/settings/tokens",
    .least_scopes = "the one team it is for (Scope in the form), and an expiry",
    .oauth = {.kind = OAuthFlow::Kind::kPkce,
              .authorize_url = "https://vercel.com/oauth/authorize",
              .token_host = "api",
              .token_path = "/login/oauth/token",
              .scopes = "openid email profile offline_access",
              .note = "Register an app of your own under Sign in with Vercel, with client "
                      "authentication `none` and this page's address as callback. Which "
                      "permissions for projects such an app may get is not documented: it may "
                      "know you and still be refused. Then use a token."},
    .probe_path = "/v2/user",
};

}  // namespace a67::vercel
