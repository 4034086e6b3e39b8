// The verbs that change who may open the vault: protect, change-passphrase, recovery, remember and
// forget-device.
//
// Each is a few changes of the vault, in an order in which a stop between two of them locks nobody
// out: a way in is added before another is taken away, and a file goes after the way it opened.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/vault_door.h"
#include "engine/native/data_dir.h"

namespace a67::cli {

struct VaultChoices {
  SecretSources sources;
  std::string new_passphrase_file;  // empty: asked for
  std::string recovery_out;         // empty: shown on the terminal
  bool keep_device_key = false;
  bool yes = false;  // nothing is typed back
};

class VaultVerbs {
 public:
  static constexpr std::size_t kPassphraseCharactersMin = 8;

  // REQUIRES: session and door outlive this, and the door is open.
  VaultVerbs(Session& session, VaultDoor& door, native::DataDir dir, VaultChoices choices);

  // `verb` as in cli/verbs.h. Errors: kConflict (the vault is in another state, or a watch runs),
  // kForbidden (nothing would be left to open it with), kCancelled, kInvalidInput; the door's.
  Result<void> run(std::string_view verb);

 private:
  Result<void> protect();
  Result<void> change_passphrase();
  Result<void> make_recovery();
  Result<void> remember();
  Result<void> forget_device();

  [[nodiscard]] Result<void> needs_own_engine() const;
  // What vouches for a change: what opened the vault.
  [[nodiscard]] Result<const Proof*> proof() const;
  Result<Proof> current_passphrase();
  Result<Sensitive<std::string>> new_passphrase(const std::string& file);
  Result<Sensitive<std::string>> ask_new_passphrase();
  Result<void> hand_over(const Sensitive<std::string>& words);
  Result<void> have_typed_back(const Sensitive<std::string>& words);
  Result<void> add(Proof added, const Proof& by, std::string_view label);
  Result<void> add_passphrase(Sensitive<std::string> passphrase, const Proof& by);
  [[nodiscard]] std::vector<std::string> ids_of(MethodKind kind) const;
  Result<void> remove(const std::vector<std::string>& ids);
  Result<void> rotate();

  Session& session_;
  VaultDoor& door_;
  native::DataDir dir_;
  VaultChoices choices_;
};

}  // namespace a67::cli
