// The vault's header: who may unlock, and the vault key sealed for each of them. The one part of a
// vault that is stored in the open; docs/vault-format.md has the bytes.
//
// Stored as JSON around a body that is JSON again, as text: the MAC and the checksum are over the
// body's bytes as they lie there. A body is read only if it is, byte for byte, what we would have
// written; so nothing can hide in one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/ports/keyring.h"
#include "engine/ports/unlock.h"

namespace a67 {

using VaultId = Id<struct VaultTag>;
using MethodId = Id<struct MethodTag>;

inline constexpr std::int64_t kVaultFormat = 1;
inline constexpr std::size_t kHeaderBytesMax = std::size_t{128} << 10;
inline constexpr std::size_t kMethodsMax = 16;
inline constexpr std::size_t kIdBytesMax = 64;
inline constexpr std::size_t kLabelBytesMax = 128;
inline constexpr std::size_t kWorkspaceNameBytesMax = 200;
inline constexpr std::size_t kCredentialBytesMax = 1023;  // WebAuthn's limit of a credential id

struct UnlockMethod {
  MethodId id;
  MethodKind kind = MethodKind::kPassphrase;
  std::string label;  // for people
  UnixMs created_at = 0;
  UnlockPublicKey public_key{};
  std::string salt;                    // 16 bytes
  std::optional<Argon2Params> argon2;  // of a passphrase
  std::string credential;              // of a passkey: its credential id
  std::string anchor_wrap;             // 80 bytes
  std::string anchor_pin;              // 32 bytes
  std::string wrap;                    // 80 bytes: the vault key of the header's epoch

  bool operator==(const UnlockMethod&) const = default;
};

struct VaultHeader {
  VaultId id;
  std::string workspace;  // its id
  std::string workspace_name;
  UnixMs created_at = 0;
  std::uint32_t epoch = 1;  // of the vault key
  UnixMs epoch_started_at = 0;
  std::uint64_t revision = 1;  // goes up with every header written
  bool rotating = false;       // true in the header of a rotation under way
  bool rotation_due = false;   // a method was removed or replaced: its owner may know this key
  std::vector<UnlockMethod> methods;

  [[nodiscard]] const UnlockMethod* find(const MethodId& method) const;
  bool operator==(const VaultHeader&) const = default;
};

// The bytes that are authenticated. REQUIRES: within the limits (`check_header`).
std::string write_header_body(const VaultHeader& header);
// What is stored. `mac` is over `body`.
std::string write_header(std::string_view body, std::string_view mac);

struct StoredHeader {
  VaultHeader header;
  std::string body;
  std::string mac;  // 32 bytes; not checked yet
};

// Errors, each with what to do next:
//   kConflict      written by a newer version
//   kInvalidInput  no vault of ours; or Argon2id parameters that are refused (check_argon2)
//   kStoreFailed   damaged
Result<StoredHeader> read_header(std::string_view text);

// kInvalidInput when a header that is to be written breaks a limit.
Result<void> check_header(const VaultHeader& header);

// What the pieces are bound to.
std::string wrap_context(const VaultHeader& header, const UnlockMethod& method);
std::string anchor_context(const VaultHeader& header, const UnlockMethod& method);
std::string pin_message(const VaultHeader& header, const UnlockMethod& method,
                        std::string_view anchor_commitment);

}  // namespace a67
