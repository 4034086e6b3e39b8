#include "engine/native/entropy.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "engine/base/encoding.h"

namespace a67::native {

std::string make_seed() {
  std::array<std::uint8_t, 32> bytes{};
  for (std::span<std::uint8_t> rest(bytes); !rest.empty();) {
    const ssize_t count = ::getrandom(rest.data(), rest.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    // Without randomness every key would be known to everybody: nothing can go on.
    if (count < 0) std::abort();
    rest = rest.subspan(static_cast<std::size_t>(count));
  }
  return hex_encode(bytes);
}

}  // namespace a67::native
