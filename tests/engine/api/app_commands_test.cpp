#include <catch_amalgamated.hpp>

#include "engine/api/app_metrics.h"
#include "tests/sim/lab.h"

using namespace a67;
using a67::sim::Behaviour;
using a67::sim::Lab;

TEST_CASE("engine.state: everything at once, as the contract says", "[apps]") {
  Lab lab;
  lab.claim_workers(1);
  lab.add_node("entry", NodeRole::kGateway);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 1))->ok);
  const auto end = lab.ask("engine.state", Json::object());
  REQUIRE(end->ok);
  CHECK(end->body["controller"]["epoch"] == 1);
  CHECK(end->body["controller"]["online"] == true);
  CHECK(end->body["nodes"].size() == 1);
  CHECK(end->body["apps"].size() == 1);
  CHECK_FALSE(end->body["activity"].empty());
  CHECK(end->body["settings"]["heartbeatSeconds"] == 30);
  CHECK(lab.violations().empty());
}

TEST_CASE("The one URL is the entry gateway's when there is one", "[apps]") {
  Lab lab;
  lab.claim_workers(1);
  auto& entry = lab.add_node("entry", NodeRole::kGateway);
  REQUIRE(lab.ask("node.claim", {{"url", entry.setup().url}, {"code", entry.claim_code()}})->ok);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 1))->ok);
  const auto app = lab.ask("app.get", {{"app", "book"}});
  CHECK(app->body["app"]["url"] == "http://entry.test:4701/@book/");
  CHECK(app->body["app"]["urls"].size() == 2);
  lab.run_for(Duration{2'000});
  REQUIRE(entry.desired().routes.apps.size() == 1);
  CHECK(entry.desired().routes.apps[0].replicas.size() == 1);
  CHECK(entry.desired().replicas.empty());
}

TEST_CASE("app.remove: the app, its replicas and its archive are forgotten", "[apps]") {
  Lab lab;
  lab.claim_workers(1);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 1))->ok);
  REQUIRE(lab.ask("app.remove", {{"app", "book"}})->ok);
  lab.run_for(Duration{3'000});
  CHECK(lab.ready("book") == 0);
  CHECK(lab.state().apps.empty());
  bool removed = false;
  bool dropped = false;
  for (const Json& message : lab.outputs()) {
    removed = removed || message.value("name", "") == "app.removed";
    dropped = dropped || message.value("name", "") == "blob.drop";
  }
  CHECK(removed);
  CHECK(dropped);
  CHECK(lab.ask("app.get", {{"app", "book"}})->body["code"] == "not_found");
}

TEST_CASE("app.remove: succeeds when one save keeps it and the deployment that followed it",
          "[apps]") {
  Lab lab;
  lab.claim_workers(1);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 1))->ok);
  lab.faults().save_fails = 1;
  CHECK_FALSE(lab.ask("settings.set", {{"heartbeatSeconds", 9}})->ok);
  // The loop waits two seconds before it tries again: both come within one save.
  lab.faults().save_fails = 0;
  const auto removal = lab.begin("app.remove", {{"app", "book"}});
  lab.run_for(Duration{50});
  REQUIRE(lab.ended(removal) == nullptr);
  const auto deployed = lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 1));
  REQUIRE(deployed->ok);
  REQUIRE(lab.ended(removal) != nullptr);
  CHECK(lab.ended(removal)->ok);
  CHECK(lab.app("book").deployments.size() == 1);
  CHECK(lab.violations().empty());
}

TEST_CASE("activity.list: searched, limited and paged, newest last", "[apps]") {
  Lab lab;
  lab.claim_workers(2);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 1))->ok);
  const auto all = lab.ask("activity.list", Json::object());
  REQUIRE(all->body["activity"].size() >= 3);
  const auto found = lab.ask("activity.list", {{"text", "BOOK serves"}});
  REQUIRE(found->body["activity"].size() == 1);
  CHECK(found->body["activity"][0]["kind"] == "app.deployed");
  const auto one = lab.ask("activity.list", {{"limit", 1}});
  REQUIRE(one->body["activity"].size() == 1);
  CHECK(one->body["activity"][0]["seq"] == all->body["activity"].back()["seq"]);
  const auto older = lab.ask("activity.list", {{"before", one->body["activity"][0]["seq"]}});
  CHECK(older->body["activity"].size() == all->body["activity"].size() - 1);
}

TEST_CASE("settings.set: fields left out stay, and weights must add up", "[apps]") {
  Lab lab;
  lab.claim_workers(1);
  const auto set = lab.ask("settings.set", {{"heartbeatSeconds", 7}});
  CHECK(set->body["settings"]["heartbeatSeconds"] == 7);
  CHECK(set->body["settings"]["weights"]["cpu"] == 30);
  const Json weights = {
      {"cpu", 20}, {"memory", 20}, {"latency", 20}, {"connections", 20}, {"history", 20}};
  CHECK(lab.ask("settings.set", {{"weights", weights}})->ok);
  Json wrong = weights;
  wrong["cpu"] = 30;
  CHECK(lab.ask("settings.set", {{"weights", wrong}})->body["code"] == "invalid_input");
  const auto got = lab.ask("settings.get", Json::object());
  CHECK(got->body["settings"]["heartbeatSeconds"] == 7);
  CHECK(got->body["settings"]["weights"]["cpu"] == 20);
  lab.host().crash();
  lab.host().start();
  lab.run_for(Duration{1'000});
  CHECK(lab.ask("settings.get", Json::object())->body == got->body);
}

TEST_CASE("app.metrics: a point every two seconds", "[apps]") {
  Lab lab;
  lab.claim_workers(2);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 2))->ok);
  lab.run_for(Duration{20'000});
  const auto end = lab.ask("app.metrics", {{"app", "book"}});
  REQUIRE(end->ok);
  CHECK(end->body["points"].size() >= 9);
  CHECK(end->body["points"].back()["memoryBytes"] == 100'000'000);
  CHECK(lab.ask("app.metrics", {{"app", "nothing"}})->body["code"] == "not_found");
}

TEST_CASE("AppMetrics: replicas are added up, errors become a rate, the busiest gateway speaks",
          "[apps]") {
  const std::vector<AppRecord> apps = {{.name = "book"}};
  NodeStatus one;
  one.node.id = NodeId("n-1");
  one.replicas = {{.id = ReplicaId("a"), .app = "book", .cpu_percent = 10, .memory_bytes = 5},
                  {.id = ReplicaId("x"), .app = "other", .cpu_percent = 90, .memory_bytes = 90}};
  one.gateway.apps = {{.name = "book", .errors = 100, .requests_per_second = 5, .p50_ms = 9}};
  NodeStatus two = one;
  two.node.id = NodeId("n-2");
  two.gateway.apps[0].requests_per_second = 50;
  two.gateway.apps[0].p50_ms = 3;
  AppMetrics metrics;
  metrics.sample(apps, {&one, &two}, 1'000);
  CHECK(metrics.latest("book").errors_per_second == 0);  // counters since ever are no rate
  one.gateway.apps[0].errors = 104;
  two.gateway.apps[0].errors = 2;  // started anew
  metrics.sample(apps, {&one, &two}, 3'000);
  const AppSample sample = metrics.latest("book");
  CHECK(sample.cpu_percent == 20);
  CHECK(sample.memory_bytes == 10);
  CHECK(sample.requests_per_second == 55);
  CHECK(sample.errors_per_second == 2);
  CHECK(sample.p50_ms == 3);
  for (int at = 0; at < 400; ++at) metrics.sample(apps, {&one}, 5'000 + at);
  CHECK(metrics.series("book").size() == kSamplesMax);
  metrics.sample({}, {}, 9'000);
  CHECK(metrics.series("book").empty());
  CHECK(metrics.latest("book").at == 0);
}
