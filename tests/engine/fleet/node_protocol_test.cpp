#include "engine/fleet/node_protocol.h"

#include <catch_amalgamated.hpp>
#include <concepts>
#include <ostream>

namespace a67 {
namespace {

template <class T>
concept Printable = requires(std::ostream& stream, const T& value) { stream << value; };

// The document of docs/node-protocol.md.
constexpr std::string_view kDesired = R"({ "epoch": 5, "revision": 17,
  "replicas": [ {
    "id": "guestbook-r2-7f3k", "app": "guestbook", "release": "guestbook-r2", "generation": 1,
    "source": {"kind": "archive", "sha256": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "format": "tar.gz"},
    "spec": { "runtime": "auto", "build": "", "start": "", "staticRoot": "", "env": {"KEY": "value"},
              "health": {"path": "/healthz", "intervalSeconds": 5, "timeoutSeconds": 2, "startSeconds": 60},
              "memoryMb": 256, "cpuPercent": 0, "stopSeconds": 10, "buildSeconds": 600 } } ],
  "routes": {
    "apps": [ {"name": "guestbook", "hosts": ["guestbook.localhost"], "policy": "weighted",
               "replicas": [ {"id": "guestbook-r2-7f3k", "node": "n-abc"} ]} ],
    "nodes": [ {"id": "n-abc", "gateway": "127.0.0.1:4701"} ],
    "meshKey": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" } })";

Json desired_json() { return Json::parse(kDesired); }

// Checks that the document is refused and that the error names `field`.
void check_refused(const Json& value, std::string_view field) {
  const auto desired = desired_state_from_json(value);
  REQUIRE_FALSE(desired);
  CHECK(desired.error().code == ErrorCode::kInvalidInput);
  CHECK(desired.error().field == field);
  CHECK(desired.error().message.contains(field));
}

}  // namespace

TEST_CASE("Desired: the page's document is read and written back the same", "[fleet]") {
  const auto desired = desired_state_from_json(desired_json());
  REQUIRE(desired);
  CHECK(desired->epoch == 5);
  REQUIRE(desired->replicas.size() == 1);
  CHECK(desired->replicas[0].spec.env.at("KEY").expose() == "value");
  CHECK(desired->routes.mesh_key.expose()[31] == 31);
  CHECK(to_json(*desired) == desired_json());
}

TEST_CASE("Desired: what may be left out gets the page's values", "[fleet]") {
  Json value = desired_json();
  value["replicas"][0]["spec"] = Json::object();
  const auto desired = desired_state_from_json(value);
  REQUIRE(desired);
  CHECK(desired->replicas[0].spec == ReplicaSpec{});
}

TEST_CASE("Desired: a Git source has an address and a reference", "[fleet]") {
  Json value = desired_json();
  Json& source = value["replicas"][0]["source"];
  source = {{"kind", "git"}, {"url", "https://example.org/a.git"}, {"ref", "main"}};
  const auto desired = desired_state_from_json(value);
  REQUIRE(desired);
  CHECK(desired->replicas[0].source.kind == Source::Kind::kGit);
  CHECK(to_json(*desired) == value);
  SECTION("that do not look like options to git") {
    source["url"] = "--upload-pack=evil";
    check_refused(value, "replicas[0].source.url");
  }
  SECTION("nor the reference") {
    source["ref"] = "-x";
    check_refused(value, "replicas[0].source.ref");
  }
}

TEST_CASE("Desired: the first wrong field is named", "[fleet]") {
  Json value = desired_json();
  Json& replica = value["replicas"][0];
  const auto [path, wrong, field] = GENERATE(table<std::string, Json, std::string>({
      {"/epoch", 0, "epoch"},
      {"/epoch", "5", "epoch"},
      {"/epoch", 18446744073709551615ULL, "epoch"},
      {"/revision", -1, "revision"},
      {"/revision", 1.5, "revision"},
      {"/replicas", Json::object(), "replicas"},
      {"/replicas/0", "x", "replicas[0]"},
      {"/replicas/0/id", "../../etc", "replicas[0].id"},
      {"/replicas/0/id", "", "replicas[0].id"},
      {"/replicas/0/id", "-rf", "replicas[0].id"},
      {"/replicas/0/id", "UPPER", "replicas[0].id"},
      {"/replicas/0/app", std::string(41, 'a'), "replicas[0].app"},
      {"/replicas/0/release", nullptr, "replicas[0].release"},
      {"/replicas/0/source/kind", "ftp", "replicas[0].source.kind"},
      {"/replicas/0/source/sha256", std::string(64, 'A'), "replicas[0].source.sha256"},
      {"/replicas/0/source/format", "rar", "replicas[0].source.format"},
      {"/replicas/0/spec/runtime", "cobol", "replicas[0].spec.runtime"},
      {"/replicas/0/spec/start", std::string(5000, 'a'), "replicas[0].spec.start"},
      {"/replicas/0/spec/start", std::string("a\0b", 3), "replicas[0].spec.start"},
      {"/replicas/0/spec/staticRoot", "a/../../b", "replicas[0].spec.staticRoot"},
      {"/replicas/0/spec/staticRoot", "/etc", "replicas[0].spec.staticRoot"},
      {"/replicas/0/spec/env/KEY", 5, "replicas[0].spec.env.KEY"},
      {"/replicas/0/spec/env/1BAD", "x", "replicas[0].spec.env"},
      {"/replicas/0/spec/health/path", "healthz", "replicas[0].spec.health.path"},
      {"/replicas/0/spec/health/path", "/a b", "replicas[0].spec.health.path"},
      {"/replicas/0/spec/health/timeoutSeconds", 61, "replicas[0].spec.health.timeoutSeconds"},
      {"/replicas/0/spec/memoryMb", -1, "replicas[0].spec.memoryMb"},
      {"/routes/apps/0/name", "a b", "routes.apps[0].name"},
      {"/routes/apps/0/policy", "random", "routes.apps[0].policy"},
      {"/routes/apps/0/hosts/0", "a/b", "routes.apps[0].hosts[0]"},
      {"/routes/apps/0/replicas/0/node", "", "routes.apps[0].replicas[0].node"},
      {"/routes/nodes/0/gateway", "127.0.0.1", "routes.nodes[0].gateway"},
      {"/routes/nodes/0/gateway", "127.0.0.1:0", "routes.nodes[0].gateway"},
      {"/routes/nodes/0/gateway", "127.0.0.1:65536", "routes.nodes[0].gateway"},
      {"/routes/nodes/0/gateway", "a b:80", "routes.nodes[0].gateway"},
      {"/routes/meshKey", "AAAA", "routes.meshKey"},
  }));
  INFO(path);
  value[Json::json_pointer(path)] = wrong;
  check_refused(value, field);
  static_cast<void>(replica);
}

TEST_CASE("Desired: limits hold", "[fleet]") {
  Json value = desired_json();
  SECTION("replicas") {
    const Json replica = value["replicas"][0];
    for (std::size_t at = 1; at <= kDesiredReplicasMax; ++at) {
      Json copy = replica;
      copy["id"] = "r-" + std::to_string(at);
      value["replicas"].push_back(copy);
    }
    check_refused(value, "replicas");
  }
  SECTION("the same replica twice") {
    value["replicas"].push_back(value["replicas"][0]);
    check_refused(value, "replicas[1].id");
  }
  SECTION("routed replicas, summed over the apps") {
    Json& apps = value["routes"]["apps"];
    Json& replicas = apps[0]["replicas"];
    for (std::size_t at = 1; at < kRoutesMax; ++at) {
      replicas.push_back({{"id", "r-" + std::to_string(at)}, {"node", "n-abc"}});
    }
    REQUIRE(desired_state_from_json(value));
    apps.push_back({{"name", "other"}, {"replicas", {{{"id", "x"}, {"node", "n-abc"}}}}});
    check_refused(value, "routes.apps[1].replicas");
  }
  SECTION("variables") {
    Json& env = value["replicas"][0]["spec"]["env"];
    for (std::size_t at = 0; at < kEnvCountMax; ++at) env["K" + std::to_string(at)] = "v";
    check_refused(value, "replicas[0].spec.env");
  }
  SECTION("one variable's length") {
    value["replicas"][0]["spec"]["env"]["KEY"] = std::string(kEnvValueBytesMax + 1, 'x');
    check_refused(value, "replicas[0].spec.env.KEY");
  }
  SECTION("all variables together") {
    Json& env = value["replicas"][0]["spec"]["env"];
    for (int at = 0; at < 5; ++at) {
      env["K" + std::to_string(at)] = std::string(kEnvValueBytesMax, 'x');
    }
    check_refused(value, "replicas[0].spec.env");
  }
}

TEST_CASE("Desired: an error never holds a secret", "[fleet]") {
  Json value = desired_json();
  value["replicas"][0]["spec"]["env"] = {{"TOKEN", "planted-secret"},
                                         {"BAD NAME", "planted-secret"}};
  const auto desired = desired_state_from_json(value);
  REQUIRE_FALSE(desired);
  CHECK_FALSE(dump_json(to_json_error(desired.error())).contains("planted-secret"));
}

TEST_CASE("Desired: it cannot be printed", "[fleet]") {
  STATIC_CHECK_FALSE(Printable<DesiredState>);
  STATIC_CHECK_FALSE(Printable<ReplicaSpec>);
  STATIC_CHECK_FALSE(Printable<WireSecret<std::string>>);
  STATIC_CHECK_FALSE(Printable<Routes>);
}

TEST_CASE("Status: every field survives the wire", "[fleet]") {
  NodeStatus status;
  status.node = {.id = NodeId("n-1"),
                 .name = "node-1",
                 .role = NodeRole::kGateway,
                 .version = "0.1.0",
                 .now = 7,
                 .boot_id = "b",
                 .os = "Linux 6",
                 .arch = "x86_64",
                 .cpus = 2,
                 .memory_bytes = 3,
                 .disk_free_bytes = 4,
                 .limits = "cgroup-v1",
                 .runtimes = {"node 20.20.2"}};
  status.seq = 42;
  status.gateway_url = "http://127.0.0.1:4701";
  status.epoch = 5;
  status.revision = 17;
  status.load = {.cpu_percent = 12.5,
                 .memory_percent = 40.25,
                 .connections = 12,
                 .requests_per_second = 80.5,
                 .latency_ms = 3.5,
                 .success_rate = 0.75};
  status.missing = {std::string(64, 'b')};
  for (const ReplicaState state :
       {ReplicaState::kWaiting, ReplicaState::kFetching, ReplicaState::kUnpacking,
        ReplicaState::kBuilding, ReplicaState::kStarting, ReplicaState::kReady,
        ReplicaState::kUnhealthy, ReplicaState::kBackoff, ReplicaState::kFailed,
        ReplicaState::kStopping}) {
    ReplicaStatus& replica = status.replicas.emplace_back();
    replica.id = ReplicaId("a-" + std::to_string(status.replicas.size()));
    replica.app = "a";
    replica.release = ReleaseId("a-r1");
    replica.state = state;
    replica.port = 4000;
    replica.cpu_percent = 1.5;
    replica.runtime = "node";
    if (state == ReplicaState::kFailed) {
      replica.reason = Error{
          .code = ErrorCode::kBuildFailed, .message = "m", .hint = "h", .lines = {"last line"}};
    }
  }
  status.gateway = {.requests = 10,
                    .errors = 1,
                    .connections = 2,
                    .requests_per_second = 0.5,
                    .apps = {{.name = "a",
                              .requests = 10,
                              .errors = 1,
                              .requests_per_second = 0.5,
                              .p50_ms = 1.5,
                              .p95_ms = 2.5,
                              .replicas = {{.id = ReplicaId("a-1"),
                                            .requests = 10,
                                            .failures = 1,
                                            .latency_ms = 1.5,
                                            .ejected = true}}}}};
  const auto again = node_status_from_json(to_json(status));
  REQUIRE(again);
  CHECK(*again == status);
}

TEST_CASE("Status: a measurement that went wrong does not spoil the document", "[fleet]") {
  NodeStatus status;
  status.node.id = NodeId("n-1");
  status.load.latency_ms = std::numeric_limits<double>::quiet_NaN();
  status.load.cpu_percent = std::numeric_limits<double>::infinity();
  const auto value = parse_json(dump_json(to_json(status)));
  REQUIRE(value);
  CHECK(node_status_from_json(*value));
}

TEST_CASE("Status: a wrong field is named", "[fleet]") {
  NodeStatus status;
  status.node.id = NodeId("n-1");
  status.replicas.push_back({.id = ReplicaId("a-1"), .app = "a", .release = ReleaseId("a-r1")});
  Json value = to_json(status);
  const auto [path, wrong, field] = GENERATE(table<std::string, Json, std::string>({
      {"/node/id", "", "node.id"},
      {"/load/cpuPercent", "12", "load.cpuPercent"},
      {"/missing/0", "x", "missing[0]"},
      {"/replicas/0/state", "happy", "replicas[0].state"},
      {"/replicas/0/port", 65'536, "replicas[0].port"},
      {"/replicas/0/reason", {{"code", "odd"}, {"message", ""}}, "replicas[0].reason.code"},
      {"/gateway/apps", 5, "gateway.apps"},
  }));
  value[Json::json_pointer(path)] = wrong;
  const auto again = node_status_from_json(value);
  REQUIRE_FALSE(again);
  CHECK(again.error().field == field);
}

TEST_CASE("Hello: another product or protocol is told apart", "[fleet]") {
  const Hello hello{.node = NodeId("n-1"), .name = "node-1", .version = "0.1.0", .now = 5};
  Json value = to_json(hello);
  REQUIRE(hello_from_json(value) == hello);
  SECTION("product") {
    value["product"] = "nginx";
    CHECK(hello_from_json(value).error().code == ErrorCode::kInvalidInput);
  }
  SECTION("protocol") {
    value["protocol"] = 2;
    CHECK(hello_from_json(value).error().code == ErrorCode::kConflict);
  }
}

TEST_CASE("Logs: requests and messages survive the wire", "[fleet]") {
  const LogsRequest request{.app = "a", .replica = ReplicaId("a-1"), .tail = 100, .follow = true};
  CHECK(logs_request_from_json(to_json(request)) == request);
  CHECK(logs_request_from_json({{"app", "a"}}) == LogsRequest{.app = "a"});
  CHECK(logs_request_from_json({{"app", "a"}, {"tail", 5001}}).error().field == "tail");
  const LogsMessage lines{
      .lines = {
          {.replica = ReplicaId("a-1"), .seq = 1, .at = 2, .stream = "stdout", .text = "hi"}}};
  CHECK(logs_message_from_json(to_json(lines)) == lines);
  const LogsMessage end{.end = true};
  CHECK(logs_message_from_json(to_json(end)) == end);
  CHECK_FALSE(logs_message_from_json({{"type", "odd"}}));
}

TEST_CASE("Refusal: the helping facts survive, and nonsense becomes an error too", "[fleet]") {
  const NodeRefusal refusal{.error = {.code = ErrorCode::kStaleEpoch, .message = "m", .hint = "h"},
                            .epoch = 9};
  CHECK(node_refusal_from_json(to_json(refusal)) == refusal);
  CHECK(node_refusal_from_json(Json::array()).error.code == ErrorCode::kInternal);
  CHECK(node_refusal_from_json({{"error", {{"code", "stale_epoch"}}}}).error.code ==
        ErrorCode::kInternal);
}

}  // namespace a67
