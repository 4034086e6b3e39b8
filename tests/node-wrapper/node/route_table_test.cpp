#include "node-wrapper/route_table.h"

#include <catch_amalgamated.hpp>

namespace a67::test {

TEST_CASE("Routes: what runs here gets its port, the rest its node's gateway", "[node]") {
  Routes routes;
  routes.mesh_key = MeshKey({7});
  routes.nodes = {{.id = NodeId("n-1"), .gateway = "127.0.0.1:4701"},
                  {.id = NodeId("n-2"), .gateway = "10.0.0.2:4702"},
                  {.id = NodeId("n-3"), .gateway = "[::1]:4703"}};
  routes.apps = {{.name = "guestbook",
                  .hosts = {"guestbook.localhost"},
                  .policy = "latency",
                  .replicas = {{.id = ReplicaId("a-1"), .node = NodeId("n-1")},
                               {.id = ReplicaId("a-2"), .node = NodeId("n-2")},
                               {.id = ReplicaId("a-3"), .node = NodeId("n-3")},
                               {.id = ReplicaId("a-4"), .node = NodeId("n-unknown")},
                               {.id = ReplicaId("a-5"), .node = NodeId("n-1")},
                               {.id = ReplicaId("a-6"), .node = NodeId("n-1")}}}};
  const std::vector<LocalReplica> local = {
      {.id = ReplicaId("a-1"), .app = "guestbook", .port = 30'001, .ready = true},
      {.id = ReplicaId("a-5"), .app = "guestbook", .port = 30'002, .ready = false},
      // On this node, but placed elsewhere by the controller: it is about to be stopped.
      {.id = ReplicaId("a-2"), .app = "guestbook", .port = 30'003, .ready = true}};
  const gateway::RouteTable table = make_route_table(routes, NodeId("n-1"), local);
  CHECK(table.self_node == "n-1");
  CHECK(table.mesh_key == routes.mesh_key.expose());
  REQUIRE(table.apps.size() == 1);
  CHECK(table.apps[0].name == "guestbook");
  CHECK(table.apps[0].hosts == routes.apps[0].hosts);
  CHECK(table.apps[0].policy == "latency");
  const std::vector<gateway::Replica> wanted = {
      {.id = "a-1", .node = "n-1", .local = true, .host = "127.0.0.1", .port = 30'001},
      {.id = "a-2", .node = "n-2", .local = false, .host = "10.0.0.2", .port = 4702},
      {.id = "a-3", .node = "n-3", .local = false, .host = "::1", .port = 4703}};
  CHECK(table.apps[0].replicas == wanted);
}

TEST_CASE("Routes: an app whose replicas all went keeps its name, to be answered with 503",
          "[node]") {
  Routes routes;
  routes.apps = {{.name = "guestbook", .hosts = {}, .replicas = {}}};
  CHECK(make_route_table(routes, NodeId("n-1"), {}).apps.size() == 1);
}

}  // namespace a67::test
