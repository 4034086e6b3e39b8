#include <catch_amalgamated.hpp>

#include "tests/sim/lab.h"

using namespace a67;
using a67::sim::Behaviour;
using a67::sim::Lab;

namespace {

Json named(const char* app) { return {{"app", app}}; }

}  // namespace

TEST_CASE("app.deploy: it serves when it answers, with progress on the way", "[rollout]") {
  Lab lab;
  lab.claim_workers(3);
  const auto end = lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 3));
  REQUIRE(end);
  REQUIRE(end->ok);
  CHECK(end->body["app"]["state"] == "running");
  CHECK(end->body["app"]["replicasReady"] == 3);
  CHECK(end->body["app"]["url"] == "http://node-1.test:4701/@book/");
  CHECK(end->body["app"]["envNames"] == Json::array({"GREETING"}));
  CHECK(end->body["deployment"]["percent"] == 100);
  CHECK(lab.ready("book") == 3);
  std::int64_t percent = -1;
  int progresses = 0;
  for (const Json& message : lab.outputs()) {
    if (message["kind"] != "progress") continue;
    ++progresses;
    CHECK(message["body"]["percent"] >= percent);
    percent = message["body"]["percent"];
  }
  CHECK(progresses > 3);
  CHECK(lab.violations().empty());
}

TEST_CASE("app.deploy: without nodes nothing is changed", "[rollout]") {
  Lab lab;
  const auto end = lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 1));
  REQUIRE(end);
  CHECK(end->body["code"] == "no_nodes");
  CHECK_FALSE(end->body["message"].get<std::string>().empty());
  CHECK(lab.ask("app.list", Json::object())->body["apps"].empty());
  CHECK(lab.ask("deploy.plan", lab.release("book", Behaviour::kWell, 1))->body["code"] ==
        "no_nodes");
}

TEST_CASE("app.deploy: a name that is taken is refused when a new app was meant", "[rollout]") {
  Lab lab;
  lab.claim_workers(1);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 1))->ok);
  Json again = lab.release("book", Behaviour::kWell, 1);
  again["create"] = true;
  const auto end = lab.ask("app.deploy", again);
  CHECK(end->body["code"] == "conflict");
  CHECK(end->body["field"] == "name");
}

TEST_CASE(
    "app.deploy: a release that cannot run is a failure with the reason, and the former serves on",
    "[rollout]") {
  struct Row {
    Behaviour behaviour;
    const char* code;
  };
  const Row row =
      GENERATE(Row{Behaviour::kBuildFails, "build_failed"},
               Row{Behaviour::kNeverHealthy, "unhealthy"}, Row{Behaviour::kCrashes, "crashed"});
  Lab lab;
  lab.claim_workers(2);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 2))->ok);
  const auto end = lab.ask("app.deploy", lab.release("book", row.behaviour, 2));
  REQUIRE(end);
  CHECK(end->body["code"] == row.code);
  CHECK(end->body["message"].get<std::string>().contains("The previous release serves on."));
  CHECK(end->body["lines"] == Json::array({"its last line"}));
  lab.run_for(Duration{10'000});
  CHECK(lab.app("book").serving == ReleaseId("book-r1"));
  CHECK(lab.ready("book") == 2);
  CHECK(lab.app("book").newest_deployment()->state == DeploymentState::kRolledBack);
  CHECK(lab.violations().empty());
}

TEST_CASE("app.deploy: a full disk moves a replica on to another node", "[rollout]") {
  Lab lab;
  lab.claim_workers(1);
  sim::FakeNode& full = lab.add_node("node-2");
  REQUIRE(lab.ask("node.claim", {{"url", full.setup().url}, {"code", full.claim_code()}})->ok);
  const auto id = lab.begin("app.deploy", lab.release("book", Behaviour::kWell, 2));
  lab.run_for(Duration{70});
  full.set_disk_full(true);  // after it was chosen
  lab.run_for(Duration{30'000});
  REQUIRE(lab.ended(id) != nullptr);
  CHECK(lab.ended(id)->ok);
  CHECK(lab.ready("book") == 2);
  CHECK(full.running().empty());
}

TEST_CASE("deploy.plan: it says what would be done and why, and changes nothing", "[rollout]") {
  Lab lab;
  lab.claim_workers(2);
  const auto first = lab.ask("deploy.plan", lab.release("book", Behaviour::kWell, 2));
  REQUIRE(first);
  REQUIRE(first->ok);
  const Json& plan = first->body["plan"];
  CHECK(plan["creates"] == true);
  CHECK(plan["release"] == "book-r1");
  CHECK(plan["placements"].size() == 2);
  CHECK_FALSE(plan["placements"][0]["why"].get<std::string>().empty());
  CHECK(plan["uploads"].size() == 2);
  CHECK(lab.state().apps.empty());

  const Json body = lab.release("book", Behaviour::kWell, 2);
  REQUIRE(lab.ask("app.deploy", body)->ok);
  const auto second = lab.ask("deploy.plan", body);
  CHECK(second->body["plan"]["previousRelease"] == "book-r1");
  CHECK(second->body["plan"]["uploads"].empty());  // the nodes have it
  const auto git = lab.ask(
      "deploy.plan",
      {{"name", "site"},
       {"source", {{"kind", "git"}, {"url", "https://a.example/site.git"}, {"ref", "main"}}}});
  REQUIRE(git->ok);
  CHECK(git->body["plan"]["steps"][0].get<std::string>().contains("https://a.example/site.git"));
}

TEST_CASE("app.scale, app.restart, app.stop, app.start and app.rollback", "[rollout]") {
  Lab lab;
  lab.claim_workers(3);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 2))->ok);
  REQUIRE(lab.ask("app.scale", {{"app", "book"}, {"replicas", 5}})->ok);
  CHECK(lab.ready("book") == 5);
  REQUIRE(lab.ask("app.scale", {{"app", "book"}, {"replicas", 2}})->ok);
  lab.run_for(Duration{5'000});
  CHECK(lab.ready("book") == 2);

  const ReplicaId before = lab.app("book").assignments[0].id;
  REQUIRE(lab.ask("app.restart", named("book"))->ok);
  for (const Assignment& assignment : lab.app("book").assignments) {
    CHECK((assignment.id != before || assignment.draining_since));
  }
  REQUIRE(lab.ask("app.stop", named("book"))->ok);
  lab.run_for(Duration{5'000});
  CHECK(lab.ready("book") == 0);
  CHECK(lab.app("book").stopped);
  CHECK(lab.ask("app.scale", {{"app", "book"}, {"replicas", 3}})->body["code"] == "conflict");
  CHECK(lab.ask("app.restart", named("book"))->body["code"] == "conflict");
  REQUIRE(lab.ask("app.start", named("book"))->ok);
  CHECK(lab.ready("book") == 2);
  CHECK(lab.ask("app.start", named("book"))->body["code"] == "conflict");

  CHECK(lab.ask("app.rollback", named("book"))->body["code"] == "not_found");
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 2))->ok);
  REQUIRE(lab.ask("app.rollback", named("book"))->ok);
  CHECK(lab.app("book").serving == ReleaseId("book-r1"));
  CHECK(lab.ask("app.rollback", {{"app", "book"}, {"release", "book-r1"}})->body["code"] ==
        "conflict");
  CHECK(lab.ask("app.rollback", {{"app", "book"}, {"release", "book-r9"}})->body["code"] ==
        "not_found");
  for (const char* name : {"app.restart", "app.start", "app.rollback", "app.stop", "app.remove"}) {
    CHECK(lab.ask(name, named("nothing"))->body["code"] == "not_found");
  }
  CHECK(lab.violations().empty());
}

TEST_CASE("A rollout that goes on refuses a second one, and can be cancelled", "[rollout]") {
  Lab lab;
  lab.claim_workers(2);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 2))->ok);
  lab.faults().replica_time_max = Duration{60'000};
  const auto id = lab.begin("app.deploy", lab.release("book", Behaviour::kWell, 2));
  lab.run_for(Duration{300});
  CHECK(lab.ask("app.restart", named("book"))->body["code"] == "conflict");
  CHECK(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 1))->body["code"] ==
        "conflict");
  lab.host().cancel(id);
  lab.run_for(Duration{500});
  REQUIRE(lab.ended(id) != nullptr);
  CHECK(lab.ended(id)->body["code"] == "cancelled");
  lab.run_for(Duration{5'000});
  CHECK(lab.app("book").serving == ReleaseId("book-r1"));
  CHECK(lab.ready("book") == 2);
  CHECK(lab.violations().empty());
}

TEST_CASE("app.cancel: a rollout that was ordered before the engine was reloaded can be cancelled",
          "[rollout]") {
  Lab lab;
  lab.claim_workers(2);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 2))->ok);
  CHECK(lab.ask("app.cancel", named("book"))->body["code"] == "conflict");
  CHECK(lab.ask("app.cancel", named("nothing"))->body["code"] == "not_found");
  lab.faults().replica_time_max = Duration{60'000};
  lab.begin("app.deploy", lab.release("book", Behaviour::kWell, 2));
  lab.run_for(Duration{300});
  lab.host().crash();
  lab.host().start();
  const auto end = lab.ask("app.cancel", named("book"));
  REQUIRE(end);
  REQUIRE(end->ok);
  CHECK(end->body["deployment"]["state"] == "cancelled");
  lab.run_for(Duration{5'000});
  CHECK(lab.app("book").rollout() == nullptr);
  CHECK(lab.app("book").serving == ReleaseId("book-r1"));
  CHECK(lab.ready("book") == 2);
  CHECK(lab.violations() == "");
}

TEST_CASE("app.cancel: the command that waits for the rollout is answered as cancelled",
          "[rollout]") {
  Lab lab;
  lab.claim_workers(2);
  lab.faults().replica_time_max = Duration{60'000};
  const auto id = lab.begin("app.deploy", lab.release("book", Behaviour::kWell, 2));
  lab.run_for(Duration{300});
  REQUIRE(lab.ask("app.cancel", named("book"))->ok);
  lab.run_for(Duration{500});
  REQUIRE(lab.ended(id) != nullptr);
  CHECK(lab.ended(id)->body["code"] == "cancelled");
  CHECK(lab.violations() == "");
}

TEST_CASE("app.deploy: an empty health path takes away the one there was", "[rollout]") {
  Lab lab;
  lab.claim_workers(1);
  Json first = lab.release("book", Behaviour::kWell, 1);
  first["healthPath"] = "/healthz";
  const auto before = lab.ask("app.deploy", first);
  REQUIRE(before->ok);
  CHECK(before->body["app"]["health"]["path"] == "/healthz");
  const auto after =
      lab.ask("app.deploy", {{"name", "book"},
                             {"source", {{"kind", "release"}, {"release", "book-r1"}}},
                             {"healthPath", ""}});
  REQUIRE(after->ok);
  CHECK_FALSE(after->body["app"]["health"].contains("path"));
  CHECK(lab.app("book").releases.back().spec.health.path.empty());
  CHECK(lab.violations().empty());
}

TEST_CASE("Stopping or removing an app ends its rollout", "[rollout]") {
  Lab lab;
  lab.claim_workers(2);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 2))->ok);
  lab.faults().replica_time_max = Duration{60'000};
  const auto id = lab.begin("app.deploy", lab.release("book", Behaviour::kWell, 2));
  lab.run_for(Duration{300});
  const char* command = GENERATE("app.stop", "app.remove");
  REQUIRE(lab.ask(command, named("book"))->ok);
  lab.run_for(Duration{5'000});
  REQUIRE(lab.ended(id) != nullptr);
  CHECK(lab.ended(id)->body["code"] == "cancelled");
  CHECK(lab.ready("book") == 0);
  CHECK(lab.violations().empty());
}

TEST_CASE("Old releases and deployments are forgotten, never what serves", "[rollout]") {
  Lab lab;
  lab.claim_workers(1);
  for (int number = 0; number < 13; ++number) {
    REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 1))->ok);
  }
  CHECK(lab.app("book").releases.size() == kReleasesPerAppMax);
  CHECK(lab.app("book").find_release(ReleaseId("book-r13")) != nullptr);
  CHECK(lab.app("book").find_release(ReleaseId("book-r1")) == nullptr);
  const auto dropped = std::ranges::count_if(
      lab.outputs(), [](const Json& message) { return message.value("name", "") == "blob.drop"; });
  CHECK(dropped == 3);
  CHECK(lab.violations().empty());
}
