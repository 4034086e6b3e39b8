// Vault opens and changes one workspace's vault: who may unlock, which vault key is used, when it
// is changed for the next. What is sealed under its keys is others' business (entry.h,
// engine/state).
//
// Every change is one atomic batch of the table, so that a stop at any point leaves the vault as it
// was before or after it. A rotation is several: `header.next` says that it is under way, whoever
// unlocks then holds both keys, and rotate() goes on where it stopped.
//
// One engine at a time uses a vault (the hosts see to that), and one change at a time is made: the
// others are refused with kConflict. A secret that was handed in is forgotten, whatever comes of
// it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/random.h"
#include "engine/base/result.h"
#include "engine/base/task.h"
#include "engine/base/time.h"
#include "engine/ports/clock.h"
#include "engine/ports/keyring.h"
#include "engine/ports/table.h"
#include "engine/vault/header.h"
#include "engine/vault/held.h"

namespace a67 {

inline constexpr Duration kRotateEvery = std::chrono::hours(24) * 30;

struct VaultPorts {
  Keyring& keyring;
  Table& table;
  Random& random;
  const WallClock& clock;
};

// A method to be added.
struct NewMethod {
  MethodKind kind = MethodKind::kPassphrase;
  SecretRef secret;
  std::string label;
  std::optional<Argon2Params> argon2 = {};  // of a passphrase; else none
  std::string credential = {};              // of a passkey
  std::string salt = {};                    // 16 bytes; empty: a random one
};

// Who wants in. Without a method, every one of the kind is tried.
struct UnlockWith {
  MethodKind kind = MethodKind::kPassphrase;
  SecretRef secret;
  MethodId method = {};
};

// A vault key and the number of its epoch, which is stored beside what it seals.
struct EpochKey {
  std::uint32_t epoch = 0;
  KeyRef key;
};

// Seals what lies under the old key anew. Called again and again until it says that nothing is
// left; after a stop from the beginning, with the same keys.
class Reencryption {
 public:
  virtual ~Reencryption() = default;
  // Does some of it, durably. True when nothing is sealed under `from` any more.
  virtual Task<Result<bool>> step(EpochKey from, EpochKey to) = 0;
};

struct RotationDue {
  Duration key_age{0};
  bool by_age = false;     // 30 days
  bool by_change = false;  // a method was removed or replaced

  [[nodiscard]] bool due() const { return by_age || by_change; }
};

class Vault {
 public:
  // REQUIRES: the ports outlive the vault, and it outlives its tasks. `workspace` has 1 to 64
  // characters of a-z, 0-9 and dash.
  Vault(VaultPorts ports, std::string workspace);
  Vault(const Vault&) = delete;
  Vault& operator=(const Vault&) = delete;

  // What a screen for unlocking shows. kNotFound when there is no vault yet; else as read_header().
  // Not authenticated before it is unlocked.
  Task<Result<VaultHeader>> inspect();

  // A new vault, open. `methods` holds recovery words and at least one other way in, or nothing but
  // a device's own secret.
  // kConflict when there is one.
  Task<Result<void>> create(std::string workspace_name, std::vector<NewMethod> methods);
  // kUnauthorized when it does not open, and nothing more is said; kStoreFailed when it would, but
  // the header is not the one that was written.
  Task<Result<void>> unlock(UnlockWith with);
  // Lets go of every key.
  void lock();

  // `proof`: any method of the vault, given once more. Each answers with the new method's id.
  Task<Result<MethodId>> add_method(UnlockWith proof, NewMethod method);
  // Only the vault key's wrap is made anew, nothing that it seals. Also how a forgotten passphrase
  // is replaced, with the recovery words as proof.
  Task<Result<MethodId>> replace_method(UnlockWith proof, MethodId replaced, NewMethod method);
  // kForbidden for the last one.
  Task<Result<void>> remove_method(MethodId method);

  // To the next vault key; goes on with a rotation that was stopped. REQUIRES: `data` outlives the
  // task.
  Task<Result<void>> rotate(Reencryption* data);

  // ---- copies: what a backup holds

  // The header as it is stored. kConflict while it is being changed.
  Task<Result<std::string>> stored_header();
  // A copy of a vault, opened; its keys are let go of with it. Errors as unlock(). The one call
  // that does not forget the secret: what is previewed is restored next.
  class Copy;
  Task<Result<Copy>> open_copy(StoredHeader stored, UnlockWith with);
  // Makes the copy this device's vault, open, in one batch with `rows`, which may seal with it. It
  // is as if nothing had been tried when that fails. kConflict when there is a vault.
  using MakeBatch = std::function<Task<Result<TableBatch>>()>;
  Task<Result<void>> take_over(Copy copy, std::string header, MakeBatch rows);

  [[nodiscard]] bool is_open() const { return open_.has_value(); }
  [[nodiscard]] bool is_rotating() const { return open_ && open_->next.has_value(); }
  // REQUIRES: open, as do all below.
  [[nodiscard]] const VaultHeader& header() const { return open_->current.header; }
  // What is sealed now is sealed with this.
  [[nodiscard]] EpochKey newest_key() const;
  // The key that something was sealed with; nothing for an epoch that is gone or never was.
  [[nodiscard]] std::optional<EpochKey> key_of(std::uint32_t epoch) const;
  [[nodiscard]] RotationDue rotation_due() const;

 private:
  struct Generation {
    VaultHeader header;
    Held<KeyRef> key;
  };
  struct Open {
    Held<KeyRef> header_key;  // the anchor's, for MACs
    Generation current;
    std::optional<Generation> next;  // of a rotation under way
  };
  // One of the vault's methods, proven.
  struct Proven {
    Held<MethodRef> method;
    MethodId id;
  };
  // The methods of a new vault, as long as their seeds are held.
  struct Enrolled {
    UnlockMethod method;
    Held<MethodRef> ref;
  };

  Task<Result<StoredHeader>> load(std::string key);
  Task<Result<Enrolled>> derive_new(NewMethod method);
  Task<Result<Proven>> prove(VaultHeader header, UnlockWith with);
  Task<Result<Open>> open_with(StoredHeader stored, MethodRef method, MethodId id);
  Task<Result<Open>> open_current(StoredHeader stored, MethodRef method, MethodId id);
  Task<Result<Held<KeyRef>>> open_anchor(StoredHeader stored, MethodRef method, MethodId id);
  Task<Result<Generation>> open_generation(StoredHeader stored, MethodRef method, MethodId id);
  Task<Result<void>> check_mac(KeyRef header_key, StoredHeader stored);
  Task<Result<std::string>> sealed_header(KeyRef header_key, VaultHeader header);
  Task<Result<std::string>> anchor_commitment(KeyRef header_key);
  Task<Result<UnlockMethod>> enroll(UnlockWith proof, NewMethod method);
  Task<Result<void>> create_open(std::string workspace_name, std::vector<Enrolled> methods);
  Task<Result<void>> replace_header(VaultHeader header);
  Task<Result<void>> begin_rotation();
  Task<Result<void>> finish_rotation();

  // Says that a change is under way, until it goes.
  class Turn;
  [[nodiscard]] Result<void> may_change() const;
  [[nodiscard]] std::string header_key() const { return "w/" + workspace_ + "/header"; }
  [[nodiscard]] std::string next_key() const { return "w/" + workspace_ + "/header.next"; }
  [[nodiscard]] std::string make_salt() const;

  VaultPorts ports_;
  std::string workspace_;
  std::optional<Open> open_;
  bool changing_ = false;
};

class Vault::Copy {
 public:
  [[nodiscard]] const VaultHeader& header() const { return open_.current.header; }
  [[nodiscard]] KeyRef key() const { return open_.current.key.ref(); }

 private:
  friend class Vault;
  explicit Copy(Open open) : open_(std::move(open)) {}
  Open open_;
};

}  // namespace a67
