#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch_amalgamated.hpp>

#include "tests/node-wrapper/control/harness.h"

namespace a67::test {
namespace {

namespace net = boost::asio;

// A client that keeps its connection.
class SlowClient {
 public:
  explicit SlowClient(std::uint16_t port) : socket_(context_) {
    socket_.connect({net::ip::make_address("127.0.0.1"), port});
  }
  void write(const std::string& bytes) {
    boost::system::error_code ignored;
    net::write(socket_, net::buffer(bytes), ignored);
  }
  // Everything until the server closes.
  std::string read_all() {
    std::string text;
    boost::system::error_code ignored;
    net::read(socket_, net::dynamic_buffer(text), ignored);
    return text;
  }
  std::string read_some() {
    std::string text(65'536, '\0');
    boost::system::error_code error;
    text.resize(socket_.read_some(net::buffer(text), error));
    return text;
  }

 private:
  net::io_context context_;
  net::ip::tcp::socket socket_;
};

ControlServerOptions short_limits() {
  ControlServerOptions limits;
  limits.head_timeout = Duration(100);
  limits.body_timeout = Duration(100);
  limits.idle_timeout = Duration(100);
  return limits;
}

}  // namespace

TEST_CASE("HTTP: hello and healthz need no order", "[control]") {
  Harness node;
  const Answer hello = node.send("GET", "/v1/hello");
  CHECK(hello.status == 200);
  const auto parsed = hello_from_json(hello.json());
  REQUIRE(parsed);
  CHECK(parsed->node == node.node());
  CHECK(parsed->now == node.clock.now);
  CHECK(node.send("GET", "/healthz").body == "ok");
}

TEST_CASE("HTTP: unknown paths and wrong methods are told apart", "[control]") {
  Harness node;
  CHECK(node.send("GET", "/v2/hello").status == 404);
  CHECK(node.send("GET", "/v2/hello").code() == "not_found");
  const Answer wrong = node.send("DELETE", "/v1/desired");
  CHECK(wrong.status == 405);
  CHECK(wrong.header("allow") == "PUT");
}

TEST_CASE("HTTP: a connection carries several requests", "[control]") {
  Harness node;
  SlowClient client(node.port());
  for (int at = 0; at < 3; ++at) {
    client.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(client.read_some().ends_with("\r\n\r\nok"));
  }
}

TEST_CASE("HTTP: a body over the limit is refused", "[control]") {
  Harness node;
  Controller laptop(1);
  node.claimed_by(laptop);
  const std::string body(kControlBodyBytesMax + 1, ' ');
  SECTION("announced") {
    const Answer answer = node.order(laptop, "PUT", "/v1/desired", body);
    CHECK(answer.status == 413);
    CHECK(answer.code() == "too_large");
  }
  SECTION("in chunks") {
    const std::string token = laptop.token(node.node(), "PUT /v1/desired", body, node.clock.now);
    const std::string text = node.send_raw(
        "PUT /v1/desired HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: "
        "Bearer " +
        token + "\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n" + body + "\r\n0\r\n\r\n");
    CHECK(text.starts_with("HTTP/1.1 413"));
  }
  SECTION("exactly at the limit it is read") {
    const std::string padded(kControlBodyBytesMax, ' ');
    CHECK(node.order(laptop, "PUT", "/v1/desired", padded).status == 400);
  }
}

TEST_CASE("HTTP: a body without a right token is not read", "[control]") {
  Harness node;
  Controller laptop(1);
  node.claimed_by(laptop);
  // Announced, but never sent: the answer comes at once.
  const std::string text =
      node.send_raw("PUT /v1/desired HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n");
  CHECK(text.starts_with("HTTP/1.1 401"));
}

TEST_CASE("HTTP: a client that asks first is told to continue", "[control]") {
  Harness node;
  Controller laptop(1);
  node.claimed_by(laptop);
  const std::string bytes = "archive";
  const std::string hash = hex_encode(sha256(bytes));
  const std::string token =
      laptop.token(node.node(), "PUT /v1/releases/" + hash, {}, node.clock.now);
  SlowClient client(node.port());
  client.write("PUT /v1/releases/" + hash + "?format=zip HTTP/1.1\r\nHost: localhost\r\n" +
               "Expect: 100-continue\r\nConnection: close\r\nContent-Length: 7\r\n" +
               "Authorization: Bearer " + token + "\r\n\r\n");
  CHECK(client.read_some() == "HTTP/1.1 100 Continue\r\n\r\n");
  client.write(bytes);
  CHECK(client.read_all().starts_with("HTTP/1.1 200"));
}

TEST_CASE("HTTP: slow clients are cut", "[control]") {
  Harness node(Harness::default_options(), short_limits());
  SECTION("in the head") {
    SlowClient client(node.port());
    client.write("GET /v1/hello HT");
    CHECK(client.read_all().empty());
  }
  SECTION("before the head") { CHECK(SlowClient(node.port()).read_all().empty()); }
  SECTION("in the body") {
    Controller laptop(1);
    node.claimed_by(laptop);
    const std::string token = laptop.token(node.node(), "PUT /v1/desired", "x", node.clock.now);
    SlowClient client(node.port());
    client.write("PUT /v1/desired HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n" +
                 std::string("Authorization: Bearer ") + token + "\r\n\r\nabc");
    const std::string text = client.read_all();
    CHECK((text.empty() || text.starts_with("HTTP/1.1 408")));
  }
  SECTION("between two requests") {
    SlowClient client(node.port());
    client.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(client.read_all().ends_with("\r\n\r\nok"));
  }
  CHECK(node.send("GET", "/healthz").status == 200);
}

TEST_CASE("HTTP: nonsense and huge heads are refused", "[control]") {
  Harness node;
  CHECK(node.send_raw("nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
  CHECK(node.send_raw("GET /v1/hello HTTP/1.1\r\nHost: localhost\r\nX: " +
                      std::string(20'000, 'x') + "\r\n\r\n")
            .starts_with("HTTP/1.1 400"));
  CHECK(node.send_raw("GET /v1/hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
            .starts_with("HTTP/1.1 400"));
  CHECK(node.send("GET", "/healthz").status == 200);
}

TEST_CASE("HTTP: more connections than allowed are closed", "[control]") {
  ControlServerOptions limits;
  limits.connections_max = 2;
  Harness node(Harness::default_options(), limits);
  SlowClient first(node.port());
  SlowClient second(node.port());
  for (SlowClient* client : {&first, &second}) {
    client->write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    REQUIRE(client->read_some().ends_with("ok"));
  }
  CHECK(SlowClient(node.port()).read_all().empty());
}

TEST_CASE("Metrics: they are Prometheus text, for this machine", "[control]") {
  Harness node;
  Controller laptop(1);
  node.claimed_by(laptop);
  node.on_control([&] {
    node.workload().replicas.push_back({.id = ReplicaId("guestbook-r1-a"),
                                        .app = "guestbook",
                                        .release = ReleaseId("guestbook-r1"),
                                        .state = ReplicaState::kReady,
                                        .restarts = 2});
  });
  const Answer answer = node.send("GET", "/metrics");
  CHECK(answer.status == 200);
  CHECK(answer.header("content-type").starts_with("text/plain; version=0.0.4"));
  CHECK(
      answer.body.contains("\nautomator67_replica_restarts_total{app=\"guestbook\","
                           "replica=\"guestbook-r1-a\"} 2\n"));
  CHECK(answer.body.contains("automator67_orders_refused_total 0\n"));
}

TEST_CASE("Metrics: other machines get them only when they are open", "[control]") {
  auto options = Harness::default_options();
  options.metrics_open = GENERATE(false, true);
  Harness node(options);
  ControlHead head{
      .method = "GET", .path = "/metrics", .host = "192.0.2.1:4601", .remote = "192.0.2.9:5"};
  const Screening screening = node.screen(head);
  CHECK(std::holds_alternative<Admission>(screening) == options.metrics_open);
  head.loopback = true;
  CHECK(std::holds_alternative<Admission>(node.screen(head)));
}

TEST_CASE("Metrics: every family has one HELP, one TYPE and no line twice", "[control]") {
  Harness node;
  const std::string text = node.send("GET", "/metrics").body;
  std::map<std::string, int> seen;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    REQUIRE(end != std::string::npos);
    ++seen[text.substr(at, end - at)];
    at = end + 1;
  }
  for (const auto& [line, count] : seen) CHECK(count == 1);
}

TEST_CASE("Log: one line of JSON an event, whatever a stranger sends", "[control]") {
  Harness node;
  node.send("GET", "/%0a\"x\"\\");
  const std::string log = node.log();
  for (std::size_t at = 0; at < log.size();) {
    const std::size_t end = log.find('\n', at);
    REQUIRE(end != std::string::npos);
    const Json line = Json::parse(log.substr(at, end - at), nullptr, false);
    CHECK(line.contains("time"));
    CHECK(line.contains("level"));
    CHECK(line.contains("message"));
    at = end + 1;
  }
}

TEST_CASE("Log: a flood is cut and counted", "[control]") {
  SettableClock clock;
  std::vector<std::string> lines;
  JsonLog log(LogLevel::kWarning, "n", clock,
              [&](std::string_view line) { lines.emplace_back(line); });
  log.write(LogLevel::kInfo, "too low");
  for (std::uint32_t at = 0; at < JsonLog::kLinesPerSecondMax + 50; ++at) {
    log.write(LogLevel::kError, "x");
  }
  CHECK(lines.size() == JsonLog::kLinesPerSecondMax);
  clock.now += 1000;
  log.write(LogLevel::kError, "y");
  CHECK(lines.size() == JsonLog::kLinesPerSecondMax + 2);
  CHECK(lines[JsonLog::kLinesPerSecondMax].contains("50 lines were left out"));
}

TEST_CASE("Log: time is told in UTC", "[control]") {
  CHECK(iso_time(1'700'000'000'123) == "2023-11-14T22:13:20.123Z");
}

}  // namespace a67::test
