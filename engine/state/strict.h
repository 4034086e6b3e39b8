// Strict reads of our own stored JSON: anything unexpected is damage, and damage is told, never
// smoothed over.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/crypto.h"
#include "engine/base/encoding.h"
#include "engine/base/json.h"

namespace a67::strict {

// Null when it is not there.
inline const Json* member(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

inline std::optional<std::uint64_t> whole(const Json* value, std::uint64_t max) {
  if (value == nullptr || !value->is_number_unsigned()) return std::nullopt;
  const auto number = value->get<std::uint64_t>();
  return number <= max ? std::optional(number) : std::nullopt;
}

inline std::optional<std::int64_t> integer(const Json* value) {
  if (value == nullptr || !value->is_number_integer()) return std::nullopt;
  if (value->is_number_unsigned() && !std::in_range<std::int64_t>(value->get<std::uint64_t>())) {
    return std::nullopt;
  }
  return value->get<std::int64_t>();
}

inline std::optional<std::string> text(const Json* value, std::size_t bytes_max,
                                       std::size_t bytes_min = 0) {
  if (value == nullptr || !value->is_string()) return std::nullopt;
  const auto& found = value->get_ref<const std::string&>();
  if (found.size() > bytes_max || found.size() < bytes_min) return std::nullopt;
  return found;
}

template <std::size_t N>
std::optional<std::array<std::uint8_t, N>> bytes(const Json* value) {
  const auto encoded = text(value, N * 2);
  if (!encoded) return std::nullopt;
  const auto decoded = base64url_decode(*encoded);
  if (!decoded || decoded->size() != N) return std::nullopt;
  std::array<std::uint8_t, N> result{};
  std::copy(decoded->begin(), decoded->end(), result.begin());
  return result;
}

// An array of at least `min` and at most `max` members.
inline const Json* list(const Json* value, std::size_t max, std::size_t min = 0) {
  return value != nullptr && value->is_array() && value->size() <= max && value->size() >= min
             ? value
             : nullptr;
}

// For writing: the beginning of a text, without half a character at its end.
inline std::string cut(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xc0U) == 0x80U) {
    --bytes_max;
  }
  return std::string(text.substr(0, bytes_max));
}

}  // namespace a67::strict
