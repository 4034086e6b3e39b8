// Padding of what is sealed, so that its size does not tell what it is: length (32 bits, big
// endian), the bytes, zeros.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/sensitive.h"

namespace a67 {

// The padded size: a multiple of 64 up to 1 KiB, then PADME (at most 12 % more; Nikitin and others,
// "Reducing Metadata Leakage from Encrypted Files", 2019).
std::size_t padded_size(std::size_t bytes);
// REQUIRES: fewer than 2^32 bytes.
Sensitive<std::string> pad_bytes(std::string_view plain);
// Nothing when it is not what pad_bytes() writes, or holds more than `bytes_max`.
std::optional<Sensitive<std::string>> unpad_bytes(std::string_view padded, std::size_t bytes_max);

}  // namespace a67
