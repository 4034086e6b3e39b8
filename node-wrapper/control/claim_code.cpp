#include "node-wrapper/control/claim_code.h"

#include <algorithm>

#include "engine/base/crypto.h"
#include "engine/base/encoding.h"

namespace a67 {
namespace {

constexpr std::size_t kSymbols = 12;
constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

std::string with_hyphens(std::string_view symbols) {
  std::string code;
  for (std::size_t at = 0; at < symbols.size(); ++at) {
    if (at > 0 && at % 4 == 0) code += '-';
    code += symbols[at];
  }
  return code;
}

char normalize_symbol(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') return '0';
  if (c == 'I' || c == 'L') return '1';
  return c;
}

}  // namespace

std::string make_claim_code(Random& random) {
  std::string symbols;
  for (std::size_t at = 0; at < kSymbols; ++at) symbols += kAlphabet[random.below(32)];
  return with_hyphens(symbols);
}

std::optional<std::string> normalize_claim_code(std::string_view text) {
  std::string symbols;
  for (const char c : text) {
    if (c == '-' || c == ' ') continue;
    const char symbol = normalize_symbol(c);
    if (!kAlphabet.contains(symbol) || symbols.size() == kSymbols) return std::nullopt;
    symbols += symbol;
  }
  if (symbols.size() != kSymbols) return std::nullopt;
  return with_hyphens(symbols);
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
