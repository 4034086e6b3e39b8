#include "tests/node-wrapper/node/node_process.h"

#include <signal.h>

#include <catch_amalgamated.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace a67::test {
namespace {

constexpr const char* kSecret = "planted-env-secret";

// An app in one Python file: answers with its environment's word, and says hello in its log.
std::string make_archive(const std::string& folder) {
  std::filesystem::create_directories(folder + "/app");
  std::ofstream(folder + "/app/serve.py") << R"(
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_GET(self):
        body = ('hello from ' + os.environ['WORD'] + ' at ' + self.path).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
print('the app is up', flush=True)
http.server.ThreadingHTTPServer(('127.0.0.1', int(os.environ['PORT'])), Handler).serve_forever()
)";
  const std::string archive = folder + "/app.tar.gz";
  REQUIRE(std::system(("tar -czf " + archive + " -C " + folder + "/app .").c_str()) == 0);
  std::ifstream file(archive, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

DesiredState desired_app(const NodeProcess& node, const std::string& archive,
                         std::int64_t revision) {
  DesiredState desired;
  desired.epoch = 5;
  desired.revision = revision;
  DesiredReplica& replica = desired.replicas.emplace_back();
  replica.id = ReplicaId("hello-r1-a");
  replica.app = "hello";
  replica.release = ReleaseId("hello-r1");
  replica.source.sha256 = hex_encode(sha256(archive));
  replica.spec.start = "exec python3 serve.py";
  replica.spec.health.path = "/healthz";
  replica.spec.health.interval_seconds = 1;
  replica.spec.env.emplace("WORD", WireSecret<std::string>(kSecret));
  desired.routes.apps = {{.name = "hello",
                          .hosts = {"hello.localhost"},
                          .replicas = {{.id = replica.id, .node = node.node()}}}};
  desired.routes.nodes = {
      {.id = node.node(), .gateway = "127.0.0.1:" + std::to_string(node.gateway())}};
  return desired;
}

constexpr const char* kGivenCode = "7QKD-9F3M-X2VA";

// Set while it lives, for the programs started meanwhile.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

bool is_ready(const NodeStatus& status) {
  return status.replicas.size() == 1 && status.replicas[0].state == ReplicaState::kReady;
}

}  // namespace

TEST_CASE("Program: it explains itself", "[node]") {
  CHECK(run_program({"--version"}).out.starts_with("automator67-node 0."));
  const ProgramEnd help = run_program({"--help"});
  CHECK(help.exit_code == 0);
  CHECK(help.out.contains("--data-dir"));
  const ProgramEnd wrong = run_program({"--colour", "red"});
  CHECK(wrong.exit_code == 2);
  CHECK(wrong.err.contains("--colour is no option"));
}

TEST_CASE("Program: SIGTERM ends it well, and it starts again as the same node", "[node]") {
  const TempFolder temp;
  Controller laptop(1);
  NodeId id;
  {
    NodeProcess node(temp.path(), {"--name", "node-1"});
    id = node.node();
    node.claimed_by(laptop);
    CHECK(node.end(SIGTERM) == 0);
  }
  NodeProcess again(temp.path());
  CHECK(again.node() == id);
  CHECK(again.order(laptop, "GET", "/v1/status").status == 200);
  CHECK(string_or(send_request(again.control(), "GET", "/v1/hello").json(), "name") == "node-1");
}

TEST_CASE("Program: after kill -9 it still knows its controller and its epoch", "[node]") {
  const TempFolder temp;
  Controller laptop(1);
  NodeId id;
  {
    NodeProcess node(temp.path());
    id = node.node();
    node.claimed_by(laptop);
    laptop.epoch = 9;
    REQUIRE(node.order(laptop, "GET", "/v1/status").status == 200);
    CHECK(node.end(SIGKILL) == 128 + SIGKILL);
  }
  NodeProcess again(temp.path());
  CHECK(again.node() == id);
  laptop.epoch = 8;
  const Answer stale = again.order(laptop, "GET", "/v1/status");
  CHECK(stale.status == 409);
  CHECK(int_or(stale.json(), "epoch") == 9);
}

TEST_CASE("Program: two nodes never share a folder or a port", "[node]") {
  const TempFolder temp;
  const NodeProcess node(temp.path());
  const ProgramEnd folder = run_program({"--data-dir", temp.path() + "/data", "--control",
                                         "127.0.0.1:0", "--gateway", "127.0.0.1:0"});
  CHECK(folder.exit_code == 3);
  CHECK(folder.err.contains("Another node runs with the folder"));
  const std::string control = "127.0.0.1:" + std::to_string(node.control());
  const ProgramEnd port = run_program(
      {"--data-dir", temp.path() + "/other", "--control", control, "--gateway", "127.0.0.1:0"});
  CHECK(port.exit_code == 3);
  CHECK(port.err.contains(control));
  CHECK(port.err.contains("--control"));
}

TEST_CASE("Program: reset forgets the controller and keeps the id", "[node]") {
  const TempFolder temp;
  Controller laptop(1);
  NodeId id;
  {
    NodeProcess node(temp.path());
    id = node.node();
    node.claimed_by(laptop);
    CHECK(run_program({"reset", "--data-dir", temp.path() + "/data"}).exit_code == 3);
  }
  CHECK(run_program({"reset", "--data-dir", temp.path() + "/data"}).exit_code == 0);
  NodeProcess again(temp.path());
  CHECK(again.node() == id);
  CHECK_FALSE(bool_or(send_request(again.control(), "GET", "/v1/hello").json(), "claimed", true));
  Controller phone(2);
  again.claimed_by(phone);
}

TEST_CASE("Program: an app is taken, started, served, and outlives a killed wrapper", "[node]") {
  const TempFolder temp;
  Controller laptop(1);
  const std::string archive = make_archive(temp.path());
  const std::string target = "/v1/releases/" + hex_encode(sha256(archive)) + "?format=tar.gz";
  std::int64_t first_start = 0;
  {
    NodeProcess node(temp.path());
    node.claimed_by(laptop);
    const DesiredState desired = desired_app(node, archive, 1);
    REQUIRE(node.order(laptop, "PUT", "/v1/desired", dump_json(to_json(desired))).status == 200);
    const NodeStatus waiting =
        node.wait_for(laptop, [](const NodeStatus& status) { return !status.missing.empty(); });
    CHECK(waiting.missing == std::vector<std::string>{hex_encode(sha256(archive))});
    REQUIRE(node.order(laptop, "PUT", target, archive).status == 200);
    const NodeStatus ready = node.wait_for(laptop, is_ready);
    first_start = ready.replicas[0].started_at;
    CHECK(send_request(node.gateway(), "GET", "/@hello/x").body ==
          "hello from " + std::string(kSecret) + " at /x");
    CHECK(send_request(node.gateway(), "GET", "/y", {{"Host", "hello.localhost"}}).status == 200);

    SocketClient logs(node.control(), "/v1/logs");
    const std::string token = laptop.token(node.node(), "GET /v1/logs", {}, ready.node.now);
    logs.send(dump_json({{"token", token}, {"app", "hello"}, {"tail", 100}}));
    const auto lines = logs_message_from_json(*logs.next());
    REQUIRE(lines);
    CHECK(std::ranges::any_of(lines->lines,
                              [](const LogLine& line) { return line.text == "the app is up"; }));

    const std::string said = node.log() + send_request(node.control(), "GET", "/metrics").body +
                             node.order(laptop, "GET", "/v1/status").body;
    CHECK_FALSE(said.contains(kSecret));
    CHECK_FALSE(said.contains(token));
    CHECK(said.contains("automator67_gateway_requests_total 2"));
    CHECK(node.end(SIGKILL) == 128 + SIGKILL);
  }
  NodeProcess again(temp.path());
  const NodeStatus ready = again.wait_for(laptop, is_ready);
  CHECK(ready.replicas[0].started_at == first_start);
  CHECK(ready.revision == 1);
  CHECK(send_request(again.gateway(), "GET", "/@hello/z").status == 200);
  const auto port = static_cast<std::uint16_t>(ready.replicas[0].port);
  CHECK(again.end(SIGTERM) == 0);
  // Ended well means that the app is gone too.
  CHECK_THROWS(send_request(port, "GET", "/"));
}

TEST_CASE("Program: with one port it is claimed by the code it was given, and serves an app there",
          "[node]") {
  const TempFolder temp;
  Controller laptop(1);
  std::string archive;
  {
    const Variable code("A67_CLAIM_CODE", kGivenCode);
    const Variable name("A67_NODE_NAME", "at-a-provider");
    NodeProcess node(temp.path(), {"--single-port"});
    CHECK(node.control() == node.gateway());
    CHECK(string_or(node.send("GET", "/v1/hello").json(), "name") == "at-a-provider");
    CHECK(node.claim_code() == kGivenCode);
    // The provider's name for it, which it does not know.
    REQUIRE(node.order(laptop, "POST", "/v1/claim", claim_body(laptop, kGivenCode),
                       {{"Host", "x.provider.example"}})
                .status == 200);
    CHECK(node.send("GET", "/metrics").status == 403);

    archive = make_archive(temp.path());
    const DesiredState desired = desired_app(node, archive, 1);
    REQUIRE(node.order(laptop, "PUT", "/v1/desired", dump_json(to_json(desired))).status == 200);
    REQUIRE(node.order(laptop, "PUT",
                       "/v1/releases/" + desired.replicas[0].source.sha256 + "?format=tar.gz",
                       archive)
                .status == 200);
    node.wait_for(laptop, is_ready);
    const Answer answer = send_request(node.gateway(), "GET", "/@hello/there");
    CHECK(answer.status == 200);
    CHECK(answer.body == std::string("hello from ") + kSecret + " at /there");
    CHECK_FALSE(node.log().contains(kGivenCode));
  }
  // The environment of a service stays, the code in it is worth nothing any more.
  const Variable code("A67_CLAIM_CODE", kGivenCode);
  NodeProcess again(temp.path(), {"--single-port"});
  CHECK(again.claim_code().empty());
  Controller thief(2);
  CHECK(again.order(thief, "POST", "/v1/claim", claim_body(thief, kGivenCode)).status == 409);
  CHECK(again.order(laptop, "POST", "/v1/unclaim").status == 200);
  CHECK(again.claim_code() != kGivenCode);
  CHECK(again.order(thief, "POST", "/v1/claim", claim_body(thief, kGivenCode)).status == 403);
}

TEST_CASE("Program: a claim code that could be guessed is refused at the start, unsaid", "[node]") {
  const TempFolder temp;
  const Variable code("A67_CLAIM_CODE", "AAAA-AAAA-AAAA");
  const ProgramEnd end = run_program(
      {"--data-dir", temp.path() + "/data", "--single-port", "--gateway", "127.0.0.1:0"});
  CHECK(end.exit_code == 3);
  CHECK(end.err.contains("A67_CLAIM_CODE"));
  CHECK_FALSE((end.err + end.out).contains("AAAA-AAAA"));
}

}  // namespace a67::test
