#include "engine/state/change_record.h"

#include <algorithm>
#include <utility>

#include "engine/state/strict.h"

namespace a67 {
namespace {

constexpr std::size_t kMagicBytes = 4;
constexpr char kEnvelopeVersion = 1;

std::string_view magic_of(StoredKind kind) {
  switch (kind) {
    case StoredKind::kLogEntry:
      return "a67l";
    case StoredKind::kSnapshotPart:
      return "a67s";
    case StoredKind::kAuditEntry:
      break;
  }
  return "a67a";
}

std::unexpected<RecordFault> damaged(std::string what) {
  return std::unexpected(RecordFault{RecordFault::Kind::kDamaged, std::move(what)});
}

Json write_fields(const ChangeRecord& record) {
  Json list = Json::array();
  for (const RecordField& one : record.fields) {
    list.push_back(Json::array({one.entity, one.field, one.value, one.before}));
  }
  return list;
}

Json write_tombstones(const ChangeRecord& record) {
  Json list = Json::array();
  for (const RecordTombstone& one : record.tombstones) {
    list.push_back(Json::array({one.entity, Json(one.before)}));
  }
  return list;
}

Result<void> check_limits(const ChangeRecord& record) {
  const auto too_long = [](const std::string& text) {
    return text.empty() || text.size() > kEntityBytesMax;
  };
  bool fits =
      record.fields.size() <= kRecordFieldsMax && record.tombstones.size() <= kRecordTombstonesMax;
  for (const auto& one : record.fields) fits &= !too_long(one.entity) && !too_long(one.field);
  for (const auto& one : record.tombstones) {
    fits &= !too_long(one.entity);
    for (const auto& [name, value] : one.before) fits &= !too_long(name);
  }
  if (fits) return {};
  return fail(ErrorCode::kTooLarge, "This change is too large to be stored in one piece.",
              "Make it in smaller steps.");
}

bool read_fields(const Json* list, ChangeRecord& record) {
  if (strict::list(list, kRecordFieldsMax) == nullptr) return false;
  for (const Json& one : *list) {
    if (strict::list(&one, 4, 4) == nullptr) return false;
    auto entity = strict::text(&one[0], kEntityBytesMax, 1);
    auto field = strict::text(&one[1], kEntityBytesMax, 1);
    if (!entity || !field) return false;
    record.fields.push_back({std::move(*entity), std::move(*field), one[2], one[3]});
  }
  return true;
}

bool read_tombstones(const Json* list, ChangeRecord& record) {
  if (strict::list(list, kRecordTombstonesMax) == nullptr) return false;
  for (const Json& one : *list) {
    if (strict::list(&one, 2, 2) == nullptr || !one[1].is_object()) return false;
    auto entity = strict::text(&one[0], kEntityBytesMax, 1);
    if (!entity || one[1].size() > kRecordFieldsMax) return false;
    RecordTombstone tombstone{.entity = std::move(*entity), .before = {}};
    for (const auto& [name, value] : one[1].items()) {
      if (name.empty() || name.size() > kEntityBytesMax) return false;
      tombstone.before.emplace(name, value);
    }
    record.tombstones.push_back(std::move(tombstone));
  }
  return true;
}

}  // namespace

std::vector<std::string> ChangeRecord::entities() const {
  std::vector<std::string> ids;
  ids.reserve(fields.size() + tombstones.size());
  for (const auto& one : fields) ids.push_back(one.entity);
  for (const auto& one : tombstones) ids.push_back(one.entity);
  std::ranges::sort(ids);
  const auto repeated = std::ranges::unique(ids);
  ids.erase(repeated.begin(), repeated.end());
  return ids;
}

void ChangeRecord::merge_into(Entities& into, std::vector<Replaced>* replaced, Wins wins) const {
  const Stamp stamp{hlc, device};
  for (const auto& one : tombstones) merge_tombstone(into, one.entity, stamp, replaced, wins);
  for (const auto& one : fields) {
    merge_field(into, one.entity, one.field, {one.value, stamp}, replaced, wins);
  }
}

Result<std::string> encode_record(const ChangeRecord& record) {
  if (auto fits = check_limits(record); !fits) return std::unexpected(fits.error());
  std::string text = dump_json({{"v", kRecordVersion},
                                {"w", record.workspace},
                                {"d", record.device},
                                {"n", record.number},
                                {"p", base64url_encode(record.previous)},
                                {"t", record.hlc},
                                {"at", record.at},
                                {"f", write_fields(record)},
                                {"x", write_tombstones(record)},
                                {"note", strict::cut(record.note, kRecordNoteBytesMax)},
                                {"s", base64url_encode(record.salt)}});
  if (text.size() > kRecordBytesMax) {
    return fail(ErrorCode::kTooLarge,
                "This change has " + std::to_string(text.size()) + " bytes; at most " +
                    std::to_string(kRecordBytesMax) + " can be stored in one piece.",
                "Make it in smaller steps.");
  }
  return text;
}

std::expected<ChangeRecord, RecordFault> decode_record(std::string_view text,
                                                       std::string_view workspace) {
  const auto value = parse_json(text, {.bytes_max = kRecordBytesMax, .depth_max = kRecordDepthMax});
  if (!value) return damaged(value.error().message);
  const auto version = strict::integer(strict::member(*value, "v"));
  if (!version || *version < 1) return damaged("It has no version.");
  if (*version > kRecordVersion) {
    return std::unexpected(RecordFault{
        RecordFault::Kind::kNewer,
        "It was written by a newer Automator67 (format " + std::to_string(*version) + ")."});
  }
  const auto of = [&](std::string_view key) { return strict::member(*value, key); };
  const auto from = strict::text(of("w"), kDeviceBytesMax, 1);
  if (!from) return damaged("It names no workspace.");
  if (*from != workspace) {
    return std::unexpected(
        RecordFault{RecordFault::Kind::kForeign, "It belongs to another workspace."});
  }
  const auto device = strict::text(of("d"), kDeviceBytesMax, 1);
  const auto number = strict::whole(of("n"), kRecordNumberMax);
  const auto previous = strict::bytes<32>(of("p"));
  const auto hlc = strict::whole(of("t"), kHlcMax);
  const auto at = strict::integer(of("at"));
  const auto note = strict::text(of("note"), kRecordNoteBytesMax * 3);
  const auto salt = strict::bytes<kSaltBytes>(of("s"));
  if (!device || !is_valid_device(*device) || !number || *number == 0 || !previous || !hlc ||
      *hlc == 0 || !at || !note || !salt) {
    return damaged("A member is missing or wrong.");
  }
  ChangeRecord record{.workspace = *from,
                      .device = *device,
                      .number = static_cast<std::int64_t>(*number),
                      .previous = *previous,
                      .hlc = *hlc,
                      .at = *at,
                      .fields = {},
                      .tombstones = {},
                      .note = *note,
                      .salt = *salt};
  if (!read_fields(of("f"), record) || !read_tombstones(of("x"), record)) {
    return damaged("What it changes cannot be read.");
  }
  return record;
}

bool is_valid_device(std::string_view text) {
  return !text.empty() && text.size() <= kDeviceBytesMax && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

std::string envelope(StoredKind kind) {
  std::string bytes(magic_of(kind));
  bytes += kEnvelopeVersion;
  return bytes;
}

std::string log_envelope(const Digest& link, std::string_view device) {
  std::string bytes = envelope(StoredKind::kLogEntry);
  bytes.append(link.begin(), link.end());
  bytes += static_cast<char>(device.size());
  bytes += device;
  return bytes;
}

std::expected<Enveloped, RecordFault> open_envelope(StoredKind kind, std::string_view bytes) {
  if (!bytes.starts_with(magic_of(kind))) {
    return std::unexpected(
        RecordFault{RecordFault::Kind::kForeign, "These are not bytes of Automator67."});
  }
  bytes.remove_prefix(kMagicBytes);
  if (bytes.empty()) return damaged("It is cut off.");
  if (bytes.front() > kEnvelopeVersion) {
    return std::unexpected(RecordFault{RecordFault::Kind::kNewer,
                                       "It was written by a newer Automator67 (envelope " +
                                           std::to_string(static_cast<int>(bytes.front())) + ")."});
  }
  if (bytes.front() != kEnvelopeVersion) return damaged("Its version is wrong.");
  bytes.remove_prefix(1);
  Enveloped opened;
  if (kind == StoredKind::kLogEntry) {
    if (bytes.size() <= opened.link.size()) return damaged("It is cut off.");
    std::copy_n(bytes.begin(), opened.link.size(), opened.link.begin());
    bytes.remove_prefix(opened.link.size());
    const auto length = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    opened.device = bytes.substr(0, length);
    if (opened.device.size() != length || !is_valid_device(opened.device)) {
      return damaged("It names no device.");
    }
    bytes.remove_prefix(length);
  }
  opened.sealed = bytes;
  return opened;
}

}  // namespace a67
