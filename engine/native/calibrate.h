// What a passphrase should cost on this machine.
#pragma once

#include "engine/base/result.h"
#include "engine/ports/unlock.h"

namespace a67::native {

// Measures a few derivations (a second or two) and proposes by engine/vault/calibrate.h.
// Error: kNoMemory.
Result<Argon2Params> calibrate_here();

}  // namespace a67::native
