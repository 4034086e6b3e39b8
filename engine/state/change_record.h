// One record of the change log: what one commit changed, with what was there before, so that it can
// be shown and undone. And the envelope a sealed record is stored in.
//
// A record is canonical JSON (members in order, no spaces). Its digest links it to the next: of its
// author's records by `previous`, of a log's entries by the envelope. The salt keeps anyone who
// sees a link, which is not encrypted, from guessing at what the record says.
//
// Records hold secrets: they leave the engine sealed only.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/crypto.h"
#include "engine/base/json.h"
#include "engine/state/entities.h"

namespace a67 {

inline constexpr std::int64_t kRecordVersion = 1;
inline constexpr std::size_t kRecordBytesMax = std::size_t{16} << 20;
inline constexpr std::size_t kRecordDepthMax = 24;
inline constexpr std::size_t kRecordFieldsMax = 20'000;
inline constexpr std::size_t kRecordTombstonesMax = 5'000;
inline constexpr std::size_t kEntityBytesMax = 512;  // of an entity's id, and of a field's name
inline constexpr std::size_t kRecordNoteBytesMax = 1'000;
inline constexpr std::size_t kDeviceBytesMax = 64;  // likewise of a workspace's id
inline constexpr std::size_t kSaltBytes = 16;
inline constexpr std::int64_t kRecordNumberMax = std::int64_t{1} << 53;

struct RecordField {
  std::string entity;
  std::string field;
  Json value;   // null: erased
  Json before;  // null: it was not there
  bool operator==(const RecordField&) const = default;
};

struct RecordTombstone {
  std::string entity;
  FieldValues before;
  bool operator==(const RecordTombstone&) const = default;
};

struct ChangeRecord {
  std::string workspace;
  std::string device;       // the author
  std::int64_t number = 1;  // the author's records are counted 1, 2, 3, ...
  Digest previous{};        // of the author's record before; zeros for the first
  std::uint64_t hlc = 1;
  UnixMs at = 0;  // the author's wall clock, for people
  std::vector<RecordField> fields;
  std::vector<RecordTombstone> tombstones;
  std::string note;
  std::array<std::uint8_t, kSaltBytes> salt{};

  bool operator==(const ChangeRecord&) const = default;
  // Every entity it touches, once.
  [[nodiscard]] std::vector<std::string> entities() const;
  // Merges it; what it replaced is appended to `replaced` (may be null).
  void merge_into(Entities& entities, std::vector<Replaced>* replaced = nullptr,
                  Wins wins = newer) const;
};

// Why stored or received bytes are not taken.
struct RecordFault {
  enum class Kind : std::uint8_t {
    kDamaged,
    kNewer,    // a later version of the format: an update reads it
    kForeign,  // of another workspace, or not of ours at all
  };
  Kind kind = Kind::kDamaged;
  std::string what;
};

// Error: kTooLarge beyond the limits above.
Result<std::string> encode_record(const ChangeRecord& record);
std::expected<ChangeRecord, RecordFault> decode_record(std::string_view text,
                                                       std::string_view workspace);

// Ids of devices and workspaces: 1..64 of [a-z0-9-].
bool is_valid_device(std::string_view text);

// A stored value: 4 letters that say what it is, a byte of version, for entries of the log the
// digest of the entry before and (with a byte of length) the device whose log it is, and the sealed
// bytes.
enum class StoredKind : std::uint8_t { kLogEntry, kSnapshotPart, kAuditEntry };
std::string envelope(StoredKind kind);
std::string log_envelope(const Digest& link, std::string_view device);
struct Enveloped {
  Digest link{};
  std::string device;
  std::string sealed;
};
std::expected<Enveloped, RecordFault> open_envelope(StoredKind kind, std::string_view bytes);

}  // namespace a67
