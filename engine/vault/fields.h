// Byte strings joined so that no two lists give the same bytes: each with its length (32 bits, big
// endian) before it. What wraps, pins, subkeys and sealed entries are bound to is written this way.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace a67 {

inline std::string join_fields(std::initializer_list<std::string_view> fields) {
  std::string bytes;
  for (const std::string_view field : fields) {
    for (const int shift : {24, 16, 8, 0}) {
      bytes += static_cast<char>((field.size() >> shift) & 0xFF);
    }
    bytes += field;
  }
  return bytes;
}

}  // namespace a67
