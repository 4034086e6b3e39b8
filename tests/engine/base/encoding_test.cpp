#include "engine/base/encoding.h"

#include <array>
#include <catch_amalgamated.hpp>
#include <string>
#include <utility>

#include "engine/base/random.h"

namespace a67 {
namespace {

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

TEST_CASE("base64url: the vectors of RFC 4648, without padding", "[base]") {
  const std::array<std::pair<std::string_view, std::string_view>, 7> vectors = {
      {{"", ""},
       {"f", "Zg"},
       {"fo", "Zm8"},
       {"foo", "Zm9v"},
       {"foob", "Zm9vYg"},
       {"fooba", "Zm9vYmE"},
       {"foobar", "Zm9vYmFy"}}};
  for (const auto& [plain, encoded] : vectors) {
    CHECK(base64url_encode(as_bytes(plain)) == encoded);
    CHECK(base64url_decode(encoded) == bytes_of(plain));
  }
}

TEST_CASE("base64url: uses the alphabet for URLs", "[base]") {
  CHECK(base64url_encode(Bytes{0xfb, 0xff, 0xfe}) == "-__-");
  CHECK(base64url_decode("-__-") == Bytes{0xfb, 0xff, 0xfe});
}

TEST_CASE("base64url: anything not canonical is refused", "[base]") {
  // Padding, the other alphabet, blanks, a lone character, a zero byte, and bits that no encoder
  // leaves set.
  for (const std::string_view text : std::initializer_list<std::string_view>{
           "Zg==", "Zm8=", "+//+", "Zm 9v", "Zm9v\n", "Z", "Zm9vY", "Zh", "Zm9", "Zm9vYmF",
           std::string_view("Zm\0v", 4)}) {
    INFO(text);
    CHECK_FALSE(base64url_decode(text));
  }
}

TEST_CASE("base64url: no byte beyond its alphabet is taken for a letter", "[base]") {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (int byte = 0; byte < 256; ++byte) {
    INFO(byte);
    const auto letter = static_cast<char>(byte);
    CHECK(base64url_decode(std::string("AAA") + letter).has_value() == kAlphabet.contains(letter));
  }
}

TEST_CASE("base64url: every byte string survives, and only its own text decodes to it", "[base]") {
  Random random = Random::from_number(1);
  for (std::size_t size = 0; size < 70; ++size) {
    Bytes bytes(size);
    random.fill(bytes);
    const std::string text = base64url_encode(bytes);
    CHECK(base64url_decode(text) == bytes);
    CHECK(text.find_first_of("+/=") == std::string::npos);
  }
}

TEST_CASE("hex: encodes in lower case and decodes both", "[base]") {
  CHECK(hex_encode(Bytes{0x00, 0x9f, 0xff}) == "009fff");
  CHECK(hex_decode("009fff") == Bytes{0x00, 0x9f, 0xff});
  CHECK(hex_decode("") == Bytes{});
  CHECK(hex_encode({}).empty());
}

TEST_CASE("hex: refuses odd lengths and other characters", "[base]") {
  for (const std::string_view text : std::initializer_list<std::string_view>{
           "0", "0g", "xx", "00 0", "0:00", std::string_view("00\0", 3), "00 1"}) {
    INFO(text);
    CHECK_FALSE(hex_decode(text));
  }
}

TEST_CASE("is_utf8: takes what Unicode 15 table 3-7 allows", "[base]") {
  for (const std::string_view text : std::initializer_list<std::string_view>{
           "", "plain", "\x7f", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
           "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF",
           "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x8E\x89z"}) {
    INFO(hex_encode(as_bytes(text)));
    CHECK(is_utf8(text));
  }
  CHECK(is_utf8(std::string_view("a\0b", 3)));
}

TEST_CASE("is_utf8: refuses everything else", "[base]") {
  for (const std::string_view text : std::initializer_list<std::string_view>{"\x80",
                                                                             "\xBF",
                                                                             "\xC0\x80",
                                                                             "\xC1\xBF",
                                                                             "\xC2",
                                                                             "\xC2\x41",
                                                                             "\xC2\xC2",
                                                                             "\xE0\x9F\xBF",
                                                                             "\xE0\xA0",
                                                                             "\xE1\x80",
                                                                             "\xE1\x80\x41",
                                                                             "\xED\xA0\x80",
                                                                             "\xED\xBF\xBF",
                                                                             "\xF0\x8F\xBF\xBF",
                                                                             "\xF0\x90\x80",
                                                                             "\xF4\x90\x80\x80",
                                                                             "\xF5\x80\x80\x80",
                                                                             "\xFE",
                                                                             "\xFF",
                                                                             "ok\xE2\x82"}) {
    INFO(hex_encode(as_bytes(text)));
    CHECK_FALSE(is_utf8(text));
  }
}

TEST_CASE("is_utf8: agrees with the table for every two and three bytes", "[base]") {
  // Counts of well-formed texts: 128^2 of two ASCII and 30 * 64 of one two-byte character.
  std::size_t two = 0;
  std::string text(2, '\0');
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      text[0] = static_cast<char>(first);
      text[1] = static_cast<char>(second);
      if (is_utf8(text)) ++two;
    }
  }
  CHECK(two == 128 * 128 + 30 * 64);
  // Of three bytes starting with a three-byte lead: 16 * 64 * 64, less 2^11 overlong, less 2^11
  // surrogates.
  std::size_t three = 0;
  std::string longer(3, '\0');
  for (int first = 0xE0; first < 0xF0; ++first) {
    for (int second = 0; second < 256; ++second) {
      for (int third = 0; third < 256; ++third) {
        longer[0] = static_cast<char>(first);
        longer[1] = static_cast<char>(second);
        longer[2] = static_cast<char>(third);
        if (is_utf8(longer)) ++three;
      }
    }
  }
  CHECK(three == 65'536 - 2'048 - 2'048);
}

}  // namespace
}  // namespace a67
