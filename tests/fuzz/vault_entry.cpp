// A stored secret from outside, and what may lie inside one once it was opened.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/vault/entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto entry = a67::read_entry(text); entry && a67::write_entry(*entry) != text) {
    std::abort();
  }
  if (const auto plain = a67::unpad_entry(text);
      plain && a67::pad_entry(plain->expose()).expose() != text) {
    std::abort();
  }
  if (size <= a67::kEntryBytesMax) {
    const auto padded = a67::pad_entry(text);
    const auto plain = a67::unpad_entry(padded.expose());
    if (!plain || plain->expose() != text) std::abort();
  }
  return 0;
}
