// VaultSealer seals what the change log stores under the vault's newest key, and opens what was
// sealed under any key the vault still has: during a rotation these are two.
//
// A sealed text is the key's epoch (32 bits, big endian), then nonce, ciphertext and tag
// (docs/local-mode.md). The key is a subkey of the vault key for this one use, so log records and
// entries never share one; with random nonces it may seal 2^32 times (NIST SP 800-38D, 8.3), and a
// rotation every 30 days starts a new count.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/ports/keyring.h"
#include "engine/state/sealer.h"
#include "engine/vault/vault.h"

namespace a67 {

class VaultSealer final : public Sealer {
 public:
  // REQUIRES: both outlive this and its tasks.
  VaultSealer(Keyring& keyring, const Vault& vault, std::string workspace)
      : keyring_(keyring), vault_(vault), workspace_(std::move(workspace)) {}

  Task<Result<std::vector<std::string>>> seal(std::vector<Item> items) override;
  Task<Result<std::vector<std::optional<std::string>>>> open(
      std::vector<SealedItem> items) override;

 private:
  Task<Result<KeyRef>> subkey(EpochKey key);

  Keyring& keyring_;
  const Vault& vault_;
  std::string workspace_;
  std::map<std::uint32_t, Held<KeyRef>> subkeys_;  // by epoch
};

}  // namespace a67
