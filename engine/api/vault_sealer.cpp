#include "engine/api/vault_sealer.h"

#include <optional>
#include <string_view>
#include <utility>

namespace a67 {
namespace {

constexpr std::string_view kLogInfo = "automator67/change-log/v1";
constexpr std::size_t kEpochBytes = 4;

std::string epoch_bytes(std::uint32_t epoch) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>((epoch >> shift) & 0xFFU);
  return bytes;
}

// 0, which no key has, when there are too few bytes.
std::uint32_t epoch_of(std::string_view sealed) {
  if (sealed.size() < kEpochBytes) return 0;
  std::uint32_t epoch = 0;
  for (std::size_t at = 0; at < kEpochBytes; ++at) {
    epoch = (epoch << 8U) | static_cast<unsigned char>(sealed[at]);
  }
  return epoch;
}

std::unexpected<Error> is_locked() {
  return fail(ErrorCode::kLocked, "The vault is locked.", "Unlock it first.");
}

}  // namespace

Task<Result<KeyRef>> VaultSealer::subkey(EpochKey key) {
  const auto known = subkeys_.find(key.epoch);
  if (known != subkeys_.end()) co_return known->second.ref();
  auto made = co_await keyring_.subkey(key.key, workspace_, std::string(kLogInfo), KeyUse::kSeal);
  if (!made) co_return std::unexpected(made.error());
  // Somebody else may have made it meanwhile; one of the two is enough.
  Held held(keyring_, *made);
  co_return subkeys_.try_emplace(key.epoch, std::move(held)).first->second.ref();
}

Task<Result<std::vector<std::string>>> VaultSealer::seal(std::vector<Item> items) {
  if (!vault_.is_open()) co_return is_locked();
  const EpochKey newest = vault_.newest_key();
  auto key = co_await subkey(newest);
  if (!key) co_return std::unexpected(key.error());
  std::vector<PlainItem> plain;
  plain.reserve(items.size());
  for (Item& item : items) {
    plain.push_back({.plain = Sensitive(std::move(item.plain)), .ad = std::move(item.ad)});
  }
  auto sealed = co_await keyring_.seal(*key, std::move(plain));
  if (!sealed) co_return std::unexpected(sealed.error());
  for (std::string& text : *sealed) text.insert(0, epoch_bytes(newest.epoch));
  co_return std::move(*sealed);
}

Task<Result<std::vector<std::optional<std::string>>>> VaultSealer::open(
    std::vector<SealedItem> items) {
  if (!vault_.is_open()) co_return is_locked();
  std::vector<std::optional<std::string>> opened(items.size());
  std::map<std::uint32_t, std::vector<std::size_t>> by_epoch;
  for (std::size_t at = 0; at < items.size(); ++at) {
    by_epoch[epoch_of(items[at].sealed)].push_back(at);
  }
  for (const auto& [epoch, places] : by_epoch) {
    const auto key = vault_.key_of(epoch);
    if (!key) continue;  // damaged, or of a key that is gone: these stay unopened
    auto sub = co_await subkey(*key);
    if (!sub) co_return std::unexpected(sub.error());
    std::vector<a67::SealedItem> batch;
    batch.reserve(places.size());
    for (const std::size_t at : places) {
      batch.push_back(
          {.sealed = items[at].sealed.substr(kEpochBytes), .ad = std::move(items[at].ad)});
    }
    auto plain = co_await keyring_.open_sealed(*sub, std::move(batch));
    if (!plain) co_return std::unexpected(plain.error());
    for (std::size_t n = 0; n < places.size(); ++n) {
      if ((*plain)[n]) opened[places[n]] = (*plain)[n]->expose();
    }
  }
  co_return opened;
}

}  // namespace a67
