// Providers and accounts as a page or a program meets them: the real engine over an open vault, and
// a strict fake behind `http.send`.
#include <catch_amalgamated.hpp>
#include <string>

#include "engine/api/contract.h"
#include "tests/engine/api/vault_host.h"
#include "tests/fakes/fake_provider.h"

using namespace a67;

namespace {

const std::string kPassphrase = "violet canoe sings at noon";
const std::string kEndpoint = "http://127.0.0.1:9";
const std::string kPage = "https://page.example";

// One fake behind the page's network.
class Desk {
 public:
  explicit Desk(std::string provider = "render")
      : provider_(std::move(provider)), fake_(fakes::make_fake(provider_)) {
    host.origin = kPage;
    host.start();
    host.on_http = [this](const Json& request) { return send(request); };
    REQUIRE(host.create(kPassphrase)->ok);
  }

  Json ask(const char* name, Json body = Json::object()) {
    const auto end = host.ask(name, std::move(body));
    REQUIRE(end);
    INFO(name << ": " << end->body.dump());
    REQUIRE(end->ok);
    return end->body;
  }
  Json refused(const char* name, Json body = Json::object()) {
    const auto end = host.ask(name, std::move(body));
    REQUIRE(end);
    REQUIRE_FALSE(end->ok);
    return end->body;
  }
  [[nodiscard]] std::string token() const { return fake_->sample().credential.front().second; }
  Json connect(Json more = Json::object()) {
    Json body = {
        {"provider", provider_}, {"fields", {{"token", token()}}}, {"endpoint", kEndpoint}};
    body.update(more);
    return ask("account.connect", body);
  }
  [[nodiscard]] fakes::FakeProvider& fake() { return *fake_; }

  VaultHost host;
  bool cors = true;       // the provider answers a page directly
  bool rewrites = false;  // the page's host forwards
  std::size_t asked = 0;

 private:
  Result<Json> send(const Json& request) {
    ++asked;
    const std::string url = string_or(request, "url");
    std::string path;
    if (url.starts_with(kEndpoint)) path = url.substr(kEndpoint.size());
    if (cors && url.starts_with("https://api.render.com")) path = "/api" + url.substr(22);
    const std::string via = kPage + "/via/render";
    if (rewrites && url.starts_with(via)) path = url.substr(via.size());
    if (path.empty() && url.starts_with(kPage)) {
      return Json{{"status", 200}, {"headers", Json::array()}, {"body", "<!doctype html>"}};
    }
    if (path.empty()) return fail(ErrorCode::kUnreachable, "Nobody answered.");
    HttpRequest http{
        .method = string_or(request, "method"), .url = url, .body = string_or(request, "body")};
    for (const Json& one : array_at(request, "headers")) http.headers.emplace_back(one[0], one[1]);
    const HttpResponse answer = fake_->handle(http, path, 1'700'000'000'000);
    Json headers = Json::array();
    for (const auto& [name, value] : answer.headers) headers.push_back({name, value});
    return Json{{"status", answer.status}, {"headers", headers}, {"body", answer.body}};
  }

  std::string provider_;
  std::unique_ptr<fakes::FakeProvider> fake_;
};

}  // namespace

TEST_CASE("account: a credential is tried, kept in the vault and shown to nobody", "[account]") {
  Desk desk;
  const Json account = desk.connect()["account"];
  CHECK(account["id"] == "render");
  CHECK(account["state"] == "ok");
  CHECK(account["identity"]["email"] == "ada@example.org");
  CHECK(account["settings"]["owner"] == "tea-000001");
  CHECK(desk.ask("secret.list")["secrets"][0]["name"] == "account.render");
  for (const auto& [key, value] : desk.host.table()) CHECK_FALSE(value.contains(desk.token()));
  for (const Json& message : desk.host.out()) CHECK_FALSE(message.dump().contains(desk.token()));

  SECTION("it is there after a reload") {
    desk.host.start();
    REQUIRE(desk.host.unlock(kPassphrase)->ok);
    CHECK(desk.ask("account.list")["accounts"][0]["id"] == "render");
    CHECK(desk.ask("account.verify", {{"account", "render"}})["account"]["state"] == "ok");
  }
  SECTION("its operations run, and leave a trace without secrets") {
    const Json listed =
        desk.ask("account.run", {{"account", "render"}, {"operation", "service.list"}});
    CHECK(listed["output"]["services"].empty());
    const Json seen = desk.ask("account.get", {{"account", "render"}});
    CHECK(seen["trace"][0]["path"] == "/v1/services");
    CHECK(seen["trace"][0]["status"] == 200);
    CHECK_FALSE(seen["breaks"].empty());
  }
  SECTION("an input is held to its description") {
    const Json error = desk.refused("account.run", {{"account", "render"},
                                                    {"operation", "service.create"},
                                                    {"input", {{"name", "x"}, {"sauce", 1}}}});
    CHECK(error["code"] == "invalid_input");
    CHECK(error["field"] == "input.sauce");
  }
  SECTION("disconnected, nothing of it is left") {
    desk.ask("account.disconnect", {{"account", "render"}});
    CHECK(desk.ask("account.list")["accounts"].empty());
    CHECK(desk.ask("secret.list")["secrets"].empty());
    CHECK(desk.refused("account.verify", {{"account", "render"}})["code"] == "not_found");
  }
}

TEST_CASE("account: each is told by itself when it comes, changes and goes", "[account]") {
  Desk desk;
  const auto told = [&] {
    Json events = Json::array();
    for (const Json& message : desk.host.out()) {
      const std::string name = string_or(message, "name");
      if (message["kind"] != "event" || !name.starts_with("account.")) continue;
      CHECK(check_event(name, message["body"]));
      events.push_back({name, message["body"]["account"]});
    }
    desk.host.forget_output();
    return events;
  };
  desk.connect();
  told();
  const Json second = desk.connect({{"second", true}})["account"];
  CHECK(told().back() == Json{"account.changed", second});
  const Json renamed =
      desk.ask("account.change", {{"account", "render"}, {"name", "Ours"}})["account"];
  CHECK(told() == Json::array({{"account.changed", renamed}}));
  desk.ask("account.disconnect", {{"account", "render"}});
  CHECK(told() == Json::array({{"account.removed", "render"}}));
}

TEST_CASE("account: a wrong credential is refused and nothing is kept", "[account]") {
  Desk desk;
  const Json error =
      desk.refused("account.connect", {{"provider", "render"},
                                       {"fields", {{"token", "rnd_wrong_9f2c7a41d0"}}},
                                       {"endpoint", kEndpoint}});
  CHECK(error["code"] == "unauthorized");
  CHECK(error["message"].get<std::string>().contains("Render answered 401"));
  CHECK(error["hint"].get<std::string>().contains("dashboard.render.com"));
  CHECK_FALSE(error.dump().contains("rnd_wrong"));
  CHECK(desk.ask("account.list")["accounts"].empty());
  CHECK(desk.ask("secret.list")["secrets"].empty());
}

TEST_CASE("account: fields are checked before anybody is asked", "[account]") {
  Desk desk;
  const auto connect = [&](Json fields) {
    return desk.refused("account.connect",
                        {{"provider", "render"}, {"fields", fields}, {"endpoint", kEndpoint}});
  };
  CHECK(connect(Json::object())["field"] == "fields.token");
  CHECK(connect({{"token", "a\nb"}})["field"] == "fields.token");
  CHECK(connect({{"token", "x"}, {"tokne", "x"}})["field"] == "fields.tokne");
  CHECK(desk.refused("account.connect",
                     {{"provider", "rendr"}, {"fields", {{"token", "x"}}}})["code"] == "not_found");
  CHECK(desk.asked == 0);
}

TEST_CASE("account: a second one of a provider asks first", "[account]") {
  Desk desk;
  desk.connect();
  const Json error = desk.refused(
      "account.connect",
      {{"provider", "render"}, {"fields", {{"token", desk.token()}}}, {"endpoint", kEndpoint}});
  CHECK(error["code"] == "conflict");
  CHECK(error["field"] == "second");
  CHECK(desk.connect({{"second", true}})["account"]["id"] == "render-2");
}

TEST_CASE("account: another credential replaces the old one only when it works", "[account]") {
  Desk desk;
  desk.connect();
  CHECK(desk.refused("account.rotate",
                     {{"account", "render"}, {"fields", {{"token", "rnd_wrong_9f2c"}}}})["code"] ==
        "unauthorized");
  CHECK(desk.ask("account.verify", {{"account", "render"}})["account"]["state"] == "ok");
  CHECK(desk.refused("account.rotate", {{"account", "render"}})["code"] == "invalid_input");
  desk.ask("account.rotate", {{"account", "render"}, {"fields", {{"token", desk.token()}}}});
  CHECK(desk.ask("secret.list")["secrets"][0]["version"] == 2);
}

TEST_CASE("account: a pasted token is replaced by the API, and to be ended by hand", "[account]") {
  const char* provider = GENERATE("koyeb", "vercel");
  Desk desk(provider);
  desk.connect();
  const Json first = desk.ask("account.rotate", {{"account", provider}});
  REQUIRE(first.contains("byHand"));
  CHECK(first["byHand"]["message"].get<std::string>().contains("revoked by hand"));
  CHECK(first["byHand"]["page"].get<std::string>().starts_with("https://"));
  CHECK_FALSE(first.dump().contains(desk.token()));
  CHECK(desk.ask("account.verify", {{"account", provider}})["account"]["state"] == "ok");

  SECTION("the next one's end needs no hand: its id is known") {
    CHECK_FALSE(desk.ask("account.rotate", {{"account", provider}}).contains("byHand"));
    CHECK(desk.ask("account.verify", {{"account", provider}})["account"]["state"] == "ok");
  }
  SECTION("an end that is refused is told, and the new one is in use") {
    desk.fake().put_in_the_way({.method = "DELETE", .answer = desk.fake().no(403, "not yours")});
    const Json second = desk.ask("account.rotate", {{"account", provider}});
    CHECK(second["byHand"]["message"].get<std::string>().contains("not yours"));
    CHECK(desk.ask("account.verify", {{"account", provider}})["account"]["state"] == "ok");
  }
}

TEST_CASE("account: a new token that does not work is taken away again", "[account]") {
  Desk desk("vercel");
  desk.connect();
  // It is asked for who it is, and refused: only the first of all such requests is the old one's.
  desk.fake().put_in_the_way({.path = "/v2/user",
                              .changes_only = false,
                              .answer = desk.fake().no(403, "this token may nothing")});
  const Json error = desk.refused("account.rotate", {{"account", "vercel"}});
  CHECK(error["message"].get<std::string>().contains("this token may nothing"));
  desk.fake().clear_the_way();
  CHECK(desk.ask("account.verify", {{"account", "vercel"}})["account"]["state"] == "ok");
  CHECK(desk.ask("secret.list")["secrets"][0]["version"] == 1);
}

TEST_CASE("account: a token that may do more than is needed is warned of", "[account]") {
  Desk desk("vercel");
  CHECK_FALSE(desk.connect()["account"].contains("warnings"));
  desk.fake().widen_token(true);
  const Json account = desk.ask("account.verify", {{"account", "vercel"}})["account"];
  REQUIRE(account["warnings"].size() == 1);
  CHECK(account["warnings"][0].get<std::string>().contains("whole Vercel account"));
}

TEST_CASE("account: a token that has ended by its own date is said to have expired", "[account]") {
  Desk desk("vercel");
  CHECK(desk.connect()["account"]["expiresAt"] == 1'800'000'000'000);
  desk.fake().expire_credentials();
  CHECK_FALSE(desk.refused("account.verify", {{"account", "vercel"}})["message"]
                  .get<std::string>()
                  .contains("expired on"));
  desk.host.pass_while_closed(std::chrono::hours(24) * 1200);
  const Json error = desk.refused("account.verify", {{"account", "vercel"}});
  CHECK(error["code"] == "unauthorized");
  CHECK(error["message"].get<std::string>().contains("expired on 2027-01-15"));
  CHECK(error["hint"].get<std::string>().contains("account.rotate"));
}

TEST_CASE("account: the credential removed behind its back is named", "[account]") {
  Desk desk;
  desk.connect();
  desk.ask("secret.remove", {{"name", "account.render"}});
  CHECK(desk.refused("account.run", {{"account", "render"},
                                     {"operation", "service.list"}})["code"] == "unauthorized");
  CHECK(desk.ask("account.list")["accounts"][0]["state"] == "refused");
}

TEST_CASE("transport: direct where the provider answers a page, else the page's rewrites",
          "[account]") {
  Desk desk;
  const Json body = {{"provider", "render"}, {"fields", {{"token", desk.token()}}}};
  SECTION("direct") {
    const Json account = desk.ask("account.connect", body)["account"];
    CHECK(account["transport"] == "direct");
  }
  SECTION("rewrite") {
    desk.cors = false;
    desk.rewrites = true;
    const Json account = desk.ask("account.connect", body)["account"];
    CHECK(account["transport"] == "rewrite");
    CHECK(account["sees"].get<std::string>().contains("host of this page"));
    SECTION("and it is remembered: the next one is not tried again") {
      const std::size_t before = desk.asked;
      Json second = body;
      second["second"] = true;
      desk.ask("account.connect", second);
      CHECK(desk.asked == before + 2);  // both of account.verify
    }
  }
  SECTION("neither, with what to do") {
    desk.cors = false;
    const Json error = desk.refused("account.connect", body);
    CHECK(error["field"] == "transport");
    CHECK(error["hint"].get<std::string>().contains("command line"));
    CHECK(desk.ask("secret.list")["secrets"].empty());
  }
  SECTION("a trial says which ways there are") {
    desk.rewrites = true;
    const Json tried = desk.ask("provider.probe", {{"provider", "render"}})["transports"];
    REQUIRE(tried.size() == 2);
    CHECK(tried[0]["verdict"] == "works");
    CHECK(tried[1]["transport"] == "rewrite");
    CHECK(tried[1]["verdict"] == "works");
  }
}

TEST_CASE("provider: cards say what, from where, and how old", "[account]") {
  Desk desk;
  const Json providers = desk.ask("provider.list")["providers"];
  REQUIRE_FALSE(providers.empty());
  for (const Json& one : providers) {
    INFO(one["id"]);
    CHECK_FALSE(string_or(one, "summary").empty());
    CHECK_FALSE(one["fields"].empty());
    CHECK(one["values"].size() >= 5);
  }
  const Json mine = desk.ask(
      "provider.override",
      {{"provider", "render"}, {"key", "free.memory"}, {"value", 256}, {"note", "an old plan"}});
  const auto value_of = [](const Json& provider) {
    for (const Json& one : provider["values"]) {
      if (one["key"] == "free.memory") return one;
    }
    return Json();
  };
  CHECK(value_of(mine["provider"])["overridden"] == 256);
  CHECK(value_of(mine["provider"])["value"] == 512);
  CHECK(desk.refused("provider.override", {{"provider", "render"},
                                           {"key", "free.memory"},
                                           {"value", "much"}})["field"] == "value");
  const Json back = desk.ask("provider.override", {{"provider", "render"}, {"key", "free.memory"}});
  CHECK_FALSE(value_of(back["provider"]).contains("overridden"));
}
