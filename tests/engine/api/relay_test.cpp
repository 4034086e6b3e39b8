// Accounts that go by a node: the real engine over an open vault, a node that checks orders and
// obeys the real node's rules, and behind it a strict fake. Nobody else can be reached.
#include <algorithm>
#include <catch_amalgamated.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/fleet/order_token.h"
#include "engine/fleet/relay_message.h"
#include "engine/fleet/via_message.h"
#include "node-wrapper/control/relay_rules.h"
#include "tests/engine/api/vault_host.h"
#include "tests/fakes/fake_provider.h"

using namespace a67;

namespace {

const std::string kPassphrase = "violet canoe sings at noon";
const std::string kNode = "http://127.0.0.1:4601";
const std::string kRender = "https://api.render.com";
constexpr UnixMs kNow = 1'700'000'000'000;

Json told(int status, const std::string& body) {
  return {{"status", status}, {"headers", Json::array()}, {"body", body}};
}

Json refusal(int status, Error error) {
  return told(status, dump_json(to_json(NodeRefusal{.error = std::move(error)})));
}

Json making_one() {
  return {{"account", "render"},
          {"operation", "service.create"},
          {"input",
           {{"name", "x"}, {"source", {{"kind", "image"}, {"image", "docker.io/example/x:1"}}}}}};
}

class Desk {
 public:
  explicit Desk(std::string origin = "https://page.example") : fake_(fakes::make_fake("render")) {
    host.origin = std::move(origin);
    host.start();
    host.on_http = [this](const Json& request) { return send(request); };
    REQUIRE(host.create(kPassphrase)->ok);
  }

  void claim() { ask("node.claim", {{"url", kNode}, {"code", "AAAA-BBBB-CCCC"}}); }

  VaultHost::End end_of(const char* name, Json body) {
    const std::int64_t id = host.send(name, std::move(body));
    // Claiming waits for a node's first word, and asking again for its turn.
    for (int round = 0; round < 40; ++round) {
      if (auto end = host.end_of(id)) return *end;
    }
    FAIL(name << " never ended");
    return {};
  }
  Json ask(const char* name, Json body = Json::object()) {
    const auto end = end_of(name, std::move(body));
    INFO(name << ": " << end.body.dump());
    REQUIRE(end.ok);
    return end.body;
  }
  Json refused(const char* name, Json body = Json::object()) {
    const auto end = end_of(name, std::move(body));
    INFO(name << ": " << end.body.dump());
    REQUIRE_FALSE(end.ok);
    return end.body;
  }
  [[nodiscard]] std::string token() const { return fake_->sample().credential.front().second; }
  [[nodiscard]] Json wish(Json more = Json::object()) const {
    Json body = {{"provider", "render"}, {"fields", {{"token", token()}}}};
    body.update(more);
    return body;
  }
  Json connect(Json more = Json::object()) {
    return ask("account.connect", wish(std::move(more)))["account"];
  }
  Json verify() { return ask("account.verify", {{"account", "render"}})["account"]; }
  Json refused_verify() { return refused("account.verify", {{"account", "render"}}); }

  VaultHost host;
  bool cors = false;              // the provider answers a page directly
  bool awake = true;              // the node
  std::optional<Json> node_says;  // instead of relaying
  std::size_t relayed = 0;
  std::vector<std::string> seen;  // every URL
  std::vector<Json> direct;       // requests that went to the provider itself

 private:
  Result<Json> send(const Json& request) {
    const std::string url = string_or(request, "url");
    seen.push_back(url);
    if (url.starts_with(kNode)) return node(request, url.substr(kNode.size()));
    if (cors && url.starts_with(kRender)) {
      direct.push_back(request);
      HttpRequest http{.method = string_or(request, "method"), .url = url};
      for (const Json& one : array_at(request, "headers")) {
        http.headers.emplace_back(one[0], one[1]);
      }
      return told(200, provider(http).body);
    }
    // The page's host has no rewrites: it answers with the page.
    if (url.contains("/via/")) return told(200, "<!doctype html>");
    return fail(ErrorCode::kUnreachable, "Nobody answered.");
  }

  HttpResponse provider(const HttpRequest& request) {
    return fake_->handle(request, "/api" + request.url.substr(kRender.size()), kNow);
  }

  Result<Json> node(const Json& request, const std::string& path) {
    if (!awake) return fail(ErrorCode::kOutcomeUnknown, "The connection failed.");
    const NodeId id("n-1");
    if (path == kHelloPath) {
      return told(200, dump_json(to_json(Hello{
                           .node = id, .name = "attic", .version = "0.1.0", .now = kNow + 1'000})));
    }
    if (path == kClaimPath) {
      const auto claim = claim_request_from_json(*parse_json(string_or(request, "body")));
      const auto bytes = base64url_decode(claim->public_key);
      std::ranges::copy(*bytes, pinned_.begin());
      return told(200, dump_json(to_json(ClaimAnswer{.node = id,
                                                     .name = "attic",
                                                     .gateway_url = "http://127.0.0.1:4701",
                                                     .now = kNow + 1'000})));
    }
    if (path == kStatusPath) {
      NodeStatus status;
      status.node.id = id;
      status.node.name = "attic";
      status.node.now = kNow + 1'000;
      status.gateway_url = "http://127.0.0.1:4701";
      return told(200, dump_json(to_json(status)));
    }
    if (path.starts_with(kViaPath)) return via(request, path);
    if (path != kRelayPath) return refusal(404, {.code = ErrorCode::kNotFound, .message = "No."});
    return relay(request);
  }

  Result<Json> relay(const Json& request) {
    const std::string body = string_or(request, "body");
    std::string order;
    for (const Json& one : array_at(request, "headers")) {
      if (one[0] == "Authorization") order = one[1].get<std::string>().substr(7);
    }
    const OrderExpectation expected{.node = NodeId("n-1"),
                                    .action = "POST /v1/relay",
                                    .sum = sha256(body),
                                    .now = kNow + 1'000,
                                    .allowance = std::chrono::hours(24)};
    REQUIRE(verify_order_token(order, expected, pinned_));
    if (node_says) return *node_says;
    ++relayed;
    auto wanted = read_relay_request(body);
    REQUIRE(wanted);
    const auto permitted = permit_relay({}, std::move(*wanted));
    if (!permitted) return refusal(403, permitted.error());
    const HttpResponse answer = provider(*permitted);
    const std::string bytes = write_relay_answer(permit_answer(answer));
    return Json{
        {"status", 200}, {"headers", Json::array()}, {"bytes", base64url_encode(as_bytes(bytes))}};
  }

  // The node as the page's host.
  Result<Json> via(const Json& request, const std::string& path) {
    HttpRequest http{.method = string_or(request, "method"),
                     .url = path.substr(std::string("/via/render/api").size()),
                     .body = string_or(request, "body")};
    std::string order;
    for (const Json& one : array_at(request, "headers")) {
      if (one[0] == kViaOrderHeader) {
        order = one[1];
      } else {
        http.headers.emplace_back(one[0], one[1]);
      }
    }
    const OrderExpectation expected{.node = NodeId("n-1"),
                                    .action = http.method + " " + path.substr(0, path.find('?')),
                                    .now = kNow + 1'000,
                                    .allowance = std::chrono::hours(24)};
    if (auto obeyed = verify_order_token(order, expected, pinned_); !obeyed) {
      Json answer = refusal(401, obeyed.error());
      answer["headers"].push_back({kViaRefusalHeader, "1"});
      return answer;
    }
    ++relayed;
    const HttpResponse answer = fake_->handle(http, "/api" + http.url, kNow);
    return told(answer.status, answer.body);
  }

  std::unique_ptr<fakes::FakeProvider> fake_;
  PublicKey pinned_{};
};

}  // namespace

TEST_CASE("relay: what answers no page is reached over a node that is awake", "[relay]") {
  Desk desk;
  desk.claim();
  const Json account = desk.connect();
  CHECK(account["transport"] == "relay");
  CHECK(account["relay"] == "n-1");
  CHECK(account["sees"] == "attic forwards your requests, and sees them and the token in them.");
  CHECK(account["identity"]["email"] == "ada@example.org");
  CHECK(desk.relayed >= 2);
  const Json listed =
      desk.ask("account.run", {{"account", "render"}, {"operation", "service.list"}});
  CHECK(listed["output"]["services"].empty());
  const Json known = desk.ask("account.get", {{"account", "render"}});
  CHECK(known["trace"][0]["path"] == "/v1/services");
  CHECK(known["trace"][0]["status"] == 200);

  SECTION("after a reload, too") {
    desk.host.start();
    REQUIRE(desk.host.unlock(kPassphrase)->ok);
    CHECK(desk.verify()["relay"] == "n-1");
  }
  SECTION("and it is remembered: the next account is not tried first") {
    const std::size_t before = desk.relayed;
    desk.connect({{"second", true}});
    CHECK(desk.relayed == before + 2);  // both of account.verify
  }
  SECTION("the token is in no address, and nothing that leaves shows it") {
    for (const std::string& url : desk.seen) CHECK_FALSE(url.contains(desk.token()));
    for (const Json& message : desk.host.out()) CHECK_FALSE(message.dump().contains(desk.token()));
    for (const auto& [key, value] : desk.host.table()) CHECK_FALSE(value.contains(desk.token()));
  }
  SECTION("a trial names the node") {
    const Json tried = desk.ask("provider.probe", {{"provider", "render"}})["transports"];
    REQUIRE(tried.size() == 3);
    CHECK(tried[0]["verdict"] == "blocked");
    CHECK(tried[2]["relay"] == "n-1");
    CHECK(tried[2]["verdict"] == "works");
    CHECK(tried[2]["sees"].get<std::string>().starts_with("attic "));
  }
}

TEST_CASE("relay: what the provider says through a node is the provider's word", "[relay]") {
  Desk desk;
  desk.claim();
  const Json error = desk.refused(
      "account.connect", {{"provider", "render"}, {"fields", {{"token", "rnd_wrong_9f2c7a41d0"}}}});
  CHECK(error["code"] == "unauthorized");
  CHECK(error["message"].get<std::string>().contains("Render answered 401"));
}

TEST_CASE("relay: what the node says is not", "[relay]") {
  Desk desk;
  desk.claim();
  desk.connect();
  SECTION("it obeys somebody else") {
    desk.node_says = refusal(401, {.code = ErrorCode::kUnauthorized, .message = "Wrong key."});
    const Json error = desk.refused_verify();
    CHECK(error["code"] == "forbidden");
    CHECK(error["message"].get<std::string>().starts_with("attic refuses our orders"));
  }
  SECTION("it is too old") {
    desk.node_says = refusal(404, {.code = ErrorCode::kNotFound, .message = "No such path."});
    const Json error = desk.refused_verify();
    CHECK(error["code"] == "forbidden");
    CHECK(error["message"].get<std::string>().contains("attic is too old"));
    CHECK(error["hint"].get<std::string>().contains("Update automator67-node"));
    const Json tried = desk.ask("provider.probe", {{"provider", "render"}})["transports"];
    CHECK(tried[2]["verdict"] == "blocked");
    CHECK(tried[2]["why"].get<std::string>().contains("too old"));
  }
  SECTION("it does not forward there") {
    desk.node_says = refusal(403, {.code = ErrorCode::kForbidden, .message = "Not on the list."});
    CHECK(desk.refused_verify()["message"].get<std::string>().contains("Not on the list"));
  }
  SECTION("it cannot reach the provider") {
    desk.node_says = refusal(502, {.code = ErrorCode::kUnreachable, .message = "Nobody there."});
    const Json error = desk.refused_verify();
    CHECK(error["code"] == "unreachable");
    CHECK(error["message"].get<std::string>().starts_with("From attic: "));
  }
  SECTION("it is busy") {
    desk.node_says = refusal(429, {.code = ErrorCode::kRateLimited, .message = "Too many."});
    CHECK(desk.refused_verify()["code"] == "rate_limited");
  }
  SECTION("something in between speaks instead of it") {
    desk.node_says = told(200, "<!doctype html>");
    CHECK(desk.refused_verify()["code"] == "unreachable");
    desk.node_says = told(504, "<html>Gateway timeout");
    const Json error = desk.refused("account.run", making_one());
    CHECK(error["code"] == "unreachable");
  }
  SECTION("it does not answer at all") {
    desk.awake = false;
    const Json error = desk.refused_verify();
    CHECK(error["code"] == "unreachable");
    CHECK(error["message"].get<std::string>().starts_with("attic, which forwards"));
  }
  // Whatever it was: the credential was not refused.
  CHECK(desk.ask("account.list")["accounts"][0]["state"] == "ok");
}

TEST_CASE("relay: a node that is asleep is no way, and without one the person is told", "[relay]") {
  Desk desk;
  const Json error = desk.refused("account.connect", desk.wish());
  CHECK(error["code"] == "unreachable");
  CHECK(error["hint"].get<std::string>().contains("Claim a node"));
  const Json none = desk.refused("account.connect", desk.wish({{"transport", "relay"}}));
  CHECK(none["field"] == "relay");
}

TEST_CASE("relay: a person may choose the node, by name", "[relay]") {
  Desk desk;
  desk.cors = true;
  desk.claim();
  CHECK(desk.refused("account.connect", desk.wish({{"relay", "cellar"}}))["field"] == "relay");
  CHECK(desk.connect({{"relay", "attic"}})["relay"] == "n-1");
  CHECK(desk.direct.empty());
  const auto change = [&](Json to) {
    to["account"] = "render";
    return desk.ask("account.change", to)["account"];
  };
  CHECK(change({{"transport", "direct"}})["transport"] == "direct");
  CHECK(change({{"transport", "relay"}})["relay"] == "n-1");
  CHECK(change({{"transport", "direct"}})["transport"] == "direct");
  CHECK(change({{"relay", "n-1"}})["transport"] == "relay");
  CHECK(desk.refused("account.change", {{"account", "render"}, {"relay", "cellar"}})["field"] ==
        "relay");
  CHECK(desk.verify()["transport"] == "relay");
}

TEST_CASE("relay: an account whose node was given up says so and asks nobody", "[relay]") {
  Desk desk;
  desk.claim();
  desk.connect();
  desk.ask("node.remove", {{"node", "attic"}, {"force", true}});
  CHECK(desk.ask("account.list")["accounts"][0]["sees"] ==
        "The node that forwarded your requests is no longer yours.");
  const std::size_t before = desk.relayed;
  const Json error = desk.refused_verify();
  CHECK(error["field"] == "relay");
  CHECK(desk.relayed == before);
}

TEST_CASE("relay: outside a page it is direct, unless a node is named", "[relay]") {
  Desk desk("");
  desk.cors = true;
  desk.claim();
  CHECK(desk.refused("account.connect", desk.wish({{"transport", "rewrite"}}))["field"] ==
        "transport");
  CHECK(desk.connect()["transport"] == "direct");
  CHECK(desk.relayed == 0);
  CHECK(desk.connect({{"relay", "attic"}, {"second", true}})["relay"] == "n-1");
  CHECK(desk.relayed > 0);
}

TEST_CASE("via: a page's host that is ours forwards for its controller", "[relay]") {
  Desk desk(kNode);
  SECTION("not before it is claimed, and its refusal is not the provider's") {
    const Json error = desk.refused("account.connect", desk.wish({{"transport", "rewrite"}}));
    CHECK(error["code"] == "forbidden");
    CHECK(error["message"].get<std::string>().starts_with("This page's host refuses our orders"));
    CHECK(error["hint"].get<std::string>().starts_with("If it is yours, claim it as a node."));
    CHECK(desk.relayed == 0);
    const Json tried = desk.ask("provider.probe", {{"provider", "render"}})["transports"];
    CHECK(tried[1]["transport"] == "rewrite");
    CHECK(tried[1]["verdict"] == "blocked");
    CHECK(tried[1]["why"].get<std::string>().contains("refuses our orders"));

    desk.claim();
    CHECK(desk.connect()["transport"] == "rewrite");
  }
  SECTION("with an order for each request") {
    desk.claim();
    const Json account = desk.connect();
    CHECK(account["transport"] == "rewrite");
    CHECK(desk.relayed >= 2);
    const Json made = desk.ask("account.run", making_one());
    CHECK(made["output"]["service"]["name"] == "x");
    for (const std::string& url : desk.seen) CHECK_FALSE(url.contains(desk.token()));
  }
  SECTION("what the provider refuses is still the provider's word") {
    desk.claim();
    const Json error =
        desk.refused("account.connect",
                     {{"provider", "render"}, {"fields", {{"token", "rnd_wrong_9f2c7a41d0"}}}});
    CHECK(error["code"] == "unauthorized");
    CHECK(error["message"].get<std::string>().contains("Render answered 401"));
  }
}
