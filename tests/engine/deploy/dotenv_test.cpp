#include "engine/deploy/dotenv.h"

#include <catch_amalgamated.hpp>
#include <map>
#include <string>

namespace a67 {
namespace {

std::map<std::string, std::string> parsed(std::string_view text) {
  const auto env = parse_dotenv(text);
  if (!env) FAIL(env.error().message);
  std::map<std::string, std::string> plain;
  for (const auto& [name, value] : *env) plain.emplace(name, value.expose());
  return plain;
}

Error error_of(std::string_view text) {
  const auto env = parse_dotenv(text);
  REQUIRE_FALSE(env);
  return env.error();
}

using Plain = std::map<std::string, std::string>;

TEST_CASE("Dotenv: reads lines, comments, blanks and exports", "[deploy]") {
  CHECK(
      parsed("# top\n\nA=1\n  B = two words  \nexport C=3\r\nD=\nE=x # note\nF=a#b\nG= # none\n") ==
      Plain{{"A", "1"},
            {"B", "two words"},
            {"C", "3"},
            {"D", ""},
            {"E", "x"},
            {"F", "a#b"},
            {"G", ""}});
}

TEST_CASE("Dotenv: an empty file is an empty environment", "[deploy]") {
  CHECK(parsed("").empty());
  CHECK(parsed("\xEF\xBB\xBF\n").empty());
  CHECK(parsed("\xEF\xBB\xBF"
               "A=1") == Plain{{"A", "1"}});
}

TEST_CASE("Dotenv: double quotes take escapes and lines, single quotes take all as it is",
          "[deploy]") {
  CHECK(parsed(R"(A="x\ny\t\"z\" \\ \$HOME \q"  # note)") ==
        Plain{{"A", "x\ny\t\"z\" \\ $HOME \\q"}});
  CHECK(parsed("A='x\\n$B'") == Plain{{"A", "x\\n$B"}});
  CHECK(parsed("KEY=\"-----BEGIN\nabc\n-----END\"\nB=2") ==
        Plain{{"KEY", "-----BEGIN\nabc\n-----END"}, {"B", "2"}});
}

TEST_CASE("Dotenv: nothing is expanded", "[deploy]") {
  CHECK(parsed("A=$HOME/x\nB=${A}\nC=`id`") ==
        Plain{{"A", "$HOME/x"}, {"B", "${A}"}, {"C", "`id`"}});
}

TEST_CASE("Dotenv: the last of two lines wins", "[deploy]") {
  CHECK(parsed("A=1\nA=2") == Plain{{"A", "2"}});
}

TEST_CASE("Dotenv: a variable may be called export", "[deploy]") {
  CHECK(parsed("export=1") == Plain{{"export", "1"}});
}

TEST_CASE("Dotenv: errors name the line", "[deploy]") {
  CHECK(error_of("A=1\n\nhello\n").field == ".env:3");
  CHECK(error_of("A=1\n2B=3").field == ".env:2");
  CHECK(error_of("A=\"x\ny\n").field == ".env:1");
  CHECK(error_of("A=\"x\n\" y\n").field == ".env:2");
  CHECK(error_of("=x").field == ".env:1");
  CHECK(error_of("export A").field == ".env:1");
}

TEST_CASE("Dotenv: errors never quote what may be a secret", "[deploy]") {
  for (const char* text :
       {"hunter2", "A=\"hunter2", "A='1' hunter2", "A-hunter2=1", "export hunter2"}) {
    const Error error = error_of(text);
    INFO(text);
    CHECK(error.code == ErrorCode::kInvalidInput);
    CHECK_FALSE((error.message + error.hint + error.field).contains("hunter2"));
  }
}

TEST_CASE("Dotenv: sizes are bounded", "[deploy]") {
  CHECK(error_of(std::string(kDotenvBytesMax + 1, '#')).code == ErrorCode::kTooLarge);
  CHECK(error_of("A=" + std::string(kEnvValueBytesMax + 1, 'x'))
            .message.contains("more than 32768 bytes"));
  std::string many;
  for (std::size_t i = 0; i <= kEnvCountMax; ++i) many += "A" + std::to_string(i) + "=x\n";
  CHECK(error_of(many).field == ".env:201");
}

TEST_CASE("Dotenv: bytes that are not text are refused", "[deploy]") {
  CHECK(error_of("A=\xff").message == ".env is not a UTF-8 text.");
  CHECK(error_of(std::string_view("A=\0", 3)).message == ".env is not a UTF-8 text.");
}

}  // namespace
}  // namespace a67
