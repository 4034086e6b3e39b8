#include "cli/passphrase.h"

#include <utf8proc.h>

#include <algorithm>
#include <vector>

namespace a67::cli {
namespace {

constexpr auto kNfc = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);

bool is_ascii(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

// Not utf8proc_NFC(): it gives back memory that nobody overwrote.
Sensitive<std::string> normalized_passphrase(const Sensitive<std::string>& typed) {
  const std::string& text = typed.expose();
  if (is_ascii(text)) return typed.clone();
  const auto* const bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto size = static_cast<utf8proc_ssize_t>(text.size());
  const utf8proc_ssize_t count = utf8proc_decompose(bytes, size, nullptr, 0, kNfc);
  if (count < 0) return typed.clone();
  // One more, for the zero at the end.
  std::vector<utf8proc_int32_t> points(static_cast<std::size_t>(count) + 1);
  utf8proc_decompose(bytes, size, points.data(), count, kNfc);
  const utf8proc_ssize_t length = utf8proc_reencode(points.data(), count, kNfc);
  const auto* const composed = reinterpret_cast<const char*>(points.data());
  Sensitive<std::string> normalized(
      length < 0 ? text : std::string(composed, static_cast<std::size_t>(length)));
  wipe(points.data(), points.size() * sizeof(utf8proc_int32_t));
  return normalized;
}

}  // namespace a67::cli
