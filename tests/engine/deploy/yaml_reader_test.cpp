#include "engine/deploy/yaml_reader.h"

#include <catch_amalgamated.hpp>
#include <string>

namespace a67 {
namespace {

Error error_of(std::string_view text) {
  const auto result = read_yaml(text, "x.yaml");
  REQUIRE_FALSE(result);
  return result.error();
}

TEST_CASE("read_yaml: keeps the lines of keys and values", "[deploy]") {
  const auto root = read_yaml("# top\na: 1\nb:\n  - x\n  - 'y'\n", "x.yaml").value();
  CHECK(root.kind == YamlNode::Kind::kMap);
  CHECK(root.keys == std::vector<std::string>{"a", "b"});
  CHECK(root.key_lines == std::vector<std::size_t>{2, 3});
  CHECK(root.items[0].text == "1");
  CHECK_FALSE(root.items[0].quoted);
  REQUIRE(root.items[1].kind == YamlNode::Kind::kList);
  CHECK(root.items[1].items[1].text == "y");
  CHECK(root.items[1].items[1].quoted);
  CHECK(root.items[1].items[1].line == 5);
}

TEST_CASE("read_yaml: nothing, comments and null are null", "[deploy]") {
  for (const char* text : {"", "\n\n", "# only a comment\n", "---\n", "~", "null"}) {
    INFO(text);
    CHECK(read_yaml(text, "x.yaml").value().is_null());
  }
  CHECK_FALSE(read_yaml("''", "x.yaml").value().is_null());
}

TEST_CASE("read_yaml: refuses anchors, aliases and tags", "[deploy]") {
  CHECK(error_of("a: &x 1").message.starts_with("Anchors"));
  CHECK(error_of("a: 1\nb: *x\n").message.starts_with("Aliases"));
  CHECK(error_of("a: !!int 1").message.starts_with("Anchors"));
  CHECK(error_of("a: &x [1]").message.starts_with("Anchors"));
  CHECK(error_of("a: 1\nb: !t {c: 1}\n").field == "x.yaml:2");
}

TEST_CASE("read_yaml: a billion laughs are refused at the first anchor", "[deploy]") {
  std::string text = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string before = std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + before + ", *a" +
            before + "]\n";
  }
  CHECK(error_of(text).field == "x.yaml:1");
}

TEST_CASE("read_yaml: refuses a key given twice and names both lines", "[deploy]") {
  const Error error = error_of("a: 1\nb: 2\na: 3\n");
  CHECK(error.message == "The key 'a' is given twice, first on line 1.");
  CHECK(error.field == "x.yaml:3");
}

TEST_CASE("read_yaml: refuses keys that are not words", "[deploy]") {
  CHECK(error_of("? [a]\n: 1\n").message == "A key must be a plain word.");
}

TEST_CASE("read_yaml: refuses a second document", "[deploy]") {
  CHECK(error_of("a: 1\n---\nb: 2\n").field == "x.yaml:2");
}

TEST_CASE("read_yaml: refuses what is nested too deep", "[deploy]") {
  std::string fits;
  for (std::size_t i = 1; i < kYamlDepthMax; ++i) fits += '[';
  CHECK(read_yaml(fits + std::string(kYamlDepthMax - 1, ']'), "x.yaml"));
  CHECK(error_of(std::string(kYamlDepthMax, '[') + std::string(kYamlDepthMax, ']')).message ==
        "The values are nested deeper than 8 levels.");
  CHECK(error_of(std::string(60'000, '[')).code == ErrorCode::kInvalidInput);
  CHECK(error_of(std::string(60'000, '{')).code == ErrorCode::kInvalidInput);
}

TEST_CASE("read_yaml: refuses what is too large or has too many values", "[deploy]") {
  CHECK(error_of(std::string(kYamlBytesMax + 1, '#')).code == ErrorCode::kTooLarge);
  CHECK(read_yaml(std::string(kYamlBytesMax, '#'), "x.yaml"));
  std::string many = "[1";
  for (std::size_t i = 0; i < kYamlNodesMax; ++i) many += ",1";
  CHECK(error_of(many + "]").message == "There are more than 4096 values.");
}

TEST_CASE("read_yaml: refuses what is not UTF-8 or not YAML, with the line", "[deploy]") {
  CHECK(error_of("a: \xff").message == "x.yaml is not a UTF-8 text.");
  CHECK(error_of("a: 1\nb: [1,\n").field == "x.yaml:3");
  CHECK(error_of("a: 1\n\tb: 2\n").message.starts_with("This is not valid YAML: "));
}

TEST_CASE("read_yaml: an error never quotes a value", "[deploy]") {
  for (const char* text :
       {"env:\n  KEY: hunter2: x\n", "KEY: \"hunter2\nb: c\n", "- hunter2\nb: c\n"}) {
    INFO(text);
    const Error error = error_of(text);
    CHECK_FALSE((error.message + error.hint + error.field).contains("hunter2"));
  }
}

}  // namespace
}  // namespace a67
