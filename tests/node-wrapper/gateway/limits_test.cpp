// Limits, timeouts, upgraded connections, and the end of a gateway.
#include <array>
#include <catch_amalgamated.hpp>
#include <string>

#include "tests/node-wrapper/gateway/rig.h"

using namespace a67::gateway;
using namespace a67::gateway::testing;
using a67::Duration;

namespace {

// Says 101, then sends back whatever comes until the client has finished, then "bye".
Upstream::Script upgrade_echo() {
  return [](Peer& peer) {
    const std::string head = peer.read_head();
    if (!head.contains("Connection: Upgrade\r\nUpgrade: websocket\r\n")) {
      peer.send(ok("plain"));
      return;
    }
    peer.send(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhi");
    peer.send(peer.read_exactly(5));
    peer.send(peer.read_to_end() + "bye");
  };
}

std::string upgrade_request() {
  return get("/", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n");
}

}  // namespace

TEST_CASE("Limits: bad requests are answered and their connection closed", "[gateway]") {
  const Upstream app(always(ok("good")));
  Rig rig;
  rig.route({app.port()});
  const std::array<std::pair<std::string, int>, 6> bad = {{
      {"POST / HTTP/1.1\r\nHost: app\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {get("/" + std::string(9000, 'a')), 414},
      {get("/", "X: " + std::string(40'000, 'a') + "\r\n"), 431},
      {"GET / HTTP/1.1\nHost: app\n\n", 400},
      {"POST / HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
      {"\x16\x03\x01", 400},
  }};
  for (const auto& [bytes, status] : bad) {
    INFO(bytes.substr(0, 30));
    Peer client = Peer::connect(rig.port());
    client.send(bytes + get("/smuggled"));
    const Response response = read_response(client);
    CHECK(response.status == status);
    CHECK(response.header("connection") == "close");
    CHECK(client.at_end());
  }
  CHECK(app.connections() == 0);
}

TEST_CASE("Limits: a malformed chunk ends the request on both sides", "[gateway]") {
  std::atomic<bool> saw_end = false;
  const Upstream app([&](Peer& peer) {
    peer.read_head();
    if (!peer.read_to_end().contains("0\r\n\r\n")) saw_end = true;
  });
  Rig rig;
  rig.route({app.port()});
  Peer client = Peer::connect(rig.port());
  client.send("POST / HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  REQUIRE(eventually([&] { return app.connections() == 1; }));
  client.send("zz\r\n");
  CHECK(read_response(client).status == 400);
  CHECK(client.at_end());
  REQUIRE(eventually([&] { return saw_end.load(); }));
}

TEST_CASE("Limits: a body that is too large is refused, announced or not", "[gateway]") {
  const Upstream app([](Peer& peer) {
    peer.read_head();
    peer.read_to_end();
  });
  Options options = quick();
  options.request_body_bytes_max = 1000;
  Rig rig(options);
  rig.route({app.port()});
  CHECK(fetch(rig.port(), "POST / HTTP/1.1\r\nHost: app\r\nContent-Length: 1001\r\n\r\n").status ==
        413);
  CHECK(app.connections() == 0);
  std::string chunks = "POST / HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked\r\n\r\n";
  Peer client = Peer::connect(rig.port());
  client.send(chunks);
  for (int i = 0; i < 11; ++i) client.send("64\r\n" + std::string(100, 'x') + "\r\n");
  CHECK(read_response(client).status == 413);
}

TEST_CASE("Limits: a head that does not become complete is 408", "[gateway]") {
  Options options = quick();
  options.request_head_timeout = Duration(50);
  Rig rig(options);
  Peer slow = Peer::connect(rig.port());
  slow.send("GET / HTTP/1.1\r\nHost: a");
  CHECK(read_response(slow).status == 408);
  CHECK(slow.at_end());
  // Without a single byte there is nothing to answer.
  Peer silent = Peer::connect(rig.port());
  CHECK(silent.at_end());
}

TEST_CASE("Limits: a body that stops is 408, and a kept connection ends quietly", "[gateway]") {
  const Upstream app([](Peer& peer) {
    while (true) {
      const std::string head = peer.read_head();
      if (head.empty()) return;
      peer.send(ok(read_body_of(peer, head).body));
    }
  });
  Options options = quick();
  options.body_idle_timeout = Duration(50);
  options.keep_alive_timeout = Duration(50);
  Rig rig(options);
  rig.route({app.port()});
  Peer stuck = Peer::connect(rig.port());
  stuck.send("POST / HTTP/1.1\r\nHost: app\r\nContent-Length: 5\r\n\r\nab");
  CHECK(read_response(stuck).status == 408);
  Peer idle = Peer::connect(rig.port());
  idle.send(get("/"));
  CHECK(read_response(idle).status == 200);
  CHECK(idle.at_end());
}

TEST_CASE("Limits: an answer that stops is cut", "[gateway]") {
  const Upstream app([](Peer& peer) {
    peer.read_head();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc");
    peer.read_to_end();
  });
  Options options = quick();
  options.body_idle_timeout = Duration(50);
  Rig rig(options);
  rig.route({app.port()});
  CHECK(fetch(rig.port(), get("/")).body == "abc");
}

TEST_CASE("Limits: a connection too many is told so", "[gateway]") {
  const Upstream app(always(ok("good")));
  Options options = quick();
  options.connections_max = 2;
  Rig rig(options);
  rig.route({app.port()});
  Peer one = Peer::connect(rig.port());
  Peer two = Peer::connect(rig.port());
  one.send(get("/"));
  two.send(get("/"));
  CHECK(read_response(one).status == 200);
  CHECK(read_response(two).status == 200);
  CHECK(rig.gateway().stats().connections == 2);
  const Response refused = fetch(rig.port(), get("/"));
  CHECK(refused.status == 503);
  CHECK(refused.header("retry-after") == "2");
  one.close();
  Response again{.status = 503, .head = {}, .body = {}};
  for (int i = 0; i < 10'000 && again.status == 503; ++i) again = fetch(rig.port(), get("/"));
  CHECK(again.status == 200);
}

TEST_CASE("Limits: kept connections to a replica are bounded", "[gateway]") {
  std::atomic<int> ended = 0;
  const Upstream app([&](Peer& peer) {
    while (!peer.read_head().empty()) peer.send(ok("x"));
    ++ended;
  });
  Options options = quick();
  options.idle_per_upstream_max = 0;
  Rig rig(options);
  rig.route({app.port()});
  for (int i = 0; i < 3; ++i) CHECK(fetch(rig.port(), get("/")).status == 200);
  CHECK(app.connections() == 3);
  REQUIRE(eventually([&] { return ended >= 3; }));
}

TEST_CASE("Limits: a client that goes away frees the replica", "[gateway]") {
  std::atomic<bool> freed = false;
  const Upstream app([&](Peer& peer) {
    peer.read_head();
    peer.read_to_end();
    freed = true;
  });
  Rig rig;
  rig.route({app.port()});
  Peer client = Peer::connect(rig.port());
  client.send(get("/"));
  REQUIRE(eventually([&] { return rig.replica("r1").connections == 1; }));
  client.reset();
  REQUIRE(eventually([&] { return freed.load(); }));
  rig.settle();
  CHECK(rig.replica("r1").connections == 0);
  CHECK(rig.replica("r1").failures == 0);
}

TEST_CASE("Gateway: a client that has finished sending still gets its answer", "[gateway]") {
  const Upstream app(always(ok("good")));
  Rig rig;
  rig.route({app.port()});
  Peer client = Peer::connect(rig.port());
  client.send(get("/"));
  client.finish_sending();
  CHECK(read_response(client).body == "good");
}

TEST_CASE("Tunnel: an upgraded connection carries bytes both ways, and ends half by half",
          "[gateway]") {
  const Upstream app(upgrade_echo());
  Rig rig;
  rig.route({app.port()});
  Peer client = Peer::connect(rig.port());
  client.send(upgrade_request() + "early");
  const Response switched = read_response(client);
  CHECK(switched.status == 101);
  CHECK(switched.header("upgrade") == "websocket");
  CHECK(client.read_exactly(7) == "hiearly");
  const std::string large(500'000, 'x');
  client.send(large);
  client.finish_sending();
  CHECK(client.read_to_end() == large + "bye");
}

TEST_CASE("Tunnel: an app that does not upgrade just answers", "[gateway]") {
  const Upstream app(always(ok("no")));
  Rig rig;
  rig.route({app.port()});
  Peer client = Peer::connect(rig.port());
  client.send(upgrade_request());
  CHECK(read_response(client).body == "no");
  client.send(get("/"));
  CHECK(read_response(client).body == "no");
}

TEST_CASE("Tunnel: without a byte it ends after its idle time", "[gateway]") {
  const Upstream app([](Peer& peer) {
    peer.read_head();
    peer.send(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    peer.read_to_end();
  });
  Options options = quick();
  options.tunnel_idle_timeout = Duration(50);
  Rig rig(options);
  rig.route({app.port()});
  Peer client = Peer::connect(rig.port());
  client.send(upgrade_request());
  CHECK(read_response(client).status == 101);
  CHECK(client.at_end());
}

TEST_CASE("Stop: running requests finish, idle clients are let go, and the loop ends",
          "[gateway]") {
  std::atomic<bool> asked = false;
  std::atomic<bool> answer = false;
  const Upstream app([&](Peer& peer) {
    peer.read_head();
    asked = true;
    eventually([&] { return answer.load(); });
    peer.send(ok("last"));
  });
  Rig rig;
  rig.route({app.port()});
  Peer idle = Peer::connect(rig.port());
  Peer busy = Peer::connect(rig.port());
  busy.send(get("/"));
  REQUIRE(eventually([&] { return asked.load(); }));
  rig.gateway().stop(Duration(10'000));
  CHECK(idle.at_end());
  answer = true;
  const Response response = read_response(busy);
  CHECK(response.body == "last");
  CHECK(response.header("connection") == "close");
  CHECK(rig.wait_for_end());
}

TEST_CASE("Stop: what is not done when the time is over is ended", "[gateway]") {
  const Upstream app([](Peer& peer) {
    peer.read_head();
    peer.read_to_end();
  });
  Rig rig;
  rig.route({app.port()});
  Peer client = Peer::connect(rig.port());
  client.send(get("/"));
  REQUIRE(eventually([&] { return rig.replica("r1").connections == 1; }));
  rig.gateway().stop(Duration(20));
  CHECK(client.at_end());
  CHECK(rig.wait_for_end());
}

TEST_CASE("Gateway: an address in use, and one that is none, are clear errors", "[gateway]") {
  Rig rig;
  boost::asio::io_context context;
  Gateway second(context);
  const auto taken = second.listen("127.0.0.1", rig.port());
  REQUIRE_FALSE(taken);
  CHECK(taken.error().code == a67::ErrorCode::kConflict);
  CHECK(taken.error().message.contains(std::to_string(rig.port())));
  const auto nonsense = second.listen("localhost.example", 0);
  REQUIRE_FALSE(nonsense);
  CHECK(nonsense.error().code == a67::ErrorCode::kInvalidInput);
}

TEST_CASE("Gateway: a replica may be named instead of numbered", "[gateway]") {
  const Upstream app(always(ok("named")));
  Rig rig;
  const Replica replica{.id = "r1", .node = "n1", .host = "localhost", .port = app.port()};
  rig.route({.apps = {{.name = "app", .hosts = {"app"}, .replicas = {replica}}},
             .mesh_key = std::nullopt,
             .self_node = "n1"});
  CHECK(fetch(rig.port(), get("/")).body == "named");
}
