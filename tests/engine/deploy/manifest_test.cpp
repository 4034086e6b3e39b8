#include "engine/deploy/manifest.h"

#include <catch_amalgamated.hpp>
#include <fstream>
#include <iterator>
#include <string>

namespace a67 {
namespace {

Manifest parsed(std::string_view text) {
  auto manifest = parse_manifest(text);
  if (!manifest) FAIL(manifest.error().message);
  return *manifest;
}

Error error_of(std::string_view text) {
  const auto manifest = parse_manifest(text);
  REQUIRE_FALSE(manifest);
  CHECK(manifest.error().code == ErrorCode::kInvalidInput);
  return manifest.error();
}

constexpr std::string_view kFull = R"(# A guestbook
name: guestbook
runtime: node
build: npm ci
start: node server.js
static: public/site
replicas: 3
env:
  NODE_ENV: production
  PORT_OFFSET: 8080
  EMPTY:
  QUOTED: "a: b # c"
health:
  path: /healthz
  intervalSeconds: 5
  timeoutSeconds: 2
  startSeconds: 60
memoryMb: 256
cpuPercent: 50
stopSeconds: 0
buildSeconds: 600
hosts:
  - guestbook.localhost
  - guests.example.org
policy: least-connections
)";

TEST_CASE("Manifest: reads every field", "[deploy]") {
  const Manifest manifest = parsed(kFull);
  CHECK(manifest.name == "guestbook");
  CHECK(manifest.runtime == "node");
  CHECK(manifest.build == "npm ci");
  CHECK(manifest.start == "node server.js");
  CHECK(manifest.static_root == "public/site");
  CHECK(manifest.replicas == 3);
  REQUIRE(manifest.env.size() == 4);
  CHECK(manifest.env.at("NODE_ENV").expose() == "production");
  CHECK(manifest.env.at("PORT_OFFSET").expose() == "8080");
  CHECK(manifest.env.at("EMPTY").expose().empty());
  CHECK(manifest.env.at("QUOTED").expose() == "a: b # c");
  CHECK(manifest.health ==
        ManifestHealth{
            .path = "/healthz", .interval_seconds = 5, .timeout_seconds = 2, .start_seconds = 60});
  CHECK(manifest.memory_mb == 256);
  CHECK(manifest.cpu_percent == 50);
  CHECK(manifest.stop_seconds == 0);
  CHECK(manifest.build_seconds == 600);
  CHECK(manifest.hosts == std::vector<std::string>{"guestbook.localhost", "guests.example.org"});
  CHECK(manifest.policy == "least-connections");
}

TEST_CASE("Manifest: an empty file asks for nothing", "[deploy]") {
  CHECK(parsed("") == Manifest{});
  CHECK(parsed("# nothing\n") == Manifest{});
  CHECK(parsed("name:\nhealth:\nenv: ~\n") == Manifest{});
}

TEST_CASE("Manifest: a wrong type is told with what is allowed and what is there", "[deploy]") {
  const Error text = error_of("name: a\nreplicas: three\n");
  CHECK(text.message == "replicas must be a whole number from 1 to 100, but is the text 'three'.");
  CHECK(text.field == "automator67.yaml:2");
  CHECK(error_of("replicas: 2.5").message ==
        "replicas must be a whole number from 1 to 100, but is 2.5.");
  CHECK(error_of("replicas: \"3\"").message ==
        "replicas must be a whole number from 1 to 100, but is the text '3'.");
  CHECK(error_of("replicas: [1]").message ==
        "replicas must be a whole number from 1 to 100, but is a list.");
  CHECK(error_of("replicas: true").message ==
        "replicas must be a whole number from 1 to 100, but is true.");
  CHECK(error_of("replicas: 99999999999999999999999").message.contains("but is 9999"));
  CHECK(error_of("replicas: -1").message.ends_with("but is -1."));
  CHECK(error_of("start: [node]").message == "start must be a text, but is a list.");
  CHECK(error_of("name: {a: b}").message == "name must be a text, but is a group of keys.");
  CHECK(error_of("hosts: a.b").message ==
        "hosts must be a list, one '- host' a line, but is the text 'a.b'.");
  CHECK(error_of("health: /healthz").message.starts_with("health must be a group of keys"));
  CHECK(error_of("health:\n  intervalSeconds: 0\n").message ==
        "health.intervalSeconds must be a whole number from 1 to 300, but is 0.");
  CHECK(error_of("- a\n").message.contains("but is a list"));
}

TEST_CASE("Manifest: an unknown key is refused with the likely one", "[deploy]") {
  const Error error = error_of("name: a\n\nreplica: 3\n");
  CHECK(error.message == "There is no key 'replica'. Did you mean 'replicas'?");
  CHECK(error.field == "automator67.yaml:3");
  CHECK(error.hint.starts_with("The keys are: name, runtime, build"));
  CHECK(error_of("memory_mb: 3").message.ends_with("Did you mean 'memoryMb'?"));
  CHECK(error_of("zebra: 3").message == "There is no key 'zebra'.");
  CHECK(error_of("zebra:").message == "There is no key 'zebra'.");
  CHECK(error_of("health:\n  pat: /\n").message ==
        "There is no key 'pat' in health. Did you mean 'path'?");
}

TEST_CASE("Manifest: words outside a choice are refused with the choices", "[deploy]") {
  CHECK(error_of("runtime: nod").message ==
        "runtime must be one of auto, node, python, procfile, static, binary, but is the text "
        "'nod'. Did you mean 'node'?");
  CHECK(error_of("policy: random").message ==
        "policy must be one of weighted, round-robin, least-connections, latency, but is the text "
        "'random'.");
}

TEST_CASE("Manifest: names, hosts and paths are checked", "[deploy]") {
  CHECK(error_of("name: My App").message.starts_with("name must start with a lower-case letter"));
  CHECK(error_of("static: ../etc").message.starts_with("static must stay inside the app's folder"));
  CHECK(error_of("static: /etc").message.starts_with("static must be relative"));
  CHECK(error_of("hosts: [http://a.b]").message.starts_with("hosts must be a host name only"));
  CHECK(error_of("health: {path: healthz}").message.starts_with("health.path must start with '/'"));
  CHECK(error_of("env: {1A: x}").message == "The name '1A' in env must not start with a digit.");
}

TEST_CASE("Manifest: lengths and counts are bounded", "[deploy]") {
  CHECK(error_of("start: " + std::string(4097, 'x')).message ==
        "start must have at most 4096 bytes, but has 4097.");
  CHECK(parsed("start: " + std::string(4096, 'x')).start->size() == 4096);
  CHECK(error_of("env: {A: " + std::string(32'769, 'x') + "}").message ==
        "env.A must have at most 32768 bytes, but has 32769.");
  std::string many = "env:\n";
  for (int i = 0; i < 201; ++i) many += "  A" + std::to_string(i) + ": x\n";
  CHECK(error_of(many).message == "env must have at most 200 names, but has 201.");
  std::string hosts = "hosts:\n";
  for (int i = 0; i < 21; ++i) hosts += "  - a" + std::to_string(i) + ".localhost\n";
  CHECK(error_of(hosts).message == "hosts must have at most 20 entries, but has 21.");
}

TEST_CASE("Manifest: an error never quotes a value of env", "[deploy]") {
  for (const char* text : {"env:\n  A: [hunter2]\n", "env:\n  - A=hunter2\n", "env: A=hunter2\n",
                           "env:\n  A: {b: hunter2}\n", "env:\n  A: \"hunter2\\0\"\n"}) {
    INFO(text);
    const Error error = error_of(text);
    CHECK_FALSE((error.message + error.hint).contains("hunter2"));
    CHECK(error.field.starts_with("automator67.yaml:"));
  }
}

TEST_CASE("Manifest: a long or odd text is quoted short", "[deploy]") {
  const Error error = error_of("replicas: \"" + std::string(39, 'x') + "\xC3\xA4\xC3\xA4\\n\"");
  CHECK(error.message.ends_with("'" + std::string(39, 'x') + "...'."));
  CHECK_FALSE(error_of("replicas: \"a\\nb\"").message.contains('\n'));
}

TEST_CASE("Manifest: the request wins, and environments are merged by name", "[deploy]") {
  const Manifest file = parsed(kFull);
  const Manifest request = manifest_from_request(Json::parse(
      R"({"source":{"kind":"git"},"name":"book","replicas":5,"healthPath":"/ok","memoryMb":0,
                      "env":{"NODE_ENV":"test","EXTRA":"1"},"hosts":[],"policy":"latency","create":true})"));
  const Manifest merged = overlay(file, request);
  CHECK(merged.name == "book");
  CHECK(merged.replicas == 5);
  CHECK(merged.health.path == "/ok");
  CHECK(merged.health.interval_seconds == 5);
  CHECK(merged.memory_mb == 0);
  CHECK(merged.env.size() == 5);
  CHECK(merged.env.at("NODE_ENV").expose() == "test");
  CHECK(merged.env.at("EXTRA").expose() == "1");
  CHECK(merged.hosts == std::vector<std::string>{});
  CHECK(merged.policy == "latency");
  CHECK(merged.start == "node server.js");
  CHECK(overlay(file, {}) == file);
  CHECK(overlay({}, file) == file);
}

TEST_CASE("Manifest: a request without fields asks for nothing", "[deploy]") {
  CHECK(manifest_from_request(Json::object()) == Manifest{});
}

TEST_CASE("Manifest: what nobody said gets the protocol's defaults", "[deploy]") {
  CHECK(spec_of({}) == [] {
    ReplicaSpec spec;
    spec.runtime = "auto";
    return spec;
  }());
  const ReplicaSpec spec = spec_of(parsed(kFull));
  CHECK(spec.runtime == "node");
  CHECK(spec.build == "npm ci");
  CHECK(spec.start == "node server.js");
  CHECK(spec.static_root == "public/site");
  CHECK(spec.env.size() == 4);
  CHECK(spec.health ==
        HealthSpec{
            .path = "/healthz", .interval_seconds = 5, .timeout_seconds = 2, .start_seconds = 60});
  CHECK(spec.memory_mb == 256);
  CHECK(spec.cpu_percent == 50);
  CHECK(spec.stop_seconds == 0);
  CHECK(spec.build_seconds == 600);
}

// ---- the contract and the parser must agree

Json contract_manifest() {
  std::ifstream file(A67_CONTRACT_FILE);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return Json::parse(text)["types"]["Manifest"]["properties"];
}

TEST_CASE("Manifest: its JSON has the contract's fields, all of them", "[deploy]") {
  const Json json = to_json(parsed(kFull));
  const Json properties = contract_manifest();
  for (const auto& [key, schema] : properties.items()) CHECK(json.contains(key));
  CHECK(json.size() == properties.size());
  CHECK(json["static"] == "public/site");
  CHECK(json["env"]["QUOTED"] == "a: b # c");
  CHECK(json["health"]["path"] == "/healthz");
  CHECK(to_json(Manifest{}) == Json::object());
}

TEST_CASE("Manifest: its JSON is a manifest with the same meaning", "[deploy]") {
  // JSON is YAML, too.
  const Manifest manifest = parsed(kFull);
  CHECK(parsed(to_json(manifest).dump()) == manifest);
}

TEST_CASE("Manifest: numbers have the contract's limits", "[deploy]") {
  std::size_t numbers = 0;
  const auto check = [&](const std::string& before, const std::string& key, const Json& schema) {
    if (schema.value("type", "") != "integer") return;
    ++numbers;
    const auto accepts = [&](std::int64_t number) {
      return parse_manifest(before + key + ": " + std::to_string(number)).has_value();
    };
    INFO(key);
    const auto min = schema["minimum"].get<std::int64_t>();
    const auto max = schema["maximum"].get<std::int64_t>();
    CHECK(accepts(min));
    CHECK(accepts(max));
    CHECK_FALSE(accepts(min - 1));
    CHECK_FALSE(accepts(max + 1));
  };
  for (const auto& [key, schema] : contract_manifest().items()) check("", key, schema);
  std::ifstream file(A67_CONTRACT_FILE);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const Json contract = Json::parse(text);
  for (const auto& [key, schema] : contract["types"]["Health"]["properties"].items()) {
    check("health:\n  ", key, schema);
  }
  CHECK(numbers == 8);
}

TEST_CASE("Manifest: choices and lengths are the contract's", "[deploy]") {
  for (const auto& [key, schema] : contract_manifest().items()) {
    INFO(key);
    if (schema.contains("enum")) {
      for (const Json& word : schema["enum"]) {
        CHECK(parse_manifest(key + ": " + word.get<std::string>()).has_value());
      }
    } else if (schema.contains("maxLength")) {
      const std::size_t most = schema["maxLength"].get<std::size_t>();
      CHECK(parse_manifest(key + ": " + std::string(most, 'x')).has_value());
      CHECK_FALSE(parse_manifest(key + ": " + std::string(most + 1, 'x')).has_value());
    }
  }
}

}  // namespace
}  // namespace a67
