#include "engine/native/calibrate.h"

#include <chrono>
#include <string>

#include "engine/base/encoding.h"
#include "engine/vault/calibrate.h"
#include "engine/vault/wrap_key.h"

namespace a67::native {
namespace {

std::optional<double> measure(Argon2Params params) {
  const std::string secret = "as long as many a passphrase";
  const std::string salt(kMethodSaltBytes, 's');
  const auto began = std::chrono::steady_clock::now();
  const auto seed =
      derive_method_seed(MethodKind::kPassphrase, as_bytes(secret), as_bytes(salt), params);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
  return seed ? std::optional(took.count()) : std::nullopt;
}

}  // namespace

Result<Argon2Params> calibrate_here() {
  const auto params = calibrate_argon2(measure);
  if (!params) {
    return fail(ErrorCode::kNoMemory, "This machine cannot spare the 64 MiB a passphrase needs.",
                "End other programs, then try again.");
  }
  return *params;
}

}  // namespace a67::native
