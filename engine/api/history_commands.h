// The contract's history.* commands: what was changed of one thing, and taking one change back.
//
// A change of an app is taken back by the command that leads there (a rollout of the release
// before, so many replicas again), never by putting old bookkeeping in the place of new.
#pragma once

#include <string>
#include <vector>

#include "engine/api/commands.h"
#include "engine/api/controller.h"
#include "engine/api/secret_commands.h"
#include "engine/api/vault_state_store.h"

namespace a67 {

class HistoryCommands {
 public:
  struct Doors {
    Controller& controller;
    Commands& commands;
    VaultStateStore* store = nullptr;   // null: there is no vault, and no history
    SecretCommands* secrets = nullptr;  // likewise
  };
  // REQUIRES: all of them outlive this, and this outlives the commands it adds.
  explicit HistoryCommands(Doors doors) : doors_(doors) {}
  void add_to();

 private:
  Task<Result<Json>> list(Commands::Context context, Json body);
  Task<Result<Json>> undo(Commands::Context context, Json body);
  Task<Result<Json>> undo_app(Commands::Context context, std::string name, HistoryEntry entry);
  Task<Result<Json>> undo_settings(Commands::Context context, HistoryEntry entry);
  [[nodiscard]] Result<ChangeLog*> log() const;

  Doors doors_;
};

}  // namespace a67
