// Entries: single secrets (a provider's token, an app's password) sealed under the vault key.
//
// Each version of an entry has its own subkey, so that no key ever seals many things: AES-256-GCM
// with random nonces stays within NIST's bound (2^32 seals of one key) by a distance that no person
// can walk. What is sealed is bound to the workspace, the entry, its version, its purpose and the
// key's epoch: moved, renamed, or put back from an older version, it does not open. Its length is
// padded, so that a token's size does not tell which provider gave it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/base/sensitive.h"
#include "engine/base/task.h"
#include "engine/vault/padding.h"
#include "engine/vault/vault.h"

namespace a67 {

inline constexpr std::size_t kEntryBytesMax = std::size_t{256} << 10;

struct EntryName {
  std::string workspace;
  std::string id;
  std::uint64_t version = 1;  // goes up whenever the entry gets another value
  std::string purpose;        // what it may be used for, e.g. "provider/render"
};

// As pad_bytes(). REQUIRES: at most kEntryBytesMax.
Sensitive<std::string> pad_entry(std::string_view plain);
// Nothing when it is not what pad_entry() writes.
std::optional<Sensitive<std::string>> unpad_entry(std::string_view padded);

// What is stored: "e1.<epoch>.<base64url of nonce, ciphertext and tag>".
struct StoredEntry {
  std::uint32_t epoch = 0;
  std::string sealed;
};
std::string write_entry(const StoredEntry& entry);
// kStoreFailed when damaged, kConflict when written by a newer version.
Result<StoredEntry> read_entry(std::string_view text);

// What an entry is bound to, and what its subkey is made from.
std::string entry_context(const EntryName& name, std::uint32_t epoch);
std::string entry_subkey_info(const EntryName& name);

// One of a copy of a vault (its key and its id). kStoreFailed as Entries::open(). REQUIRES: the
// keyring outlives the task.
Task<Result<Sensitive<std::string>>> open_entry(Keyring* keyring, EpochKey key,
                                                std::string vault_id, EntryName name,
                                                std::string stored);

class Entries {
 public:
  // REQUIRES: both outlive this and its tasks.
  Entries(Keyring& keyring, const Vault& vault) : keyring_(keyring), vault_(vault) {}

  // Sealed with the vault's newest key. kUnauthorized while it is locked, kTooLarge.
  Task<Result<std::string>> seal(EntryName name, Sensitive<std::string> plain);
  // kUnauthorized while locked, kStoreFailed when damaged or not this entry in this version.
  Task<Result<Sensitive<std::string>>> open(EntryName name, std::string stored);
  // The same entry and version under the vault's newest key: for a rotation.
  Task<Result<std::string>> reseal(EntryName name, std::string stored);

 private:
  Task<Result<Held<KeyRef>>> subkey(EpochKey key, EntryName name);

  Keyring& keyring_;
  const Vault& vault_;
};

}  // namespace a67
