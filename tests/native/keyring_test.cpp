#include "engine/native/keyring_chest.h"

#include <algorithm>
#include <catch_amalgamated.hpp>
#include <limits>
#include <string>

#include "engine/base/encoding.h"
#include "engine/base/random.h"
#include "engine/vault/recovery_words.h"
#include "engine/vault/wrap_key.h"

using namespace a67;          // NOLINT(google-build-using-namespace): a test
using namespace a67::native;  // NOLINT(google-build-using-namespace): a test

namespace {

const std::string kSalt = "sixteen salt byt";
const std::string kSecret = "thirty-two bytes that are random";

struct Bench {
  KeyChest chest;

  DerivedMethod method(const std::string& secret = kSecret) {
    const SecretRef ref = chest.offer(Sensitive<std::string>(secret)).value();
    return chest.derive(ref, MethodKind::kDevice, kSalt, std::nullopt).value();
  }
  KeyRef key(KeyUse use) {
    const MadeKey made = chest.make({}).value();
    return chest.subkey(made.key, "salt", "info", use).value();
  }
  std::string seal(KeyRef with, const std::string& plain, const std::string& ad) {
    std::vector<PlainItem> items;
    items.push_back({.plain = Sensitive<std::string>(plain), .ad = ad});
    return chest.seal(with, items).value().front();
  }
};

}  // namespace

TEST_CASE("KeyChest: a made key opens for each recipient, with its context alone", "[keyring]") {
  Bench bench;
  const DerivedMethod first = bench.method();
  const DerivedMethod second = bench.method("thirty-two bytes of another kind");
  const MadeKey made = bench.chest
                           .make({{.public_key = first.public_key, .ad = "one"},
                                  {.public_key = second.public_key, .ad = "two"}})
                           .value();
  REQUIRE(made.wraps.size() == 2);
  CHECK(made.wraps[0].size() == kWrapBytes);
  const KeyRef opened = bench.chest.open(first.method, made.wraps[0], "one").value();
  // The same key: it makes the same subkey.
  const auto mac = [&](KeyRef key) {
    const KeyRef subkey = bench.chest.subkey(key, "s", "i", KeyUse::kMac).value();
    return bench.chest.mac(subkey, "hello").value();
  };
  CHECK(mac(opened) == mac(made.key));
  CHECK(bench.chest.open(second.method, made.wraps[1], "two"));

  const auto refused = [&](MethodRef method, const std::string& wrap, const std::string& ad) {
    const auto key = bench.chest.open(method, wrap, ad);
    return !key && key.error().code == ErrorCode::kUnauthorized;
  };
  CHECK(refused(first.method, made.wraps[0], "two"));
  CHECK(refused(second.method, made.wraps[0], "one"));
  CHECK(refused(first.method, "", "one"));
  CHECK(refused(first.method, std::string(kWrapBytes, '\0'), "one"));
  for (std::size_t at = 0; at < kWrapBytes; ++at) {
    std::string bent = made.wraps[0];
    bent[at] ^= 1;
    // The top bit of an X25519 point is not looked at, but enc is bound as it is written.
    CHECK(refused(first.method, bent, "one"));
  }
}

TEST_CASE("KeyChest: a rewrapped key is the same one, and never comes out", "[keyring]") {
  Bench bench;
  const DerivedMethod first = bench.method();
  const DerivedMethod second = bench.method("thirty-two bytes of another kind");
  const MadeKey made = bench.chest.make({{.public_key = first.public_key, .ad = "one"}}).value();
  const std::size_t kept = bench.chest.size();
  const auto wraps = bench.chest
                         .rewrap(first.method, made.wraps[0], "one",
                                 {{.public_key = second.public_key, .ad = "two"}})
                         .value();
  CHECK(bench.chest.size() == kept);
  CHECK(bench.chest.open(second.method, wraps.front(), "two"));
  CHECK(bench.chest.rewrap(second.method, made.wraps[0], "one", {}).error().code ==
        ErrorCode::kUnauthorized);
  const WrapFor nobody{.public_key = {}, .ad = "x"};
  CHECK(bench.chest.rewrap(first.method, made.wraps[0], "one", {nobody}).error().code ==
        ErrorCode::kInvalidInput);
  CHECK(bench.chest.make({nobody}).error().code == ErrorCode::kInvalidInput);
}

TEST_CASE("KeyChest: seals with a fresh nonce, and tells what was damaged", "[keyring]") {
  Bench bench;
  const KeyRef key = bench.key(KeyUse::kSeal);
  const std::string sealed = bench.seal(key, "hello", "ad");
  CHECK(sealed.size() == 12 + 5 + 16);
  CHECK(bench.seal(key, "hello", "ad") != sealed);
  std::string bent = sealed;
  bent[13] ^= 1;
  const auto opened = bench.chest
                          .open_sealed(key, {{.sealed = sealed, .ad = "ad"},
                                             {.sealed = bent, .ad = "ad"},
                                             {.sealed = sealed, .ad = "other"},
                                             {.sealed = "short", .ad = "ad"},
                                             {.sealed = sealed.substr(0, 20), .ad = "ad"}})
                          .value();
  REQUIRE(opened.size() == 5);
  REQUIRE(opened[0]);
  CHECK(opened[0]->expose() == "hello");
  for (std::size_t at = 1; at < opened.size(); ++at) CHECK_FALSE(opened[at]);
  const std::string empty = bench.seal(key, "", "");
  const auto nothing = bench.chest.open_sealed(key, {{.sealed = empty, .ad = ""}}).value();
  REQUIRE(nothing[0]);
  CHECK(nothing[0]->expose().empty());
}

TEST_CASE("KeyChest: a key does what it was made for and nothing else", "[keyring]") {
  Bench bench;
  const KeyRef derive = bench.key(KeyUse::kDerive);
  const KeyRef seal = bench.key(KeyUse::kSeal);
  const KeyRef mac = bench.key(KeyUse::kMac);
  const auto wrong = [](const auto& result) {
    return !result && result.error().code == ErrorCode::kInvalidInput;
  };
  CHECK(wrong(bench.chest.seal(mac, {})));
  CHECK(wrong(bench.chest.seal(derive, {})));
  CHECK(wrong(bench.chest.open_sealed(mac, {})));
  CHECK(wrong(bench.chest.mac(seal, "")));
  CHECK(wrong(bench.chest.subkey(seal, "", "", KeyUse::kMac)));
  CHECK(bench.chest.subkey(derive, "", "", KeyUse::kMac));
  // A number of another kind.
  const DerivedMethod method = bench.method();
  CHECK(wrong(bench.chest.mac(KeyRef{method.method.number}, "")));
  CHECK(wrong(bench.chest.pin(MethodRef{mac.number}, "")));
}

TEST_CASE("KeyChest: what was forgotten is gone, and its number is not used again", "[keyring]") {
  Bench bench;
  const KeyRef key = bench.key(KeyUse::kMac);
  REQUIRE(bench.chest.mac(key, "x"));
  const std::int64_t number = key.number;
  bench.chest.forget({&number, 1});
  const auto gone = bench.chest.mac(key, "x");
  REQUIRE_FALSE(gone);
  CHECK(gone.error().code == ErrorCode::kNotFound);
  CHECK(bench.key(KeyUse::kMac).number > number);
  bench.chest.forget_all();
  CHECK(bench.chest.size() == 0);
  CHECK(bench.chest.open(MethodRef{1}, "", "").error().code == ErrorCode::kNotFound);
  CHECK(bench.chest.rewrap(MethodRef{1}, "", "", {}).error().code == ErrorCode::kNotFound);
  CHECK(bench.chest.pin(MethodRef{1}, "").error().code == ErrorCode::kNotFound);
  CHECK(bench.chest.seal(KeyRef{1}, {}).error().code == ErrorCode::kNotFound);
  CHECK(bench.chest.derive(SecretRef{1}, MethodKind::kDevice, kSalt, std::nullopt).error().code ==
        ErrorCode::kNotFound);
}

TEST_CASE("KeyChest: a pin depends on the method's secret and on the bytes", "[keyring]") {
  Bench bench;
  const DerivedMethod first = bench.method();
  const DerivedMethod again = bench.method();
  const DerivedMethod other = bench.method("thirty-two bytes of another kind");
  const std::string pin = bench.chest.pin(first.method, "bytes").value();
  CHECK(pin.size() == 32);
  CHECK(bench.chest.pin(again.method, "bytes").value() == pin);
  CHECK(bench.chest.pin(other.method, "bytes").value() != pin);
  CHECK(bench.chest.pin(first.method, "bytez").value() != pin);
}

TEST_CASE("KeyChest: recovery words are read before they become a secret", "[keyring]") {
  Bench bench;
  RecoverySecret secret{};
  Random::from_number(1).fill(secret);
  const auto words = write_recovery_words(Sensitive<RecoverySecret>(secret));
  const SecretRef by_words = bench.chest.offer_recovery_words(words).value();
  const SecretRef by_bytes =
      bench.chest.offer(Sensitive<std::string>(std::string(secret.begin(), secret.end()))).value();
  const auto derive = [&](SecretRef from) {
    return bench.chest.derive(from, MethodKind::kRecovery, kSalt, std::nullopt).value().public_key;
  };
  CHECK(derive(by_words) == derive(by_bytes));
  const auto wrong = bench.chest.offer_recovery_words(Sensitive<std::string>("not my words"));
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == ErrorCode::kInvalidInput);
  CHECK(bench.chest.derive(by_words, MethodKind::kPasskey, kSalt, std::nullopt).error().code ==
        ErrorCode::kInvalidInput);
}

TEST_CASE("KeyChest: holds a limited number of keys", "[keyring]") {
  Bench bench;
  const KeyRef key = bench.key(KeyUse::kDerive);
  while (bench.chest.size() < KeyChest::kKeptMax) {
    REQUIRE(bench.chest.subkey(key, "", "", KeyUse::kMac));
  }
  const auto full = [](const auto& result) {
    return !result && result.error().code == ErrorCode::kTooLarge;
  };
  CHECK(full(bench.chest.subkey(key, "", "", KeyUse::kMac)));
  CHECK(full(bench.chest.offer(Sensitive<std::string>("x"))));
  CHECK(full(bench.chest.make({})));
}
