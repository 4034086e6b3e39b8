// The arithmetic of an unlock method, up to the last step: from a secret to the method's X25519 key
// pair, and from a key pair to the key and nonce that seal a vault key with AES-256-GCM.
//
// The wrap is HPKE, RFC 9180, base mode, single shot: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
// AES-256-GCM, with the context as `info` and no further associated data. A stored wrap is
// enc (32) || ciphertext (32) || tag (16). Sealing itself is the host's: WebCrypto in a browser,
// OpenSSL outside.
//
// Why sealed to a public key: a rotation seals the next vault key for every method, also for those
// whose owner is not there. Why that is not enough: anybody can seal to a public key, so the header
// is vouched for by `derive_pin_key` (docs/vault-format.md).
//
// Pure, over libsodium alone: it is also built into the page's key derivation module. Call
// sodium_init() once before, so that Argon2id takes its quick path.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "engine/base/crypto.h"
#include "engine/base/hkdf.h"
#include "engine/base/result.h"
#include "engine/base/sensitive.h"
#include "engine/ports/unlock.h"

namespace a67 {

inline constexpr std::size_t kMethodSaltBytes = 16;
inline constexpr std::size_t kPassphraseBytesMax = 1024;
inline constexpr std::size_t kRecoverySecretBytes = 16;
inline constexpr std::size_t kPasskeySecretBytes = 32;
inline constexpr std::size_t kDeviceSecretBytes = 32;
inline constexpr std::size_t kWrapBytes = 32 + 32 + 16;

using X25519Public = std::array<std::uint8_t, 32>;
using WrapNonce = std::array<std::uint8_t, 12>;

// kInvalidInput when a guess would be cheaper than both floors, or dearer than the ceiling.
Result<void> check_argon2(Argon2Params params);

// The seed of a method's key pair. `argon2` is given for kPassphrase and for nothing else.
// Errors: kInvalidInput (parameters, salt or secret of the wrong size), kNoMemory.
Result<Sensitive<Seed>> derive_method_seed(MethodKind kind, std::span<const std::uint8_t> secret,
                                           std::span<const std::uint8_t> salt,
                                           std::optional<Argon2Params> argon2);

// The seed is the private key; X25519 clamps it.
X25519Public public_key_of(const Sensitive<Seed>& seed);

// The key with which a method vouches (HMAC-SHA-256).
Sensitive<Key256> derive_pin_key(const Sensitive<Seed>& seed);

// What AES-256-GCM seals one vault key with, once.
struct WrapKey {
  Sensitive<Key256> key;
  WrapNonce nonce{};
};

struct SenderWrapKey {
  X25519Public enc{};  // the public half of the ephemeral pair: the first 32 bytes of the wrap
  WrapKey wrap;
};

// For sealing. REQUIRES: `ephemeral` is fresh random and used once.
// Nothing when `recipient` is a point of small order.
std::optional<SenderWrapKey> sender_wrap_key(const Sensitive<Seed>& ephemeral,
                                             const X25519Public& recipient,
                                             std::string_view context);

// For opening. Nothing when `enc` is a point of small order.
std::optional<WrapKey> receiver_wrap_key(const Sensitive<Seed>& seed, const X25519Public& enc,
                                         std::string_view context);

namespace hpke {

// The two halves of RFC 9180, with the AEAD's number as an argument so that the RFC's own vectors,
// which have none for AES-256-GCM, can be run. `secret` is one's own private key.
inline constexpr std::uint16_t kAes256Gcm = 0x0002;

std::optional<Sensitive<Key256>> shared_secret(const Sensitive<Seed>& secret,
                                               const X25519Public& other, const X25519Public& enc,
                                               const X25519Public& recipient);
WrapKey key_schedule(const Sensitive<Key256>& shared_secret, std::string_view info,
                     std::uint16_t aead);

}  // namespace hpke
}  // namespace a67
