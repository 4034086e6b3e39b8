/* Stands in for two files of libsodium 1.0.18 that do not suit a WebAssembly worker:
 *
 * sodium/runtime.c asks the processor what it can do, which WebAssembly has no way to answer. Here
 * the 128-bit paths are always on and all others always off, because that is how the library was
 * compiled.
 *
 * randombytes/randombytes.c holds JavaScript that names require(), which the closure compiler
 * refuses for a worker. getentropy() reaches crypto.getRandomValues() without it.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "crypto_stream_chacha20.h"
#include "randombytes.h"

enum { kEntropyBytesMax = 256 }; /* what one getentropy() call may return */

int _sodium_runtime_get_cpu_features(void) { return 0; }
int sodium_runtime_has_neon(void) { return 0; }
int sodium_runtime_has_sse2(void) { return 1; }
int sodium_runtime_has_sse3(void) { return 1; }
int sodium_runtime_has_ssse3(void) { return 1; }
int sodium_runtime_has_sse41(void) { return 1; }
int sodium_runtime_has_avx(void) { return 0; }
int sodium_runtime_has_avx2(void) { return 0; }
int sodium_runtime_has_avx512f(void) { return 0; }
int sodium_runtime_has_pclmul(void) { return 0; }
int sodium_runtime_has_aesni(void) { return 0; }
int sodium_runtime_has_rdrand(void) { return 0; }

void randombytes_buf(void* const bytes, const size_t size) {
  unsigned char* next = bytes;
  size_t left = size;
  while (left > 0) {
    const size_t step = left < kEntropyBytesMax ? left : kEntropyBytesMax;
    if (getentropy(next, step) != 0) abort(); /* no randomness: nothing safe can follow */
    next += step;
    left -= step;
  }
}

void randombytes(unsigned char* const bytes, const unsigned long long size) {
  randombytes_buf(bytes, (size_t)size);
}

uint32_t randombytes_random(void) {
  uint32_t value;
  randombytes_buf(&value, sizeof value);
  return value;
}

/* Draws again below 2^32 mod bound, so that every remainder is equally likely. */
uint32_t randombytes_uniform(const uint32_t bound) {
  if (bound < 2) return 0;
  const uint32_t biased = (0U - bound) % bound;
  uint32_t value = randombytes_random();
  while (value < biased) value = randombytes_random();
  return value % bound;
}

/* Byte for byte what the native library gives for the same seed. */
void randombytes_buf_deterministic(void* const bytes, const size_t size,
                                   const unsigned char seed[randombytes_SEEDBYTES]) {
  static const unsigned char nonce[crypto_stream_chacha20_ietf_NONCEBYTES] = "LibsodiumDRG";
  crypto_stream_chacha20_ietf(bytes, size, nonce, seed);
}

size_t randombytes_seedbytes(void) { return randombytes_SEEDBYTES; }
const char* randombytes_implementation_name(void) { return "getentropy"; }
int randombytes_set_implementation(randombytes_implementation* implementation) {
  (void)implementation;
  return -1;
}
void randombytes_stir(void) {}
int randombytes_close(void) { return 0; }
