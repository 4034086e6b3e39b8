#include "engine/native/aes_gcm.h"

#include <algorithm>
#include <array>
#include <catch_amalgamated.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/base/encoding.h"
#include "engine/base/json.h"

using namespace a67;          // NOLINT(google-build-using-namespace): a test
using namespace a67::native;  // NOLINT(google-build-using-namespace): a test

namespace {

std::string text_from(std::string_view hex) {
  const Bytes bytes = hex_decode(hex).value();
  return {bytes.begin(), bytes.end()};
}

Sensitive<Key256> key_from(std::string_view hex) {
  Key256 key{};
  std::ranges::copy(hex_decode(hex).value(), key.begin());
  return Sensitive<Key256>(key);
}

GcmNonce nonce_from(std::string_view hex) {
  GcmNonce nonce{};
  std::ranges::copy(hex_decode(hex).value(), nonce.begin());
  return nonce;
}

struct Vector {
  std::string_view key;
  std::string_view nonce;
  std::string_view ad;
  std::string_view plain;
  std::string_view sealed;  // ciphertext and tag
};

constexpr std::string_view kZeros =
    "0000000000000000000000000000000000000000000000000000000000000000";
constexpr std::string_view kKey =
    "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
constexpr std::string_view kPlain =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b5"
    "25"
    "b16aedf5aa0de657ba637b391aafd255";
constexpr std::string_view kCipher =
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b10568288"
    "38"
    "c5f61e6393ba7a0abcc9f662898015ad";

// McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", appendix B, test cases 13 to 16:
// the ones for 256-bit keys and 96-bit nonces, as submitted to NIST.
const std::string kSealed15 = std::string(kCipher) + "b094dac5d93471bdec1a502270e3cc6c";
const std::string kSealed16 =
    std::string(kCipher.substr(0, 120)) + "76fc6ece0f4e1768cddf8853bb2d551b";
const std::array<Vector, 4> kVectors = {{
    {kZeros, "000000000000000000000000", "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
    {kZeros, "000000000000000000000000", "", "00000000000000000000000000000000",
     "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    {kKey, "cafebabefacedbaddecaf888", "", kPlain, kSealed15},
    {kKey, "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     kPlain.substr(0, 120), kSealed16},
}};

}  // namespace

TEST_CASE("AES-256-GCM: the vectors of its authors", "[keyring]") {
  for (const Vector& vector : kVectors) {
    const auto key = key_from(vector.key);
    const GcmNonce nonce = nonce_from(vector.nonce);
    const std::string sealed =
        aes256_gcm_seal(key, nonce, text_from(vector.ad), text_from(vector.plain));
    CHECK(hex_encode(as_bytes(sealed)) == vector.sealed);
    const auto opened = aes256_gcm_open(key, nonce, text_from(vector.ad), sealed);
    REQUIRE(opened);
    CHECK(hex_encode(as_bytes(opened->expose())) == vector.plain);
  }
}

TEST_CASE("AES-256-GCM: a change anywhere is found", "[keyring]") {
  const Vector& vector = kVectors[3];
  const auto key = key_from(vector.key);
  const GcmNonce nonce = nonce_from(vector.nonce);
  const std::string ad = text_from(vector.ad);
  const std::string sealed = text_from(vector.sealed);
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    std::string bent = sealed;
    bent[at] ^= 1;
    CHECK_FALSE(aes256_gcm_open(key, nonce, ad, bent));
    CHECK_FALSE(aes256_gcm_open(key, nonce, ad, sealed.substr(0, at)));
  }
  CHECK_FALSE(aes256_gcm_open(key, nonce, ad + "x", sealed));
  CHECK_FALSE(aes256_gcm_open(key, nonce, "", sealed));
  CHECK_FALSE(aes256_gcm_open(key_from(kZeros), nonce, ad, sealed));
  CHECK_FALSE(aes256_gcm_open(key, GcmNonce{}, ad, sealed));
}

// Project Wycheproof's vectors, when somebody put them beside the working tree; they are not ours
// to ship. Of its groups, those with our sizes of key, nonce and tag.
TEST_CASE("AES-256-GCM: Wycheproof's vectors, where they are at hand", "[keyring]") {
  const std::filesystem::path path = A67_WYCHEPROOF_FOLDER "/aes_gcm_test.json";
  if (!std::filesystem::exists(path)) SKIP("skipped: there is no " << path.string());
  std::ifstream file(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const auto suite = parse_json(text, {.bytes_max = std::size_t{64} << 20});
  REQUIRE(suite);
  std::size_t seen = 0;
  for (const Json& group : array_at(*suite, "testGroups")) {
    if (int_or(group, "keySize") != 256 || int_or(group, "ivSize") != 96 ||
        int_or(group, "tagSize") != 128) {
      continue;
    }
    for (const Json& test : array_at(group, "tests")) {
      INFO("tcId " << int_or(test, "tcId"));
      ++seen;
      const auto key = key_from(string_or(test, "key"));
      const GcmNonce nonce = nonce_from(string_or(test, "iv"));
      const std::string ad = text_from(string_or(test, "aad"));
      const std::string plain = text_from(string_or(test, "msg"));
      const std::string sealed = text_from(string_or(test, "ct") + string_or(test, "tag"));
      const auto opened = aes256_gcm_open(key, nonce, ad, sealed);
      if (string_or(test, "result") == "invalid") {
        CHECK_FALSE(opened);
        continue;
      }
      CHECK(aes256_gcm_seal(key, nonce, ad, plain) == sealed);
      REQUIRE(opened);
      CHECK(opened->expose() == plain);
    }
  }
  CHECK(seen > 0);
}
