#include "engine/state/audit_log.h"

#include <algorithm>
#include <cassert>

#include "engine/base/encoding.h"
#include "engine/state/log_keys.h"
#include "engine/state/strict.h"

namespace a67 {
namespace {

constexpr std::int64_t kAuditVersion = 1;
constexpr std::size_t kAuditBytesMax = std::size_t{64} << 10;
// How many of the oldest go at a time.
constexpr std::uint64_t kPruneStep = 1'000;

std::string ad_of(const std::string& workspace, std::uint64_t number) {
  return "a67 audit 1\n" + workspace + "\n" + hex_of(number);
}

std::unexpected<RecordFault> damaged(std::string what) {
  return std::unexpected(RecordFault{RecordFault::Kind::kDamaged, std::move(what)});
}

}  // namespace

std::string encode_audit(const AuditRecord& record) {
  return dump_json({{"v", kAuditVersion},
                    {"n", record.number},
                    {"at", record.event.at},
                    {"command", strict::cut(record.event.command, kAuditTextBytesMax)},
                    {"actor", strict::cut(record.event.actor, kAuditTextBytesMax)},
                    {"target", strict::cut(record.event.target, kAuditTextBytesMax)},
                    {"outcome", strict::cut(record.event.outcome, kAuditTextBytesMax)},
                    {"p", base64url_encode(record.previous)}});
}

std::expected<AuditRecord, RecordFault> decode_audit(std::string_view text) {
  const auto value = parse_json(text, {.bytes_max = kAuditBytesMax, .depth_max = 4});
  if (!value) return damaged(value.error().message);
  const auto of = [&](std::string_view key) { return strict::member(*value, key); };
  const auto version = strict::integer(of("v"));
  if (!version || *version < 1) return damaged("It has no version.");
  if (*version > kAuditVersion) {
    return std::unexpected(RecordFault{
        RecordFault::Kind::kNewer,
        "It was written by a newer Automator67 (format " + std::to_string(*version) + ")."});
  }
  const auto number = strict::whole(of("n"), kRecordNumberMax);
  const auto at = strict::integer(of("at"));
  const auto previous = strict::bytes<32>(of("p"));
  const auto text_of = [&](std::string_view key) {
    return strict::text(of(key), kAuditTextBytesMax * 3);
  };
  const auto command = text_of("command");
  const auto actor = text_of("actor");
  const auto target = text_of("target");
  const auto outcome = text_of("outcome");
  if (!number || !at || !previous || !command || !actor || !target || !outcome) {
    return damaged("A member is missing or wrong.");
  }
  return AuditRecord{.number = *number,
                     .event = {.at = *at,
                               .command = *command,
                               .actor = *actor,
                               .target = *target,
                               .outcome = *outcome},
                     .previous = *previous};
}

std::string audit_lines(const std::vector<AuditRecord>& records) {
  std::string lines;
  for (const AuditRecord& record : records) {
    lines += dump_json({{"number", record.number},
                        {"at", record.event.at},
                        {"command", record.event.command},
                        {"actor", record.event.actor},
                        {"target", record.event.target},
                        {"outcome", record.event.outcome}});
    lines += '\n';
  }
  return lines;
}

AuditLog::AuditLog(Doors doors, std::string workspace, std::size_t kept_max)
    : doors_(doors),
      workspace_(std::move(workspace)),
      kept_max_(kept_max),
      writer_(doors.executor, doors.table, doors.sealer,
              {.stored =
                   [this](std::size_t jobs) {
                     for (; jobs > 0; --jobs) {
                       durable_ = staged_.front();
                       staged_.pop_front();
                     }
                   },
               .failed =
                   [this] {
                     staged_.clear();
                     end_ = durable_;
                   }}) {}

std::string AuditLog::key(std::uint64_t number) const {
  return "w/" + workspace_ + "/" + std::string(kAuditFolder) + hex_of(number);
}

Task<Result<std::unique_ptr<AuditLog>>> AuditLog::open(Doors doors, std::string workspace,
                                                       std::size_t kept_max) {
  if (!is_valid_device(workspace)) {
    co_return fail(ErrorCode::kInvalidInput, "This is no name of a workspace.");
  }
  // Its constructor is private, which make_unique cannot see.
  std::unique_ptr<AuditLog> log(new AuditLog(doors, std::move(workspace), kept_max));
  if (auto found = co_await log->find_ends(); !found) co_return std::unexpected(found.error());
  co_return log;
}

Task<Result<bool>> AuditLog::anything_after(std::uint64_t number) {
  auto page =
      co_await doors_.table.scan(key(0).substr(0, key(0).size() - kPositionDigits), key(number), 1);
  if (!page) co_return std::unexpected(page.error());
  co_return !page->rows.empty();
}

// A table is read upwards only; "is there anything after n" is asked about twice 17 times for
// 100,000 records.
Task<Result<void>> AuditLog::find_ends() {
  auto oldest = co_await read(0, 1);
  if (!oldest) co_return std::unexpected(oldest.error());
  if (oldest->list.empty()) co_return Result<void>{};
  first_ = oldest->list.front().number;
  std::uint64_t below = first_ - 1;  // there is something after it
  std::uint64_t step = 1;
  for (;; step *= 2) {
    auto there = co_await anything_after(below + step);
    if (!there) co_return std::unexpected(there.error());
    if (!*there) break;
    below += step;
  }
  std::uint64_t above = below + step;  // there is nothing after it
  while (above - below > 1) {
    const std::uint64_t middle = below + ((above - below) / 2);
    auto there = co_await anything_after(middle);
    if (!there) co_return std::unexpected(there.error());
    (*there ? below : above) = middle;
  }
  auto newest = co_await read(above - 1, 1);
  if (!newest) co_return std::unexpected(newest.error());
  end_.number = above;
  if (!newest->list.empty()) end_.digest = newest->list.front().digest;
  durable_ = end_;
  co_return Result<void>{};
}

Task<Result<AuditLog::Reads>> AuditLog::read(std::uint64_t after, std::size_t limit) {
  const std::string prefix = key(0).substr(0, key(0).size() - kPositionDigits);
  auto page = co_await doors_.table.scan(prefix, after == 0 ? std::string() : key(after), limit);
  if (!page) co_return std::unexpected(page.error());
  Reads reads{.list = {}, .more = page->more};
  std::vector<Read>& found = reads.list;
  std::vector<Sealer::SealedItem> items;
  std::vector<std::size_t> sealed_at;
  for (const TableRow& row : page->rows) {
    const auto number = number_from_hex(std::string_view(row.key).substr(prefix.size()));
    if (!number) continue;  // nothing of ours
    auto enveloped = open_envelope(StoredKind::kAuditEntry, row.value);
    if (enveloped) {
      sealed_at.push_back(found.size());
      items.push_back({.sealed = std::move(enveloped->sealed), .ad = ad_of(workspace_, *number)});
    }
    found.push_back({.number = *number,
                     .record = enveloped ? damaged("It does not open: it was changed or moved.")
                                         : std::unexpected(enveloped.error()),
                     .digest = {}});
  }
  auto texts = co_await doors_.sealer.open(std::move(items));
  if (!texts) co_return std::unexpected(texts.error());
  for (std::size_t at = 0; at < sealed_at.size() && at < texts->size(); ++at) {
    if (!(*texts)[at]) continue;
    Read& one = found[sealed_at[at]];
    one.record = decode_audit(*(*texts)[at]);
    one.digest = sha256(*(*texts)[at]);
  }
  co_return reads;
}

SealedPut AuditLog::chained(AuditEvent event) {
  const AuditRecord record{
      .number = end_.number + 1, .event = std::move(event), .previous = end_.digest};
  SealedPut put{.key = key(record.number),
                .prefix = envelope(StoredKind::kAuditEntry),
                .plain = encode_audit(record),
                .ad = ad_of(workspace_, record.number)};
  end_ = {.number = record.number, .digest = sha256(put.plain)};
  return put;
}

Task<Result<std::uint64_t>> AuditLog::append(AuditEvent event) {
  if (!writer_.has_room()) {
    co_return fail(ErrorCode::kRateLimited, "Too many audit records are waiting to be stored.",
                   "Wait until those under way are done, then try again.");
  }
  std::vector<std::string> erase;
  std::optional<AuditEvent> pruned;
  if (!resealing_ && !pruning_ && durable_.number >= first_ &&
      durable_.number - first_ + 1 > kept_max_ + kPruneStep) {
    const std::uint64_t last_gone = durable_.number - kept_max_;
    pruning_ = true;
    auto next = co_await read(last_gone, 1);
    pruning_ = false;
    if (!next) co_return std::unexpected(next.error());
    if (!next->list.empty() && next->list.front().record) {
      for (std::uint64_t number = first_; number <= last_gone; ++number) {
        erase.push_back(key(number));
      }
      pruned = AuditEvent{.at = event.at,
                          .command = std::string(kAuditPruned),
                          .actor = event.actor,
                          .target = std::to_string(last_gone),
                          .outcome = hex_encode(next->list.front().record->previous)};
      first_ = last_gone + 1;
    }
  }
  std::vector<SealedPut> puts;
  if (pruned) puts.push_back(chained(std::move(*pruned)));
  puts.push_back(chained(std::move(event)));
  const std::uint64_t number = end_.number;
  auto stored = co_await store(std::move(puts), std::move(erase));
  if (!stored) co_return std::unexpected(stored.error());
  co_return number;
}

Task<Result<void>> AuditLog::store(std::vector<SealedPut> puts, std::vector<std::string> erase) {
  staged_.push_back(end_);
  return writer_.wait(writer_.hand_over(std::move(puts), std::move(erase)));
}

// ---- another key

Task<Result<bool>> AuditLog::reseal(std::size_t rows) {
  resealing_ = true;
  auto done = co_await reseal_page(rows);
  resealing_ = false;
  co_return done;
}

Task<Result<bool>> AuditLog::reseal_page(std::size_t rows) {
  // What is being dropped is gone before it is read.
  if (auto idle = co_await store({}, {}); !idle) co_return std::unexpected(idle.error());
  if (pruning_) co_return false;
  const std::string prefix = key(0).substr(0, key(0).size() - kPositionDigits);
  auto page = co_await doors_.table.scan(prefix, resealed_, rows);
  if (!page) co_return std::unexpected(page.error());
  std::vector<SealedPut> puts;
  std::vector<Sealer::SealedItem> items;
  for (const TableRow& row : page->rows) {
    const auto number = number_from_hex(std::string_view(row.key).substr(prefix.size()));
    auto enveloped = open_envelope(StoredKind::kAuditEntry, row.value);
    if (!number || !enveloped) continue;  // verify() names it
    puts.push_back({.key = row.key,
                    .prefix = envelope(StoredKind::kAuditEntry),
                    .plain = {},
                    .ad = ad_of(workspace_, *number)});
    items.push_back({.sealed = std::move(enveloped->sealed), .ad = puts.back().ad});
  }
  auto plain = co_await doors_.sealer.open(std::move(items));
  if (!plain) co_return std::unexpected(plain.error());
  std::vector<SealedPut> opened;
  for (std::size_t at = 0; at < puts.size(); ++at) {
    if (!(*plain)[at]) continue;  // it opened with no key before, either
    puts[at].plain = std::move(*(*plain)[at]);
    opened.push_back(std::move(puts[at]));
  }
  if (auto stored = co_await store(std::move(opened), {}); !stored) {
    co_return std::unexpected(stored.error());
  }
  resealed_ = page->more && !page->rows.empty() ? page->rows.back().key : std::string();
  co_return resealed_.empty();
}

Task<Result<AuditLog::Page>> AuditLog::page(std::uint64_t after, std::size_t limit) {
  assert(limit >= 1 && limit <= kPageMax);
  auto found = co_await read(after, limit);
  if (!found) co_return std::unexpected(found.error());
  Page page{.records = {}, .last = after, .more = found->more};
  for (Read& one : found->list) {
    page.last = one.number;
    if (one.record) page.records.push_back(std::move(*one.record));
  }
  co_return page;
}

// Goes along the chain until the first record that is wrong.
class AuditLog::Checking {
 public:
  Verdict verdict;

  // False when it is the first that is wrong.
  bool take(const Read& one) {
    if (verdict.records == 0) {
      verdict.first = one.number;
    } else if (one.number != verdict.last + 1) {
      return wrong(verdict.last + 1, "It is missing.");
    }
    if (!one.record) return wrong(one.number, one.record.error().what);
    const AuditRecord& record = *one.record;
    if (record.number != one.number) return wrong(one.number, "It has another record's number.");
    if (verdict.records == 0) {
      start_ = record.previous;
    } else if (record.previous != digest_) {
      return wrong(one.number, "It does not follow the record before it.");
    }
    if (record.event.command == kAuditPruned &&
        record.event.target == std::to_string(verdict.first - 1) &&
        record.event.outcome == hex_encode(start_)) {
      start_explained_ = true;
    }
    digest_ = one.digest;
    verdict.last = one.number;
    ++verdict.records;
    return true;
  }

  void finish() {
    if (verdict.broken || verdict.records == 0) return;
    const bool from_the_first = verdict.first == 1 && start_ == Digest{};
    if (!from_the_first && !start_explained_) {
      wrong(verdict.first == 1 ? 1 : verdict.first - 1, "It is missing.");
    }
  }

 private:
  bool wrong(std::uint64_t number, std::string what) {
    verdict.broken = Broken{number, std::move(what)};
    return false;
  }

  Digest start_{};
  Digest digest_{};
  bool start_explained_ = false;
};

Task<Result<AuditLog::Verdict>> AuditLog::verify() {
  Checking checking;
  std::uint64_t after = 0;
  for (bool more = true; more && !checking.verdict.broken;) {
    auto found = co_await read(after, kPageMax);
    if (!found) co_return std::unexpected(found.error());
    if (found->list.empty()) break;
    more = found->more;
    after = found->list.back().number;
    for (const Read& one : found->list) {
      if (!checking.take(one)) break;
    }
  }
  checking.finish();
  co_return checking.verdict;
}

}  // namespace a67
