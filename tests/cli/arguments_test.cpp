#include "cli/arguments.h"

#include <catch_amalgamated.hpp>
#include <initializer_list>
#include <string_view>
#include <vector>

using a67::ErrorCode;
using a67::Json;
using a67::Result;
using a67::cli::Invocation;
using a67::cli::parse_arguments;

namespace {

Result<Invocation> parse(std::initializer_list<std::string_view> words) {
  return parse_arguments(std::vector<std::string_view>(words));
}

a67::Error refused(std::initializer_list<std::string_view> words) {
  auto invocation = parse(words);
  REQUIRE_FALSE(invocation);
  CHECK(invocation.error().code == ErrorCode::kInvalidInput);
  return invocation.error();
}

}  // namespace

TEST_CASE("Arguments: a verb with its arguments becomes a command's request", "[cli]") {
  const auto scale = parse({"scale", "guestbook", "5"});
  REQUIRE(scale);
  CHECK(scale->verb->command == "app.scale");
  CHECK(scale->body == Json{{"app", "guestbook"}, {"replicas", 5}});
}

TEST_CASE("Arguments: options may stand anywhere, with = or without", "[cli]") {
  const auto one = parse({"--json", "deploy", "--replicas=3", "./app", "--health", "/ok", "-q"});
  REQUIRE(one);
  CHECK(one->source == "./app");
  CHECK(one->body == Json{{"replicas", 3}, {"healthPath", "/ok"}});
  CHECK(one->json);
  CHECK(one->quiet);
  const auto two = parse({"--data-dir", "/d", "status"});
  REQUIRE(two);
  CHECK(two->verb->verb == "status");
  CHECK(two->data_dir == "/d");
}

TEST_CASE("Arguments: repeated options add up", "[cli]") {
  const auto deploy = parse(
      {"deploy", ".", "--env", "A=1", "--env", "B=x=y", "--host", "a.test", "--host", "b.test"});
  REQUIRE(deploy);
  CHECK(deploy->body["env"] == Json{{"A", "1"}, {"B", "x=y"}});
  CHECK(deploy->body["hosts"] == Json{"a.test", "b.test"});
}

TEST_CASE("Arguments: after -- everything is an argument", "[cli]") {
  const auto remove = parse({"remove", "--", "--odd-name"});
  REQUIRE(remove);
  CHECK(remove->body["app"] == "--odd-name");
}

TEST_CASE("Arguments: settings shows without options and changes with them", "[cli]") {
  CHECK(parse({"settings"})->verb->command == "settings.get");
  const auto set = parse({"settings", "--heartbeat-seconds", "10", "--weights",
                          "cpu=30,memory=25,latency=20,connections=15,history=10"});
  REQUIRE(set);
  CHECK(set->verb->command == "settings.set");
  CHECK(set->body["weights"]["latency"] == 20);
}

TEST_CASE("Arguments: no word at all is a question for help", "[cli]") {
  CHECK(parse({})->verb->verb == "help");
  CHECK(parse({"--help"})->verb->verb == "help");
  CHECK(parse({"--version"})->verb->verb == "version");
  CHECK(parse({"deploy", "--help"})->help);
}

TEST_CASE("Arguments: an unknown verb or option suggests the nearest", "[cli]") {
  CHECK(refused({"delpoy", "."}).hint.contains("deploy"));
  CHECK(refused({"deploy", ".", "--replica", "3"}).hint.contains("--replicas"));
  CHECK(refused({"deploy", ".", "--policy", "wieghted"}).hint.contains("weighted"));
  CHECK(refused({"xyzzyplugh"}).hint.contains("help"));
}

TEST_CASE("Arguments: what is missing or too much is named", "[cli]") {
  CHECK(refused({"scale", "guestbook"}).field == "replicas");
  CHECK(refused({"deploy"}).message.contains("<source>"));
  CHECK(refused({"scale", "a", "2", "3"}).message.contains("\"3\""));
  CHECK(refused({"deploy", ".", "--name"}).message.contains("needs a value"));
  CHECK(refused({"status", "--json=yes"}).message.contains("takes no value"));
}

TEST_CASE("Arguments: numbers are whole and within the contract's limits", "[cli]") {
  CHECK(refused({"scale", "a", "many"}).message.contains("whole number"));
  CHECK(refused({"scale", "a", "0"}).message.contains("1 to 100"));
  CHECK(refused({"scale", "a", "2.5"}).message.contains("whole number"));
  CHECK(refused({"settings", "--weights", "cpu=x"}).message.contains("NAME=N"));
  CHECK(refused({"settings", "--weights", "gpu=3"}).message.contains("cpu, memory"));
}

TEST_CASE("Arguments: a variable without a name is refused and not repeated", "[cli]") {
  const auto error = refused({"deploy", ".", "--env", "planted-secret"});
  CHECK_FALSE(error.message.contains("planted-secret"));
  CHECK_FALSE(error.hint.contains("planted-secret"));
}

TEST_CASE("Arguments: a whole claim link needs no code", "[cli]") {
  CHECK(parse({"claim", "http://localhost:3000/#claim=W10"}));
  CHECK(refused({"claim", "http://localhost:4601"}).field == "code");
}
