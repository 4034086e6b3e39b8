#include "engine/base/hkdf.h"

#include <array>
#include <catch_amalgamated.hpp>
#include <string>
#include <vector>

#include "engine/base/encoding.h"

namespace a67 {
namespace {

std::string text_from(std::string_view hex) {
  const Bytes bytes = hex_decode(hex).value();
  return {bytes.begin(), bytes.end()};
}

struct HkdfVector {
  std::string_view secret;
  std::string_view salt;
  std::string_view info;
  std::string_view extracted;
  std::string_view expanded;
};

// RFC 5869, appendix A, test cases 1 to 3.
constexpr std::array<HkdfVector, 3> kVectors = {{
    {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c",
     "f0f1f2f3f4f5f6f7f8f9", "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
     "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
    {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2"
     "e"
     "2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
     "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8"
     "e"
     "8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
     "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcddd"
     "e"
     "dfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
     "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
     "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590"
     "e"
     "09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"},
    {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
     "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
     "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
}};

TEST_CASE("hkdf: the vectors of RFC 5869", "[base]") {
  for (const HkdfVector& vector : kVectors) {
    const Bytes secret = hex_decode(vector.secret).value();
    const auto key = hkdf_extract(text_from(vector.salt), secret);
    CHECK(hex_encode(key.expose()) == vector.extracted);
    std::vector<std::uint8_t> out(vector.expanded.size() / 2);
    hkdf_expand(key, text_from(vector.info), out);
    CHECK(hex_encode(out) == vector.expanded);
    const auto both = hkdf(text_from(vector.salt), secret, text_from(vector.info));
    CHECK(hex_encode(both.expose()) == vector.expanded.substr(0, 64));
  }
}

TEST_CASE("hmac_sha256: the vectors of RFC 4231", "[base]") {
  // Test cases 1, 2 and 6 (a key longer than a block).
  const Bytes first(20, 0x0b);
  CHECK(hex_encode(hmac_sha256(first, "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(hex_encode(hmac_sha256(as_bytes("Jefe"), "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  const Bytes sixth(131, 0xaa);
  CHECK(hex_encode(hmac_sha256(sixth, "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

}  // namespace
}  // namespace a67
