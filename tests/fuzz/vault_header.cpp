// A vault's header from outside. Both as it is, which only its checksum can let pass, and as the
// body of a header with a right checksum: what is read must be, byte for byte, what we would write.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/base/encoding.h"
#include "engine/vault/header.h"

namespace {

void check(std::string_view text) {
  const auto read = a67::read_header(text);
  if (!read) {
    if (read.error().message.empty()) std::abort();
    return;
  }
  if (!a67::check_header(read->header)) std::abort();
  if (a67::write_header_body(read->header) != read->body) std::abort();
  const auto again = a67::read_header(a67::write_header(read->body, read->mac));
  if (!again || again->header != read->header || again->mac != read->mac) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(text);
  if (a67::is_utf8(text)) check(a67::write_header(text, std::string(32, 'm')));
  return 0;
}
