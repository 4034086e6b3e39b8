// The contract's backup commands: everything a vault guards as one sealed file, and back.
//
// A backup is restored onto a device without a vault, which then has the backup's; or into an open
// vault, which keeps its own key and ways in, and takes over what the backup says. Nothing is half
// restored: each is one batch of the table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/api/account_room.h"
#include "engine/api/commands.h"
#include "engine/api/controller.h"
#include "engine/api/secret_commands.h"
#include "engine/api/vault_gate.h"
#include "engine/api/vault_state_store.h"
#include "engine/state/backup_content.h"
#include "engine/state/backup_plan.h"
#include "engine/vault/backup_file.h"

namespace a67 {

class BackupCommands {
 public:
  struct Doors {
    VaultPorts ports;
    VaultGate& gate;
    VaultStateStore& store;
    Controller& controller;
    SecretCommands& secrets;
    AccountRoom& accounts;
  };
  // REQUIRES: all outlive this, and this outlives the commands it adds.
  explicit BackupCommands(Doors doors)
      : ports_(doors.ports),
        gate_(doors.gate),
        store_(doors.store),
        controller_(doors.controller),
        secrets_(doors.secrets),
        accounts_(doors.accounts) {}
  void add_to(Commands& commands);

 private:
  struct Opened {
    BackupFile file;
    Vault::Copy copy;
    BackupContent content;
  };

  Task<Result<Json>> back_up(Commands::Context context, Json body);
  Task<Result<Json>> preview(Commands::Context context, Json body);
  Task<Result<Json>> restore(Commands::Context context, Json body);

  Task<Result<Opened>> open(std::string file, UnlockWith with);
  Task<Result<void>> ensure_empty();
  Task<Result<void>> ensure_restorable();
  Task<Result<Json>> restore_anew(Opened opened);
  Task<Result<Json>> restore_into(Opened opened, RestoreMode mode);
  Task<Result<void>> reseal_secrets(Opened* opened);
  [[nodiscard]] Result<void> ensure_newest(const BackupContent& content) const;
  Task<Result<void>> save_pending();
  Task<Result<std::optional<Controller::Lead>>> lead_for(const BackupContent* content,
                                                         RestoreMode mode);
  Task<Result<RestorePlan>> apply(BackupContent content, RestoreMode mode);

  VaultPorts ports_;
  VaultGate& gate_;
  VaultStateStore& store_;
  Controller& controller_;
  SecretCommands& secrets_;
  AccountRoom& accounts_;
  bool restoring_ = false;
};

}  // namespace a67
