// Policy cards: never throws, and what was accepted has a source and a date for every value.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/providers/policy_card.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto card =
      a67::parse_policy_card(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!card) return 0;
  for (const a67::PolicyValue& value : card->values) {
    if (value.source.empty() || value.date.empty() || value.trust.empty()) std::abort();
  }
  return 0;
}
