// VaultReencryption seals everything a vault guards anew when its key is replaced: single secrets,
// the change log, the audit log; some rows at a time.
#pragma once

#include "engine/api/secret_commands.h"
#include "engine/base/executor.h"
#include "engine/state/audit_log.h"
#include "engine/state/change_log.h"
#include "engine/vault/vault.h"

namespace a67 {

class VaultReencryption final : public Reencryption {
 public:
  static constexpr std::size_t kRowsPerStep = 200;

  struct Doors {
    Executor& executor;
    SecretCommands& secrets;
    ChangeLog& log;
    AuditLog& audit;
  };
  // REQUIRES: all of them outlive this.
  explicit VaultReencryption(Doors doors) : doors_(doors) {}
  Task<Result<bool>> step(EpochKey from, EpochKey to) override;

 private:
  enum class Stage : std::uint8_t { kSecrets, kLog, kAudit };

  Doors doors_;
  Stage stage_ = Stage::kSecrets;
};

}  // namespace a67
