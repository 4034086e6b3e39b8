#include "engine/base/crypto.h"

#include <algorithm>
#include <array>
#include <catch_amalgamated.hpp>
#include <string>

#include "engine/base/encoding.h"

namespace a67 {
namespace {

template <std::size_t N>
std::array<std::uint8_t, N> from_hex(std::string_view text) {
  const Bytes bytes = hex_decode(text).value();
  REQUIRE(bytes.size() == N);
  std::array<std::uint8_t, N> result{};
  std::ranges::copy(bytes, result.begin());
  return result;
}

SigningKey key_of(std::string_view seed) { return SigningKey(Sensitive<Seed>(from_hex<32>(seed))); }

struct SignatureVector {
  std::string_view seed;
  std::string_view public_key;
  std::string_view message;  // hex
  std::string_view signature;
};

// RFC 8032, section 7.1, tests 1 to 3.
constexpr std::array<SignatureVector, 3> kSignatures = {{
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "46bd25bf5f0595bbe2465"
     "5141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d8c387b2eaeb4302aeeb0"
     "0d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6594a7c15e9716ed28dc0"
     "27beceea1ec40a"},
}};

TEST_CASE("SigningKey: the vectors of RFC 8032", "[base]") {
  for (const SignatureVector& vector : kSignatures) {
    const SigningKey key = key_of(vector.seed);
    const Bytes message = hex_decode(vector.message).value();
    const std::string text(message.begin(), message.end());
    CHECK(hex_encode(key.public_key()) == vector.public_key);
    CHECK(hex_encode(key.sign(text)) == vector.signature);
    CHECK(verify(key.public_key(), text, key.sign(text)));
  }
}

TEST_CASE("verify: refuses another message, key or signature", "[base]") {
  const SigningKey key = key_of(kSignatures[0].seed);
  const SigningKey other = key_of(kSignatures[1].seed);
  const Signature signature = key.sign("hello");
  CHECK(verify(key.public_key(), "hello", signature));
  CHECK_FALSE(verify(key.public_key(), "hello!", signature));
  CHECK_FALSE(verify(other.public_key(), "hello", signature));
  for (std::size_t byte = 0; byte < signature.size(); ++byte) {
    Signature bent = signature;
    bent[byte] ^= 1;
    INFO(byte);
    CHECK_FALSE(verify(key.public_key(), "hello", bent));
  }
}

TEST_CASE("verify: refuses a signature that was made larger by the group's order", "[base]") {
  // S + L verifies in a careless implementation: two signatures for one message.
  const SigningKey key = key_of(kSignatures[0].seed);
  Signature signature = key.sign("hello");
  const auto order =
      from_hex<32>("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += static_cast<unsigned>(signature[32 + i]) + order[i];
    signature[32 + i] = static_cast<std::uint8_t>(carry & 0xff);
    carry >>= 8;
  }
  CHECK_FALSE(verify(key.public_key(), "hello", signature));
}

TEST_CASE("verify: refuses keys of small order", "[base]") {
  // With the neutral element as key and R, and S = 0, every message would pass.
  PublicKey neutral{};
  neutral[0] = 1;
  Signature signature{};
  signature[0] = 1;
  CHECK_FALSE(verify(neutral, "anything", signature));
  CHECK_FALSE(verify(PublicKey{}, "anything", Signature{}));
}

TEST_CASE("sha256: the vectors of FIPS 180", "[base]") {
  CHECK(hex_encode(sha256("")) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex_encode(sha256("abc")) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex_encode(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(hex_encode(sha256(std::string(1'000'000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("Sha256: pieces give the digest of the whole", "[base]") {
  const std::string text(1'000, 'x');
  for (const std::size_t piece : {1U, 7U, 63U, 64U, 65U, 999U, 1000U}) {
    Sha256 hash;
    for (std::size_t at = 0; at < text.size(); at += piece) {
      hash.update(as_bytes(std::string_view(text).substr(at, piece)));
    }
    CHECK(hash.finish() == sha256(text));
  }
  CHECK(Sha256().finish() == sha256(""));
}

TEST_CASE("keyed_hash: is BLAKE2b-256 with a key", "[base]") {
  // Python: hashlib.blake2b(message, digest_size=32, key=bytes(range(32)))
  Digest key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
  CHECK(hex_encode(keyed_hash(key, "")) ==
        "4e51e7a913fc80137da52880fecca175bf81e117d5c68126dc2774033517ea0d");
  CHECK(hex_encode(keyed_hash(key, "abc")) ==
        "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f");
  CHECK(hex_encode(keyed_hash(key, "r-1\nreq-1\nGET /")) ==
        "bcf852e1ae508258e6e02a274e05ce23f6dcb5d497d30eeadebb5b040b5cf3b4");
  Digest other = key;
  other[31] ^= 1;
  CHECK(keyed_hash(other, "abc") != keyed_hash(key, "abc"));
}

TEST_CASE("equal_constant_time: compares content and length", "[base]") {
  CHECK(equal_constant_time(as_bytes("abc"), as_bytes("abc")));
  CHECK_FALSE(equal_constant_time(as_bytes("abc"), as_bytes("abd")));
  CHECK_FALSE(equal_constant_time(as_bytes("abc"), as_bytes("abcd")));
  CHECK(equal_constant_time({}, {}));
}

}  // namespace
}  // namespace a67
