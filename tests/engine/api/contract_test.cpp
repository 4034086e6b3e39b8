#include "engine/api/contract.h"

#include <catch_amalgamated.hpp>
#include <string>

using namespace a67;

namespace {

std::string fault_of(const char* command, const char* body) {
  const auto checked = check_request(command, Json::parse(body));
  return checked ? std::string() : checked.error().field + ": " + checked.error().message;
}

}  // namespace

TEST_CASE("Contract: requests are checked to the last field, and the place of a fault is told",
          "[contract]") {
  struct Row {
    const char* command;
    const char* body;
    const char* fault;  // empty: none
  };
  const Row row = GENERATE(
      Row{"app.list", "{}", ""}, Row{"app.list", "[]", ": The request must be an object."},
      Row{"app.scale", R"({"app":"a","replicas":3})", ""},
      Row{"app.scale", R"({"app":"a"})", "replicas: `replicas` is missing."},
      Row{"app.scale", R"({"app":"a","replicas":0})", "replicas: `replicas` must be between 1 and"},
      Row{"app.scale", R"({"app":"a","replicas":101})", "but is 101."},
      Row{"app.scale", R"({"app":"a","replicas":1.5})", "must be a whole number."},
      Row{"app.scale", R"({"app":"a","replicas":"3"})", "must be a whole number."},
      Row{"app.scale", R"({"app":7,"replicas":3})", "app: `app` must be a text."},
      Row{"app.scale", R"({"app":"","replicas":3})", "must not be empty"},
      Row{"app.scale", R"({"app":"a","replica":3})", "did you mean `replicas`?"},
      Row{"app.scale", R"({"app":"a","replicas":3,"zzzzzz":1})", "`zzzzzz` is not known here."},
      Row{"node.claim", R"({"url":"ftp://x","code":"AAAA"})", "url: `url` "},
      Row{"node.claim", R"({"url":"http://127.0.0.1:4601","code":"AAAA-BBBB-CCCC"})", ""},
      Row{"node.remove", R"({"node":"n","force":1})", "force: `force` must be true or false."},
      Row{"app.deploy", R"({"source":{"kind":"tape"}})",
          "source.kind: `source.kind` must be one of"},
      Row{"app.deploy", R"({"source":{"kind":"git","url":"https://a.example/r","ref":"main"}})",
          ""},
      Row{"app.deploy", R"({"source":{"kind":"archive","sha256":"xyz"}})", "source.sha256"},
      Row{"app.deploy", R"({"source":{"kind":"release"},"env":{"1A":"x"}})", "env.1A: `env.1A` "},
      Row{"app.deploy", R"({"source":{"kind":"release"},"env":{"A":1}})", "env.A: `env.A` must be"},
      Row{"app.deploy", R"({"source":{"kind":"release"},"env":[]})",
          "env: `env` must be an object"},
      Row{"app.deploy", R"({"source":{"kind":"release"},"hosts":"a"})",
          "hosts: `hosts` must be a list"},
      Row{"app.deploy", R"({"source":{"kind":"release"},"hosts":["a.b",7]})", "hosts[1]: "},
      Row{"settings.set", R"({"weights":{"cpu":30}})", "is missing."},
      Row{"activity.list", R"({"before":-1})", "must be at least 0."},
      Row{"activity.list", R"({"limit":10,"text":"x"})", ""});
  INFO(row.command << " " << row.body);
  const std::string fault = fault_of(row.command, row.body);
  if (*row.fault == '\0') {
    CHECK(fault.empty());
  } else {
    CHECK_THAT(fault, Catch::Matchers::ContainsSubstring(row.fault));
  }
}

TEST_CASE("Contract: lengths and numbers of entries are bounded", "[contract]") {
  Json body = {{"source", {{"kind", "release"}}}};
  SECTION("a long text") {
    body["build"] = std::string(4097, 'x');
    CHECK(check_request("app.deploy", body).error().message.contains("at most 4096"));
  }
  SECTION("many entries") {
    for (int at = 0; at < 21; ++at) body["hosts"].push_back("h" + std::to_string(at) + ".example");
    CHECK(check_request("app.deploy", body).error().message.contains("more than 20"));
  }
  SECTION("many names") {
    for (int at = 0; at < 201; ++at) body["env"]["V" + std::to_string(at)] = "";
    CHECK(check_request("app.deploy", body).error().message.contains("more than 200"));
  }
}

TEST_CASE("Contract: unknown commands and events are told apart from known ones", "[contract]") {
  const auto unknown = check_request("app.deploi", Json::object());
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == ErrorCode::kNotFound);
  CHECK(unknown.error().hint == "Did you mean `app.deploy`?");
  CHECK(check_request("zzz", Json::object()).error().hint.empty());
  CHECK_FALSE(check_event("app.exploded", Json::object()));
  CHECK(check_event("app.removed", {{"app", "a"}}));
  CHECK_FALSE(check_event("app.removed", {{"app", "a"}, {"why", "b"}}));
  CHECK_FALSE(check_answer("app.list", "progress", Json::object()));
  CHECK(check_answer("app.list", "response", {{"apps", Json::array()}}));
  CHECK_FALSE(check_answer("app.list", "response", Json::object()));
}

TEST_CASE("Contract: its schemas use only what is understood", "[contract]") {
  const auto check = [](const auto& self, const Json& schema) -> void {
    if (schema.contains("$ref")) {
      CHECK(contract()["types"].contains(schema["$ref"].get<std::string>()));
      return;
    }
    const std::string type = schema.at("type");
    CHECK((type == "string" || type == "integer" || type == "number" || type == "boolean" ||
           type == "array" || type == "any" || type == "object"));
    if (type == "array") self(self, schema.at("items"));
    if (type != "object") return;
    if (schema.contains("additionalProperties")) {
      self(self, schema["additionalProperties"]);
    } else {
      for (const auto& [name, property] : schema.at("properties").items()) self(self, property);
      for (const Json& name : schema.at("required")) {
        CHECK(schema["properties"].contains(name.get<std::string>()));
      }
    }
  };
  for (const auto& [name, type] : contract()["types"].items()) check(check, type);
  for (const auto& [name, command] : contract()["commands"].items()) {
    check(check, command.at("request"));
    check(check, command.at("response"));
    if (command.contains("progress")) check(check, command["progress"]);
  }
  for (const auto& [name, event] : contract()["events"].items()) check(check, event.at("body"));
}
