// AuditTrail writes down every command with who gave it, what it was about and how it ended, and
// answers the contract's audit.* commands.
//
// The log is sealed, so it opens with the vault. What was tried before (a wrong passphrase) is
// remembered until then, the last kWaitingMax of it.
#pragma once

#include <deque>
#include <string>

#include "engine/api/commands.h"
#include "engine/ports/clock.h"
#include "engine/ports/log.h"
#include "engine/state/audit_log.h"

namespace a67 {

class AuditTrail {
 public:
  static constexpr std::size_t kWaitingMax = 100;

  // REQUIRES: both outlive this.
  AuditTrail(const WallClock& clock, Log& log) : clock_(clock), log_(log) {}
  void add_to(Commands& commands);

  // From now on records are stored, those that waited first. REQUIRES: `audit` outlives this.
  Task<void> open(AuditLog* audit, std::string actor);

 private:
  Task<void> record(std::string command, std::string target, std::string outcome);
  Task<void> store(AuditEvent event);
  Task<Result<Json>> list(Commands::Context context, Json body);
  Task<Result<Json>> verify(Commands::Context context, Json body);
  Task<Result<Json>> export_text(Commands::Context context, Json body);

  const WallClock& clock_;
  Log& log_;
  AuditLog* audit_ = nullptr;
  std::string actor_;
  std::deque<AuditEvent> waiting_;
};

}  // namespace a67
