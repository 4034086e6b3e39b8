// Requests and answers through a real gateway: framing, routing, streaming.
#include <array>
#include <catch_amalgamated.hpp>
#include <cstdio>
#include <string>
#include <thread>

#include "tests/node-wrapper/gateway/rig.h"

using namespace a67::gateway;
using namespace a67::gateway::testing;

namespace {

// Sends back the head it got, as the body.
Upstream::Script mirror() {
  return [](Peer& peer) {
    for (std::string head = peer.read_head(); !head.empty(); head = peer.read_head()) {
      peer.send(ok(head));
    }
  };
}

// Sends back the request's body, of known length, as the body.
Upstream::Script echo_length() {
  return [](Peer& peer) {
    for (std::string head = peer.read_head(); !head.empty(); head = peer.read_head()) {
      const Response as_response{.status = 0, .head = head, .body = {}};
      const std::string length = as_response.header("content-length");
      peer.send(ok(peer.read_exactly(std::strtoull(length.c_str(), nullptr, 10))));
    }
  };
}

}  // namespace

TEST_CASE("Gateway: forwards by host, and tells the app who asked", "[gateway]") {
  const Upstream app(mirror());
  Rig rig;
  rig.route({app.port()});
  const Response response =
      fetch(rig.port(), get("/x?y=1", "X-Request-Id: my-id\r\n", "APP.:8080"));
  CHECK(response.status == 200);
  CHECK(response.body.starts_with("GET /x?y=1 HTTP/1.1\r\nHost: APP.:8080\r\n"));
  CHECK(response.body.contains("X-Forwarded-For: 127.0.0.1\r\n"));
  CHECK(response.body.contains("X-Forwarded-Host: APP.:8080\r\n"));
  CHECK(response.body.contains("X-Request-Id: my-id\r\n"));
}

TEST_CASE("Gateway: forwards by prefix, which the app is told and does not see", "[gateway]") {
  const Upstream app(mirror());
  Rig rig;
  rig.route({app.port()});
  const Response response = fetch(rig.port(), get("/@app/x", {}, "127.0.0.1"));
  CHECK(response.body.starts_with("GET /x HTTP/1.1\r\n"));
  CHECK(response.body.contains("X-Forwarded-Prefix: /@app\r\n"));

  const Response redirect = fetch(rig.port(), get("/@app?q=1", {}, "127.0.0.1"));
  CHECK(redirect.status == 308);
  CHECK(redirect.header("location") == "/@app/?q=1");

  // A host of its own wins: apps have such paths too.
  const Response own = fetch(rig.port(), get("/@app/x", {}, "app"));
  CHECK(own.body.starts_with("GET /@app/x HTTP/1.1\r\n"));
}

TEST_CASE("Gateway: says so when no app answers, as a page or as JSON", "[gateway]") {
  Rig rig;
  rig.route({closed_port()});
  const Response page = fetch(rig.port(), get("/", "Accept: text/html\r\n", "other"));
  CHECK(page.status == 404);
  CHECK(page.header("content-type") == "text/html; charset=utf-8");
  CHECK(page.body.contains("Automator67 gateway"));
  const Response json =
      fetch(rig.port(), get("/@nobody/", "Accept: application/json\r\n", "other"));
  CHECK(json.status == 404);
  CHECK(json.header("content-type") == "application/json");
  CHECK(json.body.contains("nobody"));
}

TEST_CASE("Gateway: keeps the client's connection and the replica's", "[gateway]") {
  const Upstream app(mirror());
  Rig rig;
  rig.route({app.port()});
  Peer client = Peer::connect(rig.port());
  for (int i = 0; i < 10; ++i) {
    client.send(get("/" + std::to_string(i)));
    CHECK(read_response(client).body.starts_with("GET /" + std::to_string(i) + " "));
  }
  CHECK(app.connections() == 1);
}

TEST_CASE("Gateway: answers pipelined requests in order", "[gateway]") {
  const Upstream app(echo_length());
  Rig rig;
  rig.route({app.port()});
  Peer client = Peer::connect(rig.port());
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    const std::string body = "body " + std::to_string(i);
    requests += "POST / HTTP/1.1\r\nHost: app\r\n";
    if (i % 2 == 0) {
      requests += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    } else {
      requests += "Content-Length: 0\r\n\r\n";
    }
  }
  client.send(requests);
  for (int i = 0; i < 50; ++i) {
    CHECK(read_response(client).body == (i % 2 == 0 ? "body " + std::to_string(i) : ""));
  }
}

TEST_CASE("Gateway: a request behind a chunked body is not lost", "[gateway]") {
  const Upstream app([](Peer& peer) {
    for (std::string head = peer.read_head(); !head.empty(); head = peer.read_head()) {
      std::string body;
      if (head.starts_with("POST")) body = peer.read_until("X-Trailer: 1\r\n\r\n");
      peer.send(ok(head.substr(0, head.find(' ')) + body));
    }
  });
  Rig rig;
  rig.route({app.port()});
  Peer client = Peer::connect(rig.port());
  client.send(
      "POST / HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n");
  client.send("2\r\nde\r\n0\r\nX-Trailer: 1\r\nHost: evil\r\n\r\n" + get("/next"));
  const Response first = read_response(client);
  CHECK(first.body.starts_with("POST"));
  CHECK(first.body.contains("abc"));
  CHECK_FALSE(first.body.contains("ext=1"));
  CHECK_FALSE(first.body.contains("evil"));
  CHECK(read_response(client).body == "GET");
}

TEST_CASE("Gateway: trailers pass both ways", "[gateway]") {
  const Upstream app([](Peer& peer) {
    peer.read_head();
    const std::string body = peer.read_until("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n");
    peer.send("2\r\n" + std::string(body.contains("X-Up: 1") ? "ok" : "no") +
              "\r\n0\r\nX-Sum: 9\r\n\r\n");
  });
  Rig rig;
  rig.route({app.port()});
  const Response response =
      fetch(rig.port(),
            "POST / HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked\r\n\r\n"
            "1\r\na\r\n0\r\nX-Up: 1\r\n\r\n");
  CHECK(response.body == "ok");
  CHECK(response.head.contains("X-Sum: 9\r\n"));
}

TEST_CASE("Gateway: a body without a length ends with the connection or as chunks", "[gateway]") {
  const Upstream app([](Peer& peer) {
    peer.read_head();
    peer.send("HTTP/1.1 200 OK\r\n\r\nhello ");
    peer.send("world");
  });
  Rig rig;
  rig.route({app.port()});
  const Response chunked = fetch(rig.port(), get("/"));
  CHECK(chunked.header("transfer-encoding") == "chunked");
  CHECK(chunked.body == "hello world");
  const Response plain = fetch(rig.port(), "GET / HTTP/1.0\r\nHost: app\r\n\r\n");
  CHECK(plain.header("transfer-encoding").empty());
  CHECK(plain.header("connection") == "close");
  CHECK(plain.body == "hello world");
}

TEST_CASE("Gateway: HTTP/1.0 clients get no chunks, and may keep their connection", "[gateway]") {
  const Upstream chunks(
      always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
  const Upstream length(always(ok("abc")));
  Rig rig;
  rig.route({chunks.port()});
  Peer client = Peer::connect(rig.port());
  client.send("GET / HTTP/1.0\r\nHost: app\r\nConnection: keep-alive\r\n\r\n");
  const Response response = read_response(client);
  CHECK(response.body == "abc");
  CHECK(response.header("connection") == "close");

  rig.route({length.port()});
  Peer keeper = Peer::connect(rig.port());
  for (int i = 0; i < 2; ++i) {
    keeper.send("GET / HTTP/1.0\r\nHost: app\r\nConnection: keep-alive\r\n\r\n");
    const Response kept = read_response(keeper);
    CHECK(kept.body == "abc");
    CHECK(kept.header("connection") == "keep-alive");
  }
}

TEST_CASE("Gateway: answers without a body do not make anyone wait", "[gateway]") {
  const Upstream app([](Peer& peer) {
    for (std::string head = peer.read_head(); !head.empty(); head = peer.read_head()) {
      if (head.starts_with("HEAD")) peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
      if (head.starts_with("GET /204")) peer.send("HTTP/1.1 204 No Content\r\n\r\n");
      if (head.starts_with("GET /304")) {
        peer.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\nETag: x\r\n\r\n");
      }
    }
  });
  Rig rig;
  rig.route({app.port()});
  Peer client = Peer::connect(rig.port());
  client.send("HEAD / HTTP/1.1\r\nHost: app\r\n\r\n");
  CHECK(read_response(client, "HEAD").header("content-length") == "1000");
  client.send(get("/204"));
  CHECK(read_response(client).status == 204);
  client.send(get("/304"));
  CHECK(read_response(client).header("etag") == "x");
  CHECK(app.connections() == 1);
}

TEST_CASE("Gateway: interim answers are forwarded before the final one", "[gateway]") {
  const Upstream app([](Peer& peer) {
    peer.read_head();
    peer.send("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n");
    peer.send(ok("done"));
  });
  Rig rig;
  rig.route({app.port()});
  Peer client = Peer::connect(rig.port());
  client.send(get("/"));
  const Response hints = read_response(client);
  CHECK(hints.status == 103);
  CHECK(hints.header("link") == "</x>");
  CHECK(read_response(client).status == 102);
  CHECK(read_response(client).body == "done");
}

TEST_CASE("Gateway: a client that waits for 100 Continue gets the app's word", "[gateway]") {
  const Upstream app([](Peer& peer) {
    while (true) {
      const std::string head = peer.read_head();
      if (head.empty()) return;
      if (head.starts_with("POST /no")) {
        peer.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        continue;
      }
      if (head.contains("Expect: 100-continue\r\n")) peer.send("HTTP/1.1 100 Continue\r\n\r\n");
      peer.send(ok(peer.read_exactly(5)));
    }
  });
  Rig rig;
  rig.route({app.port()});
  Peer client = Peer::connect(rig.port());
  client.send("POST / HTTP/1.1\r\nHost: app\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  CHECK(read_response(client).status == 100);
  client.send("hello");
  CHECK(read_response(client).body == "hello");

  client.send(
      "POST /no HTTP/1.1\r\nHost: app\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  const Response refused = read_response(client);
  CHECK(refused.status == 403);
  CHECK(refused.body == "no");
  // Whether the body will still come is not known: this connection cannot be used again.
  CHECK(refused.header("connection") == "close");
  CHECK(client.at_end());
}

TEST_CASE("Gateway: big bodies flow both ways, of known length and in chunks", "[gateway]") {
  std::string body;
  for (int i = 0; body.size() < 8'000'000; ++i) body += std::to_string(i) + ",";
  const Upstream app(echo_length());
  Rig rig;
  rig.route({app.port()});
  const Response known = fetch(rig.port(), "POST / HTTP/1.1\r\nHost: app\r\nContent-Length: " +
                                               std::to_string(body.size()) + "\r\n\r\n" + body);
  CHECK(known.body == body);

  const Upstream chunks([&](Peer& peer) {
    const std::string head = peer.read_head();
    const Response upload = read_body_of(peer, head);
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (std::size_t at = 0; at < upload.body.size(); at += 100'000) {
      const std::string part = upload.body.substr(at, 100'000);
      std::array<char, 20> size{};
      std::snprintf(size.data(), size.size(), "%zx\r\n", part.size());
      peer.send(std::string(size.data()) + part + "\r\n");
    }
    peer.send("0\r\n\r\n");
  });
  rig.route({chunks.port()});
  Peer client = Peer::connect(rig.port());
  client.send("POST / HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::thread sender([&] {
    for (std::size_t at = 0; at < body.size(); at += 70'000) {
      const std::string part = body.substr(at, 70'000);
      std::array<char, 20> size{};
      std::snprintf(size.data(), size.size(), "%zx\r\n", part.size());
      client.send(std::string(size.data()) + part + "\r\n");
    }
    client.send("0\r\n\r\n");
  });
  const Response chunked = read_response(client);
  sender.join();
  CHECK(chunked.body == body);
}

TEST_CASE("Gateway: an early answer reaches a client that is still sending", "[gateway]") {
  const Upstream app([](Peer& peer) {
    peer.read_head();
    peer.send(
        "HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
    peer.finish_sending();
    peer.read_to_end();
  });
  Rig rig;
  rig.route({app.port()});
  Peer client = Peer::connect(rig.port());
  client.send("POST / HTTP/1.1\r\nHost: app\r\nContent-Length: 100000000\r\n\r\nabc");
  const Response response = read_response(client);
  CHECK(response.status == 413);
  CHECK(response.body == "big");
  CHECK(response.header("connection") == "close");
}

TEST_CASE("Gateway: a Location that is a path stays below the prefix", "[gateway]") {
  const Upstream app(always("HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n"));
  Rig rig;
  rig.route({app.port()});
  CHECK(fetch(rig.port(), get("/@app/", {}, "x")).header("location") == "/@app/login");
  CHECK(fetch(rig.port(), get("/", {}, "app")).header("location") == "/login");
}

TEST_CASE("Gateway: the control API lies below its prefix, whatever the host, before every app",
          "[gateway]") {
  const Upstream app(always(ok("the app")));
  const Upstream control(mirror());
  Rig rig;
  rig.route({app.port()});
  rig.gateway().set_control("/.well-known/x", control.port());
  rig.settle();
  for (const char* host : {"app", "node.provider.example"}) {
    const Response answer = fetch(rig.port(), get("/.well-known/x/v1/hello?a=1", {}, host));
    CHECK(answer.status == 200);
    CHECK(answer.body.starts_with("GET /v1/hello?a=1 HTTP/1.1"));
    CHECK(answer.body.contains(std::string("Host: ") + host));
    CHECK(answer.body.contains("X-Forwarded-For: 127.0.0.1"));
  }
  // What only begins like it is the app's; so is the prefix without anything below it.
  CHECK(fetch(rig.port(), get("/.well-known/xy")).body == "the app");
  CHECK(fetch(rig.port(), get("/.well-known/x")).body == "the app");
  CHECK(fetch(rig.port(), get("/v1/hello")).body == "the app");
  // Other routes do not take it away, and it is in nobody's statistics.
  rig.route(RouteTable{});
  CHECK(fetch(rig.port(), get("/.well-known/x/v1/hello")).status == 200);
  CHECK(rig.gateway().stats().apps.empty());
}
