// Recovery words: 128 random bits and a 16-bit checksum as nine five-letter words that can be read
// aloud (proquints, arXiv:0901.4016): `lusab-babad-...`. No word list, so nothing to ship or
// translate.
//
// What people do to written words is tolerated: capitals, spaces, line ends, dashes, commas, words
// run together. An error names the place of a wrong word, never the word.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/base/sensitive.h"

namespace a67 {

inline constexpr std::size_t kRecoveryWords = 9;
inline constexpr std::size_t kRecoveryTextBytesMax = 1024;

using RecoverySecret = std::array<std::uint8_t, 16>;

// Nine words with a dash between each two.
Sensitive<std::string> write_recovery_words(const Sensitive<RecoverySecret>& secret);

// kInvalidInput, with `field` "word.3" when it is the third word that cannot be one; when all words
// are well-formed, but the checksum fails, it says that one of them was mixed up.
Result<Sensitive<RecoverySecret>> read_recovery_words(std::string_view text);

}  // namespace a67
