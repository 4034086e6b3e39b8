// The verbs about backups: `backup` writes one encrypted file, `restore` shows what is in one and
// what would change, asks, and then takes it over.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/render.h"
#include "cli/vault_door.h"

namespace a67::cli {

struct BackupChoices {
  std::string file;
  SecretSources sources;
  std::string passphrase_file;  // of the backup; empty: tried with what opens the vault here
  std::string recovery_file;    // likewise
  bool replace = false;         // else merged
  bool dry_run = false;         // ends with what would change
  bool force = false;           // an existing file is overwritten
  bool json = false;
  bool yes = false;
  View view;
};

class BackupVerbs {
 public:
  static constexpr int kAsksMax = VaultDoor::kAsksMax;

  // REQUIRES: session and door outlive this; the door is not open yet.
  BackupVerbs(Session& session, VaultDoor& door, native::DataDir dir, BackupChoices choices);

  // Errors: kConflict (the file is there already; a watch runs), kUnauthorized, kLocked, kNotFound,
  // kCancelled; the engine's and the door's.
  Result<void> back_up();
  Result<void> restore();

 private:
  // An offered proof, and what the backup told of itself when it was opened with it.
  struct Opened {
    std::string kind;
    std::int64_t secret = 0;
    Json preview;
  };

  Result<Json> ask_engine(const std::string& command, const Json& body);
  Result<bool> open_vault();
  Result<Opened> open_backup(const std::string& file);
  Result<Opened> open_with(const std::string& file, const Proof& proof);
  Result<Opened> open_by_asking(const std::string& file);
  Result<std::vector<Proof>> given_proofs();
  Result<void> confirm(bool absent) const;

  Session& session_;
  VaultDoor& door_;
  native::DataDir dir_;
  BackupChoices choices_;
};

}  // namespace a67::cli
