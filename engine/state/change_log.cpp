#include "engine/state/change_log.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <ranges>

#include "engine/base/encoding.h"
#include "engine/state/log_keys.h"

namespace a67 {

ChangeLog::ChangeLog(Doors doors, Options options)
    : doors_(doors),
      options_(std::move(options)),
      prefix_("w/" + options_.workspace + "/"),
      writer_(doors.executor, doors.table, doors.sealer,
              {.stored = [this](std::size_t jobs) { on_stored(jobs); },
               .failed = [this] { on_failed(); }}),
      tasks_(doors.executor) {}

std::string ChangeLog::log_key(std::uint64_t position) const {
  return prefix_ + std::string(kLogFolder) + hex_of(position);
}

std::string ChangeLog::part_key(std::uint64_t position, std::size_t part) const {
  return prefix_ + std::string(kSnapFolder) + hex_of(position) + "/" + hex_of(part, 4);
}

std::string ChangeLog::log_ad(std::uint64_t position, const Digest& link,
                              std::string_view device) const {
  return "a67 log 1\n" + options_.workspace + "\n" + std::string(device) + "\n" + hex_of(position) +
         "\n" + hex_encode(link);
}

std::string ChangeLog::part_ad(const std::string& workspace, std::uint64_t position,
                               std::size_t part) {
  return "a67 snapshot 1\n" + workspace + "\n" + hex_of(position) + "\n" + hex_of(part, 4);
}

// ---- appending

Result<void> ChangeLog::room() const {
  if (writer_.has_room()) return {};
  return fail(ErrorCode::kRateLimited, "Too many changes are waiting to be stored.",
              "Wait until those under way are done, then try again.");
}

// The stamp is newer than all it replaces, so that a change always takes effect where it was made,
// even over one from a device whose clock is years ahead.
Result<ChangeRecord> ChangeLog::record_of(Change change) {
  ChangeRecord record{.workspace = options_.workspace,
                      .device = options_.device,
                      .at = doors_.clock.unix_now(),
                      .note = std::move(change.note)};
  std::uint64_t beyond = 0;
  for (FieldChange& one : change.fields) {
    const auto found = entities_.find(one.entity);
    const Json& before = value_at(entities_, one.entity, one.field);
    if (before == one.value) continue;
    if (found != entities_.end()) {
      if (found->second.tombstone) beyond = std::max(beyond, found->second.tombstone->hlc);
      const auto field = found->second.fields.find(one.field);
      if (field != found->second.fields.end()) beyond = std::max(beyond, field->second.stamp.hlc);
    }
    record.fields.push_back(
        {std::move(one.entity), std::move(one.field), std::move(one.value), before});
  }
  for (std::string& id : change.tombstones) {
    const auto found = entities_.find(id);
    if (found == entities_.end() || !found->second.visible()) continue;
    if (found->second.tombstone) beyond = std::max(beyond, found->second.tombstone->hlc);
    for (const auto& [name, field] : found->second.fields) {
      beyond = std::max(beyond, field.stamp.hlc);
    }
    record.tombstones.push_back({std::move(id), found->second.values()});
  }
  if (record.fields.empty() && record.tombstones.empty()) return record;

  record.hlc = clock_.next(record.at, beyond);
  if (record.hlc == 0) {
    return fail(ErrorCode::kClockSkew,
                "What is to be changed carries a time at the end of all time.",
                "Set the clock of the device that last changed it, and of this one.");
  }
  const Author& own = authors_[options_.device];
  record.number = own.seen.last() + 1;
  record.previous = own.last_digest;
  doors_.random.fill(record.salt);
  return record;
}

// From here on the record counts, until its batch fails.
SealedPut ChangeLog::stage(const ChangeRecord& record, std::string text) {
  Staged staged{.replaced = {},
                .link_before = link_,
                .device = record.device,
                .author_before = std::nullopt,
                .bytes = text.size()};
  if (const auto author = authors_.find(record.device); author != authors_.end()) {
    staged.author_before = author->second;
  }
  ++position_;
  SealedPut put{.key = log_key(position_),
                .prefix = log_envelope(link_, options_.device),
                .plain = std::move(text),
                .ad = log_ad(position_, link_, options_.device)};
  link_ = sha256(put.plain);
  Author& author = authors_[record.device];
  if (record.number > author.seen.last()) author.last_digest = link_;
  author.seen.add(record.number);
  record.merge_into(entities_, &staged.replaced);
  index_.add(position_, record.at, record.entities());
  ++tail_records_;
  tail_bytes_ += staged.bytes;
  staged_.push_back(std::move(staged));
  return put;
}

GroupWriter::Ticket ChangeLog::hand_over(std::vector<SealedPut> puts, std::size_t records,
                                         std::vector<std::string> erase) {
  staged_jobs_.push_back(records);
  return writer_.hand_over(std::move(puts), std::move(erase));
}

void ChangeLog::on_stored(std::size_t jobs) {
  assert(jobs <= staged_jobs_.size());
  for (; jobs > 0; --jobs) {
    for (std::size_t count = staged_jobs_.front(); count > 0; --count) staged_.pop_front();
    staged_jobs_.pop_front();
  }
}

void ChangeLog::on_failed() {
  for (Staged& staged : std::views::reverse(staged_)) {
    take_back(entities_, std::move(staged.replaced));
    index_.take_back_last();
    link_ = staged.link_before;
    if (staged.author_before) {
      authors_[staged.device] = std::move(*staged.author_before);
    } else {
      authors_.erase(staged.device);
    }
    --position_;
    --tail_records_;
    tail_bytes_ -= staged.bytes;
  }
  staged_.clear();
  staged_jobs_.clear();
}

Task<Result<std::uint64_t>> ChangeLog::append(Change change) {
  if (auto free = room(); !free) co_return std::unexpected(free.error());
  auto record = record_of(std::move(change));
  if (!record) co_return std::unexpected(record.error());
  GroupWriter::Ticket ticket;
  if (record->fields.empty() && record->tombstones.empty()) {
    ticket = hand_over({}, 0);
  } else {
    auto text = encode_record(*record);
    if (!text) co_return std::unexpected(text.error());
    std::vector<SealedPut> puts;
    puts.push_back(stage(*record, std::move(*text)));
    ticket = hand_over(std::move(puts), 1);
  }
  const std::uint64_t position = position_;
  auto stored = co_await writer_.wait(std::move(ticket));
  if (!stored) co_return std::unexpected(stored.error());
  compact_when_due();
  co_return position;
}

Task<Result<std::uint64_t>> ChangeLog::append_all(std::vector<Change> changes) {
  if (auto free = room(); !free) co_return std::unexpected(free.error());
  // Once one is staged there is no way back but a failed write, so all are tried first.
  for (const Change& change : changes) {
    const auto tried = record_of(change);
    if (!tried) co_return std::unexpected(tried.error());
    if (auto text = encode_record(*tried); !text) co_return std::unexpected(text.error());
  }
  std::vector<SealedPut> puts;
  for (Change& change : changes) {
    const auto record = record_of(std::move(change));
    if (!record) break;  // it was tried
    if (record->fields.empty() && record->tombstones.empty()) continue;
    if (auto text = encode_record(*record)) puts.push_back(stage(*record, std::move(*text)));
  }
  const std::size_t records = puts.size();
  auto ticket = hand_over(std::move(puts), records);
  const std::uint64_t position = position_;
  auto stored = co_await writer_.wait(std::move(ticket));
  if (!stored) co_return std::unexpected(stored.error());
  compact_when_due();
  co_return position;
}

std::vector<SealedPut> ChangeLog::first_rows(const std::string& workspace, std::uint64_t clock,
                                             const std::map<std::string, Author>& authors,
                                             const Entities& entities) {
  const std::string prefix = "w/" + workspace + "/" + std::string(kSnapFolder) + hex_of(0) + "/";
  auto parts = write_snapshot_parts(
      {.position = 0, .link = {}, .clock = clock, .authors = authors, .damages = {}, .drops = {}},
      workspace, entities, {});
  std::vector<SealedPut> rows;
  for (std::size_t part = 0; part < parts.size(); ++part) {
    rows.push_back({.key = prefix + hex_of(part, kPartDigits),
                    .prefix = envelope(StoredKind::kSnapshotPart),
                    .plain = std::move(parts[part]),
                    .ad = part_ad(workspace, 0, part)});
  }
  return rows;
}

// ---- compaction

bool ChangeLog::is_shared() const {
  return options_.shared || std::ranges::any_of(authors_, [this](const auto& author) {
           return author.first != options_.device;
         });
}

// With no other device nobody can bring back what was erased: it need not be remembered.
void ChangeLog::prune_erased() {
  if (is_shared()) return;
  for (auto at = entities_.begin(); at != entities_.end();) {
    Entity& entity = at->second;
    std::erase_if(entity.fields, [](const auto& field) { return field.second.value.is_null(); });
    entity.tombstone.reset();
    at = entity.fields.empty() ? entities_.erase(at) : std::next(at);
  }
}

bool ChangeLog::compaction_due() const {
  return !compacting_ && (tail_records_ >= options_.compact_records ||
                          tail_bytes_ >= std::max(options_.compact_bytes, snapshot_bytes_));
}

void ChangeLog::compact_when_due() {
  if (compaction_due()) tasks_.spawn(compact_quietly());
}

// A failure shows in trouble(), and the next change tries again.
Task<void> ChangeLog::compact_quietly() {
  if (compaction_due()) (void)co_await compact();
}

Task<Result<void>> ChangeLog::compact() {
  if (auto free = room(); !free) co_return free;
  if (compacting_ || (!snapshots_.empty() && snapshots_.rbegin()->first == position_) ||
      position_ == 0) {
    co_return Result<void>{};
  }
  const std::uint64_t at = position_;
  // A damaged one there is left alone: the next change makes room for another.
  const std::string folder = prefix_ + std::string(kSnapFolder) + hex_of(at) + "/";
  if (std::ranges::any_of(damages_,
                          [&](const Damage& damage) { return damage.key.starts_with(folder); })) {
    co_return Result<void>{};
  }
  compacting_ = true;
  if (!snapshots_.empty()) {
    const auto old = index_.prune(doors_.clock.unix_now(), snapshots_.rbegin()->first);
    drops_.insert(drops_.end(), old.begin(), old.end());
  }
  prune_erased();
  std::vector<Damage> damages = damages_;
  if (damages.size() > kDamagesMax) damages.resize(kDamagesMax);
  auto parts = write_snapshot_parts({.position = at,
                                     .link = link_,
                                     .clock = clock_.last(),
                                     .authors = authors_,
                                     .damages = std::move(damages),
                                     .drops = drops_},
                                    options_.workspace, entities_, index_);
  std::vector<SealedPut> puts;
  std::size_t bytes = 0;
  for (std::size_t part = 0; part < parts.size(); ++part) {
    bytes += parts[part].size();
    puts.push_back({.key = part_key(at, part),
                    .prefix = envelope(StoredKind::kSnapshotPart),
                    .plain = std::move(parts[part]),
                    .ad = part_ad(options_.workspace, at, part)});
  }
  // What comes after it, should it come while this is written, is the new tail.
  const std::size_t covered_records = tail_records_;
  const std::size_t covered_bytes = tail_bytes_;
  const std::size_t part_count = puts.size();
  auto stored = co_await writer_.wait(hand_over(std::move(puts), 0));
  if (!stored) {
    compacting_ = false;
    co_return stored;
  }
  tail_records_ -= covered_records;
  tail_bytes_ -= covered_bytes;
  snapshot_bytes_ = bytes;
  snapshots_[at] = part_count;

  // Only now, with the snapshot durable: the second batch. The snapshot before it stays.
  std::vector<std::string> erase;
  for (const std::uint64_t position : drops_) erase.push_back(log_key(position));
  std::vector<std::uint64_t> gone;
  for (const auto& [position, count] : snapshots_) {
    if (std::distance(snapshots_.find(position), snapshots_.end()) <= 2) break;
    for (std::size_t part = 0; part < count; ++part) erase.push_back(part_key(position, part));
    gone.push_back(position);
  }
  const std::size_t dropped = drops_.size();
  auto erased = co_await writer_.wait(hand_over({}, 0, std::move(erase)));
  compacting_ = false;
  if (!erased) co_return erased;
  drops_.erase(drops_.begin(), drops_.begin() + static_cast<std::ptrdiff_t>(dropped));
  for (const std::uint64_t position : gone) snapshots_.erase(position);
  co_return Result<void>{};
}

}  // namespace a67
