// Time and randomness of the operating system.
#pragma once

#include "engine/base/random.h"
#include "engine/base/result.h"
#include "engine/ports/clock.h"

namespace a67 {

class SystemClock final : public WallClock {
 public:
  [[nodiscard]] UnixMs unix_now() const override;
};

Result<Random> make_system_random();

}  // namespace a67
