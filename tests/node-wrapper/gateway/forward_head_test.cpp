#include "node-wrapper/gateway/forward_head.h"

#include <catch_amalgamated.hpp>
#include <string>
#include <string_view>

using namespace a67::gateway;

namespace {

std::string forwarded(std::string_view bytes, RequestContext context) {
  RequestHead head;
  head.reset();
  REQUIRE(head.feed(bytes) == Progress::kComplete);
  if (context.target.empty()) context.target = head.target;
  std::string out;
  append_request_head(out, head, context);
  return out;
}

std::string answered(std::string_view bytes, ResponseContext context) {
  ResponseHead head;
  head.reset();
  REQUIRE(head.feed(bytes) == Progress::kComplete);
  std::string out;
  append_response_head(out, head,
                       choose_framing(head, context.method, context.client_version_minor), context);
  return out;
}

const RequestContext kFromClient{.target = {},
                                 .client_address = "9.9.9.9",
                                 .request_id = "id1",
                                 .prefix = {},
                                 .from_mesh = false,
                                 .hop = std::nullopt};

}  // namespace

TEST_CASE("append_request_head: what a client says of itself is replaced", "[gateway]") {
  const std::string out = forwarded(
      "GET /x HTTP/1.1\r\nAccept: a\r\nHost: app\r\nX-Forwarded-For: 6.6.6.6\r\nForwarded: "
      "for=6\r\n"
      "X-Real-IP: 6\r\nx_forwarded_for: 6\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Prefix: "
      "/evil\r\n"
      "A67-Hop: r1\r\nA67-Mesh: forged\r\nX-Request-Id: bad id\r\nCookie: c  \r\n\r\n",
      kFromClient);
  CHECK(out ==
        "GET /x HTTP/1.1\r\nHost: app\r\nAccept: a\r\nCookie: c  \r\nX-Forwarded-For: 9.9.9.9\r\n"
        "X-Forwarded-Proto: http\r\nX-Forwarded-Host: app\r\nX-Request-Id: id1\r\n\r\n");
}

TEST_CASE("append_request_head: what a proven peer says of the client is kept", "[gateway]") {
  RequestContext context = kFromClient;
  context.from_mesh = true;
  const std::string out = forwarded(
      "GET /x HTTP/1.1\r\nHost: app\r\nX-Forwarded-For: 1.1.1.1\r\nX-Forwarded-Proto: https\r\n"
      "X-Forwarded-Host: public\r\nX-Forwarded-Prefix: /@app\r\nA67-Hop: r1\r\nA67-Mesh: m\r\n\r\n",
      context);
  CHECK(out ==
        "GET /x HTTP/1.1\r\nHost: app\r\nX-Forwarded-For: 1.1.1.1, 9.9.9.9\r\n"
        "X-Forwarded-Proto: https\r\nX-Forwarded-Host: public\r\nX-Forwarded-Prefix: /@app\r\n"
        "X-Request-Id: id1\r\n\r\n");
}

TEST_CASE("append_request_head: hop-by-hop headers stay behind", "[gateway]") {
  const std::string out = forwarded(
      "POST / HTTP/1.1\r\nHost: a\r\nConnection: x-private, close\r\nX-Private: 1\r\nKeep-Alive: "
      "5\r\n"
      "TE: trailers\r\nProxy-Connection: x\r\nTransfer-Encoding: chunked\r\nUpgrade: websocket\r\n"
      "Expect: 100-continue\r\nX-Kept: 1\r\n\r\n",
      kFromClient);
  CHECK(out ==
        "POST / HTTP/1.1\r\nHost: a\r\nX-Kept: 1\r\nX-Forwarded-For: 9.9.9.9\r\n"
        "X-Forwarded-Proto: http\r\nX-Forwarded-Host: a\r\nX-Request-Id: id1\r\n"
        "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
}

TEST_CASE("append_request_head: a Connection header cannot remove what we add", "[gateway]") {
  const std::string out = forwarded(
      "POST / HTTP/1.1\r\nHost: a\r\nConnection: Host, Content-Length, X-Forwarded-For\r\n"
      "Content-Length: 3\r\n\r\n",
      kFromClient);
  CHECK(out.contains("Host: a\r\n"));
  CHECK(out.contains("Content-Length: 3\r\n"));
  CHECK(out.contains("X-Forwarded-For: 9.9.9.9\r\n"));
}

TEST_CASE("append_request_head: prefix, hop and upgrade are told to the next server", "[gateway]") {
  RequestContext context = kFromClient;
  context.target = "/y";
  context.prefix = "/@app";
  context.hop = HopHeaders{.replica = "r1", .mac = "mac"};
  const std::string out = forwarded(
      "GET /@app/y HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
      context);
  CHECK(out.starts_with("GET /y HTTP/1.1\r\n"));
  CHECK(out.contains("X-Forwarded-Prefix: /@app\r\n"));
  CHECK(out.contains("A67-Hop: r1\r\nA67-Mesh: mac\r\n"));
  CHECK(out.ends_with("Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"));
}

TEST_CASE("append_response_head: framing is ours, and mesh headers of an app are dropped",
          "[gateway]") {
  const std::string out = answered(
      "HTTP/1.1 200 Fine\r\nA: 1\r\nContent-Length: 5\r\nConnection: keep-alive, x-own\r\nX-Own: "
      "1\r\n"
      "Keep-Alive: timeout=5\r\nA67-Reason: replica-gone\r\nA67-Load: 1 1\r\nB: 2\r\n\r\n",
      {});
  CHECK(out == "HTTP/1.1 200 Fine\r\nA: 1\r\nB: 2\r\nContent-Length: 5\r\n\r\n");
}

TEST_CASE(
    "append_response_head: a body without a length is chunked for HTTP/1.1 and closes for 1.0",
    "[gateway]") {
  const std::string bytes = "HTTP/1.0 200 OK\r\nA: 1\r\n\r\n";
  CHECK(answered(bytes, {}) == "HTTP/1.1 200 OK\r\nA: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
  CHECK(answered(bytes, {.client_version_minor = 0, .keep_alive = false}) ==
        "HTTP/1.1 200 OK\r\nA: 1\r\nConnection: close\r\n\r\n");
}

TEST_CASE("append_response_head: answers without a body keep the length they tell", "[gateway]") {
  CHECK(answered("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", {.method = Method::kHead}) ==
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
  CHECK(answered("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", {}) ==
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n");
  CHECK(answered("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", {}) ==
        "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST_CASE("append_response_head: a Location that is a path stays below the prefix", "[gateway]") {
  const auto location = [](std::string_view value) {
    const std::string out =
        answered("HTTP/1.1 302 Found\r\nLocation: " + std::string(value) + "\r\n\r\n",
                 {.method = Method::kHead, .location_prefix = "/@app"});
    const std::size_t from = out.find("Location: ") + 10;
    return out.substr(from, out.find("\r\n", from) - from);
  };
  CHECK(location("/login?x=1") == "/@app/login?x=1");
  CHECK(location("/") == "/@app/");
  CHECK(location("/@app/login") == "/@app/login");
  CHECK(location("/@app") == "/@app");
  CHECK(location("/@apple") == "/@app/@apple");
  CHECK(location("//other.example/x") == "//other.example/x");
  CHECK(location("https://other.example/x") == "https://other.example/x");
  CHECK(location("login") == "login");
}

TEST_CASE("keep_alive_seconds: reads the other side's promise", "[gateway]") {
  const auto seconds = [](std::string_view value) {
    ResponseHead head;
    head.reset();
    const std::string bytes = "HTTP/1.1 200 OK\r\nKeep-Alive: " + std::string(value) + "\r\n\r\n";
    REQUIRE(head.feed(bytes) == Progress::kComplete);
    return keep_alive_seconds(head);
  };
  CHECK(seconds("timeout=5") == 5u);
  CHECK(seconds("max=100, Timeout=72") == 72u);
  CHECK(seconds("timeout=x") == std::nullopt);
  CHECK(seconds("max=100") == std::nullopt);
}
