#include "engine/vault/calibrate.h"

#include <algorithm>

namespace a67 {
namespace {

std::uint32_t passes_for(double ms_per_pass) {
  const double fit = std::clamp<double>(kArgon2TargetMs / ms_per_pass, kArgon2Floor.passes,
                                        kArgon2ProposedPassesMax);
  return static_cast<std::uint32_t>(fit);
}

}  // namespace

std::optional<Argon2Params> calibrate_argon2(const MeasureArgon2& measure) {
  const auto at_floor = measure(kArgon2Floor);
  if (!at_floor) return std::nullopt;
  const double ms_per_kib_pass =
      std::max(*at_floor, 1.0) / (double{kArgon2Floor.memory_kib} * kArgon2Floor.passes);
  std::uint32_t memory_kib = kArgon2Floor.memory_kib;
  while (memory_kib < kArgon2ProposedMemoryKibMax &&
         2.0 * memory_kib * kArgon2Floor.passes * ms_per_kib_pass <= kArgon2TargetMs) {
    memory_kib *= 2;
  }
  // More memory than the floor is only proposed once it was had.
  for (; memory_kib > kArgon2Floor.memory_kib; memory_kib /= 2) {
    const Argon2Params params{.memory_kib = memory_kib,
                              .passes = passes_for(memory_kib * ms_per_kib_pass)};
    if (measure(params)) return params;
  }
  return Argon2Params{.memory_kib = memory_kib, .passes = passes_for(memory_kib * ms_per_kib_pass)};
}

}  // namespace a67
