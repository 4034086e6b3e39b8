// The contract's secret.* commands: single secrets (a provider's token, an app's password) with
// their age, last use and expiry.
//
// A value is sealed by itself under the vault's key (engine/vault/entry.h) and kept as an entity
// `secret/<name>` of the change log, so it is in this engine's memory only while it is set or
// shown.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/api/commands.h"
#include "engine/api/vault_state_store.h"
#include "engine/ports/clock.h"
#include "engine/vault/entry.h"

namespace a67 {

class SecretCommands {
 public:
  static constexpr std::size_t kSecretsMax = 10'000;
  static constexpr std::string_view kPurpose = "secret";  // of every entry

  struct Doors {
    VaultStateStore& store;
    const Vault& vault;
    Keyring& keyring;
    const WallClock& clock;
    std::string workspace;
    std::function<void(std::string name, Json body)> emit;
  };
  // REQUIRES: all of them outlive this, and this outlives the commands it adds.
  explicit SecretCommands(Doors doors);
  void add_to(Commands& commands);

  // ---- for what keeps its credentials here
  struct Kept {
    Sensitive<std::string> value;
    std::string note;
    UnixMs expires_at = 0;  // 0: never
  };
  // A new secret, or another value of one. kTooLarge when there are too many.
  Task<Result<void>> keep(std::string name, Kept kept);
  // kNotFound when there is none of that name. That it was used is noted once a day.
  Task<Result<Sensitive<std::string>>> use(std::string name);
  // One that is not there is forgotten.
  Task<Result<void>> forget(std::string name);
  [[nodiscard]] Json view(const std::string& name) const;

  // Takes one change of a secret back. kConflict when it was changed again since, or was sealed
  // under a key that is gone.
  Task<Result<Json>> undo(std::string name, HistoryEntry entry);
  // Seals every secret anew under the vault's newest key.
  Task<Result<void>> reseal();
  // What became of this one, which something else changed. Never of all: they may be kSecretsMax.
  void tell_of(const std::string& name);
  // Something else changed any number of them.
  void tell_of_reset() { doors_.emit("secret.reset", Json::object()); }

 private:
  Task<Result<Json>> list(Commands::Context context, Json body);
  Task<Result<Json>> set(Commands::Context context, Json body);
  Task<Result<Json>> reveal(Commands::Context context, Json body);
  Task<Result<Json>> remove(Commands::Context context, Json body);

  [[nodiscard]] const Entity* find(const std::string& name) const;
  [[nodiscard]] EntryName entry_name(std::string name, std::uint64_t version) const;
  [[nodiscard]] Json views() const;
  [[nodiscard]] bool is_full() const;
  // A change of this one.
  Task<Result<void>> append(Change change, std::string name);
  Task<Result<Sensitive<std::string>>> open(std::string name);
  Task<Result<void>> append_value(Change change, std::string name, Sensitive<std::string> value);

  Doors doors_;
  Entries entries_;
};

}  // namespace a67
