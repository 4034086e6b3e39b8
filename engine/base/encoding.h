// Base64url (RFC 4648 section 5, no padding) and hex. Decoders refuse anything not canonical.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace a67 {

using Bytes = std::vector<std::uint8_t>;

std::string base64url_encode(std::span<const std::uint8_t> bytes);
std::optional<Bytes> base64url_decode(std::string_view text);
std::string hex_encode(std::span<const std::uint8_t> bytes);
std::optional<Bytes> hex_decode(std::string_view text);

// The bytes of a text, without copying.
std::span<const std::uint8_t> as_bytes(std::string_view text);

// True for well-formed UTF-8 (no overlong forms, no surrogates).
bool is_utf8(std::string_view text);

}  // namespace a67
