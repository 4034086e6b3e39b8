#include "engine/api/backup_commands.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/api/backup_view.h"
#include "engine/base/encoding.h"
#include "engine/state/log_keys.h"
#include "engine/vault/entry.h"

namespace a67 {
namespace {

constexpr int kPendingRoundsMax = 100;

std::unexpected<Error> is_locked() {
  return fail(ErrorCode::kLocked, "The vault is locked, or was not created yet.",
              "Unlock it, or create it.");
}

std::unexpected<Error> damaged(const std::string& what) {
  return fail(ErrorCode::kStoreFailed, "The backup cannot be read. " + what,
              "Nothing was changed. Take another copy of the file, or an older backup.");
}

UnlockWith proof_at(const Json& body) {
  return {.kind = method_kind_from(string_or(body, "kind")).value_or(MethodKind::kPassphrase),
          .secret = {.number = int_or(body, "secret")},
          .method = MethodId(string_or(body, "method"))};
}

std::optional<Seed> seed_in(const Entities& entities) {
  const Json& saved = value_at(entities, kIdentityEntity, kSeedField);
  if (!saved.is_string()) return std::nullopt;
  const auto bytes = hex_decode(saved.get_ref<const std::string&>());
  if (!bytes || bytes->size() != Seed{}.size()) return std::nullopt;
  Seed seed{};
  std::ranges::copy(*bytes, seed.begin());
  return seed;
}

// What will be there must be understood before anything is written.
Result<State> understood(const Entities& entities) {
  if (!has_state(entities) || !seed_in(entities)) return damaged("It holds no whole workspace.");
  return state_from(entities);
}

// What commands changed in `state` since it said what `base` says, on top of what is there now.
Entities with_late_changes(Entities now, const Entities& base, const State& state) {
  const Stamp last{.hlc = kHlcMax, .device = "~"};
  const Change late = changes_to(base, state);
  for (const std::string& id : late.tombstones) now.erase(id);
  for (const FieldChange& one : late.fields) {
    now[one.entity].fields.insert_or_assign(one.field, Field{.value = one.value, .stamp = last});
  }
  return now;
}

std::int64_t count_of(const Entities& entities, std::string_view prefix) {
  return std::ranges::count_if(entities, [&](const auto& entry) {
    return std::string_view(entry.first).starts_with(prefix) && entry.second.visible();
  });
}

}  // namespace

void BackupCommands::add_to(Commands& commands) {
  // As with the vault's own commands: what was begun is ended.
  commands.add("vault.back_up", this, &BackupCommands::back_up, Commands::Cancel::kAsk);
  commands.add("vault.preview_backup", this, &BackupCommands::preview, Commands::Cancel::kAsk);
  commands.add("vault.restore", this, &BackupCommands::restore, Commands::Cancel::kAsk);
}

// ---- making one

Task<Result<Json>> BackupCommands::back_up(Commands::Context /*context*/, Json /*body*/) {
  if (!gate_.vault().is_open() || store_.log() == nullptr) co_return is_locked();
  auto header_text = co_await gate_.vault().stored_header();
  if (!header_text) co_return std::unexpected(header_text.error());
  auto header = read_header(*header_text);
  if (!header) co_return std::unexpected(header.error());
  BackupFile file{.header = std::move(*header), .header_text = std::move(*header_text)};
  ports_.random.fill(file.id);

  const ChangeLog& log = *store_.log();
  const UnixMs now = ports_.clock.unix_now();
  BackupContent content{.workspace = store_.workspace(),
                        .created_at = now,
                        .device = log.device(),
                        .epoch = controller_.epoch(),
                        .clock = log.clock(),
                        .authors = log.authors(),
                        .entities = log.entities()};
  auto sealed = co_await seal_backup(&ports_.keyring, gate_.vault().newest_key().key, &file,
                                     write_backup_content(content));
  if (!sealed) co_return std::unexpected(sealed.error());
  const auto bytes = write_backup_file(file);
  if (!bytes) co_return std::unexpected(bytes.error());
  co_return Json{{"file", base64url_encode(as_bytes(*bytes))},
                 {"name", backup_name(file.header.header.workspace_name, now)},
                 {"entities", content.entities.size()},
                 {"bytes", bytes->size()},
                 {"createdAt", now}};
}

// ---- opening one

Task<Result<BackupCommands::Opened>> BackupCommands::open(std::string text, UnlockWith with) {
  const auto bytes = base64url_decode(text);
  if (!bytes) {
    co_return fail(ErrorCode::kInvalidInput, "This is not base64url.", {}, "file");
  }
  auto file = read_backup_file(
      std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size()));
  if (!file) co_return std::unexpected(file.error());
  auto copy = co_await gate_.vault().open_copy(file->header, std::move(with));
  if (!copy) {
    Error error = copy.error();
    if (error.code == ErrorCode::kUnauthorized) {
      error.message = "This does not open the backup.";
      error.hint = "It opens with what opened the vault when the backup was made.";
    }
    co_return std::unexpected(std::move(error));
  }
  const auto texts = co_await open_backup(&ports_.keyring, copy->key(), &*file);
  if (!texts) co_return std::unexpected(texts.error());
  auto content = read_backup_content(*texts, file->header.header.workspace);
  if (!content) {
    if (content.error().kind != RecordFault::Kind::kNewer) co_return damaged(content.error().what);
    co_return fail(ErrorCode::kConflict, content.error().what,
                   "Update Automator67 on this device.");
  }
  co_return Opened{
      .file = std::move(*file), .copy = std::move(*copy), .content = std::move(*content)};
}

// Nothing here that a restored vault would hide, or leave lying about.
Task<Result<void>> BackupCommands::ensure_empty() {
  for (const std::string_view folder : {kLogFolder, kSnapFolder, kAuditFolder}) {
    auto page =
        co_await ports_.table.scan("w/" + store_.workspace() + "/" + std::string(folder), "", 1);
    if (!page) co_return std::unexpected(page.error());
    if (!page->rows.empty()) {
      co_return fail(ErrorCode::kConflict, "This device holds remains of another vault.",
                     "Nothing was changed. Clear the page's data, or use another browser profile "
                     "or data folder.");
    }
  }
  auto earlier = co_await store_.has_earlier();
  if (!earlier) co_return std::unexpected(earlier.error());
  if (*earlier) {
    co_return fail(ErrorCode::kConflict,
                   "This device holds the state of an earlier version, which has no vault yet.",
                   "Create a vault for it first, then restore the backup into that.");
  }
  co_return Result<void>{};
}

// Open, or absent with nothing in the way.
Task<Result<void>> BackupCommands::ensure_restorable() {
  if (gate_.vault().is_open() && store_.log() != nullptr) co_return Result<void>{};
  if (gate_.erased()) {
    co_return fail(ErrorCode::kConflict, "The workspace was just erased.",
                   "Reload, then restore the backup.");
  }
  const auto header = co_await gate_.vault().inspect();
  if (header) co_return is_locked();
  if (header.error().code != ErrorCode::kNotFound) co_return std::unexpected(header.error());
  co_return co_await ensure_empty();
}

// ---- the preview

Task<Result<Json>> BackupCommands::preview(Commands::Context /*context*/, Json body) {
  UnlockWith with = proof_at(body);
  Held<SecretRef> secret(ports_.keyring, with.secret);
  if (auto fine = co_await ensure_restorable(); !fine) co_return std::unexpected(fine.error());
  auto opened = co_await open(string_or(body, "file"), std::move(with));
  if (!opened) co_return std::unexpected(opened.error());
  const BackupContent& content = opened->content;
  if (auto state = understood(content.entities); !state) co_return std::unexpected(state.error());

  const bool is_open = gate_.vault().is_open() && store_.log() != nullptr;
  const Entities& ours = is_open ? store_.log()->entities() : Entities();
  Json view = {{"createdAt", content.created_at},
               {"name", opened->copy.header().workspace_name},
               {"device", content.device},
               {"entities", content.entities.size()},
               {"apps", count_of(content.entities, "app/")},
               {"nodes", count_of(content.entities, "node/")},
               {"sameController", same_controller(ours, content.entities)},
               {"merge", diff_view(plan_restore(ours, content.entities, RestoreMode::kMerge))},
               {"replace", diff_view(plan_restore(ours, content.entities, RestoreMode::kReplace))}};
  secret.release();
  co_return view;
}

// ---- restoring

Task<Result<Json>> BackupCommands::restore(Commands::Context /*context*/, Json body) {
  UnlockWith with = proof_at(body);
  const Held<SecretRef> secret(ports_.keyring, with.secret);
  if (restoring_) {
    co_return fail(ErrorCode::kConflict, "A backup is being restored already.", "Wait for it.");
  }
  restoring_ = true;
  struct Done {
    bool& flag;
    ~Done() { flag = false; }
  } const done{restoring_};
  if (auto fine = co_await ensure_restorable(); !fine) co_return std::unexpected(fine.error());
  auto opened = co_await open(string_or(body, "file"), std::move(with));
  if (!opened) co_return std::unexpected(opened.error());
  if (auto state = understood(opened->content.entities); !state) {
    co_return std::unexpected(state.error());
  }
  if (!gate_.vault().is_open()) co_return co_await restore_anew(std::move(*opened));
  const bool merge = string_or(body, "mode") == "merge";
  co_return co_await restore_into(std::move(*opened),
                                  merge ? RestoreMode::kMerge : RestoreMode::kReplace);
}

Task<Result<Json>> BackupCommands::restore_anew(Opened opened) {
  const BackupContent content = std::move(opened.content);
  auto taken =
      co_await gate_.vault().take_over(std::move(opened.copy), std::move(opened.file.header_text),
                                       [this, &content] { return store_.rows_for(&content); });
  if (!taken) co_return std::unexpected(taken.error());
  auto told = co_await gate_.opened();
  if (!told) co_return std::unexpected(told.error());
  (*told)["counts"] = {
      {"added", content.entities.size()}, {"changed", 0}, {"removed", 0}, {"leftOut", 0}};
  co_return told;
}

// Single secrets are sealed under the key of the backup's vault: here they lie under ours.
Task<Result<void>> BackupCommands::reseal_secrets(Opened* opened) {
  const VaultHeader& header = opened->copy.header();
  Entities& entities = opened->content.entities;
  Entries ours(ports_.keyring, gate_.vault());
  for (auto at = entities.lower_bound(kSecretEntities);
       at != entities.end() && at->first.starts_with(kSecretEntities); ++at) {
    const auto sealed = at->second.fields.find("sealed");
    const Json& version = value_at(entities, at->first, "version");
    if (sealed == at->second.fields.end() || !sealed->second.value.is_string() ||
        !version.is_number_integer()) {
      continue;
    }
    EntryName name{.workspace = header.workspace,
                   .id = at->first.substr(kSecretEntities.size()),
                   .version = version.get<std::uint64_t>(),
                   .purpose = std::string(SecretCommands::kPurpose)};
    auto plain =
        co_await open_entry(&ports_.keyring, {.epoch = header.epoch, .key = opened->copy.key()},
                            header.id.value, name, sealed->second.value.get<std::string>());
    // What is damaged there stays as it is: who uses it is told.
    if (!plain && plain.error().code == ErrorCode::kStoreFailed) continue;
    if (!plain) co_return std::unexpected(plain.error());
    name.workspace = store_.workspace();
    auto anew = co_await ours.seal(std::move(name), std::move(*plain));
    if (!anew) co_return std::unexpected(anew.error());
    sealed->second.value = std::move(*anew);
  }
  co_return Result<void>{};
}

// A rotation that began meanwhile has sealed every secret anew, but not these.
Result<void> BackupCommands::ensure_newest(const BackupContent& content) const {
  const std::uint32_t newest = gate_.vault().newest_key().epoch;
  for (auto at = content.entities.lower_bound(kSecretEntities);
       at != content.entities.end() && at->first.starts_with(kSecretEntities); ++at) {
    const Json& sealed = value_at(content.entities, at->first, "sealed");
    if (!sealed.is_string()) continue;
    const auto entry = read_entry(sealed.get_ref<const std::string&>());
    if (entry && entry->epoch != newest) {
      return fail(ErrorCode::kConflict, "The vault's key is being changed for the next one.",
                  "Let that finish first, then restore the backup.");
    }
  }
  return {};
}

Task<Result<Json>> BackupCommands::restore_into(Opened opened, RestoreMode mode) {
  if (auto sealed = co_await reseal_secrets(&opened); !sealed) {
    co_return std::unexpected(sealed.error());
  }
  BackupContent content = std::move(opened.content);
  const UnixMs made = content.created_at;
  std::optional<RestorePlan> plan;
  {
    const Controller::Hold hold = co_await controller_.hold();
    auto applied = co_await apply(std::move(content), mode);
    if (!applied) co_return std::unexpected(applied.error());
    plan = std::move(*applied);
  }
  controller_.state().note(ports_.clock.unix_now(), ActivityLevel::kInfo, "backup.restored", "",
                           mode == RestoreMode::kMerge
                               ? "A backup of " + date_of(made) + " was merged."
                               : "A backup of " + date_of(made) + " took the place of everything.");
  secrets_.tell_of_reset();
  accounts_.tell_of_reset();
  // What the backup says is durable already; that it was restored may be told later.
  (void)co_await controller_.commit();
  const DiffCounts counts = counts_of(*plan);
  co_return Json{{"vault", gate_.view()},
                 {"counts",
                  {{"added", counts.added},
                   {"changed", counts.changed},
                   {"removed", counts.removed},
                   {"leftOut", plan->left_out}}}};
}

// REQUIRES: held. Afterwards, until the next suspension, what is stored says what the state says.
Task<Result<void>> BackupCommands::save_pending() {
  for (int round = 0; round < kPendingRoundsMax; ++round) {
    if (changes_to(store_.log()->entities(), controller_.state()).empty()) {
      co_return Result<void>{};
    }
    if (auto saved = co_await store_.save(controller_.state()); !saved) co_return saved;
  }
  co_return fail(ErrorCode::kConflict, "Too much is being changed just now.", "Try again.");
}

// Nodes refuse the orders of an epoch below the last they heard.
Task<Result<std::optional<Controller::Lead>>> BackupCommands::lead_for(const BackupContent* content,
                                                                       RestoreMode mode) {
  const Entities& ours = store_.log()->entities();
  const bool same = same_controller(ours, content->entities);
  const bool behind = content->epoch > controller_.epoch();
  if (same ? !behind : mode == RestoreMode::kMerge) {
    co_return std::optional<Controller::Lead>{};
  }
  auto seed = seed_in(content->entities);
  if (!seed) co_return damaged("It holds no whole workspace.");
  const Sensitive<Seed> identity(*seed);
  wipe(seed->data(), seed->size());
  auto epoch = co_await store_.take_epoch_above(content->epoch + VaultStateStore::kEpochLeap);
  if (!epoch) co_return std::unexpected(epoch.error());
  co_return Controller::Lead{.key = SigningKey(identity), .epoch = *epoch};
}

// REQUIRES: held.
Task<Result<RestorePlan>> BackupCommands::apply(BackupContent content, RestoreMode mode) {
  auto lead = co_await lead_for(&content, mode);
  if (!lead) co_return std::unexpected(lead.error());
  if (auto saved = co_await save_pending(); !saved) co_return std::unexpected(saved.error());
  ChangeLog& log = *store_.log();
  const Entities base = log.entities();
  RestorePlan plan = plan_restore(base, content.entities, mode);
  auto state = understood(as_entities(plan.after));
  if (!state) co_return std::unexpected(state.error());
  if (auto fine = ensure_newest(content); !fine) co_return std::unexpected(fine.error());
  auto stored = co_await log.append_all(
      in_pieces(change_of(plan, "backup of " + date_of(content.created_at))));
  if (!stored) co_return std::unexpected(stored.error());
  // Commands may have gone on while it was written.
  auto now = state_from(with_late_changes(log.entities(), base, controller_.state()));
  controller_.adopt(std::move(now ? *now : *state), std::move(*lead));
  co_return plan;
}

}  // namespace a67
