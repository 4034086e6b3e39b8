// Thin typed wrappers over libsodium: Ed25519 (RFC 8032), SHA-256, keyed BLAKE2b-256. Pure:
// randomness comes in.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/base/sensitive.h"

namespace a67 {

using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;
using Digest = std::array<std::uint8_t, 32>;
using Seed = std::array<std::uint8_t, 32>;

class SigningKey {
 public:
  // The same seed always gives the same key pair.
  explicit SigningKey(const Sensitive<Seed>& seed);
  [[nodiscard]] const PublicKey& public_key() const { return public_key_; }
  [[nodiscard]] Signature sign(std::string_view message) const;

 private:
  PublicKey public_key_{};
  Sensitive<std::array<std::uint8_t, 64>> secret_key_;
};

// False for a wrong signature and for a key of small order.
bool verify(const PublicKey& key, std::string_view message, const Signature& signature);

Digest sha256(std::string_view bytes);

// Keyed hash, a MAC: compare with equal_constant_time.
Digest keyed_hash(std::span<const std::uint8_t, 32> key, std::string_view bytes);

bool equal_constant_time(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b);

// SHA-256 of bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  void update(std::span<const std::uint8_t> bytes);
  // The digest of everything so far. REQUIRES: called once, last.
  Digest finish();

 private:
  alignas(64) std::array<std::uint8_t, 128> state_{};
};

}  // namespace a67
