#include "cli/backup_verbs.h"

#include <utility>

#include "cli/secret_input.h"
#include "cli/terminal.h"
#include "engine/base/encoding.h"
#include "engine/native/device_key.h"
#include "engine/native/files.h"
#include "engine/vault/backup_file.h"

namespace a67::cli {

BackupVerbs::BackupVerbs(Session& session, VaultDoor& door, native::DataDir dir,
                         BackupChoices choices)
    : session_(session), door_(door), dir_(std::move(dir)), choices_(std::move(choices)) {}

Result<Json> BackupVerbs::ask_engine(const std::string& command, const Json& body) {
  return session_.run(command, body, [](const Json&) {}, [] {});
}

// ---- backup

Result<void> BackupVerbs::back_up() {
  // With no room for a byte, so that only whether it is there is seen.
  const auto existing = native::read_file(choices_.file, 0);
  if (!choices_.force && (!existing || *existing)) {
    return fail(ErrorCode::kConflict, choices_.file + " is there already.",
                "Name another file, or give --force to overwrite it.", "file");
  }
  if (auto opened = door_.open(); !opened) return opened;
  auto made = ask_engine("vault.back_up", Json::object());
  if (!made) return std::unexpected(made.error());
  const auto bytes = base64url_decode(string_or(*made, "file"));
  if (!bytes) return fail(ErrorCode::kInternal, "The engine's backup cannot be read.");
  auto written = native::write_atomically(
      choices_.file, std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size()));
  if (!written) return written;
  Json answer = {{"path", choices_.file},
                 {"entities", (*made)["entities"]},
                 {"bytes", (*made)["bytes"]},
                 {"createdAt", (*made)["createdAt"]}};
  write_out(choices_.json ? dump_json(answer) + "\n" : backup_text(answer, door_.vault()));
  return {};
}

// ---- restore

Result<void> BackupVerbs::restore() {
  const auto bytes = native::read_file(choices_.file, kBackupBytesMax);
  if (!bytes) return std::unexpected(bytes.error());
  if (!*bytes) {
    return fail(ErrorCode::kNotFound, "There is no file " + choices_.file + ".",
                "Give the path of a file that automator67 backup wrote.", "file");
  }
  if (!session_.owns_engine()) {
    return fail(ErrorCode::kConflict, "A running automator67 watch holds the vault.",
                "Stop it, then restore the backup.");
  }
  const auto absent = open_vault();
  if (!absent) return std::unexpected(absent.error());
  const std::string file = base64url_encode(as_bytes(**bytes));
  const auto opened = open_backup(file);
  if (!opened) return std::unexpected(opened.error());

  const bool replace = choices_.replace || *absent;
  if (!choices_.json || choices_.dry_run) {
    write_out(choices_.json ? dump_json(opened->preview) + "\n"
                            : preview_text(opened->preview, replace, choices_.view));
  }
  if (choices_.dry_run) return {};
  if (auto sure = confirm(*absent); !sure) return sure;
  auto restored = ask_engine("vault.restore", {{"file", file},
                                               {"kind", opened->kind},
                                               {"secret", opened->secret},
                                               {"mode", replace ? "replace" : "merge"}});
  if (!restored) return std::unexpected(restored.error());
  write_out(choices_.json ? dump_json(*restored) + "\n" : restored_text(*restored));
  return {};
}

// Whether there is none. One is not made here: the backup's becomes this folder's.
Result<bool> BackupVerbs::open_vault() {
  const auto status = ask_engine("vault.status", Json::object());
  if (!status) return std::unexpected(status.error());
  if (string_or(object_at(*status, "vault"), "state") == "absent") return true;
  if (auto opened = door_.open(); !opened) return std::unexpected(opened.error());
  return false;
}

// What was named for the backup; else whatever may have opened it when it was made.
Result<std::vector<Proof>> BackupVerbs::given_proofs() {
  std::vector<Proof> proofs;
  const auto add_file = [&](const std::string& path, std::string_view option,
                            MethodKind kind) -> Result<void> {
    if (path.empty()) return {};
    auto secret = read_secret_file(path, option);
    if (!secret) return std::unexpected(secret.error());
    proofs.push_back({.kind = kind, .secret = std::move(*secret)});
    return {};
  };
  const bool named = !choices_.passphrase_file.empty() || !choices_.recovery_file.empty();
  const std::string& passphrase =
      named ? choices_.passphrase_file : choices_.sources.passphrase_file;
  const std::string& recovery = named ? choices_.recovery_file : choices_.sources.recovery_file;
  if (auto done = add_file(passphrase, "backup-passphrase-file", MethodKind::kPassphrase); !done) {
    return std::unexpected(done.error());
  }
  if (auto done = add_file(recovery, "backup-recovery-file", MethodKind::kRecovery); !done) {
    return std::unexpected(done.error());
  }
  if (named) return proofs;
  if (const Proof* proof = door_.proof();
      proof != nullptr && proof->kind == MethodKind::kPassphrase) {
    proofs.push_back({.kind = proof->kind, .secret = proof->secret.clone()});
  }
  auto key = native::read_device_key(dir_.device_key());
  if (!key) return std::unexpected(key.error());
  if (*key) proofs.push_back({.kind = MethodKind::kDevice, .secret = std::move(**key)});
  return proofs;
}

Result<BackupVerbs::Opened> BackupVerbs::open_with(const std::string& file, const Proof& proof) {
  const auto number = door_.offer(proof);
  if (!number) return std::unexpected(number.error());
  const std::string kind(to_string(proof.kind));
  auto preview =
      ask_engine("vault.preview_backup", {{"file", file}, {"kind", kind}, {"secret", *number}});
  if (!preview) return std::unexpected(preview.error());
  return Opened{.kind = kind, .secret = *number, .preview = std::move(*preview)};
}

Result<BackupVerbs::Opened> BackupVerbs::open_backup(const std::string& file) {
  const auto proofs = given_proofs();
  if (!proofs) return std::unexpected(proofs.error());
  for (const Proof& proof : *proofs) {
    auto opened = open_with(file, proof);
    if (opened || opened.error().code != ErrorCode::kUnauthorized) return opened;
  }
  const bool named = !choices_.passphrase_file.empty() || !choices_.recovery_file.empty();
  if (choices_.sources.may_ask && !named) return open_by_asking(file);
  return fail(ErrorCode::kUnauthorized,
              proofs->empty() ? "Nothing was given that could open the backup."
                              : "What was given does not open the backup.",
              "Give --backup-passphrase-file or --backup-recovery-file with what opened the vault "
              "when the backup was made. The file must be of mode 0600.");
}

Result<BackupVerbs::Opened> BackupVerbs::open_by_asking(const std::string& file) {
  for (int asked = 1;; ++asked) {
    auto typed = ask_secret("Passphrase of the backup: ");
    if (!typed) return std::unexpected(typed.error());
    auto opened = open_with(file, {.kind = MethodKind::kPassphrase, .secret = std::move(*typed)});
    if (opened || opened.error().code != ErrorCode::kUnauthorized || asked == kAsksMax) {
      return opened;
    }
    write_err("That does not open the backup. Try again.\n");
  }
}

Result<void> BackupVerbs::confirm(bool absent) const {
  if (choices_.yes) return {};
  if (!choices_.sources.may_ask) {
    return fail(ErrorCode::kInvalidInput,
                "automator67 restore asks first, and nobody can answer here.",
                "Give --yes to do it without being asked.", "yes");
  }
  const char* question = "Merge this backup?";
  if (choices_.replace) question = "Replace everything by this backup?";
  if (absent) question = "Restore this backup here?";
  if (ask(question)) return {};
  return fail(ErrorCode::kCancelled, "Nothing was done.");
}

}  // namespace a67::cli
