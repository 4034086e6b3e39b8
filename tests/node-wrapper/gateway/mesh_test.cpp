// Two gateways that forward to each other, and clients that pretend to be one.
#include <atomic>
#include <catch_amalgamated.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "node-wrapper/gateway/mesh.h"
#include "tests/node-wrapper/gateway/rig.h"

using namespace a67::gateway;
using namespace a67::gateway::testing;

namespace {

constexpr MeshKey kKey = {1, 2, 3};

Upstream::Script mirror() {
  return [](Peer& peer) {
    for (std::string head = peer.read_head(); !head.empty(); head = peer.read_head()) {
      peer.send(ok(head, "A67-Load: 99.0 99.0\r\nA67-Reason: replica-gone\r\n"));
    }
  };
}

// The table of the node `self` for an app whose only replica runs on node `home`.
RouteTable table(const std::string& self, const std::string& home, std::uint16_t port,
                 std::optional<MeshKey> key = kKey) {
  const bool local = self == home;
  const Replica replica{
      .id = "r1", .node = home, .local = local, .host = "127.0.0.1", .port = port};
  return {.apps = {{.name = "app", .hosts = {"app"}, .policy = "weighted", .replicas = {replica}}},
          .mesh_key = key,
          .self_node = self};
}

std::string hop_request(const MeshKey& key, std::string_view replica, std::string_view target) {
  const std::string mac = derive_mesh_mac(key, replica, "id-1", "GET", target);
  return get(target,
             "A67-Hop: " + std::string(replica) + "\r\nA67-Mesh: " + mac +
                 "\r\nX-Request-Id: id-1\r\nX-Forwarded-For: 8.8.8.8\r\n",
             "public.example");
}

}  // namespace

TEST_CASE("Mesh: a request reaches a replica through its node's gateway", "[gateway]") {
  const Upstream app(mirror());
  Rig home;
  home.route(table("n2", "n2", app.port()));
  Rig entry;
  entry.route(table("n1", "n2", home.port()));
  home.gateway().set_own_load(12.5, 40);
  home.settle();

  const Response response =
      fetch(entry.port(), get("/@app/x?y", "X-Forwarded-For: 6.6.6.6\r\n", "front"));
  CHECK(response.status == 200);
  CHECK(response.body.starts_with("GET /x?y HTTP/1.1\r\nHost: front\r\n"));
  CHECK(response.body.contains("X-Forwarded-For: 127.0.0.1, 127.0.0.1\r\n"));
  CHECK(response.body.contains("X-Forwarded-Prefix: /@app\r\n"));
  CHECK(response.body.contains("X-Forwarded-Host: front\r\n"));
  CHECK_FALSE(response.body.contains("A67-"));
  // Neither what gateways tell each other nor what an app pretends reaches the client.
  CHECK_FALSE(response.head.contains("A67-"));
  CHECK(home.replica("r1").requests == 1);
}

TEST_CASE("Mesh: a peer tells its load, and keeps an app from telling another", "[gateway]") {
  const Upstream app(mirror());
  Rig home;
  home.route(table("n2", "n2", app.port()));
  home.gateway().set_own_load(12.5, 40);
  home.settle();
  const Response response = fetch(home.port(), hop_request(kKey, "r1", "/x"));
  CHECK(response.status == 200);
  CHECK(response.header("a67-load") == "12.5 40.0");
  CHECK(response.header("a67-reason").empty());
  CHECK(response.body.contains("X-Forwarded-For: 8.8.8.8, 127.0.0.1\r\n"));
}

TEST_CASE("Mesh: forged hop headers make nobody a peer", "[gateway]") {
  const Upstream app(mirror());
  Rig home;
  home.route(table("n2", "n2", app.port()));
  const MeshKey other = {9};

  // With a wrong key, and with a right proof for something else: a client's request for an unknown
  // host.
  CHECK(fetch(home.port(), hop_request(other, "r1", "/x")).status == 404);
  std::string replayed = hop_request(kKey, "r1", "/x");
  replayed.replace(replayed.find("/x"), 2, "/y");
  CHECK(fetch(home.port(), replayed).status == 404);

  // On a host that exists it is served as a client's: nothing it claims gets through.
  std::string as_client = hop_request(other, "r1", "/x");
  as_client.replace(as_client.find("public.example"), 14, "app");
  const Response response = fetch(home.port(), as_client);
  CHECK(response.status == 200);
  CHECK(response.body.contains("X-Forwarded-For: 127.0.0.1\r\n"));
  CHECK_FALSE(response.body.contains("8.8.8.8"));
  CHECK_FALSE(response.body.contains("A67-"));
  CHECK(response.header("a67-load").empty());

  // Without a key there are no peers at all.
  home.route(table("n2", "n2", app.port(), std::nullopt));
  CHECK(fetch(home.port(), hop_request({}, "r1", "/x")).status == 404);
}

TEST_CASE("Mesh: a peer never forwards a second time", "[gateway]") {
  const Upstream app(mirror());
  Rig elsewhere;
  elsewhere.route(table("n3", "n3", app.port()));
  Rig home;
  home.route(table("n2", "n3", elsewhere.port()));
  const Response response = fetch(home.port(), hop_request(kKey, "r1", "/x"));
  CHECK(response.status == 503);
  CHECK(response.header("a67-reason") == "replica-gone");
  CHECK(app.connections() == 0);
}

TEST_CASE("Mesh: a replica that is gone from its node is replaced, also for POST", "[gateway]") {
  const Upstream good([](Peer& peer) {
    const std::string head = peer.read_head();
    peer.send(ok(read_body_of(peer, head).body));
  });
  Rig peer_gateway;
  peer_gateway.route({.apps = {}, .mesh_key = kKey, .self_node = "n2"});
  Rig entry;
  RouteTable routes = table("n1", "n2", peer_gateway.port());
  routes.apps[0].policy = "round-robin";
  routes.apps[0].replicas.push_back({.id = "r2", .node = "n1", .port = good.port()});
  entry.route(routes);
  const Response response =
      fetch(entry.port(), "POST / HTTP/1.1\r\nHost: app\r\nContent-Length: 3\r\n\r\nabc");
  CHECK(response.body == "abc");
  CHECK(entry.replica("r1").failures == 1);
}

TEST_CASE("Mesh: only failures that a peer knows to be harmless are repeated for POST",
          "[gateway]") {
  const Upstream good(always(ok("good")));
  const auto post_through = [&](std::uint16_t first) {
    Rig peer_gateway;
    peer_gateway.route(table("n2", "n2", first));
    Rig entry;
    RouteTable routes = table("n1", "n2", peer_gateway.port());
    routes.apps[0].policy = "round-robin";
    routes.apps[0].replicas.push_back({.id = "r2", .node = "n1", .port = good.port()});
    entry.route(routes);
    return fetch(entry.port(), "POST / HTTP/1.1\r\nHost: app\r\nContent-Length: 0\r\n\r\n");
  };
  CHECK(post_through(closed_port()).body == "good");
  const Upstream dying([](Peer& peer) { peer.read_head(); });
  CHECK(post_through(dying.port()).status == 502);
}

TEST_CASE("Mesh: when every replica is gone the client is told to come back", "[gateway]") {
  Rig peer_gateway;
  peer_gateway.route({.apps = {}, .mesh_key = kKey, .self_node = "n2"});
  Rig entry;
  entry.route(table("n1", "n2", peer_gateway.port()));
  const Response response = fetch(entry.port(), get("/"));
  CHECK(response.status == 503);
  CHECK(response.header("retry-after") == "2");
  CHECK(response.header("a67-reason").empty());
}

TEST_CASE("Mesh: a node that dies under load costs no GET", "[gateway]") {
  const Upstream app(always(ok("good")));
  const auto make_node = [&](const std::string& name, const std::vector<std::string>& ids) {
    RouteTable routes = table(name, name, app.port());
    routes.apps[0].replicas.clear();
    for (const std::string& id : ids) {
      routes.apps[0].replicas.push_back({.id = id, .node = name, .port = app.port()});
    }
    auto rig = std::make_unique<Rig>();
    rig->route(routes);
    return rig;
  };
  auto dying = make_node("n2", {"a", "b"});
  const auto staying = make_node("n3", {"c", "d", "e"});
  RouteTable routes = table("n1", "n1", 0);
  routes.apps[0].replicas.clear();
  for (const char* id : {"a", "b", "c", "d", "e"}) {
    const bool dies = *id < 'c';
    routes.apps[0].replicas.push_back({.id = id,
                                       .node = dies ? "n2" : "n3",
                                       .local = false,
                                       .port = dies ? dying->port() : staying->port()});
  }
  Rig entry;
  entry.route(routes);

  std::atomic<bool> stop = false;
  std::atomic<int> served = 0;
  std::atomic<int> failed = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      Peer peer = Peer::connect(entry.port());
      while (!stop) {
        peer.send(get("/"));
        const Response response = read_response(peer);
        (response.body == "good" ? served : failed)++;
        if (response.status == 0) return;
      }
    });
  }
  CHECK(eventually([&] { return served > 200; }));
  dying.reset();
  const int before = served;
  CHECK(eventually([&] { return served > before + 500 || failed > 0; }));
  stop = true;
  for (std::thread& client : clients) client.join();
  CHECK(failed == 0);
  CHECK(entry.replica("a").ejected);
  CHECK(entry.replica("b").ejected);
}

TEST_CASE("Mesh: a load that is full sends weighted requests elsewhere", "[gateway]") {
  const Upstream busy(always(ok("busy")));
  const Upstream free(always(ok("free")));
  Rig peer_gateway;
  peer_gateway.route(table("n2", "n2", busy.port()));
  peer_gateway.gateway().set_own_load(100, 100);
  peer_gateway.settle();
  Rig entry;
  RouteTable routes = table("n1", "n2", peer_gateway.port());
  routes.apps[0].replicas.push_back({.id = "r2", .node = "n1", .port = free.port()});
  entry.route(routes);
  entry.gateway().set_own_load(0, 0);
  entry.settle();
  // The peer's load comes with its first answer and counts from the next refresh on.
  CHECK(fetch(entry.port(), get("/")).status == 200);
  CHECK(fetch(entry.port(), get("/")).status == 200);
  entry.route(routes);
  int to_free = 0;
  for (int i = 0; i < 100; ++i) to_free += fetch(entry.port(), get("/")).body == "free" ? 1 : 0;
  CHECK(to_free > 55);
  CHECK(to_free < 100);
}
