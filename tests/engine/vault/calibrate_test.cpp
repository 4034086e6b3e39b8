#include "engine/vault/calibrate.h"

#include <catch_amalgamated.hpp>
#include <vector>

#include "engine/vault/wrap_key.h"

using namespace a67;

namespace {

// A device on which a pass over one MiB takes so long, and that has so much memory.
MeasureArgon2 device(double ms_per_mib_pass, std::uint32_t mib_max = 4096) {
  return [=](Argon2Params params) -> std::optional<double> {
    if (params.memory_kib > mib_max * 1024) return std::nullopt;
    return params.memory_kib / 1024.0 * params.passes * ms_per_mib_pass;
  };
}

double cost_ms(Argon2Params params, double ms_per_mib_pass) {
  return *device(ms_per_mib_pass)(params);
}

}  // namespace

TEST_CASE("calibrate: a quick device is asked for half a second to a second", "[vault]") {
  for (const double speed : {0.25, 0.4, 0.7, 1.0, 1.9, 2.5}) {
    CAPTURE(speed);
    const auto params = calibrate_argon2(device(speed));
    REQUIRE(params);
    CHECK(params->memory_kib >= kArgon2Floor.memory_kib);
    CHECK(params->passes >= kArgon2Floor.passes);
    CHECK(cost_ms(*params, speed) >= 500);
    CHECK(cost_ms(*params, speed) <= 1000);
    CHECK(check_argon2(*params));
  }
}

TEST_CASE("calibrate: a slow device gets the floor, never less", "[vault]") {
  CHECK(calibrate_argon2(device(20)) == kArgon2Floor);
  CHECK(calibrate_argon2(device(1e6)) == kArgon2Floor);
}

TEST_CASE("calibrate: a very quick device stays openable on a phone", "[vault]") {
  const auto params = calibrate_argon2(device(1e-9));
  REQUIRE(params);
  CHECK(params->memory_kib == kArgon2ProposedMemoryKibMax);
  CHECK(params->passes == kArgon2ProposedPassesMax);
}

TEST_CASE("calibrate: memory that is not there is not proposed", "[vault]") {
  const auto params = calibrate_argon2(device(0.4, 100));
  REQUIRE(params);
  CHECK(params->memory_kib == kArgon2Floor.memory_kib);
  CHECK(params->passes > kArgon2Floor.passes);
  CHECK_FALSE(calibrate_argon2(device(0.4, 32)));
}
