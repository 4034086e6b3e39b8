#include <catch_amalgamated.hpp>

#include <chrono>
#include <thread>

#include "tests/node-wrapper/control/harness.h"

namespace a67::test {
namespace {

ControlServerOptions quick() {
  ControlServerOptions limits;
  limits.token_timeout = Duration(100);
  limits.status_gap = Duration(20);
  limits.status_interval = Duration(60'000);
  return limits;
}

std::string first_message(Harness& node, Controller& controller, const std::string& path,
                          Json extra = Json::object()) {
  extra["token"] = controller.token(node.node(), "GET " + path, {}, node.clock.now);
  return dump_json(extra);
}

LogLine line(std::int64_t seq, const std::string& text) {
  return {.replica = ReplicaId("guestbook-r1-a"),
          .seq = seq,
          .at = 1,
          .stream = "stdout",
          .text = text};
}

}  // namespace

TEST_CASE("Events: the status comes at once and after every change", "[control]") {
  Harness node(Harness::default_options(), quick());
  Controller laptop(1);
  node.claimed_by(laptop);
  SocketClient client(node.port(), "/v1/events");
  REQUIRE(client.status() == 101);
  client.send(first_message(node, laptop, "/v1/events"));
  const auto first = client.next();
  REQUIRE(first);
  CHECK(string_or(*first, "type") == "status");
  REQUIRE(node_status_from_json(object_at(*first, "status")));
  node.on_control([&] {
    node.workload().replicas.push_back({.id = ReplicaId("guestbook-r1-a"),
                                        .app = "guestbook",
                                        .release = ReleaseId("guestbook-r1"),
                                        .state = ReplicaState::kBuilding});
    node.workload().change();
  });
  const auto second = client.next();
  REQUIRE(second);
  const auto status = node_status_from_json(object_at(*second, "status"));
  REQUIRE(status);
  REQUIRE(status->replicas.size() == 1);
  CHECK(status->replicas[0].state == ReplicaState::kBuilding);
}

TEST_CASE("Events: they come without a change too", "[control]") {
  auto limits = quick();
  limits.status_interval = Duration(40);
  Harness node(Harness::default_options(), limits);
  Controller laptop(1);
  node.claimed_by(laptop);
  SocketClient client(node.port(), "/v1/events");
  client.send(first_message(node, laptop, "/v1/events"));
  for (int at = 0; at < 3; ++at) CHECK(client.next());
}

TEST_CASE("Events: without a token the connection is closed", "[control]") {
  Harness node(Harness::default_options(), quick());
  Controller laptop(1);
  node.claimed_by(laptop);
  SECTION("silence") {
    SocketClient client(node.port(), "/v1/events");
    CHECK_FALSE(client.next());
    // The client may see the end before the node has written its line.
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (!node.log().contains("No token came") && std::chrono::steady_clock::now() < until) {
      std::this_thread::yield();
    }
    CHECK(node.log().contains("No token came"));
  }
  SECTION("a wrong one is told why") {
    SocketClient client(node.port(), "/v1/events");
    Controller thief(2);
    client.send(first_message(node, thief, "/v1/events"));
    const auto refusal = client.next();
    REQUIRE(refusal);
    CHECK(node_refusal_from_json(*refusal).error.code == ErrorCode::kUnauthorized);
    CHECK_FALSE(client.next());
    CHECK(client.close_code() == 1008);
  }
  SECTION("one for another path") {
    SocketClient client(node.port(), "/v1/events");
    client.send(first_message(node, laptop, "/v1/logs"));
    CHECK(node_refusal_from_json(*client.next()).error.code == ErrorCode::kUnauthorized);
  }
  SECTION("one that was used before") {
    const std::string first = first_message(node, laptop, "/v1/events");
    SocketClient one(node.port(), "/v1/events");
    one.send(first);
    REQUIRE(one.next());
    SocketClient two(node.port(), "/v1/events");
    two.send(first);
    CHECK(node_refusal_from_json(*two.next()).error.code == ErrorCode::kUnauthorized);
  }
  SECTION("nonsense") {
    SocketClient client(node.port(), "/v1/events");
    client.send("[1,2");
    CHECK(node_refusal_from_json(*client.next()).error.code == ErrorCode::kUnauthorized);
  }
  SECTION("too much") {
    SocketClient client(node.port(), "/v1/events");
    client.send(std::string(100'000, 'x'));
    CHECK_FALSE(client.next());
  }
}

TEST_CASE("Events: pages of other origins are refused", "[control]") {
  Harness node;
  Controller laptop(1);
  node.claimed_by(laptop, {{"Origin", "http://localhost:3000"}});
  CHECK(SocketClient(node.port(), "/v1/events", "https://evil.example").status() == 403);
  CHECK(SocketClient(node.port(), "/v1/events", "http://localhost:3000").status() == 101);
  CHECK(SocketClient(node.port(), "/v1/events").status() == 101);
}

TEST_CASE("Events: upgrades elsewhere and plain requests here are refused", "[control]") {
  Harness node;
  Controller laptop(1);
  node.claimed_by(laptop);
  CHECK(SocketClient(node.port(), "/v1/hello").status() == 400);
  CHECK(node.order(laptop, "GET", "/v1/events").status == 400);
}

TEST_CASE("Events: a newer controller ends the older one's connection", "[control]") {
  Harness node(Harness::default_options(), quick());
  Controller laptop(1);
  node.claimed_by(laptop);
  SocketClient client(node.port(), "/v1/events");
  client.send(first_message(node, laptop, "/v1/events"));
  REQUIRE(client.next());
  laptop.epoch = 6;
  REQUIRE(node.order(laptop, "GET", "/v1/status").status == 200);
  const auto last = client.next();
  REQUIRE(last);
  const NodeRefusal refusal = node_refusal_from_json(*last);
  CHECK(refusal.error.code == ErrorCode::kStaleEpoch);
  CHECK(refusal.epoch == 6);
  CHECK_FALSE(client.next());
}

TEST_CASE("Events: an unclaim ends every connection", "[control]") {
  Harness node(Harness::default_options(), quick());
  Controller laptop(1);
  node.claimed_by(laptop);
  SocketClient client(node.port(), "/v1/events");
  client.send(first_message(node, laptop, "/v1/events"));
  REQUIRE(client.next());
  REQUIRE(node.order(laptop, "POST", "/v1/unclaim").status == 200);
  CHECK(node_refusal_from_json(*client.next()).error.code == ErrorCode::kUnauthorized);
  CHECK_FALSE(client.next());
}

TEST_CASE("Logs: the tail comes and the stream ends", "[control]") {
  Harness node(Harness::default_options(), quick());
  Controller laptop(1);
  node.claimed_by(laptop);
  node.on_control([&] {
    for (int at = 0; at < 700; ++at) node.workload().old_lines.push_back(line(at, "old"));
  });
  SocketClient client(node.port(), "/v1/logs");
  client.send(first_message(node, laptop, "/v1/logs", {{"app", "guestbook"}, {"tail", 500}}));
  std::vector<LogLine> lines;
  for (;;) {
    const auto message = logs_message_from_json(*client.next());
    REQUIRE(message);
    if (message->end) break;
    lines.insert(lines.end(), message->lines.begin(), message->lines.end());
  }
  REQUIRE(lines.size() == 500);
  CHECK(lines.front().seq == 200);
  CHECK(lines.back().seq == 699);
}

TEST_CASE("Logs: new lines follow", "[control]") {
  Harness node(Harness::default_options(), quick());
  Controller laptop(1);
  node.claimed_by(laptop);
  node.on_control([&] { node.workload().old_lines.push_back(line(1, "old")); });
  SocketClient client(node.port(), "/v1/logs");
  client.send(first_message(node, laptop, "/v1/logs",
                            {{"app", "guestbook"}, {"tail", 10}, {"follow", true}}));
  REQUIRE(logs_message_from_json(*client.next())->lines.at(0).text == "old");
  node.on_control([&] { node.workload().add_log_line(line(2, "new")); });
  CHECK(logs_message_from_json(*client.next())->lines.at(0).text == "new");
}

TEST_CASE("Logs: a wrong request is refused in words", "[control]") {
  Harness node(Harness::default_options(), quick());
  Controller laptop(1);
  node.claimed_by(laptop);
  SocketClient client(node.port(), "/v1/logs");
  SECTION("no such app") {
    client.send(first_message(node, laptop, "/v1/logs", {{"app", "other"}}));
    CHECK(node_refusal_from_json(*client.next()).error.code == ErrorCode::kNotFound);
  }
  SECTION("too much tail") {
    client.send(first_message(node, laptop, "/v1/logs", {{"app", "guestbook"}, {"tail", 5001}}));
    CHECK(node_refusal_from_json(*client.next()).error.field == "tail");
  }
  CHECK_FALSE(client.next());
}

}  // namespace a67::test
