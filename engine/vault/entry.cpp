#include "engine/vault/entry.h"

#include <cassert>
#include <utility>
#include <vector>

#include "engine/base/encoding.h"
#include "engine/vault/fields.h"

namespace a67 {
namespace {

constexpr std::string_view kMark = "e1.";
constexpr std::size_t kBucketBytes = 64;
constexpr std::size_t kNonceAndTagBytes = 12 + 16;
// The largest entry with its length, padded and sealed.
constexpr std::size_t kSealedBytesMax = kEntryBytesMax + kEntryBytesMax / 8;

std::unexpected<Error> damaged() {
  return fail(ErrorCode::kStoreFailed,
              "A stored secret is damaged, or is not the one it should be.",
              "Enter it again, or restore the vault from a backup.");
}

std::unexpected<Error> is_locked() {
  return fail(ErrorCode::kUnauthorized, "The vault is locked.", "Unlock it first.");
}

// A decimal number as we write them: no sign, no leading zero.
std::optional<std::uint32_t> read_number(std::string_view text) {
  if (text.empty() || text.size() > 10 || text.front() == '0') return std::nullopt;
  std::uint64_t number = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + static_cast<std::uint64_t>(digit - '0');
  }
  if (number > 0xFFFFFFFF) return std::nullopt;
  return static_cast<std::uint32_t>(number);
}

}  // namespace

Sensitive<std::string> pad_entry(std::string_view plain) {
  assert(plain.size() <= kEntryBytesMax);
  return pad_bytes(plain);
}

std::optional<Sensitive<std::string>> unpad_entry(std::string_view padded) {
  return unpad_bytes(padded, kEntryBytesMax);
}

std::string write_entry(const StoredEntry& entry) {
  return std::string(kMark) + std::to_string(entry.epoch) + "." +
         base64url_encode(as_bytes(entry.sealed));
}

Result<StoredEntry> read_entry(std::string_view text) {
  if (text.size() > 2 * kSealedBytesMax) return damaged();
  if (!text.starts_with(kMark)) {
    const std::size_t dot = text.find('.');
    const bool newer = dot != std::string_view::npos && dot > 1 && text[0] == 'e' &&
                       read_number(text.substr(1, dot - 1)).has_value();
    if (!newer) return damaged();
    return fail(ErrorCode::kConflict, "A secret was stored by a newer version of Automator67.",
                "Update Automator67 on this device.");
  }
  const std::string_view rest = text.substr(kMark.size());
  const std::size_t dot = rest.find('.');
  if (dot == std::string_view::npos) return damaged();
  const auto epoch = read_number(rest.substr(0, dot));
  const auto sealed = base64url_decode(rest.substr(dot + 1));
  if (!epoch || !sealed || sealed->size() < kNonceAndTagBytes + kBucketBytes ||
      sealed->size() > kSealedBytesMax) {
    return damaged();
  }
  return StoredEntry{.epoch = *epoch, .sealed = std::string(sealed->begin(), sealed->end())};
}

std::string entry_context(const EntryName& name, std::uint32_t epoch) {
  return join_fields({"automator67/vault/v1/entry", name.workspace, name.id,
                      std::to_string(name.version), name.purpose, std::to_string(epoch)});
}

std::string entry_subkey_info(const EntryName& name) {
  return join_fields(
      {"automator67/vault/v1/entry-key", name.workspace, name.id, std::to_string(name.version)});
}

Task<Result<Held<KeyRef>>> Entries::subkey(EpochKey key, EntryName name) {
  const std::string salt = vault_.header().id.value;
  const auto made = co_await keyring_.subkey(key.key, salt, entry_subkey_info(name), KeyUse::kSeal);
  if (!made) co_return std::unexpected(made.error());
  co_return Held<KeyRef>(keyring_, *made);
}

Task<Result<std::string>> Entries::seal(EntryName name, Sensitive<std::string> plain) {
  if (!vault_.is_open()) co_return is_locked();
  if (plain.expose().size() > kEntryBytesMax) {
    co_return fail(ErrorCode::kTooLarge, "A secret has at most 262144 bytes.");
  }
  const EpochKey key = vault_.newest_key();
  const auto with = co_await subkey(key, name);
  if (!with) co_return std::unexpected(with.error());
  std::vector<PlainItem> items;
  items.push_back({.plain = pad_entry(plain.expose()), .ad = entry_context(name, key.epoch)});
  const auto sealed = co_await keyring_.seal(with->ref(), std::move(items));
  if (!sealed) co_return std::unexpected(sealed.error());
  co_return write_entry({.epoch = key.epoch, .sealed = sealed->front()});
}

Task<Result<Sensitive<std::string>>> Entries::open(EntryName name, std::string stored) {
  if (!vault_.is_open()) co_return is_locked();
  auto entry = read_entry(stored);
  if (!entry) co_return std::unexpected(entry.error());
  const auto key = vault_.key_of(entry->epoch);
  if (!key) co_return damaged();
  co_return co_await open_entry(&keyring_, *key, vault_.header().id.value, std::move(name),
                                std::move(stored));
}

Task<Result<Sensitive<std::string>>> open_entry(Keyring* keyring, EpochKey key,
                                                std::string vault_id, EntryName name,
                                                std::string stored) {
  auto entry = read_entry(stored);
  if (!entry) co_return std::unexpected(entry.error());
  if (entry->epoch != key.epoch) co_return damaged();
  const auto made = co_await keyring->subkey(key.key, std::move(vault_id), entry_subkey_info(name),
                                             KeyUse::kSeal);
  if (!made) co_return std::unexpected(made.error());
  const Held<KeyRef> with(*keyring, *made);
  std::vector<SealedItem> items;
  items.push_back({.sealed = std::move(entry->sealed), .ad = entry_context(name, key.epoch)});
  const auto opened = co_await keyring->open_sealed(with.ref(), std::move(items));
  if (!opened) co_return std::unexpected(opened.error());
  if (!opened->front()) co_return damaged();
  auto plain = unpad_entry(opened->front()->expose());
  if (!plain) co_return damaged();
  co_return std::move(*plain);
}

Task<Result<std::string>> Entries::reseal(EntryName name, std::string stored) {
  auto plain = co_await open(name, std::move(stored));
  if (!plain) co_return std::unexpected(plain.error());
  co_return co_await seal(std::move(name), std::move(*plain));
}

}  // namespace a67
