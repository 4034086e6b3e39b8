#include "engine/fleet/claim_code.h"

namespace a67 {

std::string hyphenate_claim_code(std::string_view symbols) {
  std::string code;
  for (std::size_t at = 0; at < symbols.size(); ++at) {
    if (at > 0 && at % 4 == 0) code += '-';
    code += symbols[at];
  }
  return code;
}

std::string make_claim_code(Random& random) {
  std::string symbols;
  for (std::size_t at = 0; at < kClaimCodeSymbols; ++at) {
    symbols +=
        kClaimCodeAlphabet[static_cast<std::size_t>(random.below(kClaimCodeAlphabet.size()))];
  }
  return hyphenate_claim_code(symbols);
}

}  // namespace a67
