// Character classes of RFC 9110 and RFC 9112, and the small text helpers the head parser is made
// of.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace a67::gateway {

enum CharClass : std::uint8_t { kToken = 1, kValue = 2, kTarget = 4, kAuthority = 8 };

constexpr std::array<std::uint8_t, 256> make_char_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (std::size_t c = 0; c < 256; ++c) {
    const bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    const std::string_view token_marks = "!#$%&'*+-.^_`|~";
    const std::string_view authority_marks = "-._~%:[]";
    const char as_char = static_cast<char>(static_cast<unsigned char>(c));
    unsigned bits = 0;
    if (alnum || token_marks.contains(as_char)) bits |= kToken;
    if ((c >= 0x20 && c != 0x7f) || c == '\t') bits |= kValue;
    if (c > 0x20 && c < 0x7f && c != '#') bits |= kTarget;
    if (alnum || authority_marks.contains(as_char)) bits |= kAuthority;
    classes[c] = static_cast<std::uint8_t>(bits);
  }
  return classes;
}
inline constexpr std::array<std::uint8_t, 256> kCharClasses = make_char_classes();

constexpr bool is_class(char c, CharClass wanted) {
  return (kCharClasses[static_cast<unsigned char>(c)] & wanted) != 0;
}

// True when every character is of the class; also for an empty text.
constexpr bool all_of_class(std::string_view text, CharClass wanted) {
  unsigned common = 0xff;
  for (const char c : text) common &= kCharClasses[static_cast<unsigned char>(c)];
  return (common & wanted) != 0;
}

constexpr std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace a67::gateway
