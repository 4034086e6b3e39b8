// A page's host of a person's own: what it forwards for whom, and what it says itself.
#include <catch_amalgamated.hpp>

#include "engine/fleet/via_message.h"
#include "node-wrapper/control/site.h"
#include "tests/node-wrapper/control/harness.h"
#include "tests/node-wrapper/control/local_provider.h"

namespace a67::test {
namespace {

constexpr const char* kToken = "rnd_PLANTED9f2c7a41d0b85e";
constexpr const char* kTarget = "/via/render/api/v1/services?limit=1&secret=in-the-query";
constexpr const char* kPath = "/via/render/api/v1/services";
const std::pair<std::string, std::string> kElsewhere = {"Host", "node.example"};

class Greeting final : public Site {
 public:
  [[nodiscard]] ControlAnswer answer(const ControlHead& head) const override {
    return {.status = 200, .type = "text/plain", .body = head.method + " " + head.path};
  }
};

// A server whose requests to providers go to `provider` instead.
struct Rig {
  explicit Rig(std::string says = kFine)
      : provider(std::move(says)),
        server(options(), {}, {.elsewhere = provider.origin()}, &greeting) {}
  static ControlApi::Options options() {
    ControlApi::Options options = Harness::default_options();
    options.role = NodeRole::kServer;
    return options;
  }
  static HeaderList headers(HeaderList more = {}) {
    more.emplace_back("Authorization", std::string("Bearer ") + kToken);
    return more;
  }
  std::string order(Controller& controller, const std::string& action) {
    return controller.token(server.node(), action, {}, server.clock.now);
  }
  Answer ask(HeaderList more = {}) { return server.send("GET", kTarget, headers(std::move(more))); }
  Answer ask_with(const std::string& order) {
    return ask({kElsewhere, {std::string(kViaOrderHeader), order}});
  }

  Greeting greeting;
  LocalProvider provider;
  Controller laptop{1};
  Harness server;
};

bool is_its_own_word(const Answer& answer) {
  return answer.header(std::string(kViaRefusalHeader)) == "1";
}

}  // namespace

TEST_CASE("via: for this machine it forwards as it is, and no more than it must", "[via]") {
  Rig rig;
  const Answer answer = rig.server.send("POST", kTarget,
                                        Rig::headers({{"Cookie", "session=1"},
                                                      {"Origin", "http://localhost"},
                                                      {"User-Agent", "a browser"},
                                                      {"Sec-Fetch-Site", "same-origin"},
                                                      {"Content-Type", "application/json"}}),
                                        "{\"in the\":\"body\"}");
  CHECK(answer.status == 200);
  CHECK(answer.body == "{}");
  CHECK_FALSE(is_its_own_word(answer));
  CHECK(answer.header("content-type") == "application/json");
  CHECK(answer.header("x-ratelimit-remaining") == "7");
  CHECK(answer.header("set-cookie").empty());
  CHECK(answer.header("server").empty());
  CHECK(answer.header("cache-control") == "no-store");
  CHECK(answer.header("content-security-policy") == "default-src 'none'; sandbox");

  const std::string got = rig.provider.requests(1).at(0);
  CHECK(got.starts_with("POST /render/api/v1/services?limit=1&secret=in-the-query HTTP/1.1\r\n"));
  CHECK(got.contains(std::string("Authorization: Bearer ") + kToken + "\r\n"));
  CHECK(got.ends_with("\r\n\r\n{\"in the\":\"body\"}"));
  for (const char* kept : {"session=1", "a browser", "Origin", "Sec-Fetch"}) {
    INFO(kept);
    CHECK_FALSE(got.contains(kept));
  }
  CHECK(rig.server.log().contains("Relayed render POST: 200 in "));
  for (const char* secret : {kToken, "in-the-query", "in the", "services"}) {
    INFO(secret);
    CHECK_FALSE(rig.server.log().contains(secret));
  }
}

TEST_CASE("via: what the provider refuses is its word, not the server's", "[via]") {
  Rig rig("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n{}");
  const Answer answer = rig.ask();
  CHECK(answer.status == 401);
  CHECK_FALSE(is_its_own_word(answer));
}

TEST_CASE("via: for anybody else only its controller is forwarded for", "[via]") {
  Rig rig;
  SECTION("by another name") { CHECK(rig.ask({kElsewhere}).status == 401); }
  SECTION("through a proxy of this machine") {
    CHECK(rig.ask({{"X-Forwarded-For", "203.0.113.7"}}).status == 401);
  }
  SECTION("by a name it does not have") {
    CHECK(rig.ask({{"Host", "evil.example"}}).status == 403);
  }
  SECTION("once claimed, with an order for this very request") {
    rig.server.claimed_by(rig.laptop);
    Controller thief(2);
    const std::string action = std::string("GET ") + kPath;
    CHECK(rig.ask({kElsewhere}).status == 401);
    CHECK(rig.ask_with(rig.order(thief, action)).status == 401);
    CHECK(rig.ask_with(rig.order(rig.laptop, std::string("POST ") + kPath)).status == 401);
    CHECK(rig.ask_with(rig.order(rig.laptop, "GET /via/fly/api/v1/services")).status == 401);
    // The provider's token is no order.
    CHECK(rig.server
              .send("GET", kTarget,
                    {kElsewhere, {"Authorization", "Bearer " + rig.order(rig.laptop, action)}})
              .status == 401);
    CHECK_FALSE(rig.provider.was_asked());

    const std::string good = rig.order(rig.laptop, action);
    CHECK(rig.ask_with(good).status == 200);
    const Answer again = rig.ask_with(good);
    CHECK(again.status == 401);
    CHECK(is_its_own_word(again));
    CHECK(rig.provider.requests(1).size() == 1);
    CHECK_FALSE(rig.provider.requests(1).at(0).contains("X-Automator67"));
    return;
  }
  CHECK_FALSE(rig.provider.was_asked());
}

TEST_CASE("via: an older controller is told that there is a newer one", "[via]") {
  Rig rig;
  rig.server.claimed_by(rig.laptop);
  rig.laptop.epoch = 9;
  REQUIRE(rig.server.order(rig.laptop, "GET", "/v1/status").status == 200);
  rig.laptop.epoch = 8;
  const Answer answer = rig.ask_with(rig.order(rig.laptop, std::string("GET ") + kPath));
  CHECK(answer.code() == "stale_epoch");
  CHECK(is_its_own_word(answer));
  CHECK_FALSE(rig.provider.was_asked());
}

TEST_CASE("via: what is not for a page of its own, or on no list, is refused", "[via]") {
  Rig rig;
  Answer answer;
  SECTION("another site's page") {
    answer = rig.ask({{"Sec-Fetch-Site", "cross-site"}});
    CHECK(answer.status == 403);
  }
  SECTION("somebody's address bar") {
    answer = rig.ask({{"Sec-Fetch-Site", "none"}});
    CHECK(answer.status == 403);
  }
  SECTION("another provider") {
    answer = rig.server.send("GET", "/via/nobody/api/v1/x", Rig::headers());
    CHECK(answer.status == 404);
  }
  SECTION("another path") {
    answer = rig.server.send("GET", "/via/render/api/admin", Rig::headers());
    CHECK(answer.status == 404);
  }
  SECTION("another path by dots") {
    answer = rig.server.send("GET", "/via/render/api/v1/%2e%2e/admin", Rig::headers());
    CHECK(answer.status == 404);
  }
  SECTION("an account's own host") {
    answer = rig.server.send("GET", "/via/supabase/data/abc.supabase.co/rest/v1/x", Rig::headers());
    CHECK(answer.status == 404);
  }
  SECTION("another method") {
    answer = rig.server.send("TRACE", kTarget, Rig::headers());
    CHECK(answer.status == 400);
  }
  SECTION("more than is kept in memory") {
    answer =
        rig.server.send("PUT", kTarget, Rig::headers(), std::string(kViaBodyBytesMax + 1, 'x'));
    CHECK(answer.status == 413);
  }
  CHECK(is_its_own_word(answer));
  CHECK_FALSE(answer.body.contains(kToken));
  CHECK_FALSE(rig.provider.was_asked());
}

TEST_CASE("via: a provider that is not there is told as such", "[via]") {
  std::string gone;
  {
    const LocalProvider provider(kFine);
    gone = provider.origin();
  }
  const Greeting greeting;
  Harness server(Rig::options(), {}, {.elsewhere = gone}, &greeting);
  const Answer answer = server.send("GET", kTarget, Rig::headers());
  CHECK(answer.status == 502);
  CHECK(answer.code() == "unreachable");
  CHECK(is_its_own_word(answer));
}

TEST_CASE("site: what is no path of the API is the site's, for everybody by a name of ours",
          "[via]") {
  Rig rig;
  CHECK(rig.server.send("GET", "/apps/guestbook").body == "GET /apps/guestbook");
  CHECK(rig.server.send("GET", "/", {kElsewhere}).body == "GET /");
  CHECK(rig.server.send("GET", "/", {{"Host", "evil.example"}}).status == 403);
  CHECK(rig.server.send("GET", "/v1/hello").json()["role"] == "server");
  CHECK(rig.server.send("GET", "/v1/of-the-future").code() == "not_found");
  const Answer head = rig.server.send("HEAD", "/apps");
  CHECK(head.body.empty());
  CHECK(head.header("content-length") == "10");
}

TEST_CASE("site: a node is none, and forwards for no page", "[via]") {
  Harness node;
  CHECK(node.send("GET", "/").status == 404);
  CHECK(node.send("GET", kTarget).status == 404);
}

TEST_CASE("a server runs no replicas", "[via]") {
  Rig rig;
  rig.server.claimed_by(rig.laptop);
  const Answer answer =
      rig.server.order(rig.laptop, "PUT", "/v1/desired", dump_json(desired_json(5, 1)));
  CHECK(answer.status == 400);
  CHECK(answer.body.contains("This node is a server: it runs no replicas."));
}

}  // namespace a67::test
