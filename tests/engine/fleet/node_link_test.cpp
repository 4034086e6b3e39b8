#include "engine/fleet/node_link.h"

#include <catch_amalgamated.hpp>

#include "tests/engine/fleet/node_link_bench.h"

using namespace a67;
using a67::test::LinkBench;
using a67::test::PendingCall;
using namespace std::chrono_literals;

namespace {

constexpr const char* kDesired = "/v1/desired";
constexpr const char* kReleases = "/v1/releases/";
constexpr const char* kStatus = "/v1/status";

Json refusal(const char* code) { return {{"error", {{"code", code}, {"message", "No."}}}}; }

NodeStatus missing_archive() {
  NodeStatus status = LinkBench::status(LinkBench::kEpoch, 1);
  status.missing.emplace_back(64, 'a');
  return status;
}

}  // namespace

TEST_CASE("NodeLink: it watches the node over a stream that carries its token in the first message",
          "[link]") {
  LinkBench bench;
  REQUIRE(bench.streams().streams.size() == 1);
  const StreamRequest& request = bench.streams().streams[0]->request;
  CHECK(request.url == "ws://node.test:1/v1/events");
  CHECK(request.first.contains("token"));
  CHECK_FALSE(bench.link().status());
  bench.say(LinkBench::status(0, 0));
  REQUIRE(bench.link().status());
  CHECK(bench.link().state() == NodeState::kAwake);
  CHECK(bench.link().last_seen() == LinkBench::kNow);
  CHECK(bench.changes() > 0);
}

TEST_CASE("NodeLink: a status that was overtaken on its way is a sign of life and nothing more",
          "[link]") {
  LinkBench bench;
  NodeStatus newer = LinkBench::status(LinkBench::kEpoch, 1);
  newer.seq = 7;
  newer.load.connections = 7;
  bench.say(newer);
  NodeStatus older = LinkBench::status(LinkBench::kEpoch, 1);
  older.seq = 6;
  bench.say(older);
  CHECK(bench.link().status()->load.connections == 7);
  CHECK(bench.link().state() == NodeState::kAwake);

  SECTION("after a restart the wrapper counts anew") {
    older.node.boot_id = "another";
    bench.say(older);
    CHECK(bench.link().status()->load.connections == 0);
  }
}

TEST_CASE("NodeLink: what is wanted is sent until the node has accepted it", "[link]") {
  LinkBench bench;
  bench.link().want(LinkBench::desired("a"));
  bench.run();
  PendingCall* first = bench.find("PUT", kDesired);
  REQUIRE(first != nullptr);
  CHECK(LinkBench::order_in(*first).epoch == LinkBench::kEpoch);
  CHECK(LinkBench::order_in(*first).revision == 1);
  CHECK_FALSE(bench.link().is_settled());

  SECTION("a lost answer is no answer") {
    bench.fail_call(first, ErrorCode::kTimeout);
    CHECK(bench.find("PUT", kDesired) == nullptr);
    bench.run(500ms);
    PendingCall* second = bench.find("PUT", kDesired);
    REQUIRE(second != nullptr);
    CHECK(LinkBench::order_in(*second).revision == 1);
    CHECK(second->request.headers != first->request.headers);  // a fresh token
    bench.accept(second);
  }
  SECTION("accepted at once") { bench.accept(first); }
  SECTION("something newer meanwhile") {
    bench.link().want(LinkBench::desired("b"));
    bench.accept(first);
    CHECK_FALSE(bench.link().is_settled());
    PendingCall* second = bench.find("PUT", kDesired);
    REQUIRE(second != nullptr);
    CHECK(LinkBench::order_in(*second).revision == 2);
    CHECK(LinkBench::order_in(*second).replicas[0].id == ReplicaId("b"));
    bench.accept(second);
  }
  CHECK(bench.link().is_settled());
  bench.run(60s);
  CHECK(bench.find("PUT", kDesired) == nullptr);
}

TEST_CASE("NodeLink: wanting the same again sends nothing", "[link]") {
  LinkBench bench;
  bench.link().want(LinkBench::desired("a"));
  bench.run();
  bench.accept(bench.find("PUT", kDesired));
  bench.link().want(LinkBench::desired("a"));
  bench.run();
  CHECK(bench.count("PUT", kDesired) == 1);
}

TEST_CASE("NodeLink: a node that lost what it had accepted is told again", "[link]") {
  LinkBench bench;
  bench.link().want(LinkBench::desired("a"));
  bench.run();
  bench.accept(bench.find("PUT", kDesired));
  bench.say(LinkBench::status(0, 0));
  REQUIRE(bench.find("PUT", kDesired) != nullptr);
}

TEST_CASE("NodeLink: a node claimed again in the same epoch is not refused as stale for ever",
          "[link]") {
  LinkBench bench;
  bench.link().want(LinkBench::desired("a"));
  bench.run();
  bench.answer(bench.find("PUT", kDesired), 409, refusal("stale_revision"));
  bench.say(LinkBench::status(LinkBench::kEpoch, 17));
  PendingCall* again = bench.find("PUT", kDesired);
  REQUIRE(again != nullptr);
  CHECK(LinkBench::order_in(*again).revision == 18);
  bench.accept(again);
  CHECK(bench.link().is_settled());
}

TEST_CASE("NodeLink: a newer controller ends all orders", "[link]") {
  LinkBench bench;
  SECTION("told by a refusal") {
    bench.link().want(LinkBench::desired("a"));
    bench.run();
    Json body = refusal("stale_epoch");
    body["epoch"] = 9;
    bench.answer(bench.find("PUT", kDesired), 409, body);
  }
  SECTION("told by a status") { bench.say(LinkBench::status(9, 1)); }
  CHECK(bench.superseded_by() == 9);
  bench.link().want(LinkBench::desired("b"));
  bench.run(120s);
  CHECK(bench.find("PUT", kDesired) == nullptr);
}

TEST_CASE("NodeLink: refusals become something a person can act on", "[link]") {
  LinkBench bench;
  bench.link().want(LinkBench::desired("a"));
  bench.run();
  SECTION("a clock that is wrong") {
    Json body = refusal("clock_skew");
    body["now"] = LinkBench::kNow + 95'000;
    bench.answer(bench.find("PUT", kDesired), 401, body);
    REQUIRE(bench.link().attention());
    CHECK(bench.link().attention()->message.contains("95 s ahead of"));
    CHECK(bench.link().clock_skew_ms() == 95'000);
  }
  SECTION("a node that was reset") {
    bench.answer(bench.find("PUT", kDesired), 401, refusal("unauthorized"));
    REQUIRE(bench.link().attention());
    CHECK(bench.link().attention()->hint.contains("claim it again"));
  }
  bench.say(LinkBench::status(LinkBench::kEpoch, 1));
  CHECK_FALSE(bench.link().attention());  // it obeys again
}

TEST_CASE("NodeLink: missing archives are streamed from the host's blobs", "[link]") {
  LinkBench bench;
  bench.link().want(LinkBench::desired("a"));
  bench.run();
  bench.accept(bench.find("PUT", kDesired));
  bench.say(missing_archive());
  bench.say(missing_archive());  // said twice, sent once
  REQUIRE(bench.count("PUT", kReleases) == 1);
  PendingCall* upload = bench.find("PUT", kReleases);
  CHECK(upload->request.blob == std::string(64, 'a'));
  CHECK(upload->request.url.ends_with("?format=tar.gz"));
  upload->progress(10, 40);
  CHECK(bench.link().uploads().begin()->second.total == 40);

  SECTION("and are there") {
    bench.answer(upload, 200, to_json(ReleaseAnswer{.sha256 = std::string(64, 'a'), .bytes = 40}));
    CHECK(bench.link().uploads().empty());
    CHECK(bench.link().upload_errors().empty());
  }
  SECTION("again and again while the network fails") {
    for (int attempt = 0; attempt < 10; ++attempt) {
      bench.fail_call(bench.find("PUT", kReleases), ErrorCode::kOutcomeUnknown);
      bench.run(3s);
      bench.say(missing_archive());
      REQUIRE(bench.find("PUT", kReleases) != nullptr);
    }
    CHECK(bench.link().upload_errors().empty());
  }
  SECTION("not again when the node has no room") {
    bench.answer(upload, 507, refusal("disk_full"));
    REQUIRE(bench.link().upload_errors().size() == 1);
    CHECK(bench.link().upload_errors().begin()->second.code == ErrorCode::kDiskFull);
    bench.run(30s);
    CHECK(bench.find("PUT", kReleases) == nullptr);
    // Another replica gets its own attempts.
    bench.link().want(LinkBench::desired("b"));
    CHECK(bench.link().upload_errors().empty());
    bench.run();
    CHECK(bench.find("PUT", kReleases) != nullptr);
  }
  SECTION("a few times when the node refuses for no good reason") {
    for (int attempt = 0; attempt < 4; ++attempt) {
      bench.answer(bench.find("PUT", kReleases), 500, refusal("internal"));
      bench.run(3s);
    }
    CHECK(bench.link().upload_errors().size() == 1);
  }
  SECTION("no longer when nobody needs them") {
    bench.link().want(DesiredState{});
    bench.fail_call(upload, ErrorCode::kUnreachable);
    bench.run(3s);
    CHECK(bench.find("PUT", kReleases) == nullptr);
    CHECK(bench.link().uploads().empty());
  }
}

TEST_CASE("NodeLink: a node whose connection broke and that refuses is dead soon", "[link]") {
  LinkBench bench;
  bench.say(LinkBench::status(LinkBench::kEpoch, 1));
  bench.message(fail(ErrorCode::kUnreachable, "Closed."));
  for (int at = 0; at < 200 && bench.link().state() != NodeState::kDead; ++at) {
    bench.run(100ms);
    if (PendingCall* probe = bench.find("GET", kStatus)) {
      bench.fail_call(probe, ErrorCode::kUnreachable);
    }
  }
  CHECK(bench.link().state() == NodeState::kDead);
  SECTION("nothing is sent to the dead") {
    const auto before = bench.count("PUT", kDesired);
    bench.link().want(LinkBench::desired("a"));
    bench.run(1s);
    CHECK(bench.count("PUT", kDesired) == before);
  }
  SECTION("one word makes it awake again") {
    bench.run(10s);
    PendingCall* probe = bench.find("GET", kStatus);
    REQUIRE(probe != nullptr);
    bench.answer(probe, 200, to_json(LinkBench::status(LinkBench::kEpoch, 1)));
    CHECK(bench.link().state() == NodeState::kAwake);
  }
}

TEST_CASE("NodeLink: a node that was reset is not ours any more, so it counts as dead", "[link]") {
  LinkBench bench;
  bench.say(LinkBench::status(LinkBench::kEpoch, 1));
  bench.message(fail(ErrorCode::kUnreachable, "Closed."));
  for (int at = 0; at < 300 && bench.link().state() != NodeState::kDead; ++at) {
    bench.run(100ms);
    if (PendingCall* probe = bench.find("GET", kStatus)) {
      bench.answer(probe, 401, refusal("unauthorized"));
    }
  }
  CHECK(bench.link().state() == NodeState::kDead);
  CHECK(bench.link().attention());
}

TEST_CASE("NodeLink: other refusals are signs of life", "[link]") {
  LinkBench bench;
  bench.say(LinkBench::status(LinkBench::kEpoch, 1));
  bench.message(fail(ErrorCode::kUnreachable, "Closed."));
  for (int at = 0; at < 300; ++at) {
    bench.run(100ms);
    if (PendingCall* probe = bench.find("GET", kStatus)) {
      bench.answer(probe, 429, refusal("rate_limited"));
    }
  }
  CHECK(bench.link().state() == NodeState::kAwake);
}

TEST_CASE("NodeLink: a connection to a dead node is given up and opened anew", "[link]") {
  LinkBench bench;
  bench.say(LinkBench::status(LinkBench::kEpoch, 1));
  // The stream stays open and says nothing more.
  for (int at = 0; at < 400 && bench.link().state() != NodeState::kDead; ++at) {
    bench.run(100ms);
    if (PendingCall* probe = bench.find("GET", kStatus)) {
      bench.fail_call(probe, ErrorCode::kTimeout);
    }
  }
  REQUIRE(bench.link().state() == NodeState::kDead);
  bench.run(1s);
  CHECK(bench.streams().streams[0]->closed);
  CHECK(bench.streams().streams.size() == 2);
  bench.say(LinkBench::status(LinkBench::kEpoch, 1));
  CHECK(bench.link().state() == NodeState::kAwake);
}

TEST_CASE("NodeLink: a host that is offline is not asked in circles", "[link]") {
  LinkBench bench;
  bench.say(LinkBench::status(LinkBench::kEpoch, 1));
  bench.message(fail(ErrorCode::kOffline, "No network."));
  for (int at = 0; at < 100; ++at) {
    if (PendingCall* probe = bench.find("GET", kStatus)) {
      bench.fail_call(probe, ErrorCode::kOffline);
    }
    bench.run(10ms);
  }
  CHECK(bench.count("GET", kStatus) <= 4);  // in a second
  CHECK(bench.link().state() == NodeState::kAwake);

  bench.link().set_online(false);
  const auto before = bench.count("GET", kStatus);
  bench.run(60s);
  CHECK(bench.count("GET", kStatus) <= before + 1);
  bench.link().set_online(true);
  bench.run();
  CHECK(bench.find("GET", kStatus) != nullptr);
}

TEST_CASE("NodeLink: garbage over the stream is attention, not a crash", "[link]") {
  LinkBench bench;
  bench.message(std::string("{\"type\":\"status\",\"status\":{}}"));
  CHECK(bench.link().attention());
  bench.run(10s);
  CHECK(bench.streams().streams.size() == 2);
}

TEST_CASE("NodeLink: a shorter heartbeat is obeyed at once", "[link]") {
  LinkBench bench;
  bench.say(LinkBench::status(LinkBench::kEpoch, 1));
  bench.message(fail(ErrorCode::kUnreachable, "Closed."));
  PendingCall* probe = bench.find("GET", kStatus);
  REQUIRE(probe != nullptr);
  bench.answer(probe, 200, to_json(LinkBench::status(LinkBench::kEpoch, 1)));
  bench.link().set_heartbeat(2s);
  bench.run(2s);
  CHECK(bench.find("GET", kStatus) != nullptr);
}
