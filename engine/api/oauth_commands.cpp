#include "engine/api/oauth_commands.h"

#include <utility>

#include "engine/base/crypto.h"
#include "engine/base/encoding.h"
#include "engine/providers/answer.h"

namespace a67 {
namespace {

constexpr std::size_t kStateLetters = 32;     // 160 bits
constexpr std::size_t kVerifierLetters = 64;  // RFC 7636, 4.1: 43 to 128 unreserved characters

std::string form(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    if (!text.empty()) text += '&';
    text += percent_encode(name) + "=" + percent_encode(value);
  }
  return text;
}

bool is_pkce(const Provider& provider) { return provider.oauth.kind == OAuthFlow::Kind::kPkce; }

}  // namespace

void OAuthCommands::add_to(Commands& commands) {
  commands.add("oauth.begin", this, &OAuthCommands::begin);
  commands.add("oauth.finish", this, &OAuthCommands::finish);
}

Task<Result<Json>> OAuthCommands::begin(Commands::Context /*context*/, Json body) {
  const BuiltInProvider* known = find_provider(string_or(body, "provider"));
  if (known == nullptr || known->provider->oauth.kind == OAuthFlow::Kind::kNone) {
    co_return fail(ErrorCode::kInvalidInput,
                   "Nobody can sign in at `" + string_or(body, "provider") + "` this way.",
                   "Paste a token instead.", "provider");
  }
  const Instant now = doors_.ports.executor.now();
  std::erase_if(under_way_, [&](const auto& one) { return one.second.until <= now; });
  if (under_way_.size() >= kUnderWayMax) under_way_.erase(under_way_.begin());

  const Provider& provider = *known->provider;
  const std::string state = doors_.ports.random.make_name(kStateLetters);
  SignIn sign_in{
      .provider = &provider,
      .client = string_or(body, "client"),
      .redirect = string_or(body, "redirect"),
      .verifier = Sensitive<std::string>(doors_.ports.random.make_name(kVerifierLetters)),
      .until = now + kGoodFor};
  const std::string challenge = base64url_encode(sha256(sign_in.verifier.expose()));
  const bool pkce = is_pkce(provider);
  std::string url(provider.oauth.authorize_url);
  url += "?" + form({{"client_id", sign_in.client},
                     {"redirect_uri", sign_in.redirect},
                     {"response_type", pkce ? "code" : "token"},
                     {"scope", provider.oauth.scopes},
                     {"state", state},
                     {"code_challenge", pkce ? std::string_view(challenge) : std::string_view()},
                     {"code_challenge_method", pkce ? "S256" : ""}});
  under_way_.emplace(state, std::move(sign_in));
  co_return Json{{"url", url}, {"state", state}};
}

Task<Result<Sensitive<std::string>>> OAuthCommands::exchange(SignIn sign_in, Route route) {
  const OAuthFlow& flow = sign_in.provider->oauth;
  const auto url = url_of(*sign_in.provider, route, flow.token_host, flow.token_path);
  if (!url) co_return std::unexpected(url.error());
  HttpRequest http{.method = "POST",
                   .url = *url,
                   .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                   .body = form({{"grant_type", "authorization_code"},
                                 {"client_id", sign_in.client},
                                 {"redirect_uri", sign_in.redirect},
                                 {"code", sign_in.sent.expose()},
                                 {"code_verifier", sign_in.verifier.expose()}})};
  auto response = co_await send_by(doors_.ports, sign_in.provider, route,
                                   std::string(flow.token_host), std::move(http));
  if (!response) co_return std::unexpected(response.error());
  const ApiAnswer answer = read_answer(std::move(*response));
  std::string token = text_at(answer.json, "/access_token");
  if (answer.status != 200 || token.empty()) {
    Credential sent;
    sent.put("code", std::move(sign_in.sent));
    co_return fail(ErrorCode::kUnauthorized,
                   std::string(sign_in.provider->name) + " gave no token: " +
                       sent.redacted(text_at(answer.json, "/error_description",
                                             text_at(answer.json, "/error",
                                                     "status " + std::to_string(answer.status)))) +
                       ".",
                   "Sign in again. Is the redirect address registered exactly as it is?");
  }
  co_return Sensitive<std::string>(std::move(token));
}

Task<Result<Json>> OAuthCommands::finish(Commands::Context /*context*/, Json body) {
  const auto found = under_way_.find(string_or(body, "state"));
  Json& answer = body["answer"];
  if (found == under_way_.end() || string_or(answer, "state") != found->first ||
      found->second.until <= doors_.ports.executor.now()) {
    co_return fail(ErrorCode::kForbidden,
                   "Nobody here began this sign-in, or it took more than ten minutes.",
                   "Begin again, in this tab.", "state");
  }
  const Provider* provider = found->second.provider;
  if (answer.contains("error")) {
    under_way_.erase(found);
    co_return fail(ErrorCode::kUnauthorized,
                   std::string(provider->name) + " says: " +
                       string_or(answer, "error_description", string_or(answer, "error")) + ".",
                   "Sign in again, or paste a token.");
  }
  const char* holds = is_pkce(*provider) ? "code" : "access_token";
  if (answer.contains(holds)) {
    found->second.sent = Sensitive<std::string>(string_or(answer, holds));
  }
  if (found->second.sent.expose().empty()) {
    co_return fail(ErrorCode::kInvalidInput, std::string(provider->name) + " sent nothing back.",
                   "Sign in again.", "answer");
  }
  body.erase("answer");
  // Neither question costs the person another sign-in.
  if (!body.contains("account")) {
    if (auto fine = doors_.accounts.may_have_another(*provider, body); !fine) {
      co_return std::unexpected(fine.error());
    }
  }
  auto route = co_await doors_.accounts.route_for(provider, body);
  if (!route) co_return std::unexpected(route.error());
  auto taken = under_way_.extract(string_or(body, "state"));
  if (taken.empty()) {
    co_return fail(ErrorCode::kForbidden, "This sign-in was finished already.", "Begin again.",
                   "state");
  }
  co_return co_await use(std::move(taken.mapped()), std::move(*route), std::move(body));
}

Task<Result<Json>> OAuthCommands::use(SignIn sign_in, Route route, Json body) {
  const Provider* provider = sign_in.provider;
  Result<Sensitive<std::string>> token = Sensitive<std::string>();
  if (is_pkce(*provider)) {
    token = co_await exchange(std::move(sign_in), route);
    if (!token) co_return std::unexpected(token.error());
  } else {
    token = std::move(sign_in.sent);
  }
  Sensitive<std::string> credential =
      write_credential({{std::string(provider->fields.front().name), token->expose()}});
  if (body.contains("account")) {
    co_return co_await doors_.accounts.give(string_or(body, "account"), std::move(credential));
  }
  co_return co_await doors_.accounts.connect_with({.provider = provider,
                                                   .credential = std::move(credential),
                                                   .request = std::move(body),
                                                   .route = std::move(route)});
}

}  // namespace a67
