// Keys of the logs below `w/<workspace>/`. Numbers are hex of a fixed width, so that the order of
// bytes is the order of numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace a67 {

inline constexpr std::string_view kLogFolder = "log/";
inline constexpr std::string_view kSnapFolder = "snap/";
inline constexpr std::string_view kAuditFolder = "audit/";
inline constexpr std::size_t kPositionDigits = 16;
inline constexpr std::size_t kPartDigits = 4;

inline std::string hex_of(std::uint64_t number, std::size_t digits = kPositionDigits) {
  std::string text(digits, '0');
  for (std::size_t at = digits; at > 0; --at, number >>= 4U) {
    text[at - 1] = "0123456789abcdef"[number & 15U];
  }
  return text;
}

// Nothing unless it is what hex_of gives.
inline std::optional<std::uint64_t> number_from_hex(std::string_view text,
                                                    std::size_t digits = kPositionDigits) {
  if (text.size() != digits) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (c < 'a' || c > 'f')) return std::nullopt;
    number = (number << 4U) | static_cast<std::uint64_t>(digit ? c - '0' : c - 'a' + 10);
  }
  return number;
}

}  // namespace a67
