#include "engine/deploy/orders.h"

#include <catch_amalgamated.hpp>

#include "tests/engine/state/sample.h"

using namespace a67;

TEST_CASE("Orders: a node is told of its replicas, with source and spec", "[orders]") {
  const State state = test::sample_state();
  const DesiredState desired = desired_for(state, NodeId("n-1"), 5);
  CHECK(desired.epoch == 5);
  CHECK(desired.revision == 0);
  REQUIRE(desired.replicas.size() == 2);  // one of them is leaving, but not gone yet
  CHECK(desired.replicas[0].id == ReplicaId("guestbook-r1-abcde"));
  CHECK(desired.replicas[0].generation == 4);
  CHECK(desired.replicas[0].source == state.apps[0].releases[0].source);
  CHECK(desired.replicas[0].spec == state.apps[0].releases[0].spec);
  CHECK(desired_for(state, NodeId("n-2"), 5).replicas.empty());
}

TEST_CASE("Orders: every node gets the same routes: what is ready and stays", "[orders]") {
  State state = test::sample_state();
  const Routes routes = desired_for(state, NodeId("n-2"), 5).routes;
  CHECK(routes == desired_for(state, NodeId("n-1"), 5).routes);
  REQUIRE(routes.apps.size() == 1);
  CHECK(routes.apps[0].name == "guestbook");
  CHECK(routes.apps[0].hosts == state.apps[0].releases[0].hosts);
  CHECK(routes.apps[0].policy == "latency");
  REQUIRE(routes.apps[0].replicas.size() == 1);
  CHECK(routes.apps[0].replicas[0].id == ReplicaId("guestbook-r1-abcde"));
  CHECK(routes.mesh_key == state.mesh_key);
  REQUIRE(routes.nodes.size() == 1);  // an entry gateway runs nothing, so nobody forwards to it
  CHECK(routes.nodes[0].gateway == "127.0.0.1:4701");

  state.apps[0].assignments[0].ready = false;
  CHECK(desired_for(state, NodeId("n-2"), 5).routes.apps[0].replicas.empty());
}

TEST_CASE("Orders: what routes nothing is told of no routes and no common key", "[orders]") {
  State state = test::sample_state();
  state.nodes[1].role = NodeRole::kServer;
  const DesiredState desired = desired_for(state, state.nodes[1].id, 5);
  CHECK(desired.epoch == 5);
  CHECK(desired.routes == Routes{});
}

TEST_CASE("Orders: the first rollout of an app brings its own hosts and policy", "[orders]") {
  State state = test::sample_state();
  AppRecord& app = state.apps[0];
  app.serving = ReleaseId();
  app.deployments.push_back({.id = DeploymentId("d-2"), .release = ReleaseId("guestbook-r2")});
  CHECK(desired_for(state, NodeId("n-1"), 1).routes.apps[0].policy == "latency");
  app.deployments.back().finished_at = 1;
  CHECK(desired_for(state, NodeId("n-1"), 1).routes.apps[0].hosts.empty());
}

TEST_CASE("Orders: a replica whose release is gone is not ordered", "[orders]") {
  State state = test::sample_state();
  state.apps[0].releases.clear();
  CHECK(desired_for(state, NodeId("n-1"), 1).replicas.empty());
}

TEST_CASE("Orders: the authority of a URL is its host and port", "[orders]") {
  CHECK(authority_of("http://127.0.0.1:4701") == "127.0.0.1:4701");
  CHECK(authority_of("https://a.example/path/x") == "a.example");
  CHECK(authority_of("a.example:80") == "a.example:80");
}
