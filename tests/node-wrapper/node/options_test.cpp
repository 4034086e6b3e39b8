#include "node-wrapper/options.h"

#include <catch_amalgamated.hpp>

namespace a67::test {
namespace {

Result<NodeOptions> parse(std::vector<std::string> arguments) { return parse_options(arguments); }

}  // namespace

TEST_CASE("Options: without any the node listens on this machine only", "[node]") {
  const auto options = parse({});
  REQUIRE(options);
  CHECK(options->verb == NodeOptions::Verb::kRun);
  CHECK(to_text(options->control) == "127.0.0.1:4601");
  CHECK(to_text(options->gateway) == "127.0.0.1:4701");
  CHECK(options->role == NodeRole::kWorker);
  CHECK_FALSE(options->metrics_open);
  CHECK_FALSE(options->allow_file_git);
}

TEST_CASE("Options: every one is taken, with a blank or an equals sign", "[node]") {
  const auto options =
      parse({"run", "--name", "node-1", "--data-dir=/tmp/x", "--control", "[::1]:0",
             "--gateway=0.0.0.0:80", "--role", "gateway", "--advertise-gateway",
             "https://node.example", "--host-name", "a", "--host-name", "b", "--log-level", "error",
             "--metrics-open", "--allow-file-git"});
  REQUIRE(options);
  CHECK(options->name == "node-1");
  CHECK(options->data_folder == "/tmp/x");
  CHECK(options->control == ListenAddress{.host = "::1", .port = 0});
  CHECK(to_text(options->control) == "[::1]:0");
  CHECK(options->gateway == ListenAddress{.host = "0.0.0.0", .port = 80});
  CHECK(options->role == NodeRole::kGateway);
  CHECK(options->advertise_gateway == "https://node.example");
  CHECK(options->host_names == std::vector<std::string>{"a", "b"});
  CHECK(options->log_level == LogLevel::kError);
  CHECK(options->metrics_open);
  CHECK(options->allow_file_git);
}

TEST_CASE("Options: one port for everything is the provider's", "[node]") {
  const auto parse_with = [](std::vector<std::string> arguments, std::string port) {
    return parse_options(arguments, [port](const char* name) {
      const std::string_view wanted = name;
      return wanted == "PORT" ? port : wanted == "A67_NODE_NAME" ? "a67-node" : std::string();
    });
  };
  SECTION("as the environment says") {
    const auto options = parse_with({"--single-port"}, "10000");
    REQUIRE(options);
    CHECK(to_text(options->gateway) == "0.0.0.0:10000");
    CHECK(to_text(options->control) == "127.0.0.1:0");
    CHECK(options->name == "a67-node");
  }
  SECTION("or 8080") {
    CHECK(to_text(parse_with({"--single-port"}, "")->gateway) == "0.0.0.0:8080");
  }
  SECTION("unless arguments say otherwise") {
    const auto options =
        parse_with({"--gateway", "127.0.0.1:1", "--single-port", "--name", "mine"}, "10000");
    CHECK(to_text(options->gateway) == "127.0.0.1:1");
    CHECK(options->name == "mine");
  }
  SECTION("and a wrong one is named") {
    CHECK(parse_with({"--single-port"}, "high").error().field == "PORT");
  }
  SECTION("which nobody looks at without being told to") {
    CHECK(to_text(parse_with({}, "10000")->gateway) == "127.0.0.1:4701");
  }
}

TEST_CASE("Options: the verbs", "[node]") {
  CHECK(parse({"reset", "--data-dir", "x"})->verb == NodeOptions::Verb::kReset);
  CHECK(parse({"--help"})->verb == NodeOptions::Verb::kHelp);
  CHECK(parse({"run", "--version"})->verb == NodeOptions::Verb::kVersion);
}

TEST_CASE("Options: a wrong one is named", "[node]") {
  const auto [arguments, field] = GENERATE(table<std::vector<std::string>, std::string>({
      {{"--color", "red"}, "--color"},
      {{"--name"}, "--name"},
      {{"--name", ""}, "--name"},
      {{"--name", "a\nb"}, "--name"},
      {{"--control", "4601"}, "--control"},
      {{"--control", "localhost:4601"}, "--control"},
      {{"--control", "127.0.0.1:99999"}, "--control"},
      {{"--control", "127.0.0.1:"}, "--control"},
      {{"--control", "::1:80"}, "--control"},
      {{"--role", "king"}, "--role"},
      {{"--log-level", "loud"}, "--log-level"},
      {{"--advertise-gateway", "node.example"}, "--advertise-gateway"},
      {{"--advertise-gateway", "http://a/b"}, "--advertise-gateway"},
      {{"start"}, "start"},
  }));
  const auto options = parse(arguments);
  REQUIRE_FALSE(options);
  CHECK(options.error().code == ErrorCode::kInvalidInput);
  CHECK(options.error().field == field);
  CHECK(options.error().message.contains(field));
}

}  // namespace a67::test
