#include "cli/vault_door.h"

#include <chrono>
#include <utility>

#include "cli/passphrase.h"
#include "cli/secret_input.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/native/device_key.h"
#include "engine/native/keyring_chest.h"

namespace a67::cli {
namespace {

// What the page proposes, too.
constexpr std::string_view kWorkspaceName = "My cloud";
constexpr std::chrono::seconds kRotationMax{30};

}  // namespace

VaultDoor::VaultDoor(Session& session, native::DataDir dir, SecretSources sources)
    : session_(session), dir_(std::move(dir)), sources_(std::move(sources)) {}

bool VaultDoor::has(MethodKind kind) const {
  for (const Json& method : array_at(vault_, "methods")) {
    if (string_or(method, "kind") == to_string(kind)) return true;
  }
  return false;
}

Result<void> VaultDoor::run(const std::string& command, const Json& body) {
  const auto end = session_.run(command, body, [](const Json&) {}, [this] { interrupted_ = true; });
  if (!end) return std::unexpected(end.error());
  vault_ = object_at(*end, "vault");
  return {};
}

// To open takes as long as the nodes' first words, and cannot be left in the middle.
Result<void> VaultDoor::enter(const std::string& command, const Json& body) {
  auto done = run(command, body);
  if (done && interrupted_) return fail(ErrorCode::kCancelled, "Stopped. Nothing was done.");
  return done;
}

Result<void> VaultDoor::look() { return run("vault.status", Json::object()); }

Result<void> VaultDoor::change(const std::string& command, const MakeBody& make_body) {
  const auto until = std::chrono::steady_clock::now() + kRotationMax;
  for (;;) {
    const auto body = make_body();
    if (!body) return std::unexpected(body.error());
    auto done = run(command, *body);
    if (done || done.error().code != ErrorCode::kConflict ||
        std::chrono::steady_clock::now() >= until) {
      return done;
    }
    // To ask lets the engine go on, too.
    if (auto told = look(); !told) return told;
  }
}

Result<std::int64_t> VaultDoor::offer(const Proof& proof) {
  native::KeyChest& keys = *session_.keys();
  const auto number = proof.kind == MethodKind::kRecovery ? keys.offer_recovery_words(proof.secret)
                      : proof.kind == MethodKind::kPassphrase
                          ? keys.offer(normalized_passphrase(proof.secret))
                          : keys.offer(proof.secret.clone());
  if (!number) return std::unexpected(number.error());
  return number->number;
}

Result<void> VaultDoor::open() {
  if (!session_.owns_engine()) return {};
  if (auto told = look(); !told) return told;
  const std::string state = string_or(vault_, "state");
  if (state == "absent") return create(kWorkspaceName);
  return state == "open" ? Result<void>{} : unlock();
}

Result<void> VaultDoor::create(std::string_view workspace_name) {
  // One that is there was made by a start that got no further.
  auto key = native::read_device_key(dir_.device_key());
  if (!key) return std::unexpected(key.error());
  if (!*key) {
    auto made = native::make_device_key(dir_.device_key());
    if (!made) return std::unexpected(made.error());
    *key = std::move(*made);
  }
  Proof proof{.kind = MethodKind::kDevice, .secret = std::move(**key)};
  const auto number = offer(proof);
  if (!number) return std::unexpected(number.error());
  if (auto created = enter("vault.create", {{"name", workspace_name}, {"device", *number}});
      !created) {
    return created;
  }
  proof_ = std::move(proof);
  return {};
}

Result<void> VaultDoor::unlock() {
  for (const auto way : {&VaultDoor::unlock_by_device_key, &VaultDoor::unlock_by_file}) {
    const auto opened = (this->*way)();
    if (!opened) return std::unexpected(opened.error());
    if (*opened) return {};
  }
  if (!sources_.may_ask || !has(MethodKind::kPassphrase)) return nobody_to_ask();
  return unlock_by_asking();
}

// False when there is none, or it is another vault's and there are other ways.
Result<bool> VaultDoor::unlock_by_device_key() {
  if (!has(MethodKind::kDevice)) return false;
  auto key = native::read_device_key(dir_.device_key());
  if (!key) return std::unexpected(key.error());
  if (!*key) return false;
  const auto opened = unlock_with({.kind = MethodKind::kDevice, .secret = std::move(**key)});
  if (opened) return true;
  if (opened.error().code != ErrorCode::kUnauthorized) return std::unexpected(opened.error());
  if (has(MethodKind::kPassphrase) || has(MethodKind::kRecovery)) return false;
  return fail(ErrorCode::kUnauthorized, dir_.device_key() + " does not open this vault.",
              "Put back the device.key that belongs to it: nothing else opens it.");
}

Result<bool> VaultDoor::unlock_by_file() {
  const bool recovery = !sources_.recovery_file.empty();
  const std::string& path = recovery ? sources_.recovery_file : sources_.passphrase_file;
  const MethodKind kind = recovery ? MethodKind::kRecovery : MethodKind::kPassphrase;
  if (path.empty() || !has(kind)) return false;
  auto secret = read_secret_file(path, recovery ? "recovery-file" : "passphrase-file");
  if (!secret) return std::unexpected(secret.error());
  const auto opened = unlock_with({.kind = kind, .secret = std::move(*secret)});
  if (opened) return true;
  if (opened.error().code != ErrorCode::kUnauthorized) return std::unexpected(opened.error());
  return fail(ErrorCode::kUnauthorized, "What is in " + path + " does not open the vault.",
              "Correct the file, or give another one.");
}

Result<void> VaultDoor::unlock_by_asking() {
  const std::string which = dir_.workspace == native::kFirstWorkspace
                                ? "the vault"
                                : "\"" + printable(string_or(vault_, "name")) + "\"";
  const std::string question = "Passphrase of " + which + " in " + dir_.path + ": ";
  for (int asked = 1;; ++asked) {
    auto typed = ask_secret(question);
    if (!typed) return std::unexpected(typed.error());
    auto opened = unlock_with({.kind = MethodKind::kPassphrase, .secret = std::move(*typed)});
    if (opened || opened.error().code != ErrorCode::kUnauthorized) return opened;
    if (asked == kAsksMax) break;
    write_err("That does not open the vault. Try again.\n");
  }
  return fail(ErrorCode::kUnauthorized, "The passphrase does not open the vault.",
              has(MethodKind::kRecovery)
                  ? "The recovery words open it, too: write them into a file of mode 0600 and give "
                    "--recovery-file."
                  : "");
}

Result<void> VaultDoor::unlock_with(Proof proof) {
  const auto number = offer(proof);
  if (!number) return std::unexpected(number.error());
  auto opened = enter("vault.unlock", {{"kind", to_string(proof.kind)}, {"secret", *number}});
  if (opened) proof_ = std::move(proof);
  return opened;
}

std::unexpected<Error> VaultDoor::nobody_to_ask() const {
  if (!has(MethodKind::kPassphrase) && !has(MethodKind::kRecovery)) {
    return fail(ErrorCode::kLocked,
                "The vault is locked, and " + dir_.device_key() + ", which opens it, is not there.",
                "Put it back from a backup: nothing else opens this vault.");
  }
  return fail(ErrorCode::kLocked,
              "The vault is locked, and nobody can be asked for its passphrase.",
              "Give --passphrase-file FILE, or set A67_PASSPHRASE_FILE to its path, or give "
              "--recovery-file FILE with the recovery words. The file must be of mode 0600.");
}

}  // namespace a67::cli
