// A backup from outside. Both as it is, which only its digest can let pass, and with a right digest
// at its end: what is read must be, byte for byte, what we would write.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/base/crypto.h"
#include "engine/vault/backup_file.h"

namespace {

void check(std::string_view bytes) {
  const auto file = a67::read_backup_file(bytes);
  if (!file) {
    if (file.error().message.empty()) std::abort();
    return;
  }
  const auto again = a67::write_backup_file(*file);
  if (!again || *again != bytes) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  check(bytes);
  const auto digest = a67::sha256(bytes);
  check(bytes + std::string(reinterpret_cast<const char*>(digest.data()), digest.size()));
  return 0;
}
