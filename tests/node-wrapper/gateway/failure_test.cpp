// Replicas that fail: what is retried, what is not, who is ejected, and what the client is told.
#include <atomic>
#include <catch_amalgamated.hpp>
#include <string>

#include "tests/node-wrapper/gateway/rig.h"

using namespace a67::gateway;
using namespace a67::gateway::testing;

namespace {

std::string request(std::string_view method, std::string_view body = {}) {
  return std::string(method) +
         " / HTTP/1.1\r\nHost: app\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

// Takes the request and says nothing.
Upstream::Script dies_before_head() {
  return [](Peer& peer) { peer.read_head(); };
}
Upstream::Script resets_before_head() {
  return [](Peer& peer) {
    peer.read_head();
    peer.reset();
  };
}
Upstream::Script dies_in_head() {
  return [](Peer& peer) {
    peer.read_head();
    peer.send("HTTP/1.1 200 OK\r\nContent-Le");
  };
}
Upstream::Script dies_in_body() {
  return [](Peer& peer) {
    peer.read_head();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  };
}

// One request to a bad r1, on each of whose requests r2 would be next.
Response with_bad_first(Upstream::Script bad, const std::string& bytes) {
  const Upstream broken(std::move(bad));
  const Upstream good(always(ok("good")));
  Rig rig;
  rig.route({broken.port(), good.port()});
  return fetch(rig.port(), bytes);
}

}  // namespace

TEST_CASE("Retry: a GET survives a replica that dies at any point before its answer went on",
          "[gateway]") {
  CHECK(with_bad_first(dies_before_head(), get("/")).body == "good");
  CHECK(with_bad_first(resets_before_head(), get("/")).body == "good");
  CHECK(with_bad_first(dies_in_head(), get("/")).body == "good");
  CHECK(with_bad_first(dies_in_body(), get("/")).body == "good");
  CHECK(with_bad_first(always("nonsense\r\n\r\n"), get("/")).body == "good");
  CHECK(with_bad_first(always("HTTP/1.1 101 Switching Protocols\r\n\r\n"), get("/")).body ==
        "good");
}

TEST_CASE("Retry: HEAD, OPTIONS and TRACE are repeated as well", "[gateway]") {
  CHECK(with_bad_first(dies_before_head(), request("HEAD")).status == 200);
  CHECK(with_bad_first(dies_before_head(), request("OPTIONS")).body == "good");
  CHECK(with_bad_first(dies_before_head(), request("TRACE")).body == "good");
}

TEST_CASE("Retry: PUT and DELETE are repeated, since doing them twice is doing them once",
          "[gateway]") {
  CHECK(with_bad_first(dies_before_head(), request("PUT", "abc")).body == "good");
  CHECK(with_bad_first(dies_before_head(), request("DELETE")).body == "good");
}

TEST_CASE("Retry: what may have been done is not repeated", "[gateway]") {
  for (const char* method : {"POST", "PATCH", "BREW"}) {
    INFO(method);
    const Response response = with_bad_first(dies_before_head(), request(method, "abc"));
    CHECK(response.status == 502);
    CHECK(response.body.contains("It may have done"));
  }
}

TEST_CASE("Retry: what was refused for sure is repeated, whatever it is", "[gateway]") {
  const Upstream good([](Peer& peer) {
    const std::string head = peer.read_head();
    peer.send(ok(read_body_of(peer, head).body));
  });
  for (const char* method : {"GET", "PUT", "DELETE", "POST"}) {
    INFO(method);
    Rig rig;
    rig.route({closed_port(), good.port()});
    CHECK(fetch(rig.port(), request(method, "abc")).body == "abc");
    CHECK(rig.replica("r1").failures == 1);
  }
}

TEST_CASE("Retry: happens once, and the page names everyone who was tried", "[gateway]") {
  const Upstream first(dies_before_head());
  const Upstream second(dies_in_body());
  const Upstream third(always(ok("good")));
  Rig rig;
  rig.route({first.port(), second.port(), third.port()});
  const Response response = fetch(rig.port(), get("/", "Accept: application/json\r\n"));
  CHECK(response.status == 502);
  CHECK(response.body.contains("\"r1\""));
  CHECK(response.body.contains("closed the connection without an answer"));
  CHECK(response.body.contains("\"r2\""));
  CHECK(response.body.contains("broke off in the middle of its answer"));
  CHECK(response.body.contains("\"app\":\"app\""));
  CHECK(response.body.contains("requestId"));
  CHECK(third.connections() == 0);
}

TEST_CASE("Retry: goes to another node when a whole node does not answer", "[gateway]") {
  const Upstream good(always(ok("good")));
  const std::uint16_t dead = closed_port();
  Rig rig;
  App app{.name = "app", .hosts = {"app"}, .policy = "round-robin"};
  for (const char* id : {"a", "b", "c"}) {
    app.replicas.push_back({.id = id, .node = "lost", .local = false, .port = dead});
  }
  app.replicas.push_back({.id = "d", .node = "here", .port = good.port()});
  rig.route({.apps = {app}, .mesh_key = std::nullopt, .self_node = "here"});
  for (int i = 0; i < 10; ++i) CHECK(fetch(rig.port(), get("/")).body == "good");
  // Two failures of the node are held against all its replicas.
  CHECK(rig.replica("a").failures + rig.replica("b").failures + rig.replica("c").failures == 2);
  CHECK(rig.replica("a").ejected);
  CHECK(rig.replica("b").ejected);
  CHECK(rig.replica("c").ejected);
  CHECK_FALSE(rig.replica("d").ejected);
}

TEST_CASE("Retry: goes to another node when a node ends in the middle of a request", "[gateway]") {
  const Upstream dying_node(dies_before_head());
  const Upstream good(always(ok("good")));
  Rig rig;
  App app{.name = "app", .hosts = {"app"}, .policy = "round-robin"};
  for (const char* id : {"a", "b", "c"}) {
    app.replicas.push_back({.id = id, .node = "lost", .local = false, .port = dying_node.port()});
  }
  app.replicas.push_back({.id = "d", .node = "here", .port = good.port()});
  rig.route({.apps = {app}, .mesh_key = std::nullopt, .self_node = "here"});
  for (int i = 0; i < 10; ++i) CHECK(fetch(rig.port(), get("/")).body == "good");
}

TEST_CASE("Retry: an answer too large to be held is cut, never mixed", "[gateway]") {
  const std::string large(200'000, 'x');
  const Upstream broken([&](Peer& peer) {
    peer.read_head();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + large);
  });
  const Upstream good(always(ok("good")));
  Rig rig;
  rig.route({broken.port(), good.port()});
  Peer client = Peer::connect(rig.port());
  client.send(get("/"));
  const Response response = read_response(client);
  CHECK(response.status == 200);
  CHECK(response.body == large);
  CHECK(client.at_end());
  CHECK(rig.replica("r1").failures == 1);
}

TEST_CASE("Retry: chunks that stop do not look like a complete answer", "[gateway]") {
  const Upstream broken([](Peer& peer) {
    peer.read_head();
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  });
  Rig rig;
  rig.route({broken.port()});
  CHECK(fetch(rig.port(), get("/")).body == "abc<cut>");
}

TEST_CASE("Retry: a kept connection that the replica closed is replaced, also for POST",
          "[gateway]") {
  const Upstream one_shot([](Peer& peer) {
    peer.read_head();
    peer.send(ok("once"));
  });
  Rig rig;
  rig.route({one_shot.port()});
  for (int i = 0; i < 20; ++i) CHECK(fetch(rig.port(), get("/")).body == "once");
  CHECK(rig.replica("r1").failures == 0);
  CHECK(one_shot.connections() == 20);
}

TEST_CASE("Retry: a kept connection that ends on our request is safe to replace for a GET only",
          "[gateway]") {
  // The second request on a connection is read, and answered with the end.
  const auto tires = [](std::atomic<int>* second) {
    return [second](Peer& peer) {
      peer.read_head();
      peer.send(ok("first"));
      if (!peer.read_head().empty()) ++*second;
    };
  };
  std::atomic<int> seconds = 0;
  const Upstream app(tires(&seconds));
  Rig rig;
  rig.route({app.port()});
  CHECK(fetch(rig.port(), get("/")).body == "first");
  CHECK(fetch(rig.port(), get("/")).body == "first");
  CHECK(seconds == 1);
  CHECK(rig.replica("r1").failures == 0);
  const Response post = fetch(rig.port(), request("POST", "x"));
  CHECK(post.status == 502);
  CHECK(rig.replica("r1").failures == 1);
}

TEST_CASE("Ejection: a replica that failed twice in a row gets no more requests", "[gateway]") {
  const Upstream good(always(ok("good")));
  Rig rig;
  rig.route({closed_port(), good.port()});
  for (int i = 0; i < 20; ++i) CHECK(fetch(rig.port(), get("/")).body == "good");
  CHECK(rig.replica("r1").failures == 2);
  CHECK(rig.replica("r1").ejected);
  CHECK_FALSE(rig.replica("r2").ejected);
}

TEST_CASE("Ejection: the last replica is never ejected", "[gateway]") {
  const std::uint16_t dead = closed_port();
  Rig rig;
  rig.route({dead});
  for (int i = 0; i < 5; ++i) CHECK(fetch(rig.port(), get("/")).status == 502);
  CHECK(rig.replica("r1").failures == 5);
  CHECK_FALSE(rig.replica("r1").ejected);

  rig.route({dead, closed_port()});
  for (int i = 0; i < 5; ++i) CHECK(fetch(rig.port(), get("/")).status == 502);
  CHECK(static_cast<int>(rig.replica("r1").ejected) + static_cast<int>(rig.replica("r2").ejected) ==
        1);
}

TEST_CASE("Ejection: an ejected replica is tried again when its time is over", "[gateway]") {
  std::atomic<bool> healthy = false;
  const Upstream moody([&](Peer& peer) {
    peer.read_head();
    if (healthy) peer.send(ok("back"));
  });
  const Upstream good(always(ok("good")));
  Options options = quick();
  options.ejection_base = a67::Duration(50);
  Rig rig(options);
  rig.route({moody.port(), good.port()});
  while (rig.replica("r1").failures < 2) CHECK(fetch(rig.port(), get("/")).body == "good");
  healthy = true;
  bool back = false;
  for (int i = 0; i < 10'000 && !back; ++i) back = fetch(rig.port(), get("/")).body == "back";
  CHECK(back);
}

TEST_CASE("Ejection: an app that answers 500 is unhappy, not dead", "[gateway]") {
  const Upstream app(always("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"));
  const Upstream other(always(ok("good")));
  Rig rig;
  rig.route({app.port(), other.port()});
  int oops = 0;
  for (int i = 0; i < 10; ++i) oops += fetch(rig.port(), get("/")).status == 500 ? 1 : 0;
  CHECK(oops == 5);
  CHECK(rig.replica("r1").errors == 5);
  CHECK(rig.replica("r1").failures == 0);
  CHECK(rig.gateway().stats().apps[0].errors == 5);
  CHECK(rig.gateway().stats().apps[0].requests == 10);
}

TEST_CASE("Gateway: no replica is 503 with a time to come back", "[gateway]") {
  Rig rig;
  rig.route(std::vector<std::uint16_t>{});
  const Response response = fetch(rig.port(), get("/"));
  CHECK(response.status == 503);
  CHECK(response.header("retry-after") == "2");
}

TEST_CASE("Gateway: a replica that takes too long is 504", "[gateway]") {
  const Upstream slow([](Peer& peer) {
    peer.read_head();
    peer.read_to_end();
  });
  Options options = quick();
  options.response_head_timeout = a67::Duration(50);
  Rig rig(options);
  rig.route({slow.port()});
  const Response response = fetch(rig.port(), get("/", "Accept: application/json\r\n"));
  CHECK(response.status == 504);
  CHECK(response.body.contains("did not answer in time"));
  CHECK(response.body.contains("\"timeout\""));
}

TEST_CASE("Gateway: the answer's time starts when the request is complete", "[gateway]") {
  const Upstream app([](Peer& peer) {
    const std::string head = peer.read_head();
    peer.send(ok(read_body_of(peer, head).body));
  });
  Options options = quick();
  options.response_head_timeout = a67::Duration(200);
  Rig rig(options);
  rig.route({app.port()});
  Peer client = Peer::connect(rig.port());
  client.send("POST / HTTP/1.1\r\nHost: app\r\nContent-Length: 8\r\n\r\n");
  for (int i = 0; i < 8; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    client.send("x");
  }
  CHECK(read_response(client).body == "xxxxxxxx");
}

TEST_CASE("Gateway: one fast sender does not keep the loop for itself", "[gateway]") {
  // Endless chunks at full speed for one client; the other's requests must still be answered.
  std::atomic<bool> stop = false;
  const Upstream app([&](Peer& peer) {
    while (true) {
      const std::string head = peer.read_head();
      if (head.empty()) return;
      if (!head.starts_with("GET /endless")) {
        peer.send(ok("small"));
        continue;
      }
      peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      const std::string chunk = "8000\r\n" + std::string(0x8000, 'x') + "\r\n";
      while (!stop) peer.send(chunk);
      return;
    }
  });
  Rig rig;
  rig.route({app.port()});
  Peer greedy = Peer::connect(rig.port());
  greedy.send(get("/endless"));
  std::thread reader([&] {
    while (!stop) greedy.read_exactly(1'000'000);
  });
  for (int i = 0; i < 20; ++i) CHECK(fetch(rig.port(), get("/")).body == "small");
  stop = true;
  reader.join();
}

TEST_CASE("Gateway: routes change under load without a failed request", "[gateway]") {
  const Upstream one(always(ok("1")));
  const Upstream two(always(ok("2")));
  Rig rig;
  rig.route({one.port()});
  std::atomic<bool> stop = false;
  std::atomic<int> served = 0;
  std::atomic<int> wrong = 0;
  std::thread client([&] {
    Peer peer = Peer::connect(rig.port());
    while (!stop) {
      peer.send(get("/"));
      const Response response = read_response(peer);
      (response.status == 200 ? served : wrong)++;
    }
  });
  for (int i = 0; i < 200; ++i) {
    rig.route(i % 2 == 0 ? std::vector{two.port()} : std::vector{one.port(), two.port()});
  }
  REQUIRE(eventually([&] { return served >= 10; }));
  stop = true;
  client.join();
  CHECK(wrong == 0);
}
