// The contract's storage.* queries: how the state is kept, and what of it could not be read.
#pragma once

#include "engine/api/commands.h"
#include "engine/api/vault_state_store.h"

namespace a67 {

class StorageCommands {
 public:
  // `store` null: the state is not in a vault. REQUIRES: it outlives this, and this outlives the
  // commands it adds.
  explicit StorageCommands(VaultStateStore* store) : store_(store) {}
  void add_to(Commands& commands);

 private:
  [[nodiscard]] Json view() const;

  VaultStateStore* store_;
};

}  // namespace a67
