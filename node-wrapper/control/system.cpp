#include "node-wrapper/control/system.h"

#include <sys/random.h>

#include <chrono>

#include "engine/base/sensitive.h"

namespace a67 {

UnixMs SystemClock::unix_now() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Result<Random> make_system_random() {
  Seed seed{};
  if (::getentropy(seed.data(), seed.size()) != 0) {
    return fail(ErrorCode::kInternal, "The system gives no random numbers.");
  }
  Random random{Sensitive<Seed>(seed)};
  wipe(seed.data(), seed.size());
  return random;
}

}  // namespace a67
