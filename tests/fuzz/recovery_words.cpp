// What a person typed as recovery words: read or refused, and what is read is written the same way
// again, whatever lay between the letters.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/vault/recovery_words.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read =
      a67::read_recovery_words(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!read) {
    if (read.error().hint.empty()) std::abort();
    return 0;
  }
  const auto words = a67::write_recovery_words(*read);
  const auto again = a67::read_recovery_words(words.expose());
  if (!again || again->expose() != read->expose()) std::abort();
  return 0;
}
