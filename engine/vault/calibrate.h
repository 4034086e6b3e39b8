// Which Argon2id cost suits this device: as dear as a person will wait for, never below the floor.
//
// Memory comes before passes, because memory is what a guesser's graphics card lacks. The ceiling
// is low: the same passphrase must also open on the person's phone. worker/src/keyring/calibrate.ts
// is the page's, by the same rule.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "engine/ports/unlock.h"

namespace a67 {

inline constexpr double kArgon2TargetMs = 750;
inline constexpr std::uint32_t kArgon2ProposedMemoryKibMax = 256 * 1024;
inline constexpr std::uint32_t kArgon2ProposedPassesMax = 20;

// Milliseconds of one derivation; nothing when that much memory is not to be had.
using MeasureArgon2 = std::function<std::optional<double>(Argon2Params)>;

// Nothing when the device cannot spare kArgon2Floor.
std::optional<Argon2Params> calibrate_argon2(const MeasureArgon2& measure);

}  // namespace a67
