// Argon2id natively, once per line read: "KIB PASSES" in, milliseconds out. The bench drives it in
// turns.
#include <sodium.h>

#include <array>
#include <chrono>
#include <cstdio>

int main() {
  if (sodium_init() < 0) return 1;
  unsigned memory_kib = 0;
  unsigned passes = 0;
  while (std::scanf("%u %u", &memory_kib, &passes) == 2) {
    std::array<unsigned char, 32> key{};
    const std::array<unsigned char, crypto_pwhash_argon2id_SALTBYTES> salt{};
    const auto begin = std::chrono::steady_clock::now();
    if (crypto_pwhash_argon2id(key.data(), key.size(), "correct horse battery staple", 28,
                               salt.data(), passes, static_cast<std::size_t>(memory_kib) * 1024,
                               crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0) {
      return 1;
    }
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    std::printf("%.3f %02x%02x%02x%02x\n", took.count(), key[0], key[1], key[2], key[3]);
    std::fflush(stdout);
  }
  return 0;
}
