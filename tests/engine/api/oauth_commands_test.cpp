// Signing in without pasting a token: the flow of every provider that offers one, against its fake.
#include <catch_amalgamated.hpp>
#include <string>

#include "engine/providers/catalogue.h"
#include "engine/providers/json_template.h"
#include "tests/engine/api/vault_host.h"
#include "tests/fakes/fake_provider.h"

using namespace a67;

namespace {

const std::string kEndpoint = "http://127.0.0.1:9";
const std::string kRedirect = "https://page.example/oauth.html";

class SignIn {
 public:
  explicit SignIn(const Provider& provider)
      : provider_(provider), fake_(fakes::make_fake(provider.id)) {
    fake_->serve_oauth(provider);
    host.start();
    host.on_http = [this](const Json& request) { return send(request); };
    REQUIRE(host.create("violet canoe sings at noon")->ok);
  }

  Json ask(const char* name, Json body) {
    const auto end = host.ask(name, std::move(body));
    REQUIRE(end);
    return {{"ok", end->ok}, {"body", end->body}};
  }
  // Begins, lets the person agree, and gives what the browser came back with.
  Json come_back() {
    begun =
        ask("oauth.begin",
            {{"provider", provider_.id}, {"client", "client-1"}, {"redirect", kRedirect}})["body"];
    const std::string url = begun["url"];
    REQUIRE(url.starts_with(provider_.oauth.authorize_url));
    const auto onward = fake_->agree_to_sign_in(url.substr(url.find('?') + 1));
    REQUIRE(onward);
    REQUIRE(onward->starts_with(kRedirect));
    Json answer = Json::object();
    for (const auto& [key, value] : fakes::parse_query(onward->substr(kRedirect.size() + 1)))
      answer[key] = value;
    return answer;
  }
  Json finish(const Json& answer, Json more = Json::object()) {
    Json body = {{"state", begun["state"]},
                 {"answer", answer},
                 {"endpoint", kEndpoint},
                 {"settings", settings()}};
    body.update(more);
    return ask("oauth.finish", body);
  }
  // What is asked of the provider itself, or by the page's host, is answered as well.
  bool far = false;
  [[nodiscard]] Json settings() const { return fake_->sample().settings; }
  [[nodiscard]] std::string token() const { return fake_->sample().credential.front().second; }

  VaultHost host;
  Json begun;

 private:
  Result<Json> send(const Json& request) {
    const std::string url = string_or(request, "url");
    std::string path;
    if (url.starts_with(kEndpoint)) path = url.substr(kEndpoint.size());
    const std::string direct(provider_.origin("api"));
    if (far && url.starts_with(direct)) path = "/api" + url.substr(direct.size());
    if (path.empty()) return fail(ErrorCode::kUnreachable, "Nobody answered.");
    HttpRequest http{
        .method = string_or(request, "method"), .url = url, .body = string_or(request, "body")};
    for (const Json& one : array_at(request, "headers")) http.headers.emplace_back(one[0], one[1]);
    const HttpResponse told = fake_->handle(http, path, 1'700'000'000'000);
    return Json{{"status", told.status}, {"headers", Json::array()}, {"body", told.body}};
  }

  const Provider& provider_;
  std::unique_ptr<fakes::FakeProvider> fake_;
};

const Provider& first_with(OAuthFlow::Kind kind) {
  for (const BuiltInProvider& one : built_in_providers()) {
    if (one.provider->oauth.kind == kind) return *one.provider;
  }
  FAIL("no provider signs in like this");
  return *built_in_providers().front().provider;
}

}  // namespace

TEST_CASE("oauth: everybody who offers a sign-in can be connected by it", "[oauth]") {
  std::size_t count = 0;
  for (const BuiltInProvider& one : built_in_providers()) {
    if (one.provider->oauth.kind == OAuthFlow::Kind::kNone) continue;
    DYNAMIC_SECTION(std::string(one.provider->id)) {
      SignIn sign_in(*one.provider);
      const Json done = sign_in.finish(sign_in.come_back());
      INFO(done.dump());
      CHECK(done["ok"] == true);
      CHECK(done["body"]["account"]["provider"] == one.provider->id);
      CHECK_FALSE(done.dump().contains(sign_in.token()));
    }
    ++count;
  }
  CHECK(count >= 3);
}

TEST_CASE("oauth: an answer to no question, another question or a second time is refused",
          "[oauth]") {
  SignIn sign_in(first_with(OAuthFlow::Kind::kImplicit));
  const Json answer = sign_in.come_back();
  Json other = answer;
  other["state"] = "somebody-elses";
  CHECK(sign_in.finish(other)["body"]["code"] == "forbidden");
  const auto stranger = sign_in.ask(
      "oauth.finish", {{"state", "x"}, {"answer", {{"state", "x"}, {"access_token", "planted"}}}});
  CHECK(stranger["body"]["code"] == "forbidden");
  CHECK(sign_in.finish(answer)["ok"] == true);
  CHECK(sign_in.finish(answer)["body"]["code"] == "forbidden");
}

TEST_CASE("oauth: being asked about a second account does not cost another sign-in", "[oauth]") {
  SignIn sign_in(first_with(GENERATE(OAuthFlow::Kind::kImplicit, OAuthFlow::Kind::kPkce)));
  REQUIRE(sign_in.finish(sign_in.come_back())["ok"] == true);
  const Json answer = sign_in.come_back();
  const Json asked = sign_in.finish(answer);
  CHECK(asked["body"]["code"] == "conflict");
  CHECK(asked["body"]["field"] == "second");
  SECTION("the state alone goes on: what came back has waited here") {
    const Json done = sign_in.finish({{"state", answer["state"]}}, {{"second", true}});
    INFO(done.dump());
    CHECK(done["ok"] == true);
    CHECK(sign_in.finish(answer, {{"second", true}})["body"]["code"] == "forbidden");
  }
  SECTION("not for ever") {
    sign_in.host.pass_while_closed(std::chrono::minutes(11));
    CHECK(sign_in.finish({{"state", answer["state"]}}, {{"second", true}})["body"]["code"] ==
          "forbidden");
  }
}

TEST_CASE("oauth: the way that is named is the account's", "[oauth]") {
  SignIn sign_in(first_with(OAuthFlow::Kind::kImplicit));
  const Json answer = sign_in.come_back();
  const auto by = [&](const char* transport) {
    return sign_in.ask("oauth.finish", {{"state", sign_in.begun["state"]},
                                        {"answer", answer},
                                        {"transport", transport},
                                        {"settings", sign_in.settings()}});
  };
  sign_in.far = true;
  const Json done = by("direct");
  INFO(done.dump());
  CHECK(done["ok"] == true);
  CHECK(done["body"]["account"]["transport"] == "direct");
}

TEST_CASE("oauth: a code is worth nothing without the verifier of who began", "[oauth]") {
  const Provider& provider = first_with(OAuthFlow::Kind::kPkce);
  SignIn sign_in(provider);
  const Json stolen = sign_in.come_back();
  const Json own = sign_in.come_back();  // another sign-in, with a verifier of its own
  Json mixed = own;
  mixed["code"] = stolen["code"];
  const Json done = sign_in.finish(mixed);
  CHECK(done["body"]["code"] == "unauthorized");
  CHECK(done["body"]["message"].get<std::string>().contains("verifier"));
}

TEST_CASE("oauth: that the person said no is told in the provider's words", "[oauth]") {
  SignIn sign_in(first_with(OAuthFlow::Kind::kPkce));
  const Json answer = sign_in.come_back();
  const Json done = sign_in.finish({{"state", answer["state"]},
                                    {"error", "access_denied"},
                                    {"error_description", "The user said no"}});
  CHECK(done["body"]["code"] == "unauthorized");
  CHECK(done["body"]["message"].get<std::string>().contains("The user said no"));
}

TEST_CASE("oauth: a provider without a sign-in says so", "[oauth]") {
  SignIn sign_in(first_with(OAuthFlow::Kind::kImplicit));
  const Json done = sign_in.ask("oauth.begin",
                                {{"provider", "render"}, {"client", "c"}, {"redirect", kRedirect}});
  CHECK(done["body"]["code"] == "invalid_input");
}
