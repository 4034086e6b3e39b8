#include "engine/base/hkdf.h"

#include <sodium.h>

#include <algorithm>
#include <cassert>

#include "engine/base/encoding.h"

namespace a67 {
namespace {

class Hmac {
 public:
  explicit Hmac(std::span<const std::uint8_t> key) {
    // An empty span may hold a null pointer, which libsodium does not take.
    static constexpr std::uint8_t kNothing = 0;
    crypto_auth_hmacsha256_init(&state_, key.empty() ? &kNothing : key.data(), key.size());
  }
  Hmac(const Hmac&) = delete;
  Hmac& operator=(const Hmac&) = delete;
  ~Hmac() { sodium_memzero(&state_, sizeof(state_)); }

  void update(std::span<const std::uint8_t> bytes) {
    if (bytes.empty()) return;
    crypto_auth_hmacsha256_update(&state_, bytes.data(), bytes.size());
  }
  void finish(std::span<std::uint8_t, 32> out) {
    crypto_auth_hmacsha256_final(&state_, out.data());
  }

 private:
  crypto_auth_hmacsha256_state state_;
};

}  // namespace

Digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view bytes) {
  Digest digest{};
  Hmac hmac(key);
  hmac.update(as_bytes(bytes));
  hmac.finish(digest);
  return digest;
}

Sensitive<Key256> hkdf_extract(std::string_view salt, std::span<const std::uint8_t> secret) {
  Key256 key{};
  Hmac hmac(as_bytes(salt));  // HMAC pads a short key with zeros: an empty salt needs no care
  hmac.update(secret);
  hmac.finish(key);
  Sensitive<Key256> result(key);
  sodium_memzero(key.data(), key.size());
  return result;
}

void hkdf_expand(const Sensitive<Key256>& key, std::string_view info, std::span<std::uint8_t> out) {
  assert(out.size() <= std::size_t{255} * 32);
  Key256 block{};
  std::uint8_t counter = 0;
  while (!out.empty()) {
    Hmac hmac(key.expose());
    if (counter > 0) hmac.update(block);
    hmac.update(as_bytes(info));
    ++counter;
    hmac.update({&counter, 1});
    hmac.finish(block);
    const std::size_t count = std::min(out.size(), block.size());
    std::copy_n(block.begin(), count, out.begin());
    out = out.subspan(count);
  }
  sodium_memzero(block.data(), block.size());
}

Sensitive<Key256> hkdf(std::string_view salt, std::span<const std::uint8_t> secret,
                       std::string_view info) {
  Key256 key{};
  hkdf_expand(hkdf_extract(salt, secret), info, key);
  Sensitive<Key256> result(key);
  sodium_memzero(key.data(), key.size());
  return result;
}

}  // namespace a67
