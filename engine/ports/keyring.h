// The door to keys. The host holds every secret and does the arithmetic; the engine decides, and
// names what it means by number. docs/local-mode.md lists the same operations as effects.
//
// A number is positive and never used again by the same host. Byte strings are raw. No answer ever
// holds a key, a passphrase or recovery words; `kNotFound` is the answer to a number that the host
// does not know (or let go of), `kInvalidInput` to a number of the wrong kind or use.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/sensitive.h"
#include "engine/base/task.h"
#include "engine/ports/unlock.h"

namespace a67 {

template <class Tag>
struct KeyringRef {
  std::int64_t number = 0;  // 0: none

  auto operator<=>(const KeyringRef&) const = default;
};

using SecretRef = KeyringRef<struct SecretRefTag>;  // what a person gave, before derivation
using MethodRef = KeyringRef<struct MethodRefTag>;  // the key pair of an unlock method
using KeyRef = KeyringRef<struct KeyRefTag>;        // a vault key or a key made from one

using UnlockPublicKey = std::array<std::uint8_t, 32>;  // X25519 (RFC 7748)

// What a subkey may be used for, and nothing else. Vault keys are kDerive.
enum class KeyUse : std::uint8_t { kDerive, kSeal, kMac };

struct DerivedMethod {
  MethodRef method;
  UnlockPublicKey public_key{};
};

// Whom to seal a vault key for. `ad` is bound to the wrap: it opens only with the same bytes.
struct WrapFor {
  UnlockPublicKey public_key{};
  std::string ad;
};

struct MadeKey {
  KeyRef key;
  std::vector<std::string> wraps;  // one per recipient, in order
};

struct PlainItem {
  Sensitive<std::string> plain;
  std::string ad;
};

struct SealedItem {
  std::string sealed;
  std::string ad;
};

using OpenedItem = std::optional<Sensitive<std::string>>;  // nothing: damaged, or not ours

class Keyring {
 public:
  virtual ~Keyring() = default;

  // The key pair of an unlock method. `salt` has 16 bytes; `argon2` is given for passphrases only.
  // Errors: kInvalidInput (parameters below the floor or above the ceiling, a secret of the wrong
  // size), kNoMemory.
  virtual Task<Result<DerivedMethod>> derive(SecretRef secret, MethodKind kind, std::string salt,
                                             std::optional<Argon2Params> argon2) = 0;
  // A new random vault key, sealed once per recipient.
  virtual Task<Result<MadeKey>> make(std::vector<WrapFor> recipients) = 0;
  // The key in `wrap`, sealed for others as well; it never leaves the host. kUnauthorized when the
  // wrap does not open.
  virtual Task<Result<std::vector<std::string>>> rewrap(MethodRef method, std::string wrap,
                                                        std::string ad,
                                                        std::vector<WrapFor> recipients) = 0;
  // kUnauthorized when the wrap does not open.
  virtual Task<Result<KeyRef>> open(MethodRef method, std::string wrap, std::string ad) = 0;
  // HMAC-SHA-256 by a key only this method's secret gives: anybody can seal to its public key, but
  // only its owner can vouch for what was sealed. 32 bytes.
  virtual Task<Result<std::string>> pin(MethodRef method, std::string bytes) = 0;
  // HKDF-SHA-256 (RFC 5869) of a kDerive key, 32 bytes.
  virtual Task<Result<KeyRef>> subkey(KeyRef key, std::string salt, std::string info,
                                      KeyUse use) = 0;
  // AES-256-GCM: nonce (12) || ciphertext || tag (16). The host draws each nonce at random, so that
  // one key may seal 2^32 items (NIST SP 800-38D, 8.3).
  virtual Task<Result<std::vector<std::string>>> seal(KeyRef key, std::vector<PlainItem> items) = 0;
  virtual Task<Result<std::vector<OpenedItem>>> open_sealed(KeyRef key,
                                                            std::vector<SealedItem> items) = 0;
  // HMAC-SHA-256, 32 bytes.
  virtual Task<Result<std::string>> mac(KeyRef key, std::string bytes) = 0;

  // Lets go of secrets, methods or keys by their numbers; unknown ones are ignored.
  virtual void forget(std::vector<std::int64_t> numbers) = 0;
  virtual void forget_all() = 0;
};

}  // namespace a67
