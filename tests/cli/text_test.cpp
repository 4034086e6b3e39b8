#include "cli/text.h"

#include <array>
#include <catch_amalgamated.hpp>
#include <string>
#include <string_view>

using namespace a67::cli;  // NOLINT(google-build-using-namespace): a test

TEST_CASE("Text: width counts characters, not bytes", "[cli]") {
  CHECK(columns_of("grün") == 4);
  CHECK(fit("grünes", 4) == "grü…");
  CHECK(fit("grün", 4) == "grün");
  CHECK(pad("ü", 3) == "ü  ");
}

TEST_CASE("Text: control characters cannot drive the terminal", "[cli]") {
  CHECK(printable("a\x1b[31mb\rc") == "a^[[31mb^Mc");
  CHECK(printable("tab\tü") == "tab\tü");
  CHECK(printable("a\xc2\x9b[31m") == "a?[31m");
  CHECK(printable("\xc2\xa0") == "\xc2\xa0");
}

TEST_CASE("Text: lines break at spaces only", "[cli]") {
  CHECK(wrap("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrap("averyveryverylongword x", 7) ==
        std::vector<std::string>{"averyveryverylongword", "x"});
}

TEST_CASE("Text: numbers are short", "[cli]") {
  CHECK(number_text(12.50, 1) == "12.5");
  CHECK(number_text(12.0, 1) == "12");
  CHECK(number_text(100, 0) == "100");
  CHECK(number_text(-0.01, 1) == "0");
  CHECK(bytes_text(0) == "0 B");
  CHECK(bytes_text(1536) == "1.5 KiB");
  CHECK(bytes_text(std::int64_t{3} << 30) == "3 GiB");
}

TEST_CASE("Text: spans of time use the unit a person would", "[cli]") {
  CHECK(duration_text(-5) == "0 s");
  CHECK(duration_text(119'000) == "119 s");
  CHECK(duration_text(120'000) == "2 min");
  CHECK(duration_text(std::int64_t{3} * 3'600'000) == "3 h");
  CHECK(duration_text(std::int64_t{72} * 3'600'000) == "3 d");
}

TEST_CASE("Text: the nearest word is suggested, a far one is not", "[cli]") {
  constexpr std::array<std::string_view, 3> kWords = {"deploy", "remove", "remove-node"};
  CHECK(nearest("delpoy", kWords) == "deploy");
  CHECK(nearest("remov", kWords) == "remove");
  CHECK_FALSE(nearest("banana", kWords));
  CHECK_FALSE(nearest("", kWords));
}
