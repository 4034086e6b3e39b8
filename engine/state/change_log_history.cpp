// What the stored records are good for once they are merged: history, undo, other devices.
#include <algorithm>
#include <cassert>
#include <set>
#include <utility>

#include "engine/state/change_log.h"
#include "engine/state/log_keys.h"

namespace a67 {
namespace {

constexpr std::size_t kNamesShownMax = 5;

HistoryEntry entry_of(const ChangeRecord& record, std::uint64_t position,
                      const std::string& entity) {
  HistoryEntry entry{.position = position,
                     .at = record.at,
                     .device = record.device,
                     .note = record.note,
                     .fields = {},
                     .deleted = std::nullopt};
  for (const RecordField& one : record.fields) {
    if (one.entity == entity) entry.fields.push_back(one);
  }
  for (const RecordTombstone& one : record.tombstones) {
    if (one.entity == entity) entry.deleted = one.before;
  }
  return entry;
}

Error changed_since(const std::set<std::string>& names) {
  std::string list;
  std::size_t shown = 0;
  for (const std::string& name : names) {
    if (++shown > kNamesShownMax) {
      list += " and " + std::to_string(names.size() - kNamesShownMax) + " more";
      break;
    }
    list += (list.empty() ? "" : ", ") + name;
  }
  return {.code = ErrorCode::kConflict,
          .message = "This cannot be undone, because it was changed again since: " + list + ".",
          .hint = "Undo the later change first, or set the old value yourself."};
}

// What a record created goes as a whole.
void delete_what_becomes_empty(const Entities& entities, Change& change) {
  std::set<std::string> emptied;
  for (const FieldChange& one : change.fields) {
    if (one.value.is_null()) emptied.insert(one.entity);
  }
  for (const std::string& id : emptied) {
    const auto found = entities.find(id);
    if (found == entities.end()) continue;
    std::set<std::string, std::less<>> left;
    for (const auto& [name, field] : found->second.fields) {
      if (!field.value.is_null() && !is_order_hint(id, name)) left.insert(name);
    }
    for (const FieldChange& one : change.fields) {
      if (one.entity != id) continue;
      if (one.value.is_null()) {
        left.erase(one.field);
      } else {
        left.insert(one.field);
      }
    }
    if (!left.empty()) continue;
    std::erase_if(change.fields, [&](const FieldChange& one) { return one.entity == id; });
    change.tombstones.push_back(id);
  }
}

}  // namespace

Result<Change> ChangeLog::undoing(const ChangeRecord& record, std::string_view entity) const {
  const auto is_meant = [&](const std::string& id) { return entity.empty() || id == entity; };
  Change change{.fields = {}, .tombstones = {}, .note = "Undo: " + record.note};
  std::set<std::string> conflicts;
  for (const RecordTombstone& one : record.tombstones) {
    if (!is_meant(one.entity)) continue;
    const auto found = entities_.find(one.entity);
    if (found != entities_.end() && found->second.visible()) conflicts.insert(one.entity);
    for (const auto& [name, value] : one.before) change.fields.push_back({one.entity, name, value});
  }
  for (const RecordField& one : record.fields) {
    if (!is_meant(one.entity)) continue;
    if (one.entity == kActivityEntity) continue;  // what happened has happened
    const Json& current = value_at(entities_, one.entity, one.field);
    if (current == one.before) continue;
    if (current == one.value) {
      change.fields.push_back({one.entity, one.field, one.before});
    } else if (!is_order_hint(one.entity, one.field)) {
      conflicts.insert(one.entity + "." + one.field);
    }
  }
  if (!conflicts.empty()) return std::unexpected(changed_since(conflicts));
  delete_what_becomes_empty(entities_, change);
  return change;
}

Task<Result<ChangeRecord>> ChangeLog::read(std::uint64_t position) {
  auto value = co_await doors_.table.get(log_key(position));
  if (!value) co_return std::unexpected(value.error());
  if (!*value) {
    co_return fail(ErrorCode::kNotFound, "This change is no longer kept.",
                   "Changes are kept for 90 days, and the last 1,000 of each thing.");
  }
  auto enveloped = open_envelope(StoredKind::kLogEntry, **value);
  std::string what = enveloped ? std::string("It does not open.") : enveloped.error().what;
  if (enveloped) {
    std::vector<Sealer::SealedItem> items;
    items.push_back({.sealed = std::move(enveloped->sealed),
                     .ad = log_ad(position, enveloped->link, enveloped->device)});
    auto texts = co_await doors_.sealer.open(std::move(items));
    if (!texts) co_return std::unexpected(texts.error());
    if (texts->size() == 1 && (*texts)[0]) {
      auto record = decode_record(*(*texts)[0], options_.workspace);
      if (record) co_return std::move(*record);
      what = record.error().what;
    }
  }
  co_return fail(ErrorCode::kStoreFailed, "This change cannot be read: " + what,
                 "Nothing was overwritten; what came of it is still there.");
}

Task<Result<std::uint64_t>> ChangeLog::undo(std::uint64_t position, std::string entity) {
  auto record = co_await read(position);
  if (!record) co_return std::unexpected(record.error());
  auto change = undoing(*record, entity);
  if (!change) co_return std::unexpected(change.error());
  co_return co_await append(std::move(*change));
}

Task<Result<std::vector<HistoryEntry>>> ChangeLog::history(std::string entity, std::size_t limit,
                                                           std::uint64_t before) {
  assert(limit >= 1 && limit <= kHistoryMax);
  // Only what is durable has a row to read.
  before = std::min(before, position_ - staged_.size() + 1);
  std::vector<HistoryEntry> entries;
  for (const std::uint64_t position : index_.positions_of(entity, before, limit)) {
    auto record = co_await read(position);
    if (record) {
      entries.push_back(entry_of(*record, position, entity));
    } else if (record.error().code != ErrorCode::kNotFound) {
      co_return std::unexpected(record.error());
    }
  }
  co_return entries;
}

// ---- other devices

Task<Result<RecordTexts>> ChangeLog::export_records(std::uint64_t after, std::size_t limit) {
  const std::uint64_t durable = position_ - staged_.size();
  RecordTexts found{.texts = {}, .last = after, .more = false};
  auto page = co_await doors_.table.scan(prefix_ + std::string(kLogFolder),
                                         after == 0 ? std::string() : log_key(after),
                                         std::clamp<std::size_t>(limit, 1, kTableScanRowsMax));
  if (!page) co_return std::unexpected(page.error());
  std::vector<Sealer::SealedItem> items;
  found.more = page->more;
  for (const TableRow& row : page->rows) {
    const auto position =
        number_from_hex(std::string_view(row.key).substr(prefix_.size() + kLogFolder.size()));
    if (!position) continue;
    if (*position > durable) {
      found.more = false;
      break;
    }
    found.last = *position;
    auto enveloped = open_envelope(StoredKind::kLogEntry, row.value);
    if (!enveloped) continue;  // named in damages()
    items.push_back({.sealed = std::move(enveloped->sealed),
                     .ad = log_ad(*position, enveloped->link, enveloped->device)});
  }
  auto texts = co_await doors_.sealer.open(std::move(items));
  if (!texts) co_return std::unexpected(texts.error());
  for (auto& text : *texts) {
    if (text) found.texts.push_back(std::move(*text));
  }
  co_return found;
}

Task<Result<ImportReport>> ChangeLog::import_records(std::vector<std::string> texts) {
  if (auto free = room(); !free) co_return std::unexpected(free.error());
  if (texts.size() > kImportMax) {
    co_return fail(ErrorCode::kTooLarge,
                   "These are more than " + std::to_string(kImportMax) + " changes at a time.");
  }
  ImportReport report;
  std::vector<std::pair<ChangeRecord, std::string>> records;
  for (std::size_t index = 0; index < texts.size(); ++index) {
    auto record = decode_record(texts[index], options_.workspace);
    if (record) {
      records.emplace_back(std::move(*record), std::move(texts[index]));
    } else {
      report.refused.push_back({index, record.error()});
    }
  }
  std::ranges::sort(records, [](const auto& a, const auto& b) {
    return std::pair(std::string_view(a.first.device), a.first.number) <
           std::pair(std::string_view(b.first.device), b.first.number);
  });
  std::vector<SealedPut> puts;
  for (auto& [record, text] : records) {
    const Author& author = authors_[record.device];
    if (author.seen.contains(record.number)) {
      ++report.known;
      continue;
    }
    if (author.seen.last() + 1 != record.number || author.last_digest != record.previous) {
      ++report.unlinked;
    }
    clock_.observe(record.hlc, doors_.clock.unix_now());
    puts.push_back(stage(record, std::move(text)));
    ++report.taken;
  }
  const std::size_t taken = puts.size();
  auto stored = co_await writer_.wait(hand_over(std::move(puts), taken));
  if (!stored) co_return std::unexpected(stored.error());
  compact_when_due();
  co_return report;
}

}  // namespace a67
