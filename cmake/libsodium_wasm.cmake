# libsodium for WebAssembly, from its sources: its own configure takes two minutes and leaves the 128-bit
# paths off. With them on (Emscripten maps SSE to wasm SIMD) Argon2id takes two thirds of the time.
# Only what the engine needs is listed: SHA-2, HMAC, BLAKE2b, Ed25519, X25519, ChaCha20-Poly1305, Argon2id.
set(SODIUM_ROOT "${A67_THIRD_PARTY}/libsodium/src/libsodium")

set(SODIUM_SOURCES
  crypto_aead/chacha20poly1305/sodium/aead_chacha20poly1305.c
  crypto_aead/xchacha20poly1305/sodium/aead_xchacha20poly1305.c
  crypto_auth/hmacsha256/auth_hmacsha256.c
  crypto_auth/hmacsha512/auth_hmacsha512.c
  crypto_core/ed25519/ref10/ed25519_ref10.c
  crypto_core/hchacha20/core_hchacha20.c
  crypto_core/hsalsa20/ref2/core_hsalsa20_ref2.c
  crypto_core/salsa/ref/core_salsa_ref.c
  crypto_generichash/blake2b/generichash_blake2.c
  crypto_generichash/blake2b/ref/blake2b-compress-ref.c
  crypto_generichash/blake2b/ref/blake2b-compress-sse41.c
  crypto_generichash/blake2b/ref/blake2b-compress-ssse3.c
  crypto_generichash/blake2b/ref/blake2b-ref.c
  crypto_generichash/blake2b/ref/generichash_blake2b.c
  crypto_generichash/crypto_generichash.c
  crypto_hash/sha256/cp/hash_sha256_cp.c
  crypto_hash/sha256/hash_sha256.c
  crypto_hash/sha512/cp/hash_sha512_cp.c
  crypto_hash/sha512/hash_sha512.c
  crypto_kdf/blake2b/kdf_blake2b.c
  crypto_kdf/crypto_kdf.c
  crypto_onetimeauth/poly1305/donna/poly1305_donna.c
  crypto_onetimeauth/poly1305/onetimeauth_poly1305.c
  crypto_onetimeauth/poly1305/sse2/poly1305_sse2.c
  crypto_pwhash/argon2/argon2-core.c
  crypto_pwhash/argon2/argon2-encoding.c
  crypto_pwhash/argon2/argon2-fill-block-ref.c
  crypto_pwhash/argon2/argon2-fill-block-ssse3.c
  crypto_pwhash/argon2/argon2.c
  crypto_pwhash/argon2/blake2b-long.c
  crypto_pwhash/argon2/pwhash_argon2i.c
  crypto_pwhash/argon2/pwhash_argon2id.c
  crypto_pwhash/crypto_pwhash.c
  crypto_scalarmult/crypto_scalarmult.c
  crypto_scalarmult/curve25519/ref10/x25519_ref10.c
  crypto_scalarmult/curve25519/scalarmult_curve25519.c
  crypto_sign/crypto_sign.c
  crypto_sign/ed25519/ref10/keypair.c
  crypto_sign/ed25519/ref10/open.c
  crypto_sign/ed25519/ref10/sign.c
  crypto_sign/ed25519/sign_ed25519.c
  crypto_stream/chacha20/dolbeau/chacha20_dolbeau-ssse3.c
  crypto_stream/chacha20/ref/chacha20_ref.c
  crypto_stream/chacha20/stream_chacha20.c
  crypto_stream/salsa20/ref/salsa20_ref.c
  crypto_stream/salsa20/stream_salsa20.c
  crypto_stream/salsa20/xmm6int/salsa20_xmm6int-sse2.c
  crypto_stream/xchacha20/stream_xchacha20.c
  crypto_verify/sodium/verify.c
  sodium/codecs.c
  sodium/core.c
  sodium/utils.c
  sodium/version.c)
list(TRANSFORM SODIUM_SOURCES PREPEND "${SODIUM_ROOT}/")

# What its configure would have written.
set(VERSION 1.0.18)
set(SODIUM_LIBRARY_VERSION_MAJOR 10)
set(SODIUM_LIBRARY_VERSION_MINOR 3)
set(SODIUM_LIBRARY_MINIMAL_DEF "")
set(SODIUM_GENERATED "${CMAKE_BINARY_DIR}/libsodium/include")
file(COPY "${SODIUM_ROOT}/include/" DESTINATION "${SODIUM_GENERATED}" FILES_MATCHING PATTERN "*.h")
configure_file("${SODIUM_ROOT}/include/sodium/version.h.in" "${SODIUM_GENERATED}/sodium/version.h" @ONLY)

add_library(sodium STATIC ${SODIUM_SOURCES}
  "${CMAKE_SOURCE_DIR}/cmake/libsodium_wasm/runtime_and_random.c")
target_include_directories(sodium SYSTEM PUBLIC "${SODIUM_GENERATED}")
target_include_directories(sodium PRIVATE "${SODIUM_GENERATED}/sodium")
target_compile_definitions(sodium PRIVATE
  CONFIGURED=1 NATIVE_LITTLE_ENDIAN=1
  HAVE_MMINTRIN_H=1 HAVE_EMMINTRIN_H=1 HAVE_PMMINTRIN_H=1 HAVE_TMMINTRIN_H=1 HAVE_SMMINTRIN_H=1)
target_compile_options(sodium PRIVATE -w -msimd128 -msse2 -mssse3 -msse4.1)
