// A node that passes a controller's requests on: what it lets through, and what nobody can make it
// do.
#include <array>
#include <catch_amalgamated.hpp>

#include "engine/fleet/relay_message.h"
#include "engine/native/connect.h"
#include "node-wrapper/control/relay_rules.h"
#include "tests/node-wrapper/control/harness.h"
#include "tests/node-wrapper/control/local_provider.h"

namespace a67::test {
namespace {

namespace net = boost::asio;

constexpr const char* kToken = "rnd_PLANTED9f2c7a41d0b85e";

RelayRequest request_for(std::string url, std::string method = "GET") {
  RelayRequest request{.id = "r-1", .provider = "render", .http = {}};
  request.http.method = std::move(method);
  request.http.url = std::move(url);
  request.http.headers = {{"Authorization", std::string("Bearer ") + kToken},
                          {"Content-Type", "application/json"}};
  return request;
}

// A claimed node whose requests to providers go to `provider` instead.
struct Rig {
  explicit Rig(std::string says = kFine)
      : provider(std::move(says)),
        node(Harness::default_options(), {}, {.elsewhere = provider.origin()}) {
    node.claimed_by(laptop);
  }
  Answer relay(const RelayRequest& request) {
    return node.order(laptop, "POST", "/v1/relay", write_relay_request(request));
  }

  LocalProvider provider;
  Controller laptop{1};
  Harness node;
};

constexpr std::string_view kUrl = "https://api.render.com/v1/services?limit=1&secret=in-the-query";

}  // namespace

TEST_CASE("Relay: an ordered request is carried out, and the answer comes back", "[relay]") {
  Rig rig;
  RelayRequest request = request_for(std::string(kUrl), "POST");
  request.http.body = std::string("a\0\xff\n in the body", 16);
  const Answer answer = rig.relay(request);
  REQUIRE(answer.status == 200);
  const auto told = read_relay_answer(answer.body);
  REQUIRE(told);
  CHECK(told->status == 200);
  CHECK(told->body == "{}");
  CHECK(told->headers ==
        Headers{{"content-type", "application/json"}, {"x-ratelimit-remaining", "7"}});

  const std::string got = rig.provider.requests(1).at(0);
  CHECK(got.starts_with("POST /render/api/v1/services?limit=1&secret=in-the-query HTTP/1.1\r\n"));
  CHECK(got.contains(std::string("Authorization: Bearer ") + kToken + "\r\n"));
  CHECK(got.ends_with("\r\n\r\n" + request.http.body));
  CHECK_FALSE(got.contains("Origin"));

  CHECK(rig.node.log().contains("Relayed render POST: 200 in "));
  CHECK(rig.node.log().contains("request r-1."));
  for (const char* secret : {kToken, "in-the-query", "in the body", "services"}) {
    INFO(secret);
    CHECK_FALSE(rig.node.log().contains(secret));
  }
}

TEST_CASE("Relay: a redirect is an answer, and nobody follows it", "[relay]") {
  Rig rig("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n");
  const auto told = read_relay_answer(rig.relay(request_for(std::string(kUrl))).body);
  REQUIRE(told);
  CHECK(told->status == 302);
  CHECK(rig.provider.requests(1).size() == 1);
}

TEST_CASE("Relay: what is on no list is refused and reaches nobody", "[relay]") {
  Rig rig;
  RelayRequest request = request_for(std::string(kUrl));
  SECTION("another host") { request.http.url = "https://api.render.com.evil.example/v1/services"; }
  SECTION("another port") { request.http.url = "https://api.render.com:8443/v1/services"; }
  SECTION("without encryption") { request.http.url = "http://api.render.com/v1/services"; }
  SECTION("another path") { request.http.url = "https://api.render.com/admin"; }
  SECTION("another path by dots") { request.http.url = "https://api.render.com/v1/../admin"; }
  SECTION("written otherwise") { request.http.url = "https://api.render.com/v1/%2e%2E/admin"; }
  SECTION("with an escaped slash") { request.http.url = "https://api.render.com/v1/..%2fadmin"; }
  SECTION("another provider's") { request.provider = "fly"; }
  SECTION("a provider nobody knows") { request.provider = "nobody"; }
  SECTION("a user in the host") { request.http.url = "https://api.render.com@evil.example/v1/x"; }
  SECTION("a cookie") { request.http.headers.emplace_back("Cookie", "session=1"); }
  SECTION("the person's address") {
    request.http.headers.emplace_back("X-Forwarded-For", "10.0.0.1");
  }
  SECTION("another host's name") { request.http.headers.emplace_back("Host", "evil.example"); }
  const Answer answer = rig.relay(request);
  CHECK(answer.status == 403);
  CHECK(answer.code() == "forbidden");
  CHECK_FALSE(answer.body.contains(kToken));
  CHECK_FALSE(rig.node.log().contains(kToken));
  CHECK_FALSE(rig.provider.was_asked());
}

TEST_CASE("Relay: what is no request of ours is refused", "[relay]") {
  Rig rig;
  const std::string good = write_relay_request(request_for(std::string(kUrl)));
  std::string body = good;
  SECTION("nothing") { body.clear(); }
  SECTION("no line") { body = good.substr(0, good.find('\n')); }
  SECTION("no JSON") { body = "GET / HTTP/1.1\n"; }
  SECTION("a header that is two") { body.replace(body.find("Bearer "), 7, R"(x\r\nA: )"); }
  SECTION("a method of its own") { body.replace(body.find("\"GET\""), 5, "\"TRACE\""); }
  const Answer answer = rig.node.order(rig.laptop, "POST", "/v1/relay", body);
  CHECK(answer.status == 400);
  CHECK_FALSE(answer.body.contains(kToken));
  CHECK_FALSE(rig.provider.was_asked());
}

TEST_CASE("Relay: only the node's controller is served, each order once, for its own body",
          "[relay]") {
  Rig rig;
  Controller thief(2);
  const std::string body = write_relay_request(request_for(std::string(kUrl)));
  const std::string action = "POST /v1/relay";
  const auto send = [&](const std::string& token, const std::string& sent) {
    return rig.node.send("POST", "/v1/relay", {{"Authorization", "Bearer " + token}}, sent);
  };
  const UnixMs now = rig.node.clock.now;
  SECTION("nobody") { CHECK(rig.node.send("POST", "/v1/relay", {}, body).status == 401); }
  SECTION("somebody else") {
    CHECK(send(thief.token(rig.node.node(), action, body, now), body).status == 401);
  }
  SECTION("an order for something else") {
    CHECK(send(rig.laptop.token(rig.node.node(), "POST /v1/unclaim", body, now), body).status ==
          401);
  }
  SECTION("an order for another body") {
    CHECK(send(rig.laptop.token(rig.node.node(), action, body, now), body + "x").status == 401);
  }
  SECTION("an order that names no body") {
    CHECK(send(rig.laptop.token(rig.node.node(), action, {}, now), body).status == 401);
  }
  SECTION("an older controller") {
    rig.laptop.epoch = 9;
    REQUIRE(rig.node.order(rig.laptop, "GET", "/v1/status").status == 200);
    rig.laptop.epoch = 8;
    CHECK(rig.relay(request_for(std::string(kUrl))).code() == "stale_epoch");
  }
  SECTION("a page it does not know") {
    const std::string token = rig.laptop.token(rig.node.node(), action, body, now);
    CHECK(rig.node
              .send("POST", "/v1/relay",
                    {{"Authorization", "Bearer " + token}, {"Origin", "https://evil.example"}},
                    body)
              .status == 403);
  }
  CHECK_FALSE(rig.provider.was_asked());
  SECTION("the same order again") {
    const std::string token = rig.laptop.token(rig.node.node(), action, body, now);
    CHECK(send(token, body).status == 200);
    CHECK(send(token, body).status == 401);
    CHECK(rig.provider.requests(1).size() == 1);
  }
  CHECK_FALSE(rig.node.log().contains(kToken));
}

TEST_CASE("Relay: sizes are limited in both directions", "[relay]") {
  Rig rig;
  RelayRequest request = request_for(std::string(kUrl), "PUT");
  SECTION("a body that just fits") {
    request.http.body.assign(kRelayBodyBytesMax, 'x');
    CHECK(rig.relay(request).status == 200);
    CHECK(rig.provider.requests(1).at(0).ends_with(request.http.body));
  }
  SECTION("one that does not") {
    request.http.body.assign(kRelayBodyBytesMax + 1, 'x');
    CHECK(rig.relay(request).status == 413);
    CHECK_FALSE(rig.provider.was_asked());
  }
  SECTION("an answer that is larger than asked for") {
    request.http.bytes_max = 1;
    CHECK(rig.relay(request).code() == "too_large");
  }
}

TEST_CASE("Relay: a provider that says nothing is told as such, and so is one that is not there",
          "[relay]") {
  SECTION("silent") {
    Rig rig;
    rig.provider.hold();
    RelayRequest request = request_for(std::string(kUrl));
    request.http.timeout = Duration{50};
    const Answer answer = rig.relay(request);
    CHECK(answer.status == 504);
    CHECK(answer.code() == "timeout");
    CHECK(rig.node.log().contains("Relayed render GET: timeout in "));
  }
  SECTION("not there") {
    std::string gone;
    {
      const LocalProvider provider(kFine);
      gone = provider.origin();
    }
    Harness node(Harness::default_options(), {}, {.elsewhere = gone});
    Controller laptop(1);
    node.claimed_by(laptop);
    const Answer answer = node.order(laptop, "POST", "/v1/relay",
                                     write_relay_request(request_for(std::string(kUrl))));
    CHECK(answer.status == 502);
    CHECK(answer.code() == "unreachable");
  }
}

TEST_CASE("Relay: a few requests at a time, and the next one is told to wait", "[relay]") {
  Rig rig;
  rig.provider.hold();
  std::vector<std::thread> asking;
  std::atomic<std::size_t> fine = 0;
  for (std::size_t count = 0; count < Relay::kAtOnceMax; ++count) {
    const std::string body = write_relay_request(request_for(std::string(kUrl)));
    const std::string token =
        rig.laptop.token(rig.node.node(), "POST /v1/relay", body, rig.node.clock.now);
    asking.emplace_back([&, body, token] {
      if (rig.node.send("POST", "/v1/relay", {{"Authorization", "Bearer " + token}}, body).status ==
          200)
        ++fine;
    });
  }
  CHECK(rig.provider.requests(Relay::kAtOnceMax).size() == Relay::kAtOnceMax);
  const Answer refused = rig.relay(request_for(std::string(kUrl)));
  CHECK(refused.status == 429);
  CHECK(rig.node.order(rig.laptop, "GET", "/v1/status").status == 200);
  rig.provider.release();
  for (std::thread& one : asking) one.join();
  CHECK(fine == Relay::kAtOnceMax);
  CHECK(rig.relay(request_for(std::string(kUrl))).status == 200);
}

TEST_CASE("Relay: a name that leads into this machine or its network is not followed", "[relay]") {
  LocalProvider provider(kFine);
  const std::string origin = "http://localhost" + provider.origin().substr(16);
  const std::array<std::string_view, 1> paths = {"/v1/"};
  const std::array table = {
      Forward{.provider = "render", .host = "api", .origin = origin, .paths = paths}};
  Harness node(Harness::default_options(), {}, {.table = table, .elsewhere = {}});
  Controller laptop(1);
  node.claimed_by(laptop);
  const Answer answer =
      node.order(laptop, "POST", "/v1/relay", write_relay_request(request_for(origin + "/v1/x")));
  CHECK(answer.status == 403);
  CHECK(answer.body.contains("not on the public internet"));
  CHECK_FALSE(provider.was_asked());
}

TEST_CASE("Addresses: only those of the public internet are public", "[relay]") {
  const auto is_public = [](const char* text) {
    return native::is_public_address(net::ip::make_address(text));
  };
  for (const char* text :
       {"1.1.1.1", "8.8.8.8", "172.15.255.255", "172.32.0.1", "100.128.0.1", "223.255.255.255",
        "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8", "2002:808:808::1"}) {
    INFO(text);
    CHECK(is_public(text));
  }
  for (const char* text : {"127.0.0.1",
                           "127.9.9.9",
                           "0.0.0.0",
                           "10.0.0.1",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.168.1.1",
                           "169.254.169.254",
                           "100.64.0.1",
                           "198.18.0.1",
                           "192.0.2.1",
                           "224.0.0.1",
                           "255.255.255.255",
                           "::1",
                           "::",
                           "fe80::1",
                           "fd00::1",
                           "ff02::1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.0.0.1",
                           "64:ff9b::a00:1",
                           "2002:a00:1::",
                           "2001:db8::1",
                           "2001::1"}) {
    INFO(text);
    CHECK_FALSE(is_public(text));
  }
}

TEST_CASE("Rules: an account's own host is let through where a card has a pattern", "[relay]") {
  const std::array<std::string_view, 1> paths = {"/rest/"};
  const std::array table = {Forward{
      .provider = "supabase", .host = "data", .origin = "https://*.supabase.co", .paths = paths}};
  const auto found = [&](const char* url) {
    return find_forward(table, "supabase", url) != nullptr;
  };
  CHECK(found("https://abc.supabase.co/rest/v1"));
  CHECK_FALSE(found("https://supabase.co/rest/v1"));
  CHECK_FALSE(found("https://evil.example/.supabase.co/rest/v1"));
  CHECK_FALSE(found("https://evil.example#.supabase.co/rest/"));
  CHECK_FALSE(found("https://a@b.supabase.co/rest/"));
  CHECK_FALSE(found("https://abc.supabase.co/auth/"));
  CHECK_FALSE(found("https://abc.supabase.co"));
  CHECK_FALSE(is_loopback_origin("http://127.0.0.1:80.evil.example"));
  CHECK_FALSE(is_loopback_origin("https://relay.example"));
  CHECK(is_loopback_origin("http://127.0.0.1:4000"));
}

}  // namespace a67::test
