#include "engine/vault/wrap_key.h"

#include <sodium.h>

#include <algorithm>
#include <cassert>
#include <string>

namespace a67 {
namespace {

constexpr std::string_view kMethodLabel = "automator67/vault/v1/method/";
constexpr std::string_view kPinLabel = "automator67/vault/v1/pin";

template <std::size_t N>
Sensitive<std::array<std::uint8_t, N>> take(std::array<std::uint8_t, N>& bytes) {
  Sensitive<std::array<std::uint8_t, N>> result(bytes);
  sodium_memzero(bytes.data(), bytes.size());
  return result;
}

void append(std::string& text, std::span<const std::uint8_t> bytes) {
  text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void append_u16(std::string& text, std::uint16_t number) {
  text += static_cast<char>(number >> 8);
  text += static_cast<char>(number & 0xFF);
}

// RFC 9180, 4: LabeledExtract. The secret is short, but a secret: the copy is wiped.
Sensitive<Key256> labeled_extract(std::string_view suite, std::string_view salt,
                                  std::string_view label, std::span<const std::uint8_t> secret) {
  std::string input = "HPKE-v1";
  input.reserve(input.size() + suite.size() + label.size() + secret.size());
  input += suite;
  input += label;
  append(input, secret);
  const Sensitive<std::string> wiped(std::move(input));
  const std::string& text = wiped.expose();
  return hkdf_extract(salt, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

void labeled_expand(std::string_view suite, const Sensitive<Key256>& key, std::string_view label,
                    std::string_view info, std::span<std::uint8_t> out) {
  std::string input;
  append_u16(input, static_cast<std::uint16_t>(out.size()));
  input += "HPKE-v1";
  input += suite;
  input += label;
  input += info;
  hkdf_expand(key, input, out);
}

std::string kem_suite() {
  std::string suite = "KEM";
  append_u16(suite, 0x0020);  // DHKEM(X25519, HKDF-SHA256)
  return suite;
}

std::string hpke_suite(std::uint16_t aead) {
  std::string suite = "HPKE";
  append_u16(suite, 0x0020);
  append_u16(suite, 0x0001);  // HKDF-SHA256
  append_u16(suite, aead);
  return suite;
}

std::size_t secret_bytes_min(MethodKind kind) {
  switch (kind) {
    case MethodKind::kPassphrase:
      return 1;
    case MethodKind::kRecovery:
      return kRecoverySecretBytes;
    case MethodKind::kPasskey:
      return kPasskeySecretBytes;
    case MethodKind::kDevice:
      return kDeviceSecretBytes;
  }
  return 0;
}

Result<void> check_secret(MethodKind kind, std::size_t size) {
  const std::size_t min = secret_bytes_min(kind);
  const std::size_t max = kind == MethodKind::kPassphrase ? kPassphraseBytesMax : min;
  if (size >= min && size <= max) return {};
  if (kind == MethodKind::kPassphrase) {
    return fail(ErrorCode::kInvalidInput,
                "A passphrase has 1 to " + std::to_string(kPassphraseBytesMax) + " bytes.",
                "Choose several words that nobody would guess.");
  }
  return fail(ErrorCode::kInvalidInput, "The secret of a " + std::string(to_string(kind)) +
                                            " has " + std::to_string(min) + " bytes.");
}

bool at_least(Argon2Params params, Argon2Params floor) {
  return params.memory_kib >= floor.memory_kib && params.passes >= floor.passes;
}

Result<Sensitive<Key256>> stretch(std::span<const std::uint8_t> secret,
                                  std::span<const std::uint8_t> salt, Argon2Params params) {
  static_assert(crypto_pwhash_argon2id_SALTBYTES == kMethodSaltBytes);
  if (auto fine = check_argon2(params); !fine) return std::unexpected(fine.error());
  Key256 key{};
  const int failed = crypto_pwhash_argon2id(
      key.data(), key.size(), reinterpret_cast<const char*>(secret.data()), secret.size(),
      salt.data(), params.passes, static_cast<std::size_t>(params.memory_kib) * 1024,
      crypto_pwhash_argon2id_ALG_ARGON2ID13);
  if (failed != 0) {
    return fail(ErrorCode::kNoMemory,
                "This device could not spare the " + std::to_string(params.memory_kib / 1024) +
                    " MiB that the passphrase needs.",
                "Close other programs or tabs and try again, or unlock in another way.");
  }
  return take(key);
}

}  // namespace

Result<void> check_argon2(Argon2Params params) {
  if (!at_least(params, kArgon2Floor) && !at_least(params, kArgon2FloorLowMemory)) {
    return fail(
        ErrorCode::kInvalidInput,
        "The parameters for the passphrase are too weak: " + std::to_string(params.memory_kib) +
            " KiB, " + std::to_string(params.passes) + " passes.",
        "At least 65536 KiB with 3 passes, or 32768 KiB with 6 passes, are taken. If you "
        "did not change them, somebody else did: restore the vault from a backup.");
  }
  if (!at_least(kArgon2Ceiling, params)) {
    return fail(ErrorCode::kInvalidInput,
                "The parameters for the passphrase ask for too much work: " +
                    std::to_string(params.memory_kib) + " KiB, " + std::to_string(params.passes) +
                    " passes.",
                "At most 1048576 KiB and 50 passes are taken. If you did not change them, somebody "
                "else did: restore the vault from a backup.");
  }
  return {};
}

Result<Sensitive<Seed>> derive_method_seed(MethodKind kind, std::span<const std::uint8_t> secret,
                                           std::span<const std::uint8_t> salt,
                                           std::optional<Argon2Params> argon2) {
  if (salt.size() != kMethodSaltBytes) {
    return fail(ErrorCode::kInvalidInput, "The salt of an unlock method has 16 bytes.");
  }
  if (argon2.has_value() != (kind == MethodKind::kPassphrase)) {
    return fail(ErrorCode::kInvalidInput,
                "Argon2id parameters belong to passphrases, and every passphrase has them.");
  }
  if (auto fine = check_secret(kind, secret.size()); !fine) return std::unexpected(fine.error());

  const std::string_view salt_text(reinterpret_cast<const char*>(salt.data()), salt.size());
  const std::string info = std::string(kMethodLabel) + std::string(to_string(kind));
  if (!argon2) return hkdf(salt_text, secret, info);
  auto stretched = stretch(secret, salt, *argon2);
  if (!stretched) return std::unexpected(stretched.error());
  return hkdf(salt_text, stretched->expose(), info);
}

X25519Public public_key_of(const Sensitive<Seed>& seed) {
  X25519Public key{};
  crypto_scalarmult_curve25519_base(key.data(), seed.expose().data());
  return key;
}

Sensitive<Key256> derive_pin_key(const Sensitive<Seed>& seed) {
  return hkdf({}, seed.expose(), kPinLabel);
}

namespace hpke {

// RFC 9180, 4.1: DH, then ExtractAndExpand over kem_context = enc || pkRm.
std::optional<Sensitive<Key256>> shared_secret(const Sensitive<Seed>& secret,
                                               const X25519Public& other, const X25519Public& enc,
                                               const X25519Public& recipient) {
  Key256 dh{};
  if (crypto_scalarmult_curve25519(dh.data(), secret.expose().data(), other.data()) != 0) {
    return std::nullopt;  // the result would be zero: RFC 9180, 7.1.4
  }
  const Sensitive<Key256> product = take(dh);
  std::string context;
  append(context, enc);
  append(context, recipient);
  const std::string suite = kem_suite();
  Key256 shared{};
  labeled_expand(suite, labeled_extract(suite, {}, "eae_prk", product.expose()), "shared_secret",
                 context, shared);
  return take(shared);
}

// RFC 9180, 5.1, mode_base: no psk, no psk_id.
WrapKey key_schedule(const Sensitive<Key256>& shared_secret, std::string_view info,
                     std::uint16_t aead) {
  const std::string suite = hpke_suite(aead);
  const std::span<const std::uint8_t> info_bytes(reinterpret_cast<const std::uint8_t*>(info.data()),
                                                 info.size());
  std::string context(1, '\0');  // mode_base
  append(context, labeled_extract(suite, {}, "psk_id_hash", {}).expose());
  append(context, labeled_extract(suite, {}, "info_hash", info_bytes).expose());

  const auto& shared = shared_secret.expose();
  const Sensitive<Key256> secret = labeled_extract(
      suite, {reinterpret_cast<const char*>(shared.data()), shared.size()}, "secret", {});
  WrapKey wrap;
  Key256 key{};
  labeled_expand(suite, secret, "key", context, key);
  wrap.key = take(key);
  labeled_expand(suite, secret, "base_nonce", context, wrap.nonce);
  return wrap;
}

}  // namespace hpke

std::optional<SenderWrapKey> sender_wrap_key(const Sensitive<Seed>& ephemeral,
                                             const X25519Public& recipient,
                                             std::string_view context) {
  const X25519Public enc = public_key_of(ephemeral);
  const auto shared = hpke::shared_secret(ephemeral, recipient, enc, recipient);
  if (!shared) return std::nullopt;
  return SenderWrapKey{.enc = enc, .wrap = hpke::key_schedule(*shared, context, hpke::kAes256Gcm)};
}

std::optional<WrapKey> receiver_wrap_key(const Sensitive<Seed>& seed, const X25519Public& enc,
                                         std::string_view context) {
  const auto shared = hpke::shared_secret(seed, enc, enc, public_key_of(seed));
  if (!shared) return std::nullopt;
  return hpke::key_schedule(*shared, context, hpke::kAes256Gcm);
}

}  // namespace a67
