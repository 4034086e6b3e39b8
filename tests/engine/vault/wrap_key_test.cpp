#include "engine/vault/wrap_key.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <catch_amalgamated.hpp>
#include <string>

#include "engine/base/encoding.h"

namespace a67 {
namespace {

template <std::size_t N>
std::array<std::uint8_t, N> array_from(std::string_view hex) {
  const Bytes bytes = hex_decode(hex).value();
  REQUIRE(bytes.size() == N);
  std::array<std::uint8_t, N> result{};
  std::ranges::copy(bytes, result.begin());
  return result;
}

Sensitive<Seed> seed_from(std::string_view hex) { return Sensitive<Seed>(array_from<32>(hex)); }

Sensitive<Seed> seed_of(std::uint8_t byte) {
  Seed seed{};
  seed.fill(byte);
  return Sensitive<Seed>(seed);
}

const Bytes kSalt = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

struct KemVector {
  std::string_view ephemeral;
  std::string_view enc;
  std::string_view recipient_secret;
  std::string_view recipient;
  std::string_view shared_secret;
};

// RFC 9180, A.1.1 and A.2.1.
constexpr std::array<KemVector, 2> kKem = {{
    {"52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736",
     "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
     "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
     "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d",
     "fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc"},
    {"f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600",
     "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a",
     "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb",
     "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a",
     "0bbe78490412b4bbea4812666f7916932b828bba79942424abb65244930d69a7"},
}};

TEST_CASE("wrap key: both sides reach the shared secrets of RFC 9180", "[vault]") {
  for (const KemVector& vector : kKem) {
    const auto ephemeral = seed_from(vector.ephemeral);
    const auto recipient_secret = seed_from(vector.recipient_secret);
    const auto enc = public_key_of(ephemeral);
    const auto recipient = public_key_of(recipient_secret);
    CHECK(hex_encode(enc) == vector.enc);
    CHECK(hex_encode(recipient) == vector.recipient);
    const auto sent = hpke::shared_secret(ephemeral, recipient, enc, recipient);
    const auto received = hpke::shared_secret(recipient_secret, enc, enc, recipient);
    REQUIRE(sent);
    REQUIRE(received);
    CHECK(hex_encode(sent->expose()) == vector.shared_secret);
    CHECK(hex_encode(received->expose()) == vector.shared_secret);
  }
}

TEST_CASE("wrap key: the key schedule of RFC 9180 gives its key and nonce", "[vault]") {
  // A.2.1: ChaCha20-Poly1305 is the AEAD of the RFC's vectors whose key has 32 bytes.
  const auto shared = seed_from(kKem[1].shared_secret);
  const WrapKey wrap = hpke::key_schedule(shared, "Ode on a Grecian Urn", 0x0003);
  CHECK(hex_encode(wrap.key.expose()) ==
        "ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91");
  CHECK(hex_encode(wrap.nonce) == "5c4d98150661b848853b547f");
}

TEST_CASE("wrap key: sender and receiver agree, and on nothing when anything differs", "[vault]") {
  const auto seed = seed_of(7);
  const auto sent = sender_wrap_key(seed_of(9), public_key_of(seed), "context");
  REQUIRE(sent);
  const auto received = receiver_wrap_key(seed, sent->enc, "context");
  REQUIRE(received);
  CHECK(received->key.expose() == sent->wrap.key.expose());
  CHECK(received->nonce == sent->wrap.nonce);

  const auto differs = [&](const std::optional<WrapKey>& other) {
    REQUIRE(other);
    CHECK(other->key.expose() != sent->wrap.key.expose());
    CHECK(other->nonce != sent->wrap.nonce);
  };
  differs(receiver_wrap_key(seed, sent->enc, "contexT"));
  differs(receiver_wrap_key(seed_of(8), sent->enc, "context"));
  differs(receiver_wrap_key(seed, public_key_of(seed_of(10)), "context"));
}

TEST_CASE("wrap key: points of small order are refused on both sides", "[vault]") {
  const X25519Public zero{};
  X25519Public one{};
  one[0] = 1;
  for (const X25519Public& point : {zero, one}) {
    CHECK_FALSE(sender_wrap_key(seed_of(9), point, "context"));
    CHECK_FALSE(receiver_wrap_key(seed_of(9), point, "context"));
  }
}

TEST_CASE("method seed: Argon2id gives what another implementation gave", "[vault]") {
  // Made with OpenSSL 3.5's Argon2id, after it had reproduced the vector of RFC 9106, 5.3; ours
  // does in argon2_rfc_test.cpp.
  const std::string passphrase = "correct horse battery staple";
  struct Case {
    Argon2Params params;
    std::string_view stretched;
  };
  for (const Case& known :
       {Case{kArgon2Floor, "0d1a3c6523c8f06e4e0af9c515aa5b5448cfebd6838f2d52c3d8b6ef8ddc3c2e"},
        Case{kArgon2FloorLowMemory,
             "92c3e5c7d221ec767849522a67249cd5682a94ac770a566582c6e60040b3a5c7"}}) {
    const auto seed =
        derive_method_seed(MethodKind::kPassphrase, as_bytes(passphrase), kSalt, known.params);
    REQUIRE(seed);
    const auto expected =
        hkdf({reinterpret_cast<const char*>(kSalt.data()), kSalt.size()},
             hex_decode(known.stretched).value(), "automator67/vault/v1/method/passphrase");
    CHECK(hex_encode(seed->expose()) == hex_encode(expected.expose()));
  }
}

TEST_CASE("method seed: libsodium's own Argon2id vector", "[vault]") {
  // test/default/pwhash_argon2id.c, first entry: five passes, 7 MiB. Below our floor, so directly.
  const Bytes passphrase =
      hex_decode(
          "a347ae92bce9f80f6f595a4480fc9c2fe7e7d7148d371e9487d75f5c23008ffae065577a928febd9b1973a5a"
          "95073acdbeb6a030cfc0d79caa2dc5cd011cef02c08da232d76d52dfbca38ca8dcbd665b17d1665f7cf5fe59"
          "772ec909733b24de97d6f58d220b20c60d7c07ec1fd93c52c31020300c6c1facd77937a597c7a6")
          .value();
  const Bytes salt = hex_decode("5541fbc995d5c197ba290346d2c559de").value();
  Bytes out(155);
  REQUIRE(crypto_pwhash_argon2id(out.data(), out.size(),
                                 reinterpret_cast<const char*>(passphrase.data()),
                                 passphrase.size(), salt.data(), 5, 7256678,
                                 crypto_pwhash_argon2id_ALG_ARGON2ID13) == 0);
  CHECK(hex_encode(out).starts_with(
      "18acec5d6507739f203d1f5d9f1d862f7c2cdac4f19d2bdff64487e60d969e"
      "3ced615337b9eec6ac4461c6ca07f0939741e57c24d0005c7ea171a0ee1e73"));
}

TEST_CASE("method seed: kind, salt and secret each change it", "[vault]") {
  const Bytes secret(32, 1);
  Bytes other_secret = secret;
  other_secret[31] ^= 1;
  Bytes other_salt = kSalt;
  other_salt[0] ^= 1;
  const auto hex = [](MethodKind kind, const Bytes& from, const Bytes& salt) {
    const auto seed = derive_method_seed(kind, from, salt, std::nullopt);
    REQUIRE(seed);
    return hex_encode(seed->expose());
  };
  const std::string base = hex(MethodKind::kPasskey, secret, kSalt);
  CHECK(base == hex(MethodKind::kPasskey, secret, kSalt));
  CHECK(base != hex(MethodKind::kDevice, secret, kSalt));
  CHECK(base != hex(MethodKind::kPasskey, other_secret, kSalt));
  CHECK(base != hex(MethodKind::kPasskey, secret, other_salt));
  const auto seed = derive_method_seed(MethodKind::kPasskey, secret, kSalt, std::nullopt);
  CHECK(hex_encode(derive_pin_key(*seed).expose()) != base);
}

TEST_CASE("method seed: what is too short, too long or beside the point is refused", "[vault]") {
  const auto refused = [](MethodKind kind, std::size_t secret_bytes, std::size_t salt_bytes,
                          std::optional<Argon2Params> argon2) {
    const auto seed =
        derive_method_seed(kind, Bytes(secret_bytes, 1), Bytes(salt_bytes, 1), argon2);
    return !seed && seed.error().code == ErrorCode::kInvalidInput;
  };
  CHECK(refused(MethodKind::kPassphrase, 0, 16, kArgon2Floor));
  CHECK(refused(MethodKind::kPassphrase, kPassphraseBytesMax + 1, 16, kArgon2Floor));
  CHECK(refused(MethodKind::kPassphrase, 8, 15, kArgon2Floor));
  CHECK(refused(MethodKind::kPassphrase, 8, 16, std::nullopt));
  CHECK(refused(MethodKind::kRecovery, 15, 16, std::nullopt));
  CHECK(refused(MethodKind::kRecovery, 16, 16, kArgon2Floor));
  CHECK(refused(MethodKind::kPasskey, 31, 16, std::nullopt));
  CHECK(refused(MethodKind::kPasskey, 33, 16, std::nullopt));
  CHECK(refused(MethodKind::kDevice, 16, 16, std::nullopt));
  CHECK(refused(MethodKind::kPassphrase, 8, 16, Argon2Params{.memory_kib = 8, .passes = 1}));
}

TEST_CASE("check_argon2: only what lies between the floors and the ceiling", "[vault]") {
  const auto fine = [](std::uint32_t memory_kib, std::uint32_t passes) {
    return check_argon2({.memory_kib = memory_kib, .passes = passes}).has_value();
  };
  CHECK(fine(65536, 3));
  CHECK(fine(32768, 6));
  CHECK(fine(1048576, 50));
  CHECK(fine(65535, 6));
  CHECK_FALSE(fine(65536, 2));
  CHECK_FALSE(fine(65535, 5));
  CHECK_FALSE(fine(32768, 5));
  CHECK_FALSE(fine(32767, 50));
  CHECK_FALSE(fine(1048577, 3));
  CHECK_FALSE(fine(65536, 51));
  CHECK_FALSE(fine(0, 0));
  CHECK_FALSE(fine(0xFFFFFFFF, 0xFFFFFFFF));
}

TEST_CASE("method kinds: each has a name that is read back", "[vault]") {
  for (const MethodKind kind : {MethodKind::kPassphrase, MethodKind::kRecovery,
                                MethodKind::kPasskey, MethodKind::kDevice}) {
    CHECK(method_kind_from(to_string(kind)) == kind);
  }
  CHECK_FALSE(method_kind_from("password"));
  CHECK_FALSE(method_kind_from(""));
}

}  // namespace
}  // namespace a67
