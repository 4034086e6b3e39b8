// A record of the change log from another device, and the envelope it is stored in: what is read
// must survive being written and read again, and merging it twice must be merging it once.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/state/change_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto kind : {a67::StoredKind::kLogEntry, a67::StoredKind::kSnapshotPart}) {
    const auto opened = a67::open_envelope(kind, text);
    if (opened && opened->sealed.size() >= text.size()) std::abort();
  }
  const auto record = a67::decode_record(text, "w1");
  if (!record) {
    if (record.error().what.empty()) std::abort();
    return 0;
  }
  const auto written = a67::encode_record(*record);
  if (!written) return 0;  // a number may take more room than it took
  const auto again = a67::decode_record(*written, "w1");
  if (!again || a67::encode_record(*again) != written) std::abort();
  a67::Entities once;
  record->merge_into(once);
  a67::Entities twice = once;
  record->merge_into(twice);
  if (once != twice) std::abort();
  return 0;
}
