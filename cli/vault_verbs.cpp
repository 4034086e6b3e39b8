#include "cli/vault_verbs.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "cli/passphrase.h"
#include "cli/secret_input.h"
#include "cli/terminal.h"
#include "cli/text.h"
#include "engine/native/calibrate.h"
#include "engine/native/device_key.h"
#include "engine/native/files.h"
#include "engine/native/keyring_chest.h"
#include "engine/vault/recovery_words.h"
#include "engine/vault/wrap_key.h"

namespace a67::cli {
namespace {

constexpr std::string_view kPassphraseLabel = "Passphrase";
constexpr std::string_view kRecoveryLabel = "Recovery words";
constexpr std::string_view kDeviceLabel = "This device";
constexpr const char* kLengthHint = "A few words that do not belong together are easy to remember.";

Json cost_of(Argon2Params params) {
  return {{"memoryKib", params.memory_kib}, {"passes", params.passes}};
}

Result<void> check_passphrase(const Sensitive<std::string>& passphrase) {
  if (columns_of(passphrase.expose()) < VaultVerbs::kPassphraseCharactersMin) {
    return fail(ErrorCode::kInvalidInput,
                "A passphrase needs at least " +
                    std::to_string(VaultVerbs::kPassphraseCharactersMin) + " characters.",
                kLengthHint);
  }
  if (passphrase.expose().size() > kPassphraseBytesMax) {
    return fail(ErrorCode::kTooLarge,
                "A passphrase has at most " + std::to_string(kPassphraseBytesMax) + " bytes.");
  }
  return {};
}

// Two places of the nine, not always the same ones. Which ones is no secret.
std::array<std::size_t, 2> places_to_ask(std::string_view words) {
  std::size_t sum = 0;
  for (const char c : words) sum = sum * 31 + static_cast<unsigned char>(c);
  const std::size_t first = sum % (kRecoveryWords - 1);
  return {first, first + 1 + (sum / kRecoveryWords) % (kRecoveryWords - 1 - first)};
}

}  // namespace

VaultVerbs::VaultVerbs(Session& session, VaultDoor& door, native::DataDir dir, VaultChoices choices)
    : session_(session), door_(door), dir_(std::move(dir)), choices_(std::move(choices)) {}

Result<void> VaultVerbs::run(std::string_view verb) {
  using Do = Result<void> (VaultVerbs::*)();
  static const std::map<std::string_view, Do> kVerbs = {
      {"vault protect", &VaultVerbs::protect},
      {"vault change-passphrase", &VaultVerbs::change_passphrase},
      {"vault recovery", &VaultVerbs::make_recovery},
      {"vault remember", &VaultVerbs::remember},
      {"vault forget-device", &VaultVerbs::forget_device},
  };
  return (this->*kVerbs.at(verb))();
}

// ---- verbs

Result<void> VaultVerbs::protect() {
  if (auto own = needs_own_engine(); !own) return own;
  if (door_.has(MethodKind::kPassphrase)) {
    return fail(ErrorCode::kConflict, "The vault has a passphrase already.",
                "Replace it with automator67 vault change-passphrase, or take the device key away "
                "with automator67 vault forget-device.");
  }
  const auto by = proof();
  if (!by) return std::unexpected(by.error());
  auto passphrase = new_passphrase(choices_.sources.passphrase_file);
  if (!passphrase) return std::unexpected(passphrase.error());
  // Nothing is changed before the words are kept.
  auto words = session_.keys()->draw_recovery_words();
  if (auto kept = hand_over(words); !kept) return kept;
  const auto old_words = ids_of(MethodKind::kRecovery);
  auto done =
      add({.kind = MethodKind::kRecovery, .secret = std::move(words)}, **by, kRecoveryLabel);
  if (done) done = add_passphrase(std::move(*passphrase), **by);
  if (!done) {
    if (!choices_.recovery_out.empty()) (void)native::remove_file(choices_.recovery_out);
    return done;
  }
  auto gone = old_words;
  if (!choices_.keep_device_key)
    std::ranges::copy(ids_of(MethodKind::kDevice), std::back_inserter(gone));
  if (auto removed = remove(gone); !removed) return removed;
  return choices_.keep_device_key ? Result<void>{} : native::drop_device_key(dir_.device_key());
}

Result<void> VaultVerbs::change_passphrase() {
  if (auto own = needs_own_engine(); !own) return own;
  const auto old = ids_of(MethodKind::kPassphrase);
  if (old.empty()) {
    return fail(ErrorCode::kConflict, "The vault has no passphrase yet.",
                "Give it one with automator67 vault protect.");
  }
  const auto current = current_passphrase();
  if (!current) return std::unexpected(current.error());
  auto next = new_passphrase(choices_.new_passphrase_file);
  if (!next) return std::unexpected(next.error());
  if (current->kind != MethodKind::kPassphrase) {
    if (auto added = add_passphrase(std::move(*next), *current); !added) return added;
    return remove(old);
  }
  const auto cost = native::calibrate_here();
  if (!cost) return std::unexpected(cost.error());
  const Proof proof_of_next{.kind = MethodKind::kPassphrase, .secret = std::move(*next)};
  auto changed = door_.change("vault.change_passphrase", [&]() -> Result<Json> {
    const auto now = door_.offer(*current);
    if (!now) return std::unexpected(now.error());
    const auto then = door_.offer(proof_of_next);
    if (!then) return std::unexpected(then.error());
    return Json{{"current", *now}, {"passphrase", *then}, {"argon2", cost_of(*cost)}};
  });
  return changed ? rotate() : changed;
}

Result<void> VaultVerbs::make_recovery() {
  if (auto own = needs_own_engine(); !own) return own;
  const auto by = proof();
  if (!by) return std::unexpected(by.error());
  auto words = session_.keys()->draw_recovery_words();
  if (auto kept = hand_over(words); !kept) return kept;
  const auto old = ids_of(MethodKind::kRecovery);
  auto added =
      add({.kind = MethodKind::kRecovery, .secret = std::move(words)}, **by, kRecoveryLabel);
  if (!added) {
    if (!choices_.recovery_out.empty()) (void)native::remove_file(choices_.recovery_out);
    return added;
  }
  return remove(old);
}

Result<void> VaultVerbs::remember() {
  if (auto own = needs_own_engine(); !own) return own;
  const auto by = proof();
  if (!by) return std::unexpected(by.error());
  if ((*by)->kind == MethodKind::kDevice) return {};  // it is remembered already
  const auto old = ids_of(MethodKind::kDevice);
  const auto there = native::read_device_key(dir_.device_key());
  if (!old.empty() && (!there || *there)) {
    return fail(ErrorCode::kConflict, dir_.device_key() + " is of another vault.",
                "Nothing was changed. Move it away, then try again.");
  }
  // One that no way in of this vault belongs to was taken away, and may have been copied before.
  if (auto dropped = native::drop_device_key(dir_.device_key()); !dropped) return dropped;
  auto key = native::make_device_key(dir_.device_key());
  if (!key) return std::unexpected(key.error());
  auto added = add({.kind = MethodKind::kDevice, .secret = std::move(*key)}, **by, kDeviceLabel);
  if (!added) {
    (void)native::drop_device_key(dir_.device_key());
    return added;
  }
  return remove(old);
}

// Needs no secret, so it may also be asked of a running watch.
Result<void> VaultVerbs::forget_device() {
  if (auto told = door_.look(); !told) return told;
  if (!door_.has(MethodKind::kPassphrase) && !door_.has(MethodKind::kPasskey)) {
    return fail(ErrorCode::kForbidden,
                "Without the device key, nothing but recovery words could open the vault.",
                "Give it a passphrase with automator67 vault protect, which takes the device key "
                "away as well.");
  }
  if (auto removed = remove(ids_of(MethodKind::kDevice)); !removed) return removed;
  return native::drop_device_key(dir_.device_key());
}

// ---- what they are made of

Result<void> VaultVerbs::needs_own_engine() const {
  if (session_.owns_engine()) return {};
  return fail(ErrorCode::kConflict, "A watch is running, and no secret is handed to it.",
              "Stop it, do this, and start it again.");
}

Result<const Proof*> VaultVerbs::proof() const {
  if (door_.proof() != nullptr) return door_.proof();
  return fail(ErrorCode::kInternal, "The vault was open without having been opened.");
}

Result<Proof> VaultVerbs::current_passphrase() {
  const SecretSources& sources = choices_.sources;
  if (!sources.recovery_file.empty()) {
    auto words = read_secret_file(sources.recovery_file, "recovery-file");
    if (!words) return std::unexpected(words.error());
    return Proof{.kind = MethodKind::kRecovery, .secret = std::move(*words)};
  }
  const Proof* by = door_.proof();
  if (by != nullptr && by->kind == MethodKind::kPassphrase) {
    return Proof{.kind = by->kind, .secret = by->secret.clone()};
  }
  Result<Sensitive<std::string>> given =
      fail(ErrorCode::kLocked, "The passphrase of now is needed, and nobody can be asked for it.",
           "Give --passphrase-file FILE, or --recovery-file FILE when it was forgotten.");
  if (!sources.passphrase_file.empty()) {
    given = read_secret_file(sources.passphrase_file, "passphrase-file");
  } else if (sources.may_ask) {
    given = ask_secret("Passphrase of now: ");
  }
  if (!given) return std::unexpected(given.error());
  return Proof{.kind = MethodKind::kPassphrase, .secret = std::move(*given)};
}

Result<Sensitive<std::string>> VaultVerbs::new_passphrase(const std::string& file) {
  if (file.empty()) {
    if (choices_.sources.may_ask) return ask_new_passphrase();
    return fail(ErrorCode::kLocked, "A new passphrase is needed, and nobody can be asked for it.",
                "Give it in a file of mode 0600: see --help.");
  }
  auto passphrase = read_secret_file(file, "passphrase-file");
  if (!passphrase) return passphrase;
  passphrase = normalized_passphrase(*passphrase);
  if (auto fine = check_passphrase(*passphrase); !fine) return std::unexpected(fine.error());
  return passphrase;
}

Result<Sensitive<std::string>> VaultVerbs::ask_new_passphrase() {
  for (int asked = 0; asked < VaultDoor::kAsksMax; ++asked) {
    auto passphrase = ask_secret("New passphrase: ");
    if (!passphrase) return passphrase;
    passphrase = normalized_passphrase(*passphrase);
    if (const auto fine = check_passphrase(*passphrase); !fine) {
      write_err(fine.error().message + " " + fine.error().hint + "\n");
      continue;
    }
    const auto again = ask_secret("Once more: ");
    if (!again) return std::unexpected(again.error());
    if (normalized_passphrase(*again).expose() == passphrase->expose()) return passphrase;
    write_err("These two differ. Try again.\n");
  }
  return fail(ErrorCode::kCancelled, "No passphrase was chosen. Nothing was changed.");
}

// Into the file that was named, or onto the terminal, once.
Result<void> VaultVerbs::hand_over(const Sensitive<std::string>& words) {
  if (!choices_.recovery_out.empty()) {
    const Sensitive<std::string> line(words.expose() + "\n");
    auto written = write_secret_file(choices_.recovery_out, line.expose());
    if (!written && written.error().code != ErrorCode::kConflict) {
      (void)native::remove_file(choices_.recovery_out);
    }
    return written;
  }
  if (!choices_.sources.may_ask) {
    return fail(ErrorCode::kInvalidInput, "Nobody would see the recovery words here.",
                "Give --recovery-out FILE to have them written to a new file.", "recovery-out");
  }
  write_err(
      "Recovery words. They open the vault when the passphrase is forgotten. Write them down\n"
      "and keep them apart from this machine; they are not shown again.\n\n  ");
  write_err(words.expose());
  write_err("\n\n");
  return choices_.yes ? Result<void>{} : have_typed_back(words);
}

Result<void> VaultVerbs::have_typed_back(const Sensitive<std::string>& words) {
  const auto list = split(words.expose(), '-');
  for (const std::size_t place : places_to_ask(words.expose())) {
    for (int asked = 1;; ++asked) {
      const auto typed = ask_secret("Word " + std::to_string(place + 1) + ": ");
      if (!typed) return std::unexpected(typed.error());
      if (trim(typed->expose()) == list[place]) break;
      if (asked == VaultDoor::kAsksMax) {
        return fail(ErrorCode::kCancelled,
                    "The recovery words were not written down. Nothing was changed.");
      }
      write_err("That is another word. Look again.\n");
    }
  }
  return {};
}

Result<void> VaultVerbs::add(Proof added, const Proof& by, std::string_view label) {
  std::optional<Argon2Params> cost;
  if (added.kind == MethodKind::kPassphrase) {
    const auto here = native::calibrate_here();
    if (!here) return std::unexpected(here.error());
    cost = *here;
  }
  return door_.change("vault.add_method", [&]() -> Result<Json> {
    const auto secret = door_.offer(added);
    if (!secret) return std::unexpected(secret.error());
    const auto with = door_.offer(by);
    if (!with) return std::unexpected(with.error());
    Json body = {{"kind", to_string(added.kind)},
                 {"label", label},
                 {"secret", *secret},
                 {"withKind", to_string(by.kind)},
                 {"with", *with}};
    if (cost) body["argon2"] = cost_of(*cost);
    return body;
  });
}

Result<void> VaultVerbs::add_passphrase(Sensitive<std::string> passphrase, const Proof& by) {
  return add({.kind = MethodKind::kPassphrase, .secret = std::move(passphrase)}, by,
             kPassphraseLabel);
}

std::vector<std::string> VaultVerbs::ids_of(MethodKind kind) const {
  std::vector<std::string> ids;
  for (const Json& method : array_at(door_.vault(), "methods")) {
    if (string_or(method, "kind") == to_string(kind)) ids.push_back(string_or(method, "id"));
  }
  return ids;
}

Result<void> VaultVerbs::remove(const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    auto removed =
        door_.change("vault.remove_method", [&]() -> Result<Json> { return Json{{"method", id}}; });
    if (!removed) return removed;
  }
  return {};
}

Result<void> VaultVerbs::rotate() {
  return door_.change("vault.rotate", []() -> Result<Json> { return Json::object(); });
}

}  // namespace a67::cli
