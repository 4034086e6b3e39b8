// VaultDoor opens the vault of a data folder before anything else is asked of its engine: without a
// question where a device key lies beside the data, else by a passphrase or recovery words. Where
// there is no vault yet, it has one made that opens with a new device key.
#pragma once

#include <string>
#include <string_view>

#include "cli/session.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/sensitive.h"
#include "engine/native/data_dir.h"
#include "engine/ports/keyring.h"

namespace a67::cli {

struct SecretSources {
  std::string passphrase_file;  // empty: none
  std::string recovery_file;
  bool may_ask = false;  // standard input and error are a terminal
};

// A way into the vault, as it was given: a passphrase, recovery words as written, or a device key.
struct Proof {
  MethodKind kind = MethodKind::kPassphrase;
  Sensitive<std::string> secret;
};

class VaultDoor {
 public:
  static constexpr int kAsksMax = 3;

  // REQUIRES: the session outlives this.
  VaultDoor(Session& session, native::DataDir dir, SecretSources sources);

  // The engine of a running watch is open already, and not asked. Errors: kLocked when nobody can
  // be asked and nothing was given, kUnauthorized when what was given does not open, kForbidden for
  // a secret that others can read; the engine's.
  Result<void> open();

  // Makes a vault that opens with a new device key. REQUIRES: there is none yet.
  Result<void> create(std::string_view workspace_name);
  // Asks the engine how the vault is.
  Result<void> look();
  // The vault as the engine told it last.
  [[nodiscard]] const Json& vault() const { return vault_; }
  [[nodiscard]] bool has(MethodKind kind) const;
  // What opened it; null when it was open already.
  [[nodiscard]] const Proof* proof() const { return proof_ ? &*proof_ : nullptr; }

  // Has the engine do something with the vault, and takes note of its answer. A rotation that goes
  // on after a stop is waited for. `make_body` is asked for every attempt: an offered secret is
  // good for one.
  using MakeBody = std::function<Result<Json>()>;
  Result<void> change(const std::string& command, const MakeBody& make_body);
  // Offers a secret to the engine under a number. REQUIRES: the engine is our own.
  Result<std::int64_t> offer(const Proof& proof);

 private:
  Result<void> run(const std::string& command, const Json& body);
  // As run(), but Ctrl-C is heeded once it is done.
  Result<void> enter(const std::string& command, const Json& body);
  Result<void> unlock();
  Result<bool> unlock_by_device_key();
  Result<bool> unlock_by_file();
  Result<void> unlock_by_asking();
  Result<void> unlock_with(Proof proof);
  [[nodiscard]] std::unexpected<Error> nobody_to_ask() const;

  Session& session_;
  native::DataDir dir_;
  SecretSources sources_;
  Json vault_;
  std::optional<Proof> proof_;
  bool interrupted_ = false;
};

}  // namespace a67::cli
