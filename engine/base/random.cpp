#include "engine/base/random.h"

#include <sodium.h>

#include <algorithm>
#include <cassert>
#include <cstring>

namespace a67 {

Random::Random(const Sensitive<Seed>& seed) : seed_(seed.clone()) {}

Random Random::from_number(std::uint64_t number) {
  Seed seed{};
  std::memcpy(seed.data(), &number, sizeof(number));
  return Random(Sensitive(seed));
}

void Random::refill() {
  randombytes_buf_deterministic(pool_.data(), pool_.size(), seed_.expose().data());
  // The first bytes become the next seed and are never handed out: earlier output cannot be
  // computed back.
  Seed next{};
  std::copy_n(pool_.begin(), next.size(), next.begin());
  seed_ = Sensitive(next);
  sodium_memzero(next.data(), next.size());
  sodium_memzero(pool_.data(), next.size());
  used_ = next.size();
}

void Random::fill(std::span<std::uint8_t> bytes) {
  while (!bytes.empty()) {
    if (used_ == pool_.size()) refill();
    const std::size_t count = std::min(bytes.size(), pool_.size() - used_);
    std::copy_n(pool_.begin() + static_cast<std::ptrdiff_t>(used_), count, bytes.begin());
    sodium_memzero(pool_.data() + used_, count);
    used_ += count;
    bytes = bytes.subspan(count);
  }
}

std::uint64_t Random::next() {
  std::array<std::uint8_t, 8> bytes{};
  fill(bytes);
  std::uint64_t number = 0;
  for (const std::uint8_t byte : bytes) number = (number << 8) | byte;
  return number;
}

std::uint64_t Random::below(std::uint64_t limit) {
  assert(limit > 0);
  // Numbers below 2^64 mod limit would make the small results more likely.
  const std::uint64_t smallest = (0 - limit) % limit;
  for (;;) {
    const std::uint64_t number = next();
    if (number >= smallest) return number % limit;
  }
}

std::string Random::make_name(std::size_t length) {
  static constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  std::string name;
  name.reserve(length);
  for (std::size_t i = 0; i < length; ++i)
    name += kAlphabet[static_cast<std::size_t>(below(kAlphabet.size()))];
  return name;
}

}  // namespace a67
