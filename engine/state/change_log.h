// ChangeLog keeps the entities durable: every change is a sealed record, appended and stored before
// it is acknowledged, and linked to the one before.
//
// What is stored: `w/<workspace>/log/<position>` and `w/<workspace>/snap/<position>/<part>`, with
// positions of 16 hex digits. A snapshot holds all that the records up to its position amount to;
// compaction writes one and, in a second batch, drops what has had its time. The snapshot before
// the last and the records since are kept, so that damage to the last one costs nothing.
//
// Nothing that cannot be read is ever overwritten or dropped: it is named (`damages`) and left
// where it is. A newer format, or bytes that open with none of our keys, end the start instead.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/executor.h"
#include "engine/base/random.h"
#include "engine/ports/clock.h"
#include "engine/ports/table.h"
#include "engine/state/change_record.h"
#include "engine/state/group_writer.h"
#include "engine/state/history_index.h"
#include "engine/state/log_snapshot.h"
#include "engine/state/sealer.h"

namespace a67 {

// What one stored record did to one entity. Values of secret fields are secrets.
struct HistoryEntry {
  std::uint64_t position = 0;  // names it, for undo
  UnixMs at = 0;
  std::string device;
  std::string note;
  std::vector<RecordField> fields;
  std::optional<FieldValues> deleted;  // what there was
};

struct ImportReport {
  struct Refused {
    std::size_t index = 0;
    RecordFault fault;
  };
  std::size_t taken = 0;
  std::size_t known = 0;     // seen before: nothing to do
  std::size_t unlinked = 0;  // of those taken: they do not follow their author's record before
  std::vector<Refused> refused;
};

struct RecordTexts {
  std::vector<std::string> texts;  // plain: hold secrets
  std::uint64_t last = 0;          // ask again after it
  bool more = false;
};

class ChangeLog {
 public:
  static constexpr std::size_t kImportMax = 1'000;  // records at a time
  static constexpr std::size_t kHistoryMax = 200;   // likewise

  struct Doors {
    Executor& executor;
    Random& random;
    const WallClock& clock;
    Table& table;
    Sealer& sealer;
  };
  struct Options {
    std::string workspace;  // both of [a-z0-9-], at most kDeviceBytesMax
    std::string device;     // never the id of another copy of this log
    // Other devices take part, or did: what was erased is remembered for their sake.
    bool shared = false;
    // A snapshot is due after so many records, or so many bytes (or those of the last snapshot).
    std::size_t compact_records = 5'000;
    std::size_t compact_bytes = std::size_t{1} << 20;
  };

  // The rows of a log that begins with these entities: what is stored, unsealed yet.
  static std::vector<SealedPut> first_rows(const std::string& workspace, std::uint64_t clock,
                                           const std::map<std::string, Author>& authors,
                                           const Entities& entities);

  // Errors: kStoreFailed (the table; a newer format; nothing stored opens with this key), or what
  // the sealer says. Nothing was written then. REQUIRES: the doors outlive the log.
  static Task<Result<std::unique_ptr<ChangeLog>>> open(Doors doors, Options options);
  ChangeLog(const ChangeLog&) = delete;
  ChangeLog& operator=(const ChangeLog&) = delete;

  // Everything handed over, so also what is not durable yet: what the next difference is made with.
  // After a failed write it is what is durable.
  [[nodiscard]] const Entities& entities() const { return entities_; }
  [[nodiscard]] const std::map<std::string, Author>& authors() const { return authors_; }
  [[nodiscard]] const std::string& device() const { return options_.device; }
  [[nodiscard]] std::uint64_t clock() const { return clock_.last(); }
  // Of the last record handed over; 0: none ever.
  [[nodiscard]] std::uint64_t position() const { return position_; }
  // What could not be read.
  [[nodiscard]] const std::vector<Damage>& damages() const { return damages_; }
  // Why the last write failed (kDiskFull, ...); nothing once one succeeded again.
  [[nodiscard]] const std::optional<Error>& trouble() const { return writer_.trouble(); }

  // Answers with its position once the change is durable; an empty change once all before it are.
  // What changes nothing is left out. Errors: kDiskFull, kStoreFailed, kTooLarge, kRateLimited (too
  // many wait), kClockSkew: the change is not there then, and neither are those handed over while
  // it was written.
  Task<Result<std::uint64_t>> append(Change change);
  // The same for several at once, stored whole or not at all. REQUIRES: no two of them touch the
  // same field or entity.
  Task<Result<std::uint64_t>> append_all(std::vector<Change> changes);
  // Restores what a record replaced, of one entity or (none named) of all, as a new change.
  // kConflict when it was changed again since (the message names what), kNotFound when the record
  // is no longer kept.
  Task<Result<std::uint64_t>> undo(std::uint64_t position, std::string entity = {});
  // Newest first, below `before`. REQUIRES: 1 <= limit <= kHistoryMax.
  Task<Result<std::vector<HistoryEntry>>> history(std::string entity, std::size_t limit,
                                                  std::uint64_t before = ~std::uint64_t{0});

  // Records stored after a position, of whatever author, for another device.
  Task<Result<RecordTexts>> export_records(std::uint64_t after, std::size_t limit);
  // Records of other devices, in any order: merged, stored in one piece, then answered. At most
  // kImportMax.
  Task<Result<ImportReport>> import_records(std::vector<std::string> texts);

  // Writes a snapshot and drops what it makes unnecessary. Done by itself when due.
  Task<Result<void>> compact();

  // Seals so many of the stored rows anew, with the key the sealer uses now; each call goes on
  // where the one before ended. True when that was the last of them; then it begins again. A stop
  // in between leaves rows under both keys, and the next start begins at the first. REQUIRES: 1 <=
  // rows <= kTableScanRowsMax.
  Task<Result<bool>> reseal(std::size_t rows);

 private:
  // One record handed over and not durable yet, with all it takes to forget it.
  struct Staged {
    std::vector<Replaced> replaced;
    Digest link_before{};
    std::string device;
    std::optional<Author> author_before;
    std::size_t bytes = 0;
  };
  struct StoredSnapshot;
  class Opening;

  ChangeLog(Doors doors, Options options);

  [[nodiscard]] std::string log_key(std::uint64_t position) const;
  [[nodiscard]] std::string part_key(std::uint64_t position, std::size_t part) const;
  [[nodiscard]] std::string log_ad(std::uint64_t position, const Digest& link,
                                   std::string_view device) const;
  static std::string part_ad(const std::string& workspace, std::uint64_t position,
                             std::size_t part);

  Result<ChangeRecord> record_of(Change change);
  SealedPut stage(const ChangeRecord& record, std::string text);
  GroupWriter::Ticket hand_over(std::vector<SealedPut> puts, std::size_t records,
                                std::vector<std::string> erase = {});
  void on_stored(std::size_t jobs);
  void on_failed();
  [[nodiscard]] Result<Change> undoing(const ChangeRecord& record, std::string_view entity) const;
  Task<Result<ChangeRecord>> read(std::uint64_t position);
  [[nodiscard]] Result<void> room() const;

  std::optional<SealedPut> resealable(const TableRow& row, std::string& sealed) const;
  Task<Result<bool>> reseal_page(std::size_t rows);

  [[nodiscard]] bool is_shared() const;
  [[nodiscard]] bool compaction_due() const;
  void prune_erased();
  void compact_when_due();
  Task<void> compact_quietly();

  Doors doors_;
  Options options_;
  std::string prefix_;
  HybridClock clock_;
  Entities entities_;
  HistoryIndex index_;
  std::map<std::string, Author> authors_;
  std::uint64_t position_ = 0;
  Digest link_{};
  std::vector<Damage> damages_;

  std::deque<Staged> staged_;            // one per record
  std::deque<std::size_t> staged_jobs_;  // how many records each job has

  std::map<std::uint64_t, std::size_t> snapshots_;  // readable ones: position and parts
  std::size_t snapshot_bytes_ = 0;                  // of the last
  std::size_t tail_records_ = 0;
  std::size_t tail_bytes_ = 0;
  std::vector<std::uint64_t> drops_;  // records that have had their time
  bool compacting_ = false;
  std::string resealed_;  // the last row that reseal() did; empty: none yet of this folder
  bool resealing_snapshots_ = false;

  GroupWriter writer_;
  TaskScope tasks_;
};

}  // namespace a67
