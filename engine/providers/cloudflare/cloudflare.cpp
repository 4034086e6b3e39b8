// Cloudflare: Workers, Pages and R2. README.md says what works and what does not.
#include "engine/providers/cloudflare/cloudflare.h"

#include <array>
#include <utility>

namespace a67::cloudflare {

ApiRequest account_request(const Api& api, std::string method, std::string_view path) {
  return {.method = std::move(method),
          .path = fill_path("/client/v4/accounts/{id}", {{"id", api.setting("account")}}) +
                  std::string(path)};
}

namespace {

// A token that belongs to an account, and to no person, is known there only.
Task<Result<Json>> token_facts(Api* api) {
  ApiRequest request{.path = "/client/v4/user/tokens/verify"};
  if (!api->setting("account").empty()) request.expected = {401};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status >= 300) {
    answer = co_await api->call(account_request(*api, "GET", "/tokens/verify"));
    if (!answer) co_return std::unexpected(answer.error());
  }
  co_return at_pointer(answer->json, "/result");
}

Task<Result<Json>> verify(Api* api, Json /*input*/) {
  auto token = co_await token_facts(api);
  if (!token) co_return std::unexpected(token.error());
  // Of one that has ended or was switched off, the API tells so with status 200.
  if (const std::string status = text_at(*token, "/status", "active"); status != "active") {
    co_return fail(ErrorCode::kUnauthorized, "Cloudflare says that this token is " + status + ".",
                   status == "expired"
                       ? "The token has expired. Roll it, or make a new one, at "
                         "https://dash.cloudflare.com/profile/api-tokens, and give it here."
                       : "Switch it on at https://dash.cloudflare.com/profile/api-tokens.");
  }
  Json workspaces = Json::array();
  for (std::int64_t page = 1, pages = 1; page <= pages && page <= Api::kPagesMax; ++page) {
    ApiRequest request{.path = "/client/v4/accounts",
                       .query = {{"page", std::to_string(page)}, {"per_page", "50"}}};
    auto answer = co_await api->call(std::move(request));
    if (!answer) co_return std::unexpected(answer.error());
    for (const Json& one : list_at(answer->json, "/result")) {
      workspaces.push_back({{"id", text_at(one, "/id")}, {"name", text_at(one, "/name")}});
    }
    pages = int_at(answer->json, "/result_info/total_pages", 1);
  }
  std::string account = api->setting("account");
  if (account.empty() && !workspaces.empty()) account = string_or(workspaces[0], "id");
  if (account.empty()) {
    co_return fail(ErrorCode::kForbidden, "This Cloudflare token may see no account.",
                   "Include the account under `Account Resources` of the token.");
  }
  Json output = {{"identity", {{"id", text_at(*token, "/id", account)}}},
                 {"workspaces", workspaces},
                 {"settings", {{"account", account}}}};
  if (const auto ends = unix_ms_from(text_at(*token, "/expires_on")); ends > 0) {
    output["expiresAt"] = ends;
  }
  co_return output;
}

constexpr std::array kHosts = {ProviderHost{"api", "https://api.cloudflare.com"},
                               ProviderHost{"dash", "https://dash.cloudflare.com"}};
constexpr std::array kFields = {
    CredentialField{.name = "token", .label = "API token", .hint = "Made with permissions, below"},
    CredentialField{
        .name = "account",
        .label = "Account ID",
        .secret = false,
        .required = false,
        .hint = "Needed for a token that belongs to an account; else the first is taken"}};
constexpr std::array kCapabilities = {Capability::kEdgeFunction, Capability::kStaticUpload,
                                      Capability::kDomains, Capability::kObjects,
                                      Capability::kOauth};
constexpr std::array kOperations = {
    Operation{"account.verify", verify},           Operation{"function.list", list_functions},
    Operation{"function.create", create_function}, Operation{"function.get", get_function},
    Operation{"function.remove", remove_function}, Operation{"site.list", list_sites},
    Operation{"site.create", create_site},         Operation{"site.deploy", deploy_site},
    Operation{"site.deployment", site_deployment}, Operation{"site.remove", remove_site},
    Operation{"site.add_domain", add_site_domain}, Operation{"bucket.list", list_buckets},
    Operation{"bucket.create", create_bucket},     Operation{"bucket.remove", remove_bucket},
    Operation{"object.put", put_object},           Operation{"object.get", get_object},
    Operation{"object.list", list_objects},        Operation{"object.remove", remove_object},
};
constexpr std::array kErrorMessages = {std::string_view("/errors/0/message")};
constexpr std::array kErrorCodes = {std::string_view("/errors/0/code")};

}  // namespace

extern const Provider kProvider;
const Provider kProvider = {
    .id = "cloudflare",
    .name = "Cloudflare",
    .hosts = kHosts,
    .fields = kFields,
    .capabilities = kCapabilities,
    .operations = kOperations,
    .errors = {.messages = kErrorMessages, .codes = kErrorCodes},
    .token_page = "https://dash.cloudflare.com/profile/api-tokens",
    .least_scopes =
        "Account: Workers Scripts Edit, Cloudflare Pages Edit, Workers R2 Storage "
        "Edit, Account Settings Read",
    .oauth =
        {.kind = OAuthFlow::Kind::kPkce,
         .authorize_url = "https://dash.cloudflare.com/oauth2/auth",
         .token_host = "dash",
         .token_path = "/oauth2/token",
         .note =
             "Register an OAuth client of your own (since June 2026) with token endpoint "
             "authentication `none`, the permissions for Workers, Pages and R2, and this page's "
             "origin among its allowed CORS origins; its scopes are chosen there. Whether "
             "that opens the API itself to a page is unknown: probe, or use a rewrite."},
    .probe_path = "/client/v4/user/tokens/verify",
};

}  // namespace a67::cloudflare
