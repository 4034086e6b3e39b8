// A record of the audit log: what is read survives being written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/state/audit_log.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto record = a67::decode_audit({reinterpret_cast<const char*>(data), size});
  if (!record) return 0;
  const auto written = a67::encode_audit(*record);
  const auto again = a67::decode_audit(written);
  if (!again || a67::encode_audit(*again) != written) std::abort();
  return 0;
}
