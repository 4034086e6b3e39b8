#include "engine/base/json.h"

#include <catch_amalgamated.hpp>
#include <limits>
#include <string>

namespace a67 {
namespace {

Error error_of(std::string_view text, JsonLimits limits = {}) {
  const auto json = parse_json(text, limits);
  REQUIRE_FALSE(json);
  return json.error();
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST_CASE("parse_json: reads JSON", "[base]") {
  CHECK(parse_json(R"({"a":[1,2.5,"x",null,true]})").value()["a"][1] == 2.5);
  CHECK(parse_json("7").value() == 7);
}

TEST_CASE("parse_json: refuses text that is no JSON, with the byte", "[base]") {
  CHECK(error_of("{\"a\": }").message == "This is not valid JSON: unexpected text at byte 7.");
  for (const char* text : {"", " ", "{", "[1,]", "nul", "{'a':1}", "1 2", "\"\\x\"", "01", "+1",
                           "NaN", "\"a\nb\"", "//\n1"}) {
    INFO(text);
    CHECK(error_of(text).code == ErrorCode::kInvalidInput);
  }
}

TEST_CASE("parse_json: refuses text that is not UTF-8", "[base]") {
  for (const char* text : {"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\\ud800\""}) {
    CHECK(error_of(text).code == ErrorCode::kInvalidInput);
  }
}

TEST_CASE("parse_json: refuses a number that no double can hold", "[base]") {
  CHECK(error_of("1e999").message == "This JSON holds a number that is too large.");
  CHECK(error_of(R"({"a":-1e999})").code == ErrorCode::kInvalidInput);
}

TEST_CASE("parse_json: text after a zero byte is not overlooked", "[base]") {
  CHECK(error_of(std::string_view("[1]\0[2]", 7)).message ==
        "This is not valid JSON: unexpected text at byte 4.");
  CHECK(error_of(std::string_view("1\0", 2)).code == ErrorCode::kInvalidInput);
  CHECK(error_of(std::string_view("\"a\0b\"", 5)).code == ErrorCode::kInvalidInput);
}

TEST_CASE("parse_json: bounds the bytes", "[base]") {
  CHECK(parse_json("[1,2]", {.bytes_max = 5}));
  const Error error = error_of("[1,2] ", {.bytes_max = 5});
  CHECK(error.code == ErrorCode::kTooLarge);
  CHECK(error.message == "The JSON has 6 bytes; at most 5 are taken.");
}

TEST_CASE("parse_json: bounds the depth", "[base]") {
  CHECK(parse_json(nested(32)));
  CHECK(error_of(nested(33)).message == "The JSON is nested deeper than 32 levels.");
  CHECK(error_of(std::string(1'000'000, '[')).code == ErrorCode::kInvalidInput);
  CHECK(error_of(R"({"a":{"b":{}}})", {.depth_max = 2}).code == ErrorCode::kInvalidInput);
}

TEST_CASE("parse_json: brackets in texts do not count as depth", "[base]") {
  const JsonLimits flat{.depth_max = 1};
  CHECK(parse_json(R"(["[[[{{{"])", flat));
  CHECK(parse_json(R"(["\"[[[\\"])", flat));
  CHECK_FALSE(parse_json(R"(["\\",[]])", flat));
}

TEST_CASE("dump_json: is compact and replaces bytes that are not UTF-8", "[base]") {
  CHECK(dump_json(Json{{"a", {1, 2}}}) == R"({"a":[1,2]})");
  CHECK(dump_json(Json("x\xffy")) == "\"x\xEF\xBF\xBDy\"");
}

TEST_CASE("json: lenient reads fall back on absence and on another type", "[base]") {
  const Json object = {{"text", "t"},          {"int", 3},    {"number", 2.5}, {"bool", true},
                       {"object", {{"a", 1}}}, {"array", {1}}};
  CHECK(string_or(object, "text") == "t");
  CHECK(string_or(object, "int", "f") == "f");
  CHECK(string_or(object, "gone", "f") == "f");
  CHECK(int_or(object, "int") == 3);
  CHECK(int_or(object, "number", 9) == 9);
  CHECK(number_or(object, "number") == 2.5);
  CHECK(number_or(object, "int") == 3.0);
  CHECK(number_or(object, "text", 1.5) == 1.5);
  CHECK(bool_or(object, "bool"));
  CHECK(bool_or(object, "int", true));
  CHECK(object_at(object, "object")["a"] == 1);
  CHECK(object_at(object, "array") == Json::object());
  CHECK(array_at(object, "array").size() == 1);
  CHECK(array_at(object, "gone") == Json::array());
  CHECK(string_or(Json::array({1}), "text", "f") == "f");
  CHECK(int_or(Json(nullptr), "int", 4) == 4);
}

TEST_CASE("require_string: names the field that is wrong", "[base]") {
  const Json object = {{"name", "abc"}, {"number", 1}};
  CHECK(require_string(object, "name", "node").value() == "abc");
  CHECK(require_string(object, "name", "", 3).value() == "abc");
  const auto longer = require_string(object, "name", "node", 2);
  REQUIRE_FALSE(longer);
  CHECK(longer.error().message == "`node.name` has more than 2 bytes.");
  CHECK(longer.error().field == "node.name");
  CHECK(require_string(object, "number", "").error().field == "number");
  CHECK(require_string(object, "gone", "a").error().message == "`a.gone` must be a text.");
}

TEST_CASE("require_int: wants a whole number within limits", "[base]") {
  const Json object = {
      {"n", 5}, {"real", 5.0}, {"text", "5"}, {"huge", std::numeric_limits<std::uint64_t>::max()}};
  CHECK(require_int(object, "n", "x", 5, 5).value() == 5);
  CHECK(require_int(object, "n", "x", 6, 9).error().message == "`x.n` must be between 6 and 9.");
  CHECK(require_int(object, "n", "x", 0, 4).error().field == "x.n");
  for (const char* key : {"real", "text", "huge", "gone"}) {
    INFO(key);
    CHECK(require_int(object, key, "x", 0, 100).error().code == ErrorCode::kInvalidInput);
  }
}

TEST_CASE("require_int: a number beyond 64 bits is not taken for a negative one", "[base]") {
  const Json object = {{"huge", std::numeric_limits<std::uint64_t>::max()}};
  CHECK_FALSE(require_int(object, "huge", "x", -10, 10));
  CHECK(int_or(object, "huge", 7) == 7);
}

}  // namespace
}  // namespace a67
