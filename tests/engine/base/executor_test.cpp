#include "engine/base/executor.h"

#include <algorithm>
#include <catch_amalgamated.hpp>
#include <memory>
#include <string>
#include <vector>

namespace {

using a67::Duration;
using a67::Executor;
using a67::Instant;
using a67::Notify;
using a67::Task;
using a67::TaskScope;
using namespace std::chrono_literals;

using Log = std::shared_ptr<std::vector<std::string>>;

Log make_log() { return std::make_shared<std::vector<std::string>>(); }

// Tells when it goes.
struct Witness {
  Log log;
  std::string name;
  Witness(Log its_log, std::string its_name) : log(std::move(its_log)), name(std::move(its_name)) {}
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;
  ~Witness() { log->push_back(name + " gone"); }
};

// NOLINTBEGIN(cppcoreguidelines-avoid-reference-coroutine-parameters): the executor outlives them.
Task<void> sleep_then_log(Executor& executor, Duration time, Log log, std::string name) {
  const Witness witness(log, name);
  co_await executor.sleep(time);
  log->push_back(name);
}

Task<void> wait_then_log(Notify& notify, Log log, std::string name) {
  const Witness witness(log, name);
  co_await notify.wait();
  log->push_back(name);
}

Task<void> wait_until_then_log(Executor& executor, Notify& notify, Duration time, Log log) {
  const bool notified = co_await notify.wait_until(executor.now() + time);
  log->push_back(notified ? "notified" : "too late");
}

Task<void> cancel_first(TaskScope& scope, Notify& notify, Log log) {
  co_await notify.wait();
  scope.cancel(1);
  log->push_back("cancelled the other");
}

Task<void> spawn_another(Executor& executor, TaskScope& scope, Log log) {
  scope.spawn(sleep_then_log(executor, 0ms, log, "second"));
  log->push_back("first");
  co_return;
}
// NOLINTEND(cppcoreguidelines-avoid-reference-coroutine-parameters)

}  // namespace

TEST_CASE("Executor: timers fire in order of time, and of asking when they are equal",
          "[executor]") {
  Executor executor;
  const Log log = make_log();
  TaskScope scope(executor);
  scope.spawn(sleep_then_log(executor, 20ms, log, "late"));
  scope.spawn(sleep_then_log(executor, 10ms, log, "one"));
  scope.spawn(sleep_then_log(executor, 10ms, log, "two"));
  executor.run(Instant{});
  CHECK(executor.next_wake() == Instant{10ms});
  executor.run(Instant{30ms});
  CHECK(*log ==
        std::vector<std::string>{"one", "one gone", "two", "two gone", "late", "late gone"});
  CHECK(executor.next_wake() == std::nullopt);
  CHECK(scope.size() == 0);
}

TEST_CASE("Executor: time never goes backwards", "[executor]") {
  Executor executor;
  executor.run(Instant{50ms});
  executor.run(Instant{10ms});
  CHECK(executor.now() == Instant{50ms});
  executor.advance(Instant{60ms});
  CHECK(executor.now() == Instant{60ms});
}

TEST_CASE("Executor: a spawned task begins in the next run, never inside the caller",
          "[executor]") {
  Executor executor;
  const Log log = make_log();
  TaskScope scope(executor);
  scope.spawn(spawn_another(executor, scope, log));
  CHECK(log->empty());
  CHECK(executor.next_wake() == executor.now());
  executor.run(Instant{});
  CHECK(*log == std::vector<std::string>{"first", "second", "second gone"});
}

TEST_CASE("Executor: something that is ready asks to be run at once", "[executor]") {
  Executor executor;
  Notify notify(executor);
  const Log log = make_log();
  TaskScope scope(executor);
  scope.spawn(wait_then_log(notify, log, "it"));
  executor.run(Instant{});
  CHECK(executor.next_wake() == std::nullopt);
  notify.notify_all();
  notify.notify_all();  // nobody waits any more: harmless
  CHECK(executor.next_wake() == executor.now());
  CHECK(log->empty());
  executor.run(Instant{});
  CHECK(log->front() == "it");
}

TEST_CASE("Notify: wait_until tells whether it was notified or the time came first", "[executor]") {
  Executor executor;
  Notify notify(executor);
  const Log log = make_log();
  TaskScope scope(executor);
  scope.spawn(wait_until_then_log(executor, notify, 100ms, log));
  executor.run(Instant{});
  SECTION("notified") {
    notify.notify_all();
    executor.run(Instant{10ms});
    CHECK(*log == std::vector<std::string>{"notified"});
    CHECK(executor.next_wake() == std::nullopt);  // the timer is gone, too
  }
  SECTION("the time came") {
    executor.run(Instant{100ms});
    CHECK(*log == std::vector<std::string>{"too late"});
    notify.notify_all();
    CHECK(executor.next_wake() == std::nullopt);
  }
  SECTION("both at once count as notified") {
    executor.advance(Instant{100ms});
    notify.notify_all();
    executor.run(Instant{100ms});
    CHECK(*log == std::vector<std::string>{"notified"});
  }
}

TEST_CASE("TaskScope: a task can be cancelled in every state", "[executor]") {
  Executor executor;
  Notify notify(executor);
  const Log log = make_log();
  TaskScope scope(executor);
  SECTION("before it began") {
    const auto key = scope.spawn(sleep_then_log(executor, 10ms, log, "it"));
    scope.cancel(key);
    CHECK(log->empty());
  }
  SECTION("while it sleeps") {
    const auto key = scope.spawn(sleep_then_log(executor, 10ms, log, "it"));
    executor.run(Instant{});
    scope.cancel(key);
    CHECK(*log == std::vector<std::string>{"it gone"});
  }
  SECTION("while it waits") {
    const auto key = scope.spawn(wait_then_log(notify, log, "it"));
    executor.run(Instant{});
    scope.cancel(key);
    notify.notify_all();
    CHECK(*log == std::vector<std::string>{"it gone"});
  }
  SECTION("when it is ready to go on") {
    const auto key = scope.spawn(wait_then_log(notify, log, "it"));
    executor.run(Instant{});
    notify.notify_all();
    scope.cancel(key);
    CHECK(*log == std::vector<std::string>{"it gone"});
  }
  SECTION("by another that was woken by the same word") {
    const auto first = make_log();
    // The canceller waits first, so it runs before the task that is ready as well.
    TaskScope other(executor);
    scope.spawn(cancel_first(other, notify, first));
    executor.run(Instant{});
    CHECK(other.spawn(wait_then_log(notify, log, "it")) == 1);
    executor.run(Instant{});
    notify.notify_all();
    executor.run(Instant{});
    CHECK(*first == std::vector<std::string>{"cancelled the other"});
    CHECK(*log == std::vector<std::string>{"it gone"});
    CHECK(other.size() == 0);
  }
  SECTION("after it ended, which is harmless") {
    const auto key = scope.spawn(sleep_then_log(executor, 0ms, log, "it"));
    executor.run(Instant{});
    scope.cancel(key);
    CHECK(*log == std::vector<std::string>{"it", "it gone"});
  }
  executor.run(Instant{1s});
  CHECK(std::ranges::count(*log, "it") <= 1);
  CHECK(scope.size() == 0);
  CHECK(executor.next_wake() == std::nullopt);
}

TEST_CASE("TaskScope: its end cancels all of its tasks", "[executor]") {
  Executor executor;
  const Log log = make_log();
  {
    TaskScope scope(executor);
    scope.spawn(sleep_then_log(executor, 10ms, log, "one"));
    scope.spawn(sleep_then_log(executor, 20ms, log, "two"));
    executor.run(Instant{});
    CHECK(scope.size() == 2);
  }
  CHECK(*log == std::vector<std::string>{"one gone", "two gone"});
  CHECK(executor.next_wake() == std::nullopt);
}
