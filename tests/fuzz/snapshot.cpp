// A saved state from outside. Both as it is, which only its checksum can let pass, and as the
// inside of a snapshot with a right checksum: what is read must survive being written and read
// again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/base/crypto.h"
#include "engine/base/encoding.h"
#include "engine/state/snapshot.h"

namespace {

void check(std::string_view text) {
  const auto state = a67::read_snapshot(text);
  if (!state) {
    if (state.error().code != a67::ErrorCode::kStoreFailed) std::abort();
    return;
  }
  const std::string written = a67::write_snapshot(*state);
  const auto again = a67::read_snapshot(written);
  if (!again || a67::write_snapshot(*again) != written) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(text);
  if (!a67::is_utf8(text)) return 0;
  check(a67::dump_json({{"version", a67::kSnapshotVersion},
                        {"sha256", a67::hex_encode(a67::sha256(text))},
                        {"state", text}}));
  return 0;
}
