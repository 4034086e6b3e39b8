// Sealing what is stored anew, when the vault has another key.
#include <utility>

#include "engine/state/change_log.h"
#include "engine/state/log_keys.h"

namespace a67 {

// Nothing when the row has not the name or the form of ours: it is named in damages() already.
std::optional<SealedPut> ChangeLog::resealable(const TableRow& row, std::string& sealed) const {
  const std::string_view name = std::string_view(row.key).substr(prefix_.size());
  if (name.starts_with(kLogFolder)) {
    const auto position = number_from_hex(name.substr(kLogFolder.size()));
    auto enveloped = open_envelope(StoredKind::kLogEntry, row.value);
    if (!position || !enveloped) return std::nullopt;
    sealed = std::move(enveloped->sealed);
    return SealedPut{.key = row.key,
                     .prefix = log_envelope(enveloped->link, enveloped->device),
                     .plain = {},
                     .ad = log_ad(*position, enveloped->link, enveloped->device)};
  }
  const std::string_view numbers = name.substr(kSnapFolder.size());
  if (numbers.size() != kPositionDigits + 1 + kPartDigits) return std::nullopt;
  const auto position = number_from_hex(numbers.substr(0, kPositionDigits));
  const auto part = number_from_hex(numbers.substr(kPositionDigits + 1), kPartDigits);
  auto enveloped = open_envelope(StoredKind::kSnapshotPart, row.value);
  if (!position || !part || !enveloped) return std::nullopt;
  sealed = std::move(enveloped->sealed);
  return SealedPut{.key = row.key,
                   .prefix = envelope(StoredKind::kSnapshotPart),
                   .plain = {},
                   .ad = part_ad(options_.workspace, *position, static_cast<std::size_t>(*part))};
}

Task<Result<bool>> ChangeLog::reseal(std::size_t rows) {
  if (auto free = room(); !free) co_return std::unexpected(free.error());
  if (compacting_) co_return false;  // what it drops must not come back
  compacting_ = true;
  auto done = co_await reseal_page(rows);
  compacting_ = false;
  co_return done;
}

Task<Result<bool>> ChangeLog::reseal_page(std::size_t rows) {
  const std::string_view folder = resealing_snapshots_ ? kSnapFolder : kLogFolder;
  auto page = co_await doors_.table.scan(prefix_ + std::string(folder), resealed_, rows);
  if (!page) co_return std::unexpected(page.error());
  std::vector<SealedPut> puts;
  std::vector<Sealer::SealedItem> items;
  for (const TableRow& row : page->rows) {
    std::string sealed;
    auto put = resealable(row, sealed);
    if (!put) continue;
    items.push_back({.sealed = std::move(sealed), .ad = put->ad});
    puts.push_back(std::move(*put));
  }
  auto plain = co_await doors_.sealer.open(std::move(items));
  if (!plain) co_return std::unexpected(plain.error());
  std::vector<SealedPut> opened;
  for (std::size_t at = 0; at < puts.size(); ++at) {
    if (!(*plain)[at]) continue;  // it opened with no key before, either
    puts[at].plain = std::move(*(*plain)[at]);
    opened.push_back(std::move(puts[at]));
  }
  if (!opened.empty()) {
    auto stored = co_await writer_.wait(hand_over(std::move(opened), 0));
    if (!stored) co_return std::unexpected(stored.error());
  }
  if (page->more && !page->rows.empty()) {
    resealed_ = page->rows.back().key;
    co_return false;
  }
  resealed_.clear();
  resealing_snapshots_ = !resealing_snapshots_;
  co_return !resealing_snapshots_;
}

}  // namespace a67
