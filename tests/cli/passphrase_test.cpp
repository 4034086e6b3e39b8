#include "cli/passphrase.h"

#include <catch_amalgamated.hpp>
#include <fstream>
#include <string>

#include "engine/base/encoding.h"
#include "engine/base/json.h"

using a67::Json;
using a67::Sensitive;
using a67::cli::normalized_passphrase;

namespace {

std::string normalized(const std::string& typed) {
  return normalized_passphrase(Sensitive<std::string>(typed)).expose();
}

std::string bytes_of(const Json& hex) {
  const auto bytes = a67::hex_decode(hex.get<std::string>());
  REQUIRE(bytes);
  return {bytes->begin(), bytes->end()};
}

}  // namespace

TEST_CASE("Passphrase: the same letters give the same bytes, however they were typed", "[cli]") {
  CHECK(normalized("gru\xcc\x88n") == "gr\xc3\xbcn");                // u and dots
  CHECK(normalized("gr\xc3\xbcn") == "gr\xc3\xbcn");                 // one letter already
  CHECK(normalized("\xe2\x84\xab") == "\xc3\x85");                   // Angstrom sign, A with a ring
  CHECK(normalized("a\xcc\x81\xcc\xa3") == "\xe1\xba\xa1\xcc\x81");  // marks in their order
  CHECK(normalized("\xef\xac\x81") == "\xef\xac\x81");  // a ligature is a letter of its own
}

TEST_CASE("Passphrase: what is plain, empty or no text stays as it is", "[cli]") {
  for (const std::string& typed :
       {std::string(), std::string("violet canoe  sings"), std::string("a\0b", 3),
        std::string("\xff\xfe gr\xc3"), std::string("u\xcc\x88 \xc3")}) {
    CHECK(normalized(typed) == typed);
  }
}

// The page's test reads the same file: worker/tests/passphrase.test.ts.
TEST_CASE("Passphrase: byte for byte what the page makes of it", "[cli]") {
  std::ifstream file(A67_PASSPHRASE_VECTORS, std::ios::binary);
  const auto vectors = a67::parse_json(std::string(std::istreambuf_iterator<char>(file), {}));
  REQUIRE(vectors);
  REQUIRE(vectors->size() > 300);
  std::size_t changed = 0;
  for (const Json& one : *vectors) {
    INFO(one.dump());
    CHECK(normalized(bytes_of(one[0])) == bytes_of(one[1]));
    changed += one[0] == one[1] ? 0 : 1;
  }
  CHECK(changed > 100);
}
