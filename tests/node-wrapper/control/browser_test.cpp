#include <catch_amalgamated.hpp>

#include "node-wrapper/control/access.h"
#include "tests/node-wrapper/control/harness.h"

namespace a67::test {
namespace {

constexpr const char* kPage = "http://localhost:3000";
constexpr const char* kForeign = "https://evil.example";

HeaderList preflight(const std::string& origin) {
  return {{"Origin", origin},
          {"Access-Control-Request-Method", "PUT"},
          {"Access-Control-Request-Headers", "authorization,content-type"},
          {"Access-Control-Request-Private-Network", "true"}};
}

}  // namespace

TEST_CASE("CORS: an unclaimed node talks to any page about hello and claim only", "[control]") {
  Harness node;
  for (const char* path : {"/v1/hello", "/v1/claim"}) {
    const Answer answer = node.send("OPTIONS", path, preflight(kForeign));
    CHECK(answer.status == 204);
    CHECK(answer.header("access-control-allow-origin") == kForeign);
    CHECK(answer.header("access-control-allow-headers") == "authorization, content-type");
    CHECK(answer.header("access-control-max-age") == "600");
    CHECK(answer.header("access-control-allow-private-network") == "true");
    CHECK(answer.header("vary") == "Origin");
  }
  CHECK(
      node.send("GET", "/v1/hello", {{"Origin", kForeign}}).header("access-control-allow-origin") ==
      kForeign);
  for (const char* path : {"/v1/status", "/v1/desired", "/metrics"}) {
    const Answer answer = node.send("OPTIONS", path, preflight(kForeign));
    CHECK(answer.status == 403);
    CHECK(answer.header("access-control-allow-origin").empty());
  }
}

TEST_CASE("CORS: a claimed node talks to the page that claimed it, and to no other", "[control]") {
  Harness node;
  Controller laptop(1);
  node.claimed_by(laptop, {{"Origin", kPage}});
  const auto check = [&] {
    for (const char* path : {"/v1/hello", "/v1/claim", "/v1/desired", "/v1/status"}) {
      const Answer own = node.send("OPTIONS", path, preflight(kPage));
      CHECK(own.status == 204);
      CHECK(own.header("access-control-allow-origin") == kPage);
      const Answer foreign = node.send("OPTIONS", path, preflight(kForeign));
      CHECK(foreign.status == 403);
      CHECK(foreign.header("access-control-allow-origin").empty());
      CHECK(foreign.header("access-control-allow-private-network").empty());
    }
    const Answer status = node.order(laptop, "GET", "/v1/status", {}, {{"Origin", kPage}});
    CHECK(status.status == 200);
    CHECK(status.header("access-control-allow-origin") == kPage);
    // Even a right order is not taken from a page that is not ours.
    CHECK(node.order(laptop, "GET", "/v1/status", {}, {{"Origin", kForeign}}).status == 403);
    CHECK(node.send("GET", "/v1/hello", {{"Origin", kForeign}})
              .header("access-control-allow-origin")
              .empty());
  };
  check();
  SECTION("also after a restart") {
    node.restart();
    check();
  }
}

TEST_CASE("CORS: a refusal can be read by the page it is for", "[control]") {
  Harness node;
  Controller laptop(1);
  node.claimed_by(laptop, {{"Origin", kPage}});
  const Answer refused = node.send("GET", "/v1/status", {{"Origin", kPage}});
  CHECK(refused.status == 401);
  CHECK(refused.header("access-control-allow-origin") == kPage);
}

TEST_CASE("CORS: a node claimed from the command line talks to no page", "[control]") {
  Harness node;
  Controller laptop(1);
  node.claimed_by(laptop);
  CHECK(node.send("OPTIONS", "/v1/hello", preflight(kPage)).status == 403);
}

TEST_CASE("Host: a name that is not ours is not answered", "[control]") {
  Harness node;
  for (const char* host :
       {"127.0.0.1", "localhost:4601", "a.localhost", "[::1]:4601", "NODE.example", "192.0.2.1"}) {
    INFO(host);
    CHECK(node.send("GET", "/v1/hello", {{"Host", host}}).status == 200);
  }
  for (const char* host : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example",
                           "xlocalhost", "", "[::1", "[::1]x"}) {
    INFO(host);
    CHECK(node.send("GET", "/v1/hello", {{"Host", host}}).status == 403);
  }
}

TEST_CASE("Host: two of them are none", "[control]") {
  Harness node;
  CHECK(node.send("GET", "/healthz", {{"Host", "localhost"}, {"Host", "localhost"}}).status != 200);
}

TEST_CASE("Origins: odd ones are not kept", "[control]") {
  CHECK(is_origin("http://localhost:3000"));
  CHECK_FALSE(is_origin(""));
  CHECK_FALSE(is_origin("http://a b"));
  CHECK_FALSE(is_origin(std::string(301, 'a')));
}

TEST_CASE("Host: a node on the internet answers to every name when it is told to", "[control]") {
  CHECK_FALSE(is_own_host("node.provider.example", {}));
  CHECK(is_own_host("node.provider.example", {std::string(kAnyHost)}));
  CHECK_FALSE(is_own_host("", {std::string(kAnyHost)}));
}

TEST_CASE("Metrics: a client behind a proxy of this machine is not on this machine", "[control]") {
  Harness node;
  CHECK(node.send("GET", "/metrics").status == 200);
  CHECK(node.send("GET", "/metrics", {{"X-Forwarded-For", "127.0.0.1"}}).status == 403);
  CHECK(node.log().contains(" for 127.0.0.1"));
}

}  // namespace a67::test
