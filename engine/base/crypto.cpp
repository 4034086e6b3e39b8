#include "engine/base/crypto.h"

#include <sodium.h>

#include <memory>
#include <new>

#include "engine/base/encoding.h"

namespace a67 {

void wipe(void* bytes, std::size_t count) { sodium_memzero(bytes, count); }

SigningKey::SigningKey(const Sensitive<Seed>& seed) {
  std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret{};
  crypto_sign_seed_keypair(public_key_.data(), secret.data(), seed.expose().data());
  secret_key_ = Sensitive(secret);
  sodium_memzero(secret.data(), secret.size());
}

Signature SigningKey::sign(std::string_view message) const {
  Signature signature{};
  crypto_sign_detached(signature.data(), nullptr, as_bytes(message).data(), message.size(),
                       secret_key_.expose().data());
  return signature;
}

bool verify(const PublicKey& key, std::string_view message, const Signature& signature) {
  return crypto_sign_verify_detached(signature.data(), as_bytes(message).data(), message.size(),
                                     key.data()) == 0;
}

Digest sha256(std::string_view bytes) {
  Digest digest{};
  crypto_hash_sha256(digest.data(), as_bytes(bytes).data(), bytes.size());
  return digest;
}

Digest keyed_hash(std::span<const std::uint8_t, 32> key, std::string_view bytes) {
  Digest digest{};
  crypto_generichash(digest.data(), digest.size(), as_bytes(bytes).data(), bytes.size(), key.data(),
                     key.size());
  return digest;
}

bool equal_constant_time(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

static_assert(sizeof(crypto_hash_sha256_state) <= 128);

Sha256::Sha256() {
  auto* state = new (state_.data()) crypto_hash_sha256_state;
  crypto_hash_sha256_init(state);
}

void Sha256::update(std::span<const std::uint8_t> bytes) {
  auto* state = std::launder(reinterpret_cast<crypto_hash_sha256_state*>(state_.data()));
  crypto_hash_sha256_update(state, bytes.data(), bytes.size());
}

Digest Sha256::finish() {
  Digest digest{};
  auto* state = std::launder(reinterpret_cast<crypto_hash_sha256_state*>(state_.data()));
  crypto_hash_sha256_final(state, digest.data());
  return digest;
}

}  // namespace a67
