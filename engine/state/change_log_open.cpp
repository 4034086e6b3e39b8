// How a stored log is read: snapshot, then what came after it, naming what cannot be read.
#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/state/change_log.h"
#include "engine/state/log_keys.h"

namespace a67 {
namespace {

constexpr std::size_t kPartsPerPage = 16;
constexpr std::size_t kEntriesPerPage = 500;
constexpr const char* kNothingOverwritten = "Nothing was overwritten. ";

std::unexpected<Error> newer_format(const std::string& key, const std::string& what) {
  return fail(ErrorCode::kStoreFailed, "The saved state (" + key + ") cannot be read. " + what,
              std::string(kNothingOverwritten) + "Use the newer Automator67 that wrote it.");
}

}  // namespace

struct ChangeLog::StoredSnapshot {
  struct Part {
    std::string key;
    std::size_t number = 0;
    std::string value;
  };
  std::vector<Part> parts;
};

class ChangeLog::Opening {
 public:
  explicit Opening(ChangeLog& log) : log_(log) {}

  Task<Result<void>> run() {
    if (auto read = co_await read_snapshots(); !read) co_return read;
    // The newest that is whole is the base. Parts of damaged ones are merged all the same: what the
    // records still hold then comes on top.
    bool whole = true;
    for (auto at = snapshots_.rbegin(); at != snapshots_.rend(); ++at) {
      if (auto loaded = co_await load_snapshot(at->first, std::move(at->second)); !loaded) {
        co_return loaded;
      }
      if (base_) break;
      whole = false;
    }
    if (!whole) log_.index_ = HistoryIndex();
    const std::uint64_t newest = snapshots_.empty() ? 0 : snapshots_.rbegin()->first;
    log_.position_ = newest;
    if (base_) {
      log_.link_ = base_->link;
      expected_ = base_->position + 1;
    } else {
      expected_ = newest + 1;
    }
    follows_ = base_.has_value();
    if (auto read = co_await read_entries(whole ? newest : 0); !read) co_return read;
    if (stored_ > 0 && opened_ == 0) {
      co_return fail(ErrorCode::kStoreFailed,
                     "The saved state cannot be read: none of it opens with this key.",
                     std::string(kNothingOverwritten) +
                         "It may belong to another vault. Use the vault it was saved with, or "
                         "restore a backup.");
    }
    co_return Result<void>{};
  }

 private:
  void damage(const std::string& key, std::string what) {
    if (std::ranges::find(log_.damages_, key, &Damage::key) == log_.damages_.end()) {
      log_.damages_.push_back({key, std::move(what)});
    }
  }

  // ---- snapshots

  Task<Result<void>> read_snapshots() {
    const std::string prefix = log_.prefix_ + std::string(kSnapFolder);
    std::string after;
    for (bool more = true; more;) {
      auto page = co_await log_.doors_.table.scan(prefix, after, kPartsPerPage);
      if (!page) co_return std::unexpected(page.error());
      more = page->more && !page->rows.empty();
      if (more) after = page->rows.back().key;
      for (TableRow& row : page->rows) {
        const std::string_view name = std::string_view(row.key).substr(prefix.size());
        const auto position = number_from_hex(name.substr(0, kPositionDigits));
        const auto part =
            name.size() == kPositionDigits + 1 + kPartDigits && name[kPositionDigits] == '/'
                ? number_from_hex(name.substr(kPositionDigits + 1), kPartDigits)
                : std::nullopt;
        ++stored_;
        if (!position || !part || *position >= static_cast<std::uint64_t>(kRecordNumberMax)) {
          damage(row.key, "It has a name that nothing of ours has.");
          continue;
        }
        snapshots_[*position].parts.push_back({.key = row.key,
                                               .number = static_cast<std::size_t>(*part),
                                               .value = std::move(row.value)});
      }
    }
    co_return Result<void>{};
  }

  // Sets base_ when it is whole.
  Task<Result<void>> load_snapshot(std::uint64_t position, StoredSnapshot snapshot) {
    std::vector<Sealer::SealedItem> items;
    std::vector<const StoredSnapshot::Part*> parts;
    bool whole = true;
    std::size_t bytes = 0;
    log_.index_ = HistoryIndex();  // that of a newer, damaged one is of no use
    for (const auto& part : snapshot.parts) {
      auto enveloped = open_envelope(StoredKind::kSnapshotPart, part.value);
      if (!enveloped && enveloped.error().kind == RecordFault::Kind::kNewer) {
        co_return newer_format(part.key, enveloped.error().what);
      }
      if (!enveloped) {
        damage(part.key, enveloped.error().what);
        whole = false;
        continue;
      }
      bytes += part.value.size();
      parts.push_back(&part);
      items.push_back({.sealed = std::move(enveloped->sealed),
                       .ad = part_ad(log_.options_.workspace, position, part.number)});
    }
    auto texts = co_await log_.doors_.sealer.open(std::move(items));
    if (!texts) co_return std::unexpected(texts.error());
    std::optional<SnapshotHeader> header;
    for (std::size_t at = 0; at < parts.size() && at < texts->size(); ++at) {
      const auto& text = (*texts)[at];
      if (!text) {
        damage(parts[at]->key,
               "It does not open: it was changed, moved or sealed with another key.");
        whole = false;
        continue;
      }
      ++opened_;
      const auto fault = take_part(*text, parts[at]->number, header);
      if (!fault) continue;
      if (fault->kind == RecordFault::Kind::kNewer)
        co_return newer_format(parts[at]->key, fault->what);
      damage(parts[at]->key, fault->what);
      whole = false;
    }
    if (header && parts.size() != 1 + header->entity_parts + header->index_parts) {
      damage(log_.part_key(position, 0), "Parts of this snapshot are missing.");
      whole = false;
    }
    if (header) take_header(*header);
    if (!header || !whole || header->position != position) co_return Result<void>{};
    log_.snapshots_[position] = parts.size();
    log_.snapshot_bytes_ = bytes;
    // An older one, kept in case this one is damaged.
    for (const auto& [older, stored] : snapshots_) {
      if (older < position) log_.snapshots_[older] = stored.parts.size();
    }
    base_ = std::move(header);
    co_return Result<void>{};
  }

  std::optional<RecordFault> take_part(const std::string& text, std::size_t number,
                                       std::optional<SnapshotHeader>& header) {
    if (number == 0) {
      auto read = read_snapshot_header(text, log_.options_.workspace);
      if (!read) return read.error();
      header = std::move(*read);
      return std::nullopt;
    }
    const bool entities = header ? number <= header->entity_parts : !text.starts_with("{\"names\"");
    const auto read =
        entities ? read_entity_part(text, log_.entities_) : read_index_part(text, log_.index_);
    return read ? std::nullopt : std::optional(read.error());
  }

  void take_header(const SnapshotHeader& header) {
    log_.clock_.restore(header.clock);
    for (const auto& [device, author] : header.authors) take_author(device, author);
    for (const Damage& known : header.damages) damage(known.key, known.what);
    if (log_.drops_.empty()) log_.drops_ = header.drops;
  }

  void take_author(const std::string& device, const Author& author) {
    Author& known = log_.authors_[device];
    if (author.seen.last() >= known.seen.last()) known.last_digest = author.last_digest;
    if (known.seen.runs().empty()) {
      known.seen = author.seen;
      return;
    }
    for (const auto& [first, last] : author.seen.runs()) {
      for (std::int64_t number = first; number <= last; ++number) known.seen.add(number);
    }
  }

  // ---- entries

  Task<Result<void>> read_entries(std::uint64_t after_position) {
    const std::string prefix = log_.prefix_ + std::string(kLogFolder);
    std::string after = after_position == 0 ? std::string() : log_.log_key(after_position);
    for (bool more = true; more;) {
      auto page = co_await log_.doors_.table.scan(prefix, after, kEntriesPerPage);
      if (!page) co_return std::unexpected(page.error());
      more = page->more && !page->rows.empty();
      if (more) after = page->rows.back().key;
      if (auto taken = co_await take_page(std::move(page->rows)); !taken) co_return taken;
    }
    co_return Result<void>{};
  }

  struct Entry {
    std::string key;
    std::uint64_t position = 0;
    Digest link{};
    std::optional<std::string> fault;  // it is not even an envelope
  };

  Task<Result<void>> take_page(std::vector<TableRow> rows) {
    std::vector<Entry> entries;
    std::vector<Sealer::SealedItem> items;
    for (const TableRow& row : rows) {
      ++stored_;
      const auto position = number_from_hex(
          std::string_view(row.key).substr(log_.prefix_.size() + kLogFolder.size()));
      if (!position || *position >= static_cast<std::uint64_t>(kRecordNumberMax)) {
        damage(row.key, "It has a name that nothing of ours has.");
        continue;
      }
      auto enveloped = open_envelope(StoredKind::kLogEntry, row.value);
      if (!enveloped && enveloped.error().kind == RecordFault::Kind::kNewer) {
        co_return newer_format(row.key, enveloped.error().what);
      }
      Entry entry{.key = row.key, .position = *position, .link = {}, .fault = std::nullopt};
      if (enveloped) {
        entry.link = enveloped->link;
        items.push_back({.sealed = std::move(enveloped->sealed),
                         .ad = log_.log_ad(*position, enveloped->link, enveloped->device)});
      } else {
        entry.fault = enveloped.error().what;
      }
      entries.push_back(std::move(entry));
    }
    auto texts = co_await log_.doors_.sealer.open(std::move(items));
    if (!texts) co_return std::unexpected(texts.error());
    std::size_t next = 0;
    for (const Entry& entry : entries) {
      if (entry.fault) {
        set_aside(entry.key, entry.position, *entry.fault);
      } else if (next < texts->size()) {
        if (auto taken = take_entry(entry, (*texts)[next++]); !taken) co_return taken;
      }
    }
    co_return Result<void>{};
  }

  Result<void> take_entry(const Entry& entry, const std::optional<std::string>& text) {
    if (!text) {
      set_aside(entry.key, entry.position,
                "It does not open: it was changed, moved or sealed with another key.");
      return {};
    }
    ++opened_;
    auto record = decode_record(*text, log_.options_.workspace);
    if (!record && record.error().kind == RecordFault::Kind::kNewer) {
      return newer_format(entry.key, record.error().what);
    }
    if (!record) {
      set_aside(entry.key, entry.position, record.error().what);
      return {};
    }
    name_gap(entry.position);
    if (follows_ && entry.position == last_read_or_base() + 1 && entry.link != log_.link_) {
      damage(entry.key, "It does not follow the entry before it, which was replaced.");
    }
    log_.link_ = sha256(*text);
    follows_ = true;
    last_read_ = entry.position;
    log_.position_ = std::max(log_.position_, entry.position);
    take_record(*record, entry.position, text->size());
    return {};
  }

  void take_record(const ChangeRecord& record, std::uint64_t position, std::size_t bytes) {
    record.merge_into(log_.entities_);
    log_.index_.add(position, record.at, record.entities());
    Author& author = log_.authors_[record.device];
    if (record.number >= author.seen.last()) author.last_digest = log_.link_;
    author.seen.add(record.number);
    const bool own = record.device == log_.options_.device;
    log_.clock_.observe(record.hlc, own ? record.at : log_.doors_.clock.unix_now());
    ++log_.tail_records_;
    log_.tail_bytes_ += bytes;
  }

  // Damage among what was set aside already, and covered by the base, is named by its header.
  void set_aside(const std::string& key, std::uint64_t position, const std::string& what) {
    name_gap(position);
    damage(key, what);
    log_.position_ = std::max(log_.position_, position);
  }

  // Positions follow each other; of those the base covers, some have had their time.
  void name_gap(std::uint64_t position) {
    if (position > expected_) {
      damage(log_.log_key(expected_),
             std::to_string(position - expected_) + " entries are missing from here on.");
    }
    expected_ = std::max(expected_, position + 1);
  }

  [[nodiscard]] std::uint64_t last_read_or_base() const {
    return last_read_ != 0 || !base_ ? last_read_ : base_->position;
  }

  ChangeLog& log_;
  std::map<std::uint64_t, StoredSnapshot> snapshots_;
  std::optional<SnapshotHeader> base_;
  std::uint64_t expected_ = 1;
  std::uint64_t last_read_ = 0;
  bool follows_ = false;  // log_.link_ is of an entry that was read
  std::size_t stored_ = 0;
  std::size_t opened_ = 0;
};

Task<Result<std::unique_ptr<ChangeLog>>> ChangeLog::open(Doors doors, Options options) {
  if (!is_valid_device(options.workspace) || !is_valid_device(options.device)) {
    co_return fail(ErrorCode::kInvalidInput, "This is no name of a workspace or of a device.");
  }
  // Its constructor is private, which make_unique cannot see.
  std::unique_ptr<ChangeLog> log(new ChangeLog(doors, std::move(options)));
  Opening opening(*log);
  if (auto opened = co_await opening.run(); !opened) co_return std::unexpected(opened.error());
  co_return log;
}

}  // namespace a67
