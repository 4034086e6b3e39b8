// The key derivation module: what WebCrypto cannot do (Argon2id) or not in every browser (X25519),
// small enough to be loaded into a worker of its own for each derivation. Beside worker/bridge.cpp
// the only file that knows Embind; the arithmetic is engine/vault's.
//
// Bytes go in and come out as copies, never as strings, and every buffer here is wiped: inputs,
// seeds and keys alike. Failures are values; worker/src/kdf/kdf.d.mts tells their types.
#include <emscripten/bind.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/encoding.h"
#include "engine/vault/recovery_words.h"
#include "engine/vault/wrap_key.h"

namespace a67 {
namespace {

using emscripten::typed_memory_view;
using emscripten::val;
using Buffer = Sensitive<Bytes>;

// Far above what any caller has; a bound against a mistaken one.
constexpr std::size_t kInputBytesMax = 64 * std::size_t{1024};

// Nothing when it is too long.
std::optional<Buffer> bytes_from(const val& input) {
  const auto size = input["length"].as<std::size_t>();
  if (size > kInputBytesMax) return std::nullopt;
  Bytes bytes(size);
  val(typed_memory_view(bytes.size(), bytes.data())).call<void>("set", input);
  return Buffer(std::move(bytes));
}

// Nothing when it has another size.
template <std::size_t N>
std::optional<std::array<std::uint8_t, N>> array_from(const val& input) {
  if (input["length"].as<std::size_t>() != N) return std::nullopt;
  std::array<std::uint8_t, N> bytes{};
  val(typed_memory_view(N, bytes.data())).call<void>("set", input);
  return bytes;
}

template <std::size_t N>
std::optional<Sensitive<std::array<std::uint8_t, N>>> secret_from(const val& input) {
  auto bytes = array_from<N>(input);
  if (!bytes) return std::nullopt;
  Sensitive<std::array<std::uint8_t, N>> secret(*bytes);
  wipe(bytes->data(), N);
  return secret;
}

val copy_of(std::span<const std::uint8_t> bytes) {
  return val(typed_memory_view(bytes.size(), bytes.data())).call<val>("slice");
}

std::string_view text_of(const Buffer& bytes) {
  return {reinterpret_cast<const char*>(bytes.expose().data()), bytes.expose().size()};
}

val failed(const Error& error) {
  val inner = val::object();
  inner.set("code", std::string(to_string(error.code)));
  inner.set("message", error.message);
  inner.set("hint", error.hint);
  inner.set("field", error.field);
  val outer = val::object();
  outer.set("error", inner);
  return outer;
}

val bad_input(const char* what) {
  return failed(Error{.code = ErrorCode::kInvalidInput, .message = what});
}

val answer(const char* name, std::span<const std::uint8_t> bytes) {
  val object = val::object();
  object.set(name, copy_of(bytes));
  return object;
}

val derive_seed(const std::string& kind_name, const val& secret_in, const val& salt_in,
                std::uint32_t memory_kib, std::uint32_t passes) {
  const auto kind = method_kind_from(kind_name);
  const auto secret = bytes_from(secret_in);
  const auto salt = bytes_from(salt_in);
  if (!kind) return bad_input("There is no such kind of unlock method.");
  if (!secret || !salt) return bad_input("The secret or the salt is too long.");
  std::optional<Argon2Params> argon2;
  if (memory_kib != 0 || passes != 0) {
    argon2 = Argon2Params{.memory_kib = memory_kib, .passes = passes};
  }
  const auto seed = derive_method_seed(*kind, secret->expose(), salt->expose(), argon2);
  return seed ? answer("seed", seed->expose()) : failed(seed.error());
}

val public_key(const val& seed_in) {
  const auto seed = secret_from<32>(seed_in);
  if (!seed) return bad_input("A seed has 32 bytes.");
  return answer("publicKey", public_key_of(*seed));
}

void add(val& object, const WrapKey& wrap) {
  object.set("key", copy_of(wrap.key.expose()));
  object.set("nonce", copy_of(wrap.nonce));
}

val wrap_key_for(const val& ephemeral_in, const val& public_in, const val& context_in) {
  const auto ephemeral = secret_from<32>(ephemeral_in);
  const auto recipient = array_from<32>(public_in);
  const auto context = bytes_from(context_in);
  if (!ephemeral || !recipient || !context) return bad_input("A public key has 32 bytes.");
  const auto sender = sender_wrap_key(*ephemeral, *recipient, text_of(*context));
  if (!sender) return bad_input("The public key of an unlock method is no proper one.");
  val object = answer("enc", sender->enc);
  add(object, sender->wrap);
  return object;
}

val open_wrap_key(const val& seed_in, const val& enc_in, const val& context_in) {
  const auto seed = secret_from<32>(seed_in);
  const auto enc = array_from<32>(enc_in);
  const auto context = bytes_from(context_in);
  if (!seed || !enc || !context) return bad_input("A wrap begins with 32 bytes.");
  const auto wrap = receiver_wrap_key(*seed, *enc, text_of(*context));
  if (!wrap) {
    return failed(
        Error{.code = ErrorCode::kUnauthorized, .message = "This does not open the vault."});
  }
  val object = val::object();
  add(object, *wrap);
  return object;
}

val write_words(const val& secret_in) {
  const auto secret = secret_from<kRecoverySecretBytes>(secret_in);
  if (!secret) return bad_input("Recovery words stand for 16 bytes.");
  const auto text = write_recovery_words(*secret);
  return answer("text", as_bytes(text.expose()));
}

val read_words(const val& text_in) {
  const auto text = bytes_from(text_in);
  if (!text) return bad_input("This is too long for recovery words.");
  const auto secret = read_recovery_words(text_of(*text));
  return secret ? answer("secret", secret->expose()) : failed(secret.error());
}

bool is_hex(std::span<const std::uint8_t> bytes, std::string_view hex) {
  return hex_encode(bytes) == hex;
}

Sensitive<Seed> seed_from(std::string_view hex) {
  const Bytes bytes = hex_decode(hex).value_or(Bytes{});
  Seed seed{};
  std::ranges::copy_n(bytes.begin(),
                      static_cast<std::ptrdiff_t>(std::min(bytes.size(), seed.size())),
                      seed.begin());
  return Sensitive<Seed>(seed);
}

// Little memory: what is tried here is the code, not the cost. Known from hash-wasm's Argon2id.
bool argon2id_is_right() {
  const std::string_view password = "password";
  const auto salt = as_bytes("somesaltsomesalt");
  constexpr std::size_t kMemoryBytes = 64 * std::size_t{1024};
  std::array<std::uint8_t, 32> out{};
  const int bad =
      crypto_pwhash_argon2id(out.data(), out.size(), password.data(), password.size(), salt.data(),
                             3, kMemoryBytes, crypto_pwhash_argon2id_ALG_ARGON2ID13);
  return bad == 0 &&
         is_hex(out, "6164c739a04e17de34a80bee65c6a58f4b8a240cbf5652f4a79e35ae02b7c616");
}

// RFC 5869, A.1: the first 32 bytes.
bool hkdf_is_right() {
  std::array<std::uint8_t, 22> secret{};
  secret.fill(0x0b);
  constexpr std::string_view kSalt{"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c", 13};
  const auto key = hkdf(kSalt, secret, "\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9");
  return is_hex(key.expose(), "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
}

// RFC 9180, A.2.1 (0x0003: ChaCha20-Poly1305, whose key is as long as ours), and both ends agree.
bool wrap_is_right() {
  const auto ephemeral =
      seed_from("f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600");
  const auto own = seed_from("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb");
  const auto sender = sender_wrap_key(ephemeral, public_key_of(own), "self-test");
  if (!sender ||
      !is_hex(sender->enc, "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a")) {
    return false;
  }
  const auto shared = hpke::shared_secret(own, sender->enc, sender->enc, public_key_of(own));
  if (!shared) return false;
  const WrapKey wrap = hpke::key_schedule(*shared, "Ode on a Grecian Urn", 0x0003);
  const auto receiver = receiver_wrap_key(own, sender->enc, "self-test");
  return is_hex(wrap.key.expose(),
                "ad2744de8e17f4ebba575b3f5f5a8fa1f69c2a07f6e7500bc60ca6e3e3ec1c91") &&
         is_hex(wrap.nonce, "5c4d98150661b848853b547f") && receiver &&
         receiver->key.expose() == sender->wrap.key.expose() &&
         receiver->nonce == sender->wrap.nonce;
}

bool self_test() { return argon2id_is_right() && hkdf_is_right() && wrap_is_right(); }

}  // namespace
}  // namespace a67

EMSCRIPTEN_BINDINGS(automator67_kdf) {
  using emscripten::function;
  if (sodium_init() < 0) abort();  // nothing safe can follow
  function("deriveSeed", &a67::derive_seed);
  function("publicKey", &a67::public_key);
  function("wrapKeyFor", &a67::wrap_key_for);
  function("openWrapKey", &a67::open_wrap_key);
  function("writeWords", &a67::write_words);
  function("readWords", &a67::read_words);
  function("selfTest", &a67::self_test);
}
