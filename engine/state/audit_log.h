// AuditLog keeps who did what, and what came of it, in a chain of its own: each record holds the
// digest of the one before, so that none can be changed, moved or left out unnoticed.
//
// It never holds a secret: no value of an environment, no key, no passphrase, only what things are
// called. That is the caller's duty, and tests look for planted secrets.
//
// Bounded: beyond kept_max records the oldest go, and a record that says so takes their place in
// the chain.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/crypto.h"
#include "engine/base/executor.h"
#include "engine/base/time.h"
#include "engine/ports/table.h"
#include "engine/state/change_record.h"
#include "engine/state/group_writer.h"
#include "engine/state/sealer.h"

namespace a67 {

inline constexpr std::size_t kAuditTextBytesMax = 500;
inline constexpr std::string_view kAuditPruned = "audit.pruned";

struct AuditEvent {
  UnixMs at = 0;
  std::string command;  // app.deploy
  std::string actor;    // a device, later a member
  std::string target;   // app/guestbook
  std::string outcome;  // done, or the code of an error
  bool operator==(const AuditEvent&) const = default;
};

struct AuditRecord {
  std::uint64_t number = 1;
  AuditEvent event;
  Digest previous{};
  bool operator==(const AuditRecord&) const = default;
};
// Longer texts are cut.
std::string encode_audit(const AuditRecord& record);
std::expected<AuditRecord, RecordFault> decode_audit(std::string_view text);

class AuditLog {
 public:
  struct Doors {
    Executor& executor;
    Table& table;
    Sealer& sealer;
  };
  struct Page {
    std::vector<AuditRecord> records;  // ascending; what cannot be read is left out
    std::uint64_t last = 0;            // ask again after it
    bool more = false;
  };
  struct Broken {
    std::uint64_t number = 0;  // of the first record that is wrong
    std::string what;
  };
  struct Verdict {
    std::size_t records = 0;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::optional<Broken> broken;  // the first broken link
  };

  static constexpr std::size_t kPageMax = 500;

  // Errors: as of the table and the sealer. REQUIRES: the doors outlive the log.
  static Task<Result<std::unique_ptr<AuditLog>>> open(Doors doors, std::string workspace,
                                                      std::size_t kept_max = 100'000);
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

  // Answers with its number once the record is durable. Errors: as of the table, kRateLimited.
  Task<Result<std::uint64_t>> append(AuditEvent event);
  // Ascending, after a number. REQUIRES: 1 <= limit <= kPageMax.
  Task<Result<Page>> page(std::uint64_t after, std::size_t limit);
  // Reads all of it. An end that was cut off shows only to who knows how many there were.
  Task<Result<Verdict>> verify();
  // Seals so many records anew with the key the sealer uses now; as ChangeLog::reseal().
  Task<Result<bool>> reseal(std::size_t rows);
  [[nodiscard]] std::uint64_t first() const { return first_; }
  [[nodiscard]] std::uint64_t last() const { return end_.number; }

 private:
  struct End {
    std::uint64_t number = 0;
    Digest digest{};
  };
  struct Read {
    std::uint64_t number = 0;
    std::expected<AuditRecord, RecordFault> record;
    Digest digest{};
  };
  struct Reads {
    std::vector<Read> list;
    bool more = false;
  };
  class Checking;

  AuditLog(Doors doors, std::string workspace, std::size_t kept_max);
  [[nodiscard]] std::string key(std::uint64_t number) const;
  [[nodiscard]] SealedPut chained(AuditEvent event);
  Task<Result<void>> find_ends();
  Task<Result<bool>> anything_after(std::uint64_t number);
  Task<Result<Reads>> read(std::uint64_t after, std::size_t limit);
  Task<Result<void>> store(std::vector<SealedPut> puts, std::vector<std::string> erase);
  Task<Result<bool>> reseal_page(std::size_t rows);

  Doors doors_;
  std::string workspace_;
  std::size_t kept_max_;
  std::uint64_t first_ = 1;  // of what is kept
  End end_;                  // handed over
  End durable_;
  std::deque<End> staged_;  // one per job
  std::string resealed_;    // the last row that reseal() did
  bool resealing_ = false;  // nothing is dropped meanwhile: it would come back
  bool pruning_ = false;    // likewise the other way round
  GroupWriter writer_;
};

// One JSON object per line: {"number","at","command","actor","target","outcome"}.
std::string audit_lines(const std::vector<AuditRecord>& records);

}  // namespace a67
