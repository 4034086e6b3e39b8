// VaultGate stands before the controller: nothing that is kept can be read before its vault is
// open. It holds the vault of this device, answers the contract's vault commands, and says when the
// vault was opened.
//
// It never sees a passphrase, recovery words or a passkey's answer: commands name them by the
// number the host gave them (engine/ports/keyring.h). To lock is to end the engine: the host lets
// go of the keys and starts a new one.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "engine/api/commands.h"
#include "engine/ports/ports.h"
#include "engine/ports/table.h"
#include "engine/vault/vault.h"

namespace a67 {

class VaultGate {
 public:
  // The first workspace of a device; the name for people is in the vault.
  static constexpr std::string_view kWorkspace = "main";

  struct Doors {
    // Opens what the vault guards; its error locks the vault again and is the command's answer.
    std::function<Task<Result<void>>()> open_state;
    // What lies under the vault's key, to be sealed under the next. REQUIRES: open.
    std::function<Reencryption&()> data;
    std::function<void(std::string name, Json body)> emit;
  };

  // `workspace`: as Vault.
  VaultGate(VaultPorts ports, Executor& executor, std::string workspace, Doors doors);
  void add_to(Commands& commands);

  // Ends what it began by itself (a rotation), which uses what the doors lead to: called before
  // that goes.
  void cancel_all() { tasks_.cancel_all(); }

  // Looks whether there is a vault. Errors as Vault::inspect(), but that there is none is no error.
  Task<Result<void>> start();

  [[nodiscard]] const Vault& vault() const { return vault_; }
  // For backups. The vault was opened by another way than this gate's: opens what it guards, and
  // tells.
  [[nodiscard]] Vault& vault() { return vault_; }
  Task<Result<Json>> opened();
  // The vault of this engine is gone; another cannot take its place in it.
  [[nodiscard]] bool erased() const { return erased_; }
  [[nodiscard]] Json view() const;

 private:
  Task<Result<Json>> status(Commands::Context context, Json body);
  Task<Result<Json>> create(Commands::Context context, Json body);
  Task<Result<Json>> unlock(Commands::Context context, Json body);
  Task<Result<Json>> change_passphrase(Commands::Context context, Json body);
  Task<Result<Json>> add_method(Commands::Context context, Json body);
  Task<Result<Json>> remove_method(Commands::Context context, Json body);
  Task<Result<Json>> rotate(Commands::Context context, Json body);
  Task<Result<Json>> workspaces(Commands::Context context, Json body);
  Task<Result<Json>> erase(Commands::Context context, Json body);

  // After every change: what there is now, told and answered.
  Json tell();
  Task<Result<void>> enter();
  Task<Result<void>> erase_rows();
  [[nodiscard]] std::string rows() const { return "w/" + workspace_ + "/"; }
  Task<Result<void>> rotate_vault();
  Task<void> rotate_when_due();

  VaultPorts ports_;
  Executor& executor_;
  std::string workspace_;
  Doors doors_;
  Vault vault_;
  std::optional<VaultHeader> seen_;  // as inspected, while it is not open
  bool erased_ = false;              // the rest of this engine is of a vault that is gone
  bool rotating_ = false;
  Notify rotated_;
  TaskScope tasks_;
};

}  // namespace a67
