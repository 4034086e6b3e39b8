// What vault.cpp and vault_changes.cpp share, and nobody else sees.
#pragma once

#include <utility>
#include <vector>

#include "engine/vault/vault.h"

namespace a67 {

class Vault::Turn {
 public:
  explicit Turn(bool& changing) : changing_(changing) { changing_ = true; }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { changing_ = false; }

 private:
  bool& changing_;
};

namespace vault_parts {

inline std::unexpected<Error> is_locked() {
  return fail(ErrorCode::kUnauthorized, "The vault is locked.", "Unlock it first.");
}

// For the wraps of a vault key of `header`'s epoch.
inline std::vector<WrapFor> key_recipients(const VaultHeader& header) {
  std::vector<WrapFor> recipients;
  for (const UnlockMethod& method : header.methods) {
    recipients.push_back({.public_key = method.public_key, .ad = wrap_context(header, method)});
  }
  return recipients;
}

}  // namespace vault_parts
}  // namespace a67
