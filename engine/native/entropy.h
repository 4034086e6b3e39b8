// Randomness of the operating system.
#pragma once

#include <string>

namespace a67::native {

// 32 bytes as 64 hex digits: the seed a `start` message carries.
std::string make_seed();

}  // namespace a67::native
