// Nodes made at providers: the real engine over an open vault, a strict fake of Render, and nodes
// as small as they can be, which take the code that the service was given.
#include <catch_amalgamated.hpp>
#include <optional>
#include <set>
#include <string>

#include "engine/fleet/node_protocol.h"
#include "engine/fleet/single_port.h"
#include "tests/engine/api/vault_host.h"
#include "tests/fakes/fake_provider.h"

using namespace a67;

namespace {

const std::string kPassphrase = "violet canoe sings at noon";
const std::string kEndpoint = "http://127.0.0.1:9";
const std::string kAddress = "https://a67-node.onrender.com";
constexpr Duration kTick{1'000};

class Cloud {
 public:
  Cloud() : fake_(fakes::make_fake("render")) {
    fake_->set_deploy_time(Duration{0});
    host.on_http = [this](const Json& request) { return send(request); };
    REQUIRE(host.create(kPassphrase)->ok);
    ask("account.connect", {{"provider", "render"},
                            {"fields", {{"token", fake_->sample().credential.front().second}}},
                            {"endpoint", kEndpoint}});
  }

  // Waits for the answer as long as it takes, in steps of a second.
  VaultHost::End end_of(std::int64_t id, int seconds = 1'200) {
    for (int at = 0; at < seconds; ++at) {
      if (auto end = host.end_of(id)) return *end;
      host.pass(kTick);
    }
    FAIL("no answer");
    return {};
  }
  Json ask(const char* name, Json body = Json::object()) {
    const auto end = end_of(host.send(name, std::move(body)));
    INFO(name << ": " << end.body.dump());
    REQUIRE(end.ok);
    return end.body;
  }
  Json refused(const char* name, Json body = Json::object()) {
    const auto end = end_of(host.send(name, std::move(body)));
    INFO(name << ": " << end.body.dump());
    REQUIRE_FALSE(end.ok);
    return end.body;
  }
  std::int64_t make() { return host.send("node.make", kWanted); }
  // A page that is opened again. The nodes and the provider know nothing of it.
  void reload() {
    host.go_on();
    host.start();
    REQUIRE(host.unlock(kPassphrase)->ok);
  }
  void pass(int seconds) {
    for (int at = 0; at < seconds; ++at) host.pass(kTick);
  }
  [[nodiscard]] Json made() { return ask("node.made")["made"]; }
  [[nodiscard]] Json fleet() { return ask("node.list")["nodes"]; }
  [[nodiscard]] bool has_secret() {
    for (const Json& one : ask("secret.list")["secrets"]) {
      if (one["name"] == "node.render.a67-node") return true;
    }
    return false;
  }
  fakes::FakeProvider& fake() { return *fake_; }

  static inline const Json kWanted = {
      {"account", "render"}, {"name", "a67-node"}, {"image", "docker.io/ada/automator67-node:1"}};

  VaultHost host;
  bool answers = true;          // the node does, as soon as its service is there
  bool is_taken = false;        // somebody else has claimed it
  std::string claimed_with;     // the code
  std::set<std::string> codes;  // that services were given

 private:
  Result<Json> send(const Json& request) {
    const std::string url = string_or(request, "url");
    HttpRequest http{
        .method = string_or(request, "method"), .url = url, .body = string_or(request, "body")};
    for (const Json& one : array_at(request, "headers")) http.headers.emplace_back(one[0], one[1]);
    if (url.starts_with(kEndpoint)) {
      const HttpResponse answer =
          fake_->handle(http, url.substr(kEndpoint.size()), 1'700'000'000'000 + ++asked_);
      for (const auto& one : fake_->running()) codes.insert(string_or(one.env, "A67_CLAIM_CODE"));
      Json headers = Json::array();
      for (const auto& [name, value] : answer.headers) headers.push_back({name, value});
      return Json{{"status", answer.status}, {"headers", headers}, {"body", answer.body}};
    }
    const std::string control = kAddress + std::string(kControlPrefix);
    const auto running = fake_->running();
    if (!url.starts_with(control) || running.empty()) {
      return fail(ErrorCode::kUnreachable, "Nobody answered.");
    }
    // What a provider says for a service that is not up.
    if (!answers) return said(502, "<html>Bad gateway</html>");
    return node(http, url.substr(control.size()), running.front().env);
  }

  Result<Json> node(const HttpRequest& http, const std::string& path, const Json& env) {
    if (path == kHelloPath) {
      return said(200, to_json(Hello{.node = NodeId("n-1"),
                                     .name = string_or(env, "A67_NODE_NAME"),
                                     .version = "0.1.0",
                                     .claimed = !claimed_with.empty(),
                                     .now = host.unix_now()}));
    }
    if (path == kClaimPath) {
      const auto claim = claim_request_from_json(Json::parse(http.body));
      REQUIRE(claim);
      if (is_taken) {
        return said(409, {{"error", {{"code", "conflict"}, {"message", "It is another's."}}}});
      }
      CHECK(claim->code.expose() == string_or(env, "A67_CLAIM_CODE"));
      claimed_with = claim->code.expose();
      return said(200, to_json(ClaimAnswer{.node = NodeId("n-1"),
                                           .name = string_or(env, "A67_NODE_NAME"),
                                           .gateway_url = "http://127.0.0.1:8080",
                                           .now = host.unix_now()}));
    }
    return said(404, Json::object());
  }

  static Json said(int status, const Json& body) {
    return {{"status", status},
            {"headers", Json::array()},
            {"body", body.is_string() ? body.get<std::string>() : body.dump()}};
  }

  std::unique_ptr<fakes::FakeProvider> fake_;
  UnixMs asked_ = 0;
};

}  // namespace

TEST_CASE("node.make: a service is made, and the node in it claimed with the code it was given",
          "[made]") {
  Cloud cloud;
  const std::int64_t id = cloud.make();
  const auto end = cloud.end_of(id);
  INFO(end.body.dump());
  REQUIRE(end.ok);
  CHECK(end.body["node"]["name"] == "a67-node");
  CHECK(end.body["node"]["url"] == kAddress + std::string(kControlPrefix));
  // What the node believes to be its address is nobody else's.
  CHECK(end.body["node"]["gatewayUrl"] == kAddress);
  const auto running = cloud.fake().running();
  REQUIRE(running.size() == 1);
  CHECK(running[0].env["PORT"] == "8080");
  CHECK(running[0].source["image"] == "docker.io/ada/automator67-node:1");

  std::set<std::string> steps;
  for (const Json& message : cloud.host.out()) {
    if (message["kind"] == "progress") steps.insert(string_or(message["body"], "step"));
  }
  CHECK(steps.contains("making"));
  CHECK(steps.contains("answering"));
  CHECK(cloud.made()[0]["step"] == "ready");
  CHECK(cloud.made()[0]["node"] == "n-1");

  // The code is worth nothing any more, was never told to anybody else, and is kept nowhere.
  const std::string code = cloud.claimed_with;
  CHECK(code.size() == 14);
  CHECK_FALSE(cloud.has_secret());
  for (const Json& message : cloud.host.out()) CHECK_FALSE(message.dump().contains(code));
  for (const auto& [key, value] : cloud.host.table()) CHECK_FALSE(value.contains(code));

  SECTION("its service removed, it leaves the fleet") {
    const Json services =
        cloud.ask("account.run", {{"account", "render"}, {"operation", "service.list"}});
    cloud.ask("account.run", {{"account", "render"},
                              {"operation", "service.remove"},
                              {"input", {{"service", services["output"]["services"][0]["id"]}}}});
    CHECK(cloud.fleet().empty());
    CHECK(cloud.made().empty());
    CHECK(cloud.fake().is_empty());
  }
  SECTION("unmade, it is gone from both") {
    cloud.ask("node.unmake", {{"made", "render.a67-node"}, {"force", true}});
    CHECK(cloud.fleet().empty());
    CHECK(cloud.made().empty());
    CHECK(cloud.fake().is_empty());
  }
  SECTION("without its account it goes on, which was said before") {
    CHECK(
        cloud.ask("account.get", {{"account", "render"}}).dump().contains("Nodes made with it: 1"));
    cloud.ask("account.disconnect", {{"account", "render"}});
    CHECK(cloud.fleet().size() == 1);
    CHECK(cloud.made().empty());
  }
}

TEST_CASE("node.make: stopped anywhere, the engine goes on where it was or nothing was begun",
          "[made]") {
  const bool kept = GENERATE(true, false);
  const int after = GENERATE(range(0, 9));
  CAPTURE(kept, after);
  Cloud cloud;
  cloud.answers = after % 2 == 0;
  cloud.host.stop_after(static_cast<std::size_t>(after), kept);
  const std::int64_t id = cloud.make();
  for (int at = 0; at < 30 && !cloud.host.stopped(); ++at) {
    (void)cloud.host.end_of(id);
    cloud.host.pass(kTick);
  }
  cloud.answers = true;
  cloud.reload();
  cloud.pass(30);
  const Json made = cloud.made();
  if (made.empty()) {
    CHECK(cloud.fake().is_empty());
    CHECK(cloud.fleet().empty());
    return;
  }
  CHECK(made[0]["step"] == "ready");
  CHECK(cloud.fake().running().size() == 1);
  CHECK(cloud.fleet().size() == 1);
  CHECK(cloud.codes.size() == 1);
  CHECK_FALSE(cloud.has_secret());
}

TEST_CASE("node.make: a node that never comes is given up, and what is left is named", "[made]") {
  Cloud cloud;
  cloud.answers = false;
  const auto end = cloud.end_of(cloud.make());
  REQUIRE_FALSE(end.ok);
  CHECK(end.code() == "timeout");
  CHECK(string_or(end.body, "message").contains("15 minutes"));
  CHECK(string_or(end.body, "hint").contains("unmake-node render.a67-node"));
  CHECK(end.body["lines"][0].get<std::string>().starts_with("service srv-"));
  CHECK(cloud.made()[0]["step"] == "failed");
  CHECK(cloud.made()[0]["problem"]["code"] == "timeout");

  // Nobody tries again by himself, also not after a reload.
  cloud.answers = true;
  cloud.reload();
  cloud.pass(30);
  CHECK(cloud.fleet().empty());
  CHECK(cloud.refused("node.make", Cloud::kWanted)["field"] == "name");
  cloud.ask("node.unmake", {{"made", "render.a67-node"}});
  CHECK(cloud.fake().is_empty());
  CHECK(cloud.made().empty());
  CHECK_FALSE(cloud.has_secret());
  CHECK(cloud.ask("node.make", Cloud::kWanted)["node"]["name"] == "a67-node");
}

TEST_CASE("node.make: the time counts while nobody looks", "[made]") {
  Cloud cloud;
  cloud.answers = false;
  const std::int64_t id = cloud.make();
  for (int at = 0; at < 10; ++at) (void)cloud.host.end_of(id);
  cloud.host.pass_while_closed(std::chrono::hours(1));
  SECTION("but one that answers meanwhile is taken in") {
    cloud.answers = true;
    cloud.reload();
    cloud.pass(10);
    CHECK(cloud.made()[0]["step"] == "ready");
  }
  SECTION("one that does not is given up") {
    cloud.reload();
    cloud.pass(10);
    CHECK(cloud.made()[0]["step"] == "failed");
  }
}

TEST_CASE("node.make: cancelled, nothing is left", "[made]") {
  Cloud cloud;
  cloud.answers = false;
  const std::int64_t id = cloud.make();
  const int steps = GENERATE(0, 1, 5);
  for (int at = 0; at < steps; ++at) (void)cloud.host.end_of(id);
  cloud.host.cancel(id);
  const auto end = cloud.end_of(id);
  REQUIRE_FALSE(end.ok);
  CHECK(end.code() == "cancelled");
  CHECK(cloud.fake().is_empty());
  CHECK(cloud.made().empty());
  CHECK(cloud.fleet().empty());
  CHECK_FALSE(cloud.has_secret());
}

TEST_CASE("node.make: refusals are told at once, with what to do", "[made]") {
  Cloud cloud;
  SECTION("the provider has the name already") {
    cloud.ask("account.run",
              {{"account", "render"},
               {"operation", "service.create"},
               {"input", {{"name", "a67-node"}, {"source", {{"kind", "image"}, {"image", "x"}}}}}});
    const Json error = cloud.refused("node.make", Cloud::kWanted);
    CHECK(error["code"] == "conflict");
    CHECK(error["field"] == "name");
    CHECK(cloud.made().empty());
    CHECK_FALSE(cloud.has_secret());
    CHECK(cloud.fake().running().size() == 1);
  }
  SECTION("its deployment fails") {
    cloud.fake().fail_next_deployment();
    const Json error = cloud.refused("node.make", Cloud::kWanted);
    CHECK(error["message"].get<std::string>().contains("failed"));
    CHECK(cloud.made()[0]["step"] == "failed");
    cloud.ask("node.unmake", {{"made", "render.a67-node"}});
    CHECK(cloud.fake().is_empty());
  }
  SECTION("somebody else was quicker") {
    cloud.is_taken = true;
    const Json error = cloud.refused("node.make", Cloud::kWanted);
    CHECK(error["code"] == "conflict");
    CHECK(error["message"].get<std::string>().contains("does not take the code"));
    CHECK(error["lines"].size() == 1);
  }
  SECTION("there is no such account") {
    Json wanted = Cloud::kWanted;
    wanted["account"] = "fly";
    CHECK(cloud.refused("node.make", wanted)["code"] == "not_found");
  }
  SECTION("and none of this name was made") {
    CHECK(cloud.refused("node.unmake", {{"made", "render.x"}})["code"] == "not_found");
  }
}
