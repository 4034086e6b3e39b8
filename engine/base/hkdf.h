// HKDF-SHA-256 (RFC 5869) and HMAC-SHA-256 (RFC 2104), over libsodium. Nothing else is needed to
// build it: the page's small key derivation module is made of it, too.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/base/crypto.h"

namespace a67 {

using Key256 = std::array<std::uint8_t, 32>;

Digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view bytes);

// RFC 5869, 2.2. An empty salt counts as 32 zero bytes.
Sensitive<Key256> hkdf_extract(std::string_view salt, std::span<const std::uint8_t> secret);

// RFC 5869, 2.3: fills `out`. REQUIRES: at most 255 * 32 bytes.
void hkdf_expand(const Sensitive<Key256>& key, std::string_view info, std::span<std::uint8_t> out);

// Both, for one key.
Sensitive<Key256> hkdf(std::string_view salt, std::span<const std::uint8_t> secret,
                       std::string_view info);

}  // namespace a67
