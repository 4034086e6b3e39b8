// The ways to unlock a vault, as the engine, the hosts and the stored header name them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace a67 {

// A kind exists only if its seed is derived differently (engine/vault/wrap_key.h).
enum class MethodKind : std::uint8_t {
  kPassphrase,  // any text of 1 to 1024 bytes, through Argon2id
  kRecovery,    // the 16 bytes of the recovery words
  kPasskey,     // the 32 bytes a passkey's PRF extension gives (WebAuthn level 3)
  kDevice,      // 32 random bytes that one device keeps for itself
};

// The name in the header and in messages; part of the format.
constexpr std::string_view to_string(MethodKind kind) {
  switch (kind) {
    case MethodKind::kPassphrase:
      return "passphrase";
    case MethodKind::kRecovery:
      return "recovery";
    case MethodKind::kPasskey:
      return "passkey";
    case MethodKind::kDevice:
      return "device";
  }
  return "";
}

constexpr std::optional<MethodKind> method_kind_from(std::string_view name) {
  for (const MethodKind kind : {MethodKind::kPassphrase, MethodKind::kRecovery,
                                MethodKind::kPasskey, MethodKind::kDevice}) {
    if (to_string(kind) == name) return kind;
  }
  return std::nullopt;
}

// The cost of one guess at a passphrase: Argon2id version 1.3 (RFC 9106) with one lane.
struct Argon2Params {
  std::uint32_t memory_kib = 0;
  std::uint32_t passes = 0;

  bool operator==(const Argon2Params&) const = default;
};

// What a desktop starts from, and what is taken where a browser refuses that much memory. Weaker
// parameters are refused before anything is derived: a header must not be able to ask for them.
inline constexpr Argon2Params kArgon2Floor{.memory_kib = 64 * 1024, .passes = 3};
inline constexpr Argon2Params kArgon2FloorLowMemory{.memory_kib = 32 * 1024, .passes = 6};
// Beyond these, a header could stop a device by asking for work.
inline constexpr Argon2Params kArgon2Ceiling{.memory_kib = 1024 * 1024, .passes = 50};

}  // namespace a67
