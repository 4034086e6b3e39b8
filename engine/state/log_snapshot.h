// The change log's snapshot as texts to be sealed: everything a log knows up to one position.
//
// The first part is the header; those after it hold entities, then the history index. Each part is
// read on its own, so that damage to one does not take the others along.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/state/change_record.h"
#include "engine/state/history_index.h"

namespace a67 {

inline constexpr std::int64_t kLogSnapshotVersion = 1;
inline constexpr std::size_t kSnapshotPartBytesMax = std::size_t{64} << 20;
inline constexpr std::size_t kSnapshotPartsMax = 10'000;
inline constexpr std::size_t kDamagesMax = 1'000;

// What has been seen of one author's records, which may come in any order.
class SeenRecords {
 public:
  [[nodiscard]] bool contains(std::int64_t number) const;
  void add(std::int64_t number);
  void remove(std::int64_t number);  // takes an add back
  // REQUIRES: apart from and after every run so far.
  void add_run(std::int64_t first, std::int64_t last);
  // First and last of each run, ascending.
  [[nodiscard]] const std::map<std::int64_t, std::int64_t>& runs() const { return runs_; }
  [[nodiscard]] std::int64_t last() const { return runs_.empty() ? 0 : runs_.rbegin()->second; }
  bool operator==(const SeenRecords&) const = default;

 private:
  std::map<std::int64_t, std::int64_t> runs_;
};

struct Author {
  SeenRecords seen;
  Digest last_digest{};  // of the record with the greatest number seen
  bool operator==(const Author&) const = default;
};

// Bytes that were set aside: not read, not overwritten.
struct Damage {
  std::string key;  // where they are in the table
  std::string what;
  bool operator==(const Damage&) const = default;
};

struct SnapshotHeader {
  std::uint64_t position = 0;  // the last one covered
  Digest link{};               // of the entry there
  std::uint64_t clock = 0;
  std::map<std::string, Author> authors;
  std::vector<Damage> damages;  // among what is covered
  // Positions whose records have had their time: dropped once this snapshot is durable. Perhaps
  // gone already.
  std::vector<std::uint64_t> drops;
  std::size_t entity_parts = 0;
  std::size_t index_parts = 0;
  bool operator==(const SnapshotHeader&) const = default;
};

// Counts its parts into the header.
std::vector<std::string> write_snapshot_parts(SnapshotHeader header, std::string_view workspace,
                                              const Entities& entities, const HistoryIndex& index);

std::expected<SnapshotHeader, RecordFault> read_snapshot_header(std::string_view text,
                                                                std::string_view workspace);
// Merges what the part holds; nothing of it when it is damaged.
std::expected<void, RecordFault> read_entity_part(std::string_view text, Entities& into);
std::expected<void, RecordFault> read_index_part(std::string_view text, HistoryIndex& into);

}  // namespace a67
