#include <catch_amalgamated.hpp>

#include "tests/sim/lab.h"

using namespace a67;
using a67::sim::Behaviour;
using a67::sim::FakeNode;
using a67::sim::Lab;

namespace {

Json claim_of(const FakeNode& node) {
  return {{"url", node.setup().url + "/"}, {"code", node.claim_code()}};
}

const Json& node_in(const std::optional<sim::Host::End>& end, std::size_t at = 0) {
  return end->body.at("nodes").at(at);
}

}  // namespace

TEST_CASE("node.claim: a node is claimed, heard of and listed", "[nodes]") {
  Lab lab;
  FakeNode& node = lab.add_node("node-1");
  const auto end = lab.ask("node.claim", claim_of(node));
  REQUIRE(end);
  REQUIRE(end->ok);
  CHECK(end->body["node"]["name"] == "node-1");
  CHECK(end->body["node"]["state"] == "awake");
  CHECK(end->body["node"]["cpus"] == 2);  // its status has come
  CHECK(node_in(lab.ask("node.list", Json::object()))["id"] == node.id().value);
  // Claiming again with the same key and code is harmless.
  CHECK(lab.ask("node.claim", claim_of(node))->ok);
  lab.run_for(Duration{5'000});
  CHECK(lab.state().nodes.size() == 1);
  CHECK(node.desired().epoch == 1);
  CHECK(lab.violations().empty());
}

TEST_CASE("node.claim: every reason for failing says what to do next", "[nodes]") {
  Lab lab;
  FakeNode& node = lab.add_node("node-1");
  Json body = claim_of(node);
  std::string code;
  std::string text;
  SECTION("a wrong code") {
    body["code"] = "C0DE-0000-00000";
    code = "forbidden";
    text = "claim-code";
  }
  SECTION("a node that belongs to another") {
    lab.ask("node.claim", body);
    lab.host().crash();
    lab.host().set_durable("identity", std::string(64, '5'));  // now we are somebody else
    lab.host().start();
    lab.run_for(Duration{1'000});
    code = "conflict";
    text = "automator67-node reset";
  }
  SECTION("nobody there") {
    body["url"] = "http://nowhere.test:4601";
    code = "unreachable";
    text = "automator67-node runs there";
  }
  SECTION("a node that is off") {
    node.crash(false);
    code = "unreachable";
    text = "automator67-node runs there";
  }
  SECTION("nobody says anything") {
    lab.network().cut_off(node, true);
    code = "timeout";
    text = "automator67-node runs there";
  }
  SECTION("a clock that is ahead") {
    node.set_clock_skew(Duration{90'000});
    code = "clock_skew";
    text = "timedatectl";
  }
  SECTION("a clock that is behind") {
    node.set_clock_skew(Duration{-90'000});
    code = "clock_skew";
    text = "timedatectl";
  }
  const auto end = lab.ask("node.claim", body);
  REQUIRE(end);
  CHECK_FALSE(end->ok);
  CHECK(end->body["code"] == code);
  CHECK_THAT(end->body.value("hint", std::string()), Catch::Matchers::ContainsSubstring(text));
  CHECK(lab.violations().empty());
}

TEST_CASE("node.claim: five wrong codes lock it for a while", "[nodes]") {
  Lab lab;
  FakeNode& node = lab.add_node("node-1");
  for (int attempt = 0; attempt < 5; ++attempt) {
    lab.ask("node.claim", {{"url", node.setup().url}, {"code", "C0DE-0000-00000"}});
  }
  CHECK(lab.ask("node.claim", claim_of(node))->body["code"] == "rate_limited");
}

TEST_CASE("node.claim: an answer that was lost is asked for again", "[nodes]") {
  Lab lab;
  FakeNode& node = lab.add_node("node-1");
  lab.faults().lose_reply = 1;
  CHECK_FALSE(lab.ask("node.claim", claim_of(node))->ok);
  lab.faults().lose_reply = 0;
  CHECK(lab.ask("node.claim", claim_of(node))->ok);
}

TEST_CASE("node.remove: the replicas move first, then the node is free again", "[nodes]") {
  Lab lab;
  lab.claim_workers(2);
  FakeNode& third = lab.add_node("node-3");
  REQUIRE(lab.ask("node.claim", claim_of(third))->ok);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 3))->ok);
  const std::string old_code = third.claim_code();
  const auto end = lab.ask("node.remove", {{"node", "node-3"}});
  REQUIRE(end);
  CHECK(end->ok);
  CHECK(lab.ready("book") == 3);
  CHECK_FALSE(third.is_claimed());
  CHECK(third.claim_code() != old_code);
  lab.run_for(Duration{3'000});
  CHECK(third.running().empty());
  CHECK(lab.state().nodes.size() == 2);
  CHECK(lab.ask("node.claim", claim_of(third))->ok);
  CHECK(lab.violations().empty());
}

TEST_CASE("node.remove: what cannot be done is said, and changes nothing", "[nodes]") {
  Lab lab;
  lab.claim_workers(1);
  SECTION("no such node") {
    CHECK(lab.ask("node.remove", {{"node", "node-9"}})->body["code"] == "not_found");
  }
  SECTION("no other node can take its replicas") {
    REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 1))->ok);
    const auto end = lab.ask("node.remove", {{"node", "node-1"}}, Duration{300'000});
    REQUIRE(end);
    CHECK(end->body["code"] == "no_nodes");
    CHECK(end->body["message"].get<std::string>().contains("book"));
    lab.run_for(Duration{5'000});
    CHECK(lab.ready("book") == 1);
    CHECK(lab.ask("app.scale", {{"app", "book"}, {"replicas", 2}})->ok);  // it is used again
  }
  CHECK(lab.violations().empty());
}

TEST_CASE("node.remove: a cancelled removal puts the node to use again", "[nodes]") {
  Lab lab;
  lab.claim_workers(2);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 2))->ok);
  lab.faults().replica_time_max = Duration{20'000};
  const auto id = lab.begin("node.remove", {{"node", "node-2"}});
  lab.run_for(Duration{500});
  lab.host().cancel(id);
  lab.run_for(Duration{500});
  REQUIRE(lab.ended(id) != nullptr);
  CHECK(lab.ended(id)->body["code"] == "cancelled");
  lab.faults().replica_time_max = Duration{300};
  CHECK(lab.ask("app.scale", {{"app", "book"}, {"replicas", 4}})->ok);
  CHECK(lab.state().nodes.size() == 2);
  std::size_t on_second = 0;
  for (const Assignment& assignment : lab.app("book").assignments) {
    if (assignment.node == lab.state().nodes[1].id) ++on_second;
  }
  CHECK(on_second == 2);
  CHECK(lab.violations().empty());
}

TEST_CASE("node.remove: a dead node is only forgotten with force", "[nodes]") {
  Lab lab;
  lab.claim_workers(1);
  FakeNode& second = lab.add_node("node-2");
  REQUIRE(lab.ask("node.claim", claim_of(second))->ok);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 2))->ok);
  second.crash(false);
  lab.run_for(Duration{30'000});
  const auto refused = lab.ask("node.remove", {{"node", "node-2"}});
  CHECK(refused->body["code"] == "unreachable");
  CHECK(refused->body["hint"].get<std::string>().contains("force"));
  CHECK(lab.ask("node.remove", {{"node", "node-2"}, {"force", true}})->ok);
  lab.run_for(Duration{10'000});
  CHECK(lab.state().nodes.size() == 1);
  CHECK(lab.ready("book") == 2);
  // It comes back, was never told, and is claimed again: what it still ran is stopped.
  second.come_back();
  REQUIRE(lab.ask("node.claim", claim_of(second))->ok);
  lab.run_for(Duration{10'000});
  CHECK(second.running().empty());
  CHECK(lab.violations().empty());
}

TEST_CASE("A node that dies is replaced, and comes back clean", "[nodes]") {
  Lab lab;
  lab.claim_workers(2);
  FakeNode& third = lab.add_node("node-3");
  REQUIRE(lab.ask("node.claim", claim_of(third))->ok);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 3))->ok);
  third.crash(true);
  lab.run_for(Duration{30'000});
  CHECK(lab.ready("book") == 3);
  const auto nodes = lab.ask("node.list", Json::object());
  CHECK(node_in(nodes, 2)["state"] == "dead");
  third.come_back();
  lab.run_for(Duration{30'000});
  CHECK(third.running().empty());
  CHECK(lab.ready("book") == 3);
  CHECK(node_in(lab.ask("node.list", Json::object()), 2)["state"] == "awake");
  CHECK(lab.violations().empty());
}

TEST_CASE("node.remove: a removal goes on when one that forestalled it could not be saved",
          "[nodes]") {
  Lab lab;
  lab.claim_workers(2);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 2))->ok);
  lab.faults().replica_time_max = Duration{60'000};
  const auto patient = lab.begin("node.remove", {{"node", "node-2"}});
  lab.run_for(Duration{500});
  REQUIRE(lab.ended(patient) == nullptr);  // its replica is still moving
  lab.faults().save_fails = 1;
  CHECK_FALSE(lab.ask("node.remove", {{"node", "node-2"}, {"force", true}})->ok);
  lab.run_for(Duration{10'000});
  CHECK(lab.state().nodes.size() == 2);
  CHECK(lab.ended(patient) == nullptr);
  lab.faults().save_fails = 0;
  lab.run_for(Duration{120'000});
  REQUIRE(lab.ended(patient) != nullptr);
  CHECK(lab.ended(patient)->ok);
  CHECK(lab.state().nodes.size() == 1);
  CHECK(lab.ready("book") == 2);
  CHECK(lab.violations().empty());
}

TEST_CASE("node.claim: a node that could not be saved is given up again, and claimed later",
          "[nodes]") {
  Lab lab;
  lab.claim_workers(1);
  auto& node = lab.add_node("second");
  lab.faults().save_fails = 1;
  const auto refused =
      lab.ask("node.claim", {{"url", node.setup().url}, {"code", node.claim_code()}});
  CHECK(refused->body["code"] == "store_failed");
  CHECK_FALSE(node.is_claimed());
  CHECK(lab.ask("node.list", Json::object())->body["nodes"].size() == 1);
  lab.faults().save_fails = 0;
  CHECK(lab.ask("node.claim", {{"url", node.setup().url}, {"code", node.claim_code()}})->ok);
  CHECK(lab.state().nodes.size() == 2);
  CHECK(lab.violations().empty());
}
