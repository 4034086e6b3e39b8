#include "engine/api/engine.h"

#include <catch_amalgamated.hpp>
#include <map>
#include <string>

#include "engine/base/json.h"
#include "tests/sim/lab.h"

using namespace a67;
using a67::sim::Behaviour;
using a67::sim::Lab;

namespace {

const std::string kSeed(64, '7');

Json drain(Engine& engine) { return Json::parse(engine.drain(Instant{})); }

std::string log_of(const Json& out) {
  REQUIRE(out.size() == 1);
  CHECK(out[0]["name"] == "log");
  return out[0]["body"]["message"];
}

Json start_message() {
  return {{"kind", "start"}, {"seed", kSeed}, {"unixMs", 1'790'000'000'000}, {"host", "cli"}};
}

// Answers the newest effect.
void answer(Engine& engine, const Json& out, const Json& body) {
  engine.push(Json{{"kind", "result"}, {"id", out.back()["id"]}, {"body", body}}.dump());
}

// Starts an engine on a store that holds these values; returns what it says at last.
Json start_with(Engine& engine, const std::map<std::string, std::string>& store) {
  engine.push(start_message().dump());
  for (;;) {
    const Json out = drain(engine);
    if (out.empty() || out.back()["kind"] != "effect") return out;
    const Json& body = out.back()["body"];
    if (out.back()["name"] == "store.load") {
      const auto found = store.find(body["key"]);
      answer(engine, out, {{"value", found == store.end() ? Json() : Json(found->second)}});
    } else {
      answer(engine, out, Json::object());
    }
  }
}

}  // namespace

TEST_CASE("Engine: what it cannot understand it says in the log, and goes on", "[engine]") {
  Engine engine;
  SECTION("no JSON") { engine.push("{"); }
  SECTION("no object") { engine.push("[]"); }
  SECTION("nested too deep") { engine.push(std::string(60, '[') + std::string(60, ']')); }
  SECTION("an unknown kind") { engine.push(R"({"kind":"dance"})"); }
  SECTION("a start without a seed") { engine.push(R"({"kind":"start"})"); }
  SECTION("a short seed") { engine.push(R"({"kind":"start","seed":"abcd"})"); }
  CHECK_FALSE(log_of(drain(engine)).empty());
  engine.push(start_message().dump());
  const Json out = drain(engine);
  CHECK(out[0]["kind"] == "hello");
  CHECK(out[0]["protocol"] == 1);
  CHECK(out[0]["version"] == kVersion);
}

TEST_CASE("Engine: messages before the start and answers to nothing are harmless", "[engine]") {
  Engine engine;
  engine.push(R"({"kind":"result","id":5,"body":{}})");
  engine.push(R"({"kind":"error","id":5,"error":{}})");
  engine.push(R"({"kind":"chunk","id":5,"body":{}})");
  engine.push(R"({"kind":"cancel","id":5})");
  engine.push(R"({"kind":"network","online":false})");
  engine.push(R"({"kind":"clock","unixMs":5})");
  CHECK(drain(engine).empty());
  CHECK_FALSE(engine.next_wake());
}

TEST_CASE("Engine: a second start is refused", "[engine]") {
  Engine engine;
  engine.push(start_message().dump());
  drain(engine);
  engine.push(start_message().dump());
  CHECK(log_of(drain(engine)).contains("twice"));
}

TEST_CASE("Engine: a message that waits wants to be looked at", "[engine]") {
  Engine engine;
  CHECK_FALSE(engine.next_wake());
  engine.push(start_message().dump());
  CHECK(engine.next_wake());
}

TEST_CASE("Engine: the first start makes an identity and an epoch, each durable before the next",
          "[engine]") {
  Engine engine;
  engine.push(start_message().dump());
  Json out = drain(engine);
  CHECK(out.back()["body"]["key"] == "identity");
  answer(engine, out, {{"value", nullptr}});
  out = drain(engine);
  CHECK(out.back()["name"] == "store.save");
  CHECK(out.back()["body"]["key"] == "identity");
  CHECK(out.back()["body"]["secret"] == true);
  answer(engine, out, Json::object());
  out = drain(engine);
  CHECK(out.back()["body"]["key"] == "epoch");
  answer(engine, out, {{"value", "41"}});
  out = drain(engine);
  CHECK(out.back()["body"]["value"] == "42");
  answer(engine, out, Json::object());
  out = drain(engine);
  CHECK(out.back()["body"]["key"] == "state");
  answer(engine, out, {{"value", nullptr}});
  out = drain(engine);
  CHECK(out[0]["kind"] == "ready");
}

TEST_CASE("Engine: a damaged store stops it, overwrites nothing and is told to every command",
          "[engine]") {
  std::map<std::string, std::string> store = {{"identity", kSeed}, {"epoch", "1"}};
  const std::string damaged = GENERATE("identity", "epoch", "state");
  store[damaged] = "xyz";
  Engine engine;
  const Json out = start_with(engine, store);
  REQUIRE(out.size() == 1);
  CHECK(out[0]["kind"] == "fatal");
  CHECK(out[0]["error"]["code"] == "store_failed");
  CHECK(out[0]["error"]["hint"].get<std::string>().contains("Nothing was overwritten"));
  engine.push(R"({"kind":"command","id":1,"name":"app.list","body":{}})");
  const Json answered = drain(engine);
  REQUIRE(answered.size() == 1);
  CHECK(answered[0]["kind"] == "failed");
  CHECK(answered[0]["error"]["code"] == "store_failed");
}

TEST_CASE("Engine: a store that cannot be read or written at the start stops it", "[engine]") {
  Engine engine;
  engine.push(start_message().dump());
  Json out = drain(engine);
  SECTION("read") {}
  SECTION("written") {
    answer(engine, out, {{"value", nullptr}});
    out = drain(engine);
  }
  engine.push(Json{{"kind", "error"},
                   {"id", out.back()["id"]},
                   {"error", {{"code", "store_failed"}, {"message", "Full."}}}}
                  .dump());
  CHECK(drain(engine)[0]["kind"] == "fatal");
}

TEST_CASE("Engine: a reload in the middle of a rollout loses nothing", "[engine]") {
  Lab lab;
  lab.claim_workers(3);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 3))->ok);
  lab.begin("app.deploy", lab.release("book", Behaviour::kWell, 3));
  lab.run_for(Duration{400});
  REQUIRE(lab.app("book").rollout() != nullptr);
  lab.host().crash();
  lab.run_for(Duration{2'000});
  CHECK(lab.ready("book") >= 3);  // the nodes go on by themselves
  lab.host().start();
  lab.run_for(Duration{30'000});
  CHECK(lab.app("book").serving == ReleaseId("book-r2"));
  CHECK(lab.app("book").rollout() == nullptr);
  CHECK(lab.ready("book") == 3);
  CHECK(lab.violations().empty());
}

TEST_CASE("Engine: while this device is offline nobody else is declared dead", "[engine]") {
  Lab lab;
  lab.claim_workers(2);
  lab.host().set_online(false);
  lab.run_for(Duration{180'000});
  const auto nodes = lab.ask("node.list", Json::object());
  REQUIRE(nodes);
  for (const Json& node : nodes->body["nodes"]) CHECK(node["state"] != "dead");
  lab.host().set_online(true);
  lab.run_for(Duration{20'000});
  const auto again = lab.ask("node.list", Json::object());
  for (const Json& node : again->body["nodes"]) CHECK(node["state"] == "awake");
}

TEST_CASE("Engine: one that was replaced gives no more orders and says why", "[engine]") {
  Lab lab;
  sim::FakeNode& node = lab.add_node("node-1");
  REQUIRE(lab.ask("node.claim", {{"url", node.setup().url}, {"code", node.claim_code()}})->ok);
  // The store comes back from an old backup: another engine had a newer epoch meanwhile.
  lab.host().crash();
  lab.host().start();
  lab.run_for(Duration{5'000});
  const auto newer = lab.host().durable().at("epoch");
  lab.host().set_durable("epoch", "0");
  lab.host().crash();
  lab.host().start();
  lab.run_for(Duration{10'000});
  CHECK(newer == "2");
  const auto state = lab.ask("engine.state", Json::object());
  REQUIRE(state);
  CHECK(state->body["controller"]["state"] == "superseded");
  for (const char* name : {"app.stop", "app.remove", "app.restart", "app.start"}) {
    const auto refused = lab.ask(name, {{"app", "book"}});
    REQUIRE(refused);
    CHECK(refused->body["code"] == "stale_epoch");
  }
  CHECK(lab.ask("node.remove", {{"node", "node-1"}})->body["code"] == "stale_epoch");
  CHECK(lab.ask("settings.set", Json::object())->body["code"] == "stale_epoch");
  CHECK(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 1))->body["code"] ==
        "stale_epoch");
}

TEST_CASE("Engine: a state that could not be saved is neither ordered nor answered as done",
          "[engine]") {
  Lab lab;
  lab.claim_workers(2);
  lab.faults().save_fails = 1;
  const auto end = lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 2));
  REQUIRE(end);
  CHECK_FALSE(end->ok);
  CHECK(end->body["code"] == "store_failed");
  CHECK(lab.ready("book") == 0);
  CHECK(lab.ask("app.get", {{"app", "book"}})->body["code"] == "not_found");
  lab.faults().save_fails = 0;
  lab.run_for(Duration{30'000});  // nor does it come after all
  CHECK(lab.ready("book") == 0);
  CHECK(lab.state().apps.empty());
  CHECK(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 2))->ok);
  CHECK(lab.ready("book") == 2);
  CHECK(lab.violations().empty());
}

TEST_CASE("Engine: a change that could not be saved is taken back everywhere", "[engine]") {
  Lab lab;
  lab.claim_workers(1);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 1))->ok);
  const auto before = lab.ask("engine.state", Json::object());
  lab.faults().save_fails = 1;
  const auto settings = lab.begin("settings.set", {{"heartbeatSeconds", 9}});
  const auto scaled = lab.begin("app.scale", {{"app", "book"}, {"replicas", 3}});
  const auto removed = lab.begin("node.remove", {{"node", "node-1"}, {"force", true}});
  lab.run_for(Duration{500});
  for (const auto id : {settings, scaled, removed}) {
    REQUIRE(lab.ended(id) != nullptr);
    CHECK(lab.ended(id)->body["code"] == "store_failed");
  }
  const auto after = lab.ask("engine.state", Json::object());
  CHECK(after->body["settings"] == before->body["settings"]);
  CHECK(after->body["apps"][0]["replicas"].size() == 1);
  CHECK(after->body["apps"][0]["replicasWanted"] == 1);
  CHECK(after->body["nodes"].size() == 1);
  CHECK(after->body["activity"] == before->body["activity"]);
  lab.faults().save_fails = 0;
  REQUIRE(lab.ask("settings.set", {{"heartbeatSeconds", 11}})->ok);
  lab.run_for(Duration{30'000});
  CHECK(lab.ready("book") == 1);
  CHECK(lab.app("book").wanted == 1);
  CHECK(lab.state().nodes.size() == 1);
  CHECK(lab.state().settings.heartbeat_seconds == 11);
  CHECK(lab.violations().empty());
}

TEST_CASE("Engine: what hosts were told of a change that could not be saved is told anew",
          "[engine]") {
  Lab lab;
  lab.claim_workers(1);
  const auto told = [&lab](std::string_view event) {
    Json last;
    for (const Json& message : lab.outputs()) {
      if (message.value("name", "") == event) last = message["body"];
    }
    return last;
  };
  // The second comes while the first is being saved, and is told of with it.
  const auto is_saving = [&lab] {
    const Json& last = lab.outputs().back();
    return last.value("name", "") == "store.save" && last["body"]["key"] == "state";
  };
  const auto kept = lab.begin("settings.set", {{"heartbeatSeconds", 40}});
  for (int ms = 0; ms < 200 && !is_saving(); ++ms) lab.run_for(Duration{1});
  REQUIRE(is_saving());
  const auto lost = lab.begin("settings.set", {{"heartbeatSeconds", 50}});
  lab.faults().save_fails = 1;
  lab.run_for(Duration{500});
  REQUIRE(lab.ended(kept) != nullptr);
  CHECK(lab.ended(kept)->ok);
  REQUIRE(lab.ended(lost) != nullptr);
  CHECK_FALSE(lab.ended(lost)->ok);
  CHECK(told("settings.changed")["settings"]["heartbeatSeconds"] == 40);
  CHECK(lab.violations().empty());
}

TEST_CASE("Engine: what the loop saw and could not save, it sees again", "[engine]") {
  Lab lab;
  auto& victim = lab.add_node("victim");
  REQUIRE(lab.ask("node.claim", {{"url", victim.setup().url}, {"code", victim.claim_code()}})->ok);
  lab.claim_workers(2);
  const auto seen = [&lab] {
    return std::ranges::count(lab.state().activity, "node.state", &ActivityLine::kind);
  };
  lab.faults().save_fails = 1;
  victim.crash(false);
  lab.run_for(Duration{90'000});
  CHECK(lab.ask("node.list", Json::object())->body["nodes"][0]["state"] == "dead");
  CHECK(seen() == 0);
  lab.faults().save_fails = 0;
  lab.run_for(Duration{5'000});
  CHECK(seen() == 1);
  CHECK(lab.violations().empty());
}

TEST_CASE("Engine: a rollout whose end could not be saved is answered when it is", "[engine]") {
  Lab lab;
  lab.claim_workers(1);
  const auto id = lab.begin("app.deploy", lab.release("book", Behaviour::kWell, 1));
  lab.run_for(Duration{150});
  lab.faults().save_fails = 1;
  lab.run_for(Duration{20'000});
  CHECK(lab.ended(id) == nullptr);
  lab.faults().save_fails = 0;
  lab.run_for(Duration{10'000});
  REQUIRE(lab.ended(id) != nullptr);
  CHECK(lab.ended(id)->ok);
  CHECK(lab.violations().empty());
}
