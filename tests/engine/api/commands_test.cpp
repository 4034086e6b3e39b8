#include "engine/api/commands.h"

#include <algorithm>
#include <catch_amalgamated.hpp>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace a67;

struct Bench {
  Executor executor;
  std::vector<Json> out;
  Notify go{executor};  // before the tasks that wait for it
  Commands commands{executor, [this](Json message) { out.push_back(std::move(message)); }};
  int started = 0;

  Bench() {
    commands.add("app.list", [this](Commands::Context, Json) { return at_once(); });
    commands.add("node.list",
                 [this](Commands::Context context, Json) { return when_told(std::move(context)); });
    commands.add("settings.get", [this](Commands::Context, Json) { return refused(); });
    commands.add(
        "engine.state",
        [this](Commands::Context context, Json) { return until_asked(std::move(context)); },
        Commands::Cancel::kAsk);
  }
  void run() { executor.run(executor.now()); }

  Task<Result<Json>> at_once() {
    ++started;
    co_return Json{{"apps", Json::array()}};
  }
  Task<Result<Json>> when_told(Commands::Context context) {
    ++started;
    context->send_progress({{"half", true}});
    co_await go.wait();
    co_return Json{{"nodes", Json::array()}};
  }
  Task<Result<Json>> refused() { co_return fail(ErrorCode::kConflict, "It is in another state."); }
  Task<Result<Json>> until_asked(Commands::Context context) {
    while (!context->cancelled) co_await context->changed.wait();
    co_return fail(ErrorCode::kCancelled, "Stopped as asked.");
  }
  std::string code(std::size_t at) const { return out.at(at)["error"]["code"]; }
};

}  // namespace

TEST_CASE("Commands: each is answered once", "[commands]") {
  Bench bench;
  bench.commands.open();
  bench.commands.accept(1, "app.list", Json::object());
  CHECK(bench.out.empty());
  bench.run();
  REQUIRE(bench.out.size() == 1);
  CHECK(bench.out[0] == Json{{"kind", "reply"}, {"id", 1}, {"body", {{"apps", Json::array()}}}});
  bench.commands.accept(2, "settings.get", Json::object());
  bench.run();
  CHECK(bench.code(1) == "conflict");
  bench.commands.cancel(1);  // over: nothing to cancel
  bench.commands.cancel(99);
  bench.run();
  CHECK(bench.out.size() == 2);
  // The number may be used again.
  bench.commands.accept(1, "app.list", Json::object());
  bench.run();
  CHECK(bench.out.size() == 3);
}

TEST_CASE("Commands: a request that breaks the contract never reaches its handler", "[commands]") {
  Bench bench;
  bench.commands.open();
  bench.commands.accept(1, "app.list", {{"extra", 1}});
  bench.commands.accept(2, "app.lost", Json::object());
  bench.commands.accept(3, "app.list", Json::array());
  bench.commands.accept(4, "app.scale", {{"app", "a"}, {"replicas", 0}});
  bench.commands.accept(5, "app.metrics", {{"app", "a"}});  // in the contract, without a handler
  bench.run();
  CHECK(bench.code(0) == "invalid_input");
  CHECK(bench.out[0]["error"]["field"] == "extra");
  CHECK(bench.code(1) == "not_found");
  CHECK(bench.out[1]["error"]["hint"] == "Did you mean `app.list`?");
  CHECK(bench.code(2) == "invalid_input");
  CHECK(bench.code(3) == "invalid_input");
  CHECK(bench.code(4) == "not_found");
  CHECK(bench.started == 0);
}

TEST_CASE("Commands: those that come early wait and start in their order", "[commands]") {
  Bench bench;
  bench.commands.accept(1, "node.list", Json::object());
  bench.commands.accept(2, "app.list", Json::object());
  bench.commands.accept(3, "app.list", Json::object());
  bench.commands.cancel(3);
  bench.run();
  CHECK(bench.started == 0);
  REQUIRE(bench.out.size() == 1);
  CHECK(bench.code(0) == "cancelled");
  bench.commands.open();
  bench.run();
  CHECK(bench.out[1]["kind"] == "progress");
  CHECK(bench.out[1]["id"] == 1);
  CHECK(bench.out[2]["id"] == 2);
}

TEST_CASE("Commands: too many are refused, waiting or running", "[commands]") {
  Bench bench;
  SECTION("waiting") {
    const auto most = static_cast<std::int64_t>(Commands::kWaitingMax);
    for (std::int64_t id = 0; id <= most; ++id) {
      bench.commands.accept(id, "node.list", Json::object());
    }
    REQUIRE(bench.out.size() == 1);
    CHECK(bench.code(0) == "rate_limited");
    CHECK(bench.out[0]["error"]["retryable"] == true);
  }
  SECTION("running") {
    bench.commands.open();
    const auto most = static_cast<std::int64_t>(Commands::kRunningMax);
    for (std::int64_t id = 0; id <= most; ++id) {
      bench.commands.accept(id, "node.list", Json::object());
    }
    REQUIRE(bench.out.size() == 1);
    CHECK(bench.code(0) == "rate_limited");
    CHECK(bench.out[0]["id"] == most);
    bench.run();
    bench.go.notify_all();
    bench.run();
    CHECK(std::ranges::count_if(bench.out, [](const Json& m) { return m["kind"] == "reply"; }) ==
          most);
  }
}

TEST_CASE("Commands: a number that is in use is refused, and the first goes on", "[commands]") {
  Bench bench;
  bench.commands.open();
  bench.commands.accept(1, "node.list", Json::object());
  bench.commands.accept(1, "app.list", Json::object());
  CHECK(bench.code(0) == "invalid_input");
  bench.run();
  bench.go.notify_all();
  bench.run();
  CHECK(bench.out.back()["kind"] == "reply");
}

TEST_CASE("Commands: cancelling destroys, or asks and waits", "[commands]") {
  Bench bench;
  bench.commands.open();
  SECTION("before it began") {
    bench.commands.accept(1, "node.list", Json::object());
    bench.commands.cancel(1);
    bench.run();
    CHECK(bench.started == 0);
    CHECK(bench.code(0) == "cancelled");
  }
  SECTION("while it waits") {
    bench.commands.accept(1, "node.list", Json::object());
    bench.run();
    bench.commands.cancel(1);
    CHECK(bench.code(1) == "cancelled");
    bench.go.notify_all();
    bench.run();
    CHECK(bench.out.size() == 2);
  }
  SECTION("one that ends by itself") {
    bench.commands.accept(1, "engine.state", Json::object());
    bench.run();
    bench.commands.cancel(1);
    CHECK(bench.out.empty());
    bench.commands.cancel(1);  // impatience changes nothing
    bench.run();
    REQUIRE(bench.out.size() == 1);
    CHECK(bench.out[0]["error"]["message"] == "Stopped as asked.");
  }
}

TEST_CASE("Commands: when the engine cannot start, all are refused with the reason", "[commands]") {
  Bench bench;
  bench.commands.accept(1, "app.list", Json::object());
  bench.commands.close({.code = ErrorCode::kStoreFailed, .message = "Damaged."});
  bench.commands.accept(2, "app.list", Json::object());
  CHECK(bench.code(0) == "store_failed");
  CHECK(bench.code(1) == "store_failed");
}
