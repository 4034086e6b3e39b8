// The one-time code that claims a node: twelve symbols of Crockford's base32, 60 random bits. A
// node makes it for a person to type, or a controller makes it for a node it starts somewhere.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/random.h"

namespace a67 {

inline constexpr std::size_t kClaimCodeSymbols = 12;
inline constexpr std::string_view kClaimCodeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

// XXXX-XXXX-XXXX of twelve symbols.
std::string hyphenate_claim_code(std::string_view symbols);
// In upper case.
std::string make_claim_code(Random& random);

}  // namespace a67
