#include "node-wrapper/control/claim_code.h"

#include <algorithm>

#include "engine/base/crypto.h"
#include "engine/base/encoding.h"

namespace a67 {
namespace {

// Of 60 random bits fewer come once in a hundred million codes; of what people make up, often.
constexpr std::size_t kDifferentSymbolsMin = 4;

char normalize_symbol(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') return '0';
  if (c == 'I' || c == 'L') return '1';
  return c;
}

}  // namespace

std::optional<std::string> normalize_claim_code(std::string_view text) {
  std::string symbols;
  for (const char c : text) {
    if (c == '-' || c == ' ') continue;
    const char symbol = normalize_symbol(c);
    if (!kClaimCodeAlphabet.contains(symbol) || symbols.size() == kClaimCodeSymbols) {
      return std::nullopt;
    }
    symbols += symbol;
  }
  if (symbols.size() != kClaimCodeSymbols) return std::nullopt;
  return hyphenate_claim_code(symbols);
}

bool is_claim_code_strong(std::string_view code) {
  std::string seen;
  for (const char c : code) {
    if (c != '-' && !seen.contains(c)) seen += c;
  }
  return seen.size() >= kDifferentSymbolsMin;
}

bool same_claim_code(std::string_view a, std::string_view b) {
  return equal_constant_time(as_bytes(a), as_bytes(b));
}

Duration ClaimLock::wait(UnixMs now) const {
  return std::clamp(Duration(memory_.locked_until - now), Duration::zero(), kLongestLock);
}

void ClaimLock::fail(UnixMs now) {
  if (++memory_.failures < kFailuresMax) return;
  memory_.failures = 0;
  // Six doublings of a minute are over an hour; more would only overflow.
  const auto doublings = static_cast<int>(std::min<std::int64_t>(memory_.locks, 6));
  const Duration lock = std::min(kFirstLock * (1 << doublings), kLongestLock);
  ++memory_.locks;
  memory_.locked_until = now + lock.count();
}

}  // namespace a67
