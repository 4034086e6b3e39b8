// VaultStateStore keeps the controller's state in the change log of an open vault: only what
// changed is written, sealed, and answered once it is durable.
//
// What an earlier version kept in the open (plain_state_store.h) is taken over the first time, and
// its values are emptied as soon as the log holds them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/api/vault_sealer.h"
#include "engine/ports/ports.h"
#include "engine/ports/table.h"
#include "engine/state/audit_log.h"
#include "engine/state/backup_content.h"
#include "engine/state/change_log.h"
#include "engine/state/plain_state_store.h"
#include "engine/state/state_store.h"

namespace a67 {

class VaultStateStore final : public StateStore {
 public:
  // Every start takes an epoch, so the device of a backup may have taken many since. A restored
  // engine leaps over them: its nodes shall follow it, not what was left behind.
  static constexpr std::int64_t kEpochLeap = 1'000'000;

  struct Doors {
    Executor& executor;
    Random& random;
    const WallClock& clock;
    Keyring& keyring;
    Table& table;
    Store& earlier;
  };
  // REQUIRES: the doors and the vault outlive this, and the vault is open when it is first asked.
  VaultStateStore(Doors doors, const Vault& vault, std::string workspace);

  Task<Result<std::optional<Sensitive<Seed>>>> load_identity() override;
  Task<Result<void>> save_identity(Sensitive<Seed> seed) override;
  Task<Result<std::int64_t>> take_epoch() override;
  // Greater than all before, and than `above`. Durable.
  Task<Result<std::int64_t>> take_epoch_above(std::int64_t above);
  Task<Result<std::optional<State>>> load() override;
  Task<Result<void>> save(const State& state) override;
  [[nodiscard]] Result<std::optional<State>> saved() const override;

  // An earlier version kept something here in the open, which was not taken over yet.
  Task<Result<bool>> has_earlier();
  // What makes a backup this device's log, sealed with the vault that is open: as another device
  // than the one that made it.
  Task<Result<TableBatch>> rows_for(const BackupContent* content);
  [[nodiscard]] const std::string& workspace() const { return workspace_; }
  // Null until load_identity() was answered.
  [[nodiscard]] ChangeLog* log() { return log_.get(); }
  // Likewise.
  [[nodiscard]] AuditLog* audit() { return audit_.get(); }
  // What this device is called in changes; empty until then.
  [[nodiscard]] const std::string& device() const { return device_; }

 private:
  Task<Result<std::string>> load_device();
  Task<Result<void>> open_logs();
  Task<Result<void>> append(Change change);
  Task<Result<void>> empty_leftovers();

  Doors doors_;
  std::string workspace_;
  VaultSealer sealer_;
  PlainStateStore earlier_;
  std::string device_;
  std::unique_ptr<ChangeLog> log_;
  std::unique_ptr<AuditLog> audit_;
};

}  // namespace a67
