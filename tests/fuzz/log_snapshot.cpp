// Parts of the change log's snapshot: whatever is read survives being written and read again, and
// of what is refused nothing is taken.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/state/log_snapshot.h"
#include "engine/state/state.h"

namespace {

using namespace a67;

void check_header(std::string_view text) {
  const auto header = read_snapshot_header(text, "w1");
  if (!header) return;
  const auto parts = write_snapshot_parts(*header, "w1", {}, {});
  auto again = read_snapshot_header(parts.at(0), "w1");
  if (!again) std::abort();
  again->entity_parts = header->entity_parts;
  again->index_parts = header->index_parts;
  if (*again != *header) std::abort();
}

void check_entities(std::string_view text) {
  Entities entities;
  if (!read_entity_part(text, entities)) {
    if (!entities.empty()) std::abort();
    return;
  }
  (void)state_from(entities);
  Entities again;
  const auto parts = write_snapshot_parts({}, "w1", entities, {});
  for (std::size_t at = 1; at < parts.size(); ++at) {
    if (!read_entity_part(parts[at], again)) std::abort();
  }
  // Bytes that are not UTF-8 cannot be in it: JSON has been read.
  if (again != entities) std::abort();
}

void check_index(std::string_view text) {
  HistoryIndex index;
  if (!read_index_part(text, index)) {
    if (index.size() != 0) std::abort();
    return;
  }
  HistoryIndex again;
  for (const Json& piece : index.write()) {
    if (!again.read(piece)) std::abort();
  }
  if (again.write() != index.write()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_header(text);
  check_entities(text);
  check_index(text);
  return 0;
}
