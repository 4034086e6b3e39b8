// Format 1 must stay readable for ever: vectors that an independent implementation made. The page's
// tests run the same file. A change that needs this file changed needs a new format number instead.
#include <algorithm>
#include <array>
#include <catch_amalgamated.hpp>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/base/encoding.h"
#include "engine/base/json.h"
#include "engine/native/keyring.h"
#include "engine/vault/entry.h"
#include "engine/vault/header.h"
#include "engine/vault/recovery_words.h"
#include "engine/vault/vault.h"
#include "engine/vault/wrap_key.h"
#include "tests/engine/vault/support.h"

namespace a67 {
namespace {

using vault_test::FakeTable;
using vault_test::run;

const Json& vectors() {
  static const Json kVectors = [] {
    std::ifstream file(A67_VAULT_VECTORS, std::ios::binary);
    REQUIRE(file);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    return parse_json(text).value();
  }();
  return kVectors;
}

std::string text_at(const Json& object, std::string_view key) {
  const Bytes bytes = hex_decode(string_or(object, key, "missing")).value();
  return {bytes.begin(), bytes.end()};
}

template <std::size_t N>
std::array<std::uint8_t, N> array_of(const Json& object, std::string_view key) {
  const std::string text = text_at(object, key);
  REQUIRE(text.size() == N);
  std::array<std::uint8_t, N> bytes{};
  std::ranges::copy(as_bytes(text), bytes.begin());
  return bytes;
}

std::optional<Argon2Params> argon2_of(const Json& method) {
  const Json& given = object_at(method, "argon2");
  if (given.empty()) return std::nullopt;
  return Argon2Params{.memory_kib = static_cast<std::uint32_t>(int_or(given, "memoryKib")),
                      .passes = static_cast<std::uint32_t>(int_or(given, "passes"))};
}

EntryName name_of(const Json& entry) {
  return {.workspace = string_or(entry, "workspace"),
          .id = string_or(entry, "id"),
          .version = static_cast<std::uint64_t>(int_or(entry, "version")),
          .purpose = string_or(entry, "purpose")};
}

TEST_CASE("vault format 1: every method's seed, public key and pin key", "[vault]") {
  const Json& methods = array_at(vectors(), "methods");
  REQUIRE(methods.size() == 4);
  for (const Json& method : methods) {
    INFO(string_or(method, "kind"));
    const auto seed = derive_method_seed(method_kind_from(string_or(method, "kind")).value(),
                                         as_bytes(text_at(method, "secret")),
                                         as_bytes(text_at(method, "salt")), argon2_of(method));
    REQUIRE(seed);
    CHECK(hex_encode(seed->expose()) == string_or(method, "seed"));
    CHECK(hex_encode(public_key_of(*seed)) == string_or(method, "public"));
    CHECK(hex_encode(derive_pin_key(*seed).expose()) == string_or(method, "pinKey"));
  }
}

TEST_CASE("vault format 1: the key that seals a vault key", "[vault]") {
  const Json& vector = object_at(vectors(), "wrapKey");
  const std::string context = text_at(vector, "context");
  const Sensitive<Seed> recipient_seed(array_of<32>(vector, "recipientSeed"));
  const auto sent = sender_wrap_key(Sensitive<Seed>(array_of<32>(vector, "ephemeral")),
                                    array_of<32>(vector, "recipient"), context);
  const auto received = receiver_wrap_key(recipient_seed, array_of<32>(vector, "enc"), context);
  REQUIRE(sent);
  REQUIRE(received);
  CHECK(hex_encode(public_key_of(recipient_seed)) == string_or(vector, "recipient"));
  CHECK(hex_encode(sent->enc) == string_or(vector, "enc"));
  for (const WrapKey* wrap : {&sent->wrap, &*received}) {
    CHECK(hex_encode(wrap->key.expose()) == string_or(vector, "key"));
    CHECK(hex_encode(wrap->nonce) == string_or(vector, "nonce"));
  }
}

TEST_CASE("vault format 1: recovery words", "[vault]") {
  for (const Json& vector : array_at(vectors(), "recoveryWords")) {
    const RecoverySecret secret = array_of<16>(vector, "secret");
    const std::string words = string_or(vector, "words");
    CHECK(write_recovery_words(Sensitive<RecoverySecret>(secret)).expose() == words);
    const auto read = read_recovery_words(words);
    REQUIRE(read);
    CHECK(read->expose() == secret);
  }
}

TEST_CASE("vault format 1: padding and what an entry is bound to", "[vault]") {
  for (const Json& pair : array_at(vectors(), "padding")) {
    CHECK(padded_size(pair[0].get<std::size_t>()) == pair[1].get<std::size_t>());
  }
  for (const Json& entry : array_at(vectors(), "entries")) {
    const EntryName name = name_of(entry);
    const auto epoch = static_cast<std::uint32_t>(int_or(entry, "epoch"));
    CHECK(hex_encode(as_bytes(entry_context(name, epoch))) == string_or(entry, "context"));
    const Json& vault = object_at(vectors(), "vault");
    const auto key = array_of<32>(object_at(vault, "vaultKeys"), std::to_string(epoch));
    CHECK(hex_encode(hkdf(string_or(vault, "id"), key, entry_subkey_info(name)).expose()) ==
          string_or(entry, "subkey"));
    const auto stored = read_entry(string_or(entry, "stored"));
    REQUIRE(stored);
    CHECK(stored->epoch == epoch);
    CHECK(hex_encode(as_bytes(stored->sealed.substr(0, 12))) == string_or(entry, "nonce"));
  }
}

TEST_CASE("vault format 1: a stored vault unlocks with each method, and its entries open",
          "[vault]") {
  const Json& vault_vector = object_at(vectors(), "vault");
  for (const Json& method : array_at(vectors(), "methods")) {
    INFO(string_or(method, "kind"));
    native::NativeKeyring keyring;
    FakeTable table;
    table.rows["w/home/header"] = string_or(vault_vector, "header");
    table.rows["w/home/header.next"] = string_or(vault_vector, "headerNext");
    Random random = Random::from_number(1);
    vault_test::FakeClock clock;
    Vault vault({.keyring = keyring, .table = table, .random = random, .clock = clock}, "home");
    const SecretRef secret =
        keyring.chest().offer(Sensitive<std::string>(text_at(method, "secret"))).value();
    const auto unlocked =
        run(vault.unlock(
                {.kind = method_kind_from(string_or(method, "kind")).value(), .secret = secret}))
            .value();
    REQUIRE(unlocked);
    CHECK(vault.is_rotating());
    CHECK(vault.newest_key().epoch == 2);
    CHECK(vault.header().workspace_name == "At home");
    Entries entries(keyring, vault);
    for (const Json& entry : array_at(vectors(), "entries")) {
      const auto plain = run(entries.open(name_of(entry), string_or(entry, "stored"))).value();
      REQUIRE(plain);
      CHECK(plain->expose() == string_or(entry, "plain"));
    }
  }
}

}  // namespace
}  // namespace a67
