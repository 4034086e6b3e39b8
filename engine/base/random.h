// Seeded random numbers: ChaCha20 output of a 32-byte seed (libsodium's
// randombytes_buf_deterministic).
//
// With a seed from the operating system it is fit for keys and nonces; with a fixed seed a run
// repeats exactly.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "engine/base/crypto.h"

namespace a67 {

class Random {
 public:
  explicit Random(const Sensitive<Seed>& seed);
  // A generator for tests and simulations.
  static Random from_number(std::uint64_t number);

  void fill(std::span<std::uint8_t> bytes);
  std::uint64_t next();
  // Uniform in [0, limit). REQUIRES: limit > 0.
  std::uint64_t below(std::uint64_t limit);
  // Lower-case Crockford base32 (no i, l, o, u), 5 random bits a character.
  std::string make_name(std::size_t length);

 private:
  void refill();

  Sensitive<Seed> seed_;
  std::array<std::uint8_t, 512> pool_{};
  std::size_t used_ = 512;
};

}  // namespace a67
