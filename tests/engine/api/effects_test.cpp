#include "engine/api/effects.h"

#include <catch_amalgamated.hpp>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace {

using namespace a67;

struct Bench {
  Executor executor;
  std::vector<Json> out;
  EffectBus bus{executor, [this](Json message) { out.push_back(std::move(message)); }};
  TaskScope tasks{executor};

  void run() { executor.run(executor.now()); }
};

template <class T>
using Slot = std::shared_ptr<std::optional<T>>;

template <class T>
Task<void> keep(Task<T> task, Slot<T> slot) {
  slot->emplace(co_await std::move(task));
}

template <class T>
Slot<T> start(Bench& bench, Task<T> task) {
  auto slot = std::make_shared<std::optional<T>>();
  bench.tasks.spawn(keep(std::move(task), slot));
  bench.run();
  return slot;
}

Task<std::vector<std::string>> read_all(std::unique_ptr<Stream> stream) {
  std::vector<std::string> texts;
  for (;;) {
    auto text = co_await stream->next();
    if (!text) {
      texts.push_back("end: " + std::string(to_string(text.error().code)));
      co_return texts;
    }
    texts.push_back(*text);
  }
}

}  // namespace

TEST_CASE("EffectBus: a request leaves as a message and its answer comes back", "[effects]") {
  Bench bench;
  std::uint64_t sent = 0;
  const auto slot = start<Result<HttpResponse>>(
      bench, bench.bus.send({.method = "PUT",
                             .url = "http://n.test/x",
                             .headers = {{"A", "b"}},
                             .body = "hello",
                             .timeout = Duration{123}},
                            [&](std::uint64_t so_far, std::uint64_t) { sent = so_far; }));
  REQUIRE(bench.out.size() == 1);
  const Json& effect = bench.out[0];
  CHECK(effect["kind"] == "effect");
  CHECK(effect["name"] == "http.send");
  CHECK(effect["body"]["headers"] == Json::parse(R"([["A","b"]])"));
  CHECK(effect["body"]["body"] == "hello");
  CHECK(effect["body"]["timeoutMs"] == 123);
  const auto id = effect["id"].get<std::int64_t>();
  bench.bus.on_chunk(id, {{"sent", 3}, {"total", 5}});
  bench.run();
  CHECK(sent == 3);
  CHECK_FALSE(*slot);
  bench.bus.on_result(
      id,
      {{"status", 201}, {"headers", Json::parse(R"([["B","c"],["odd"],7])")}, {"body", "done"}});
  bench.run();
  REQUIRE(*slot);
  CHECK((**slot)->status == 201);
  CHECK((**slot)->headers == Headers{{"B", "c"}});
  CHECK((**slot)->body == "done");
  CHECK(bench.out.size() == 1);  // ended: nothing to cancel
}

TEST_CASE("EffectBus: a blob is named, never carried", "[effects]") {
  Bench bench;
  start<Result<HttpResponse>>(bench, bench.bus.send({.url = "http://n.test", .blob = "abc"}, {}));
  CHECK(bench.out[0]["body"]["blob"] == "abc");
  CHECK_FALSE(bench.out[0]["body"].contains("blobPart"));
  start<Result<HttpResponse>>(
      bench,
      bench.bus.send(
          {.url = "http://n.test", .blob = "abc", .blob_part = {.from = 6, .bytes = 4, .of = 10}},
          {}));
  CHECK(bench.out[1]["body"]["blobPart"] == Json{{"from", 6}, {"bytes", 4}, {"of", 10}});
  CHECK_FALSE(bench.out[0]["body"].contains("body"));
}

TEST_CASE("EffectBus: a cancelled effect tells the host and hears nothing more", "[effects]") {
  Bench bench;
  const auto slot = start<Result<HttpResponse>>(bench, bench.bus.send({.url = "http://n"}, {}));
  bench.tasks.cancel_all();
  REQUIRE(bench.out.size() == 2);
  CHECK(bench.out[1] == Json{{"kind", "effect.cancel"}, {"id", 1}});
  bench.bus.on_result(1, Json::object());
  bench.bus.on_error(1, {});
  bench.bus.on_chunk(1, Json::object());
  bench.bus.on_result(77, Json::object());
  bench.run();
  CHECK_FALSE(*slot);
}

TEST_CASE("EffectBus: only the first end counts", "[effects]") {
  Bench bench;
  const auto slot = start<Result<HttpResponse>>(bench, bench.bus.send({.url = "http://n"}, {}));
  bench.bus.on_error(1, {.code = ErrorCode::kTimeout, .message = "late"});
  bench.bus.on_result(1, {{"status", 200}});
  bench.run();
  REQUIRE(*slot);
  CHECK((*slot)->error().code == ErrorCode::kTimeout);
}

TEST_CASE("EffectBus: a stream gives its texts in order and then its end", "[effects]") {
  Bench bench;
  const auto slot = start<std::vector<std::string>>(
      bench, read_all(bench.bus.open({.url = "ws://n.test", .first = "hello"})));
  CHECK(bench.out[0]["name"] == "stream.open");
  CHECK(bench.out[0]["body"]["first"] == "hello");
  bench.bus.on_chunk(1, {{"open", true}});
  bench.bus.on_chunk(1, {{"text", "one"}});
  bench.bus.on_chunk(1, {{"text", "two"}});
  SECTION("closed by the other side") {
    bench.bus.on_result(1, Json::object());
    bench.run();
    CHECK(**slot == std::vector<std::string>{"one", "two", "end: unreachable"});
  }
  SECTION("broken") {
    bench.bus.on_error(1, {.code = ErrorCode::kOutcomeUnknown, .message = "?"});
    bench.run();
    CHECK(**slot == std::vector<std::string>{"one", "two", "end: outcome_unknown"});
  }
}

TEST_CASE("EffectBus: a stream that nobody reads is ended, not kept without limit", "[effects]") {
  Bench bench;
  const auto stream = bench.bus.open({.url = "ws://n.test"});
  for (int at = 0; at < 10'001; ++at) bench.bus.on_chunk(1, {{"text", "x"}});
  CHECK(bench.out.back()["kind"] == "effect.cancel");
}

TEST_CASE("EffectBus: the store", "[effects]") {
  Bench bench;
  const auto saved = start<Result<void>>(bench, bench.bus.save("state", "v", Secrecy::kSecret));
  CHECK(bench.out[0]["body"] == Json{{"key", "state"}, {"value", "v"}, {"secret", true}});
  const auto loaded = start<Result<std::optional<std::string>>>(bench, bench.bus.load("state"));
  const auto absent = start<Result<std::optional<std::string>>>(bench, bench.bus.load("other"));
  const auto broken = start<Result<std::optional<std::string>>>(bench, bench.bus.load("bad"));
  bench.bus.on_error(1, {.code = ErrorCode::kStoreFailed, .message = "full"});
  bench.bus.on_result(2, {{"value", "text"}});
  bench.bus.on_result(3, {{"value", nullptr}});
  bench.bus.on_error(4, {.code = ErrorCode::kStoreFailed, .message = "locked"});
  bench.run();
  CHECK((**saved).error().code == ErrorCode::kStoreFailed);
  CHECK((**loaded)->value() == "text");
  CHECK_FALSE((**absent)->has_value());
  CHECK((**broken).error().message == "locked");
}

TEST_CASE("EffectBus: values of the table travel as base64url", "[effects]") {
  Bench bench;
  const std::string bytes("\0\xff", 2);
  const auto applied =
      start<Result<void>>(bench, bench.bus.apply({.put = {{"k/1", bytes}}, .erase = {"k/0"}}));
  const auto got = start<Result<std::optional<std::string>>>(bench, bench.bus.get("k/1"));
  const auto absent = start<Result<std::optional<std::string>>>(bench, bench.bus.get("k/2"));
  const auto scanned = start<Result<TablePage>>(bench, bench.bus.scan("k/", "k/0", 7));
  CHECK(bench.out[0]["name"] == "table.apply");
  CHECK(bench.out[0]["body"] == Json::parse(R"({"put":[["k/1","AP8"]],"delete":["k/0"]})"));
  CHECK(bench.out[1]["name"] == "table.get");
  CHECK(bench.out[3]["name"] == "table.scan");
  CHECK(bench.out[3]["body"] == Json{{"prefix", "k/"}, {"after", "k/0"}, {"limit", 7}});
  bench.run();
  CHECK_FALSE(applied->has_value());  // not before the host says it is durable
  bench.bus.on_result(1, Json::object());
  bench.bus.on_result(2, {{"value", "AP8"}});
  bench.bus.on_result(3, {{"value", nullptr}});
  bench.bus.on_result(4, Json::parse(R"({"rows":[["k/1","AP8"]],"more":true})"));
  bench.run();
  CHECK((*applied)->has_value());
  CHECK((**got)->value() == bytes);
  CHECK_FALSE((**absent)->has_value());
  CHECK((**scanned)->rows == std::vector<TableRow>{{"k/1", bytes}});
  CHECK((**scanned)->more);
}

TEST_CASE("EffectBus: an odd answer of the table is an error, never an empty table", "[effects]") {
  Bench bench;
  const auto got = start<Result<std::optional<std::string>>>(bench, bench.bus.get("a"));
  const auto bent = start<Result<std::optional<std::string>>>(bench, bench.bus.get("a"));
  const auto scanned = start<Result<TablePage>>(bench, bench.bus.scan("", "", 1));
  const auto full = start<Result<void>>(bench, bench.bus.apply({}));
  const auto locked = start<Result<TablePage>>(bench, bench.bus.scan("", "", 1));
  const auto gone = start<Result<std::optional<std::string>>>(bench, bench.bus.get("a"));
  bench.bus.on_result(1, Json::object());
  bench.bus.on_result(2, {{"value", "not base64!"}});
  bench.bus.on_result(3, {{"rows", {7}}});
  bench.bus.on_error(4, {.code = ErrorCode::kDiskFull, .message = "full"});
  bench.bus.on_error(5, {.code = ErrorCode::kStoreFailed, .message = "locked"});
  bench.bus.on_error(6, {.code = ErrorCode::kStoreFailed, .message = "gone"});
  bench.run();
  CHECK((**got).error().code == ErrorCode::kStoreFailed);
  CHECK((**bent).error().code == ErrorCode::kStoreFailed);
  CHECK((**scanned).error().code == ErrorCode::kStoreFailed);
  CHECK((**full).error().code == ErrorCode::kDiskFull);
  CHECK((**locked).error().message == "locked");
  CHECK((**gone).error().message == "gone");
}

TEST_CASE("EffectBus: what needs no answer", "[effects]") {
  Bench bench;
  bench.bus.drop("abc");
  bench.bus.write(LogLevel::kWarning, "careful");
  bench.bus.write(LogLevel::kInfo, "fine");
  bench.bus.write(LogLevel::kError, "broken");
  CHECK(bench.out[0]["body"] == Json{{"blob", "abc"}});
  CHECK(bench.out[1]["body"] == Json{{"level", "warning"}, {"message", "careful"}});
  CHECK(bench.out[2]["body"]["level"] == "info");
  CHECK(bench.out[3]["body"]["level"] == "error");
  CHECK(bench.out[1]["id"] != bench.out[2]["id"]);
}
