// AES-256-GCM (NIST SP 800-38D) with a 96-bit nonce and a 128-bit tag, over OpenSSL.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/hkdf.h"
#include "engine/base/sensitive.h"

namespace a67::native {

using GcmNonce = std::array<std::uint8_t, 12>;
inline constexpr std::size_t kGcmTagBytes = 16;

// ciphertext || tag. REQUIRES: a key never sees the same nonce twice; plain and ad below 2 GiB.
std::string aes256_gcm_seal(const Sensitive<Key256>& key, const GcmNonce& nonce,
                            std::string_view ad, std::string_view plain);

// Nothing when key, nonce, ad or any byte of `sealed` is another.
std::optional<Sensitive<std::string>> aes256_gcm_open(const Sensitive<Key256>& key,
                                                      const GcmNonce& nonce, std::string_view ad,
                                                      std::string_view sealed);

}  // namespace a67::native
