#include "engine/api/vault_reencryption.h"

namespace a67 {
namespace {

// Others have their turn between two steps; and a log that is busy is not asked in a circle.
constexpr Duration kBreath{1};

}  // namespace

Task<Result<bool>> VaultReencryption::step(EpochKey /*from*/, EpochKey /*to*/) {
  co_await doors_.executor.sleep(kBreath);
  switch (stage_) {
    case Stage::kSecrets: {
      if (auto sealed = co_await doors_.secrets.reseal(); !sealed) {
        co_return std::unexpected(sealed.error());
      }
      stage_ = Stage::kLog;
      co_return false;
    }
    case Stage::kLog: {
      auto done = co_await doors_.log.reseal(kRowsPerStep);
      if (!done) co_return std::unexpected(done.error());
      if (*done) stage_ = Stage::kAudit;
      co_return false;
    }
    case Stage::kAudit: {
      auto done = co_await doors_.audit.reseal(kRowsPerStep);
      if (!done) co_return std::unexpected(done.error());
      if (*done) stage_ = Stage::kSecrets;
      co_return *done;
    }
  }
  co_return true;
}

}  // namespace a67
