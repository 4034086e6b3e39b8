#include "tests/fakes/fake_oauth.h"

#include "engine/base/crypto.h"
#include "engine/base/encoding.h"

namespace a67::fakes {
namespace {

FakeAnswer refused(const std::string& why) {
  return {.status = 400, .json = {{"error", "invalid_grant"}, {"error_description", why}}};
}

}  // namespace

std::optional<std::string> FakeOAuth::agree(const FakeRequest& request, const std::string& token) {
  const bool pkce = provider_.oauth.kind == OAuthFlow::Kind::kPkce;
  const std::string state = percent_encode(request.param("state"));
  const std::string redirect = request.param("redirect_uri");
  if (request.param("client_id").empty() || redirect.empty() || state.empty()) return std::nullopt;
  if (request.param("response_type") != (pkce ? "code" : "token")) return std::nullopt;
  if (!pkce) {
    return redirect + "#access_token=" + percent_encode(token) +
           "&token_type=Bearer&state=" + state;
  }
  if (request.param("code_challenge_method") != "S256") return std::nullopt;
  const std::string code = "code-" + std::to_string(next_code_++);
  grants_[code] = {request.param("client_id"), redirect, request.param("code_challenge")};
  return redirect + "?code=" + code + "&state=" + state;
}

std::optional<FakeAnswer> FakeOAuth::exchange(const FakeRequest& request,
                                              const std::string& token) {
  const OAuthFlow& flow = provider_.oauth;
  if (flow.kind != OAuthFlow::Kind::kPkce || request.method != "POST" ||
      request.host != flow.token_host || request.path != flow.token_path) {
    return std::nullopt;
  }
  if (request.header("content-type") != "application/x-www-form-urlencoded")
    return refused("no form");
  const auto form = parse_query(request.body);
  const auto field = [&](const char* name) {
    const auto found = form.find(name);
    return found == form.end() ? std::string() : found->second;
  };
  if (form.contains("client_secret")) return refused("a public client has no secret");
  const auto grant = grants_.extract(field("code"));
  if (grant.empty()) return refused("unknown code");
  if (grant.mapped().client != field("client_id")) return refused("another client");
  if (grant.mapped().redirect != field("redirect_uri")) return refused("another redirect_uri");
  if (base64url_encode(sha256(field("code_verifier"))) != grant.mapped().challenge) {
    return refused("the verifier does not fit the challenge");
  }
  return FakeAnswer{
      .json = {{"access_token", token}, {"token_type", "Bearer"}, {"expires_in", 3600}}};
}

}  // namespace a67::fakes
