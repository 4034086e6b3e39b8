#include "engine/api/secret_commands.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/json.h"

namespace a67 {
namespace {

constexpr std::int64_t kMsPerDay = std::int64_t{24} * 3600 * 1000;
constexpr const char* kSealed = "sealed";
constexpr const char* kVersion = "version";

std::string entity_of(const std::string& name) { return std::string(kSecretEntities) + name; }

std::unexpected<Error> no_secret(const std::string& name) {
  return fail(ErrorCode::kNotFound, "There is no secret `" + name + "`.", "`secrets` lists them.",
              "name");
}

std::unexpected<Error> too_many() {
  return fail(ErrorCode::kTooLarge,
              "There are " + std::to_string(SecretCommands::kSecretsMax) + " secrets already.",
              "Remove some first.");
}

const Json& field_of(const Entity& entity, std::string_view field) {
  static const Json kNothing;
  const auto found = entity.fields.find(field);
  return found == entity.fields.end() ? kNothing : found->second.value;
}

std::int64_t number_of(const Entity& entity, std::string_view field) {
  const Json& value = field_of(entity, field);
  return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

std::string text_of(const Entity& entity, std::string_view field) {
  const Json& value = field_of(entity, field);
  return value.is_string() ? value.get<std::string>() : std::string();
}

// When it should be replaced; 0: never.
UnixMs due_at(const Entity& entity) {
  const UnixMs expires = number_of(entity, "expiresAt");
  const std::int64_t days = number_of(entity, "rotateDays");
  const UnixMs old = days == 0 ? 0 : number_of(entity, "changedAt") + days * kMsPerDay;
  if (expires == 0 || old == 0) return std::max(expires, old);
  return std::min(expires, old);
}

}  // namespace

SecretCommands::SecretCommands(Doors doors)
    : doors_(std::move(doors)), entries_(doors_.keyring, doors_.vault) {}

void SecretCommands::add_to(Commands& commands) {
  commands.add("secret.list", this, &SecretCommands::list, Commands::Cancel::kAsk);
  commands.add("secret.set", this, &SecretCommands::set, Commands::Cancel::kAsk);
  commands.add("secret.reveal", this, &SecretCommands::reveal, Commands::Cancel::kAsk);
  commands.add("secret.remove", this, &SecretCommands::remove, Commands::Cancel::kAsk);
}

const Entity* SecretCommands::find(const std::string& name) const {
  const Entities& entities = doors_.store.log()->entities();
  const auto found = entities.find(entity_of(name));
  return found == entities.end() || !found->second.visible() ? nullptr : &found->second;
}

EntryName SecretCommands::entry_name(std::string name, std::uint64_t version) const {
  return {.workspace = doors_.workspace,
          .id = std::move(name),
          .version = version,
          .purpose = std::string(kPurpose)};
}

Json SecretCommands::view(const std::string& name) const {
  const Entity* entity = find(name);
  if (entity == nullptr) return Json::object();
  const UnixMs due = due_at(*entity);
  Json view = {{"name", name},
               {"version", number_of(*entity, kVersion)},
               {"createdAt", number_of(*entity, "createdAt")},
               {"changedAt", number_of(*entity, "changedAt")},
               {"due", due != 0 && due <= doors_.clock.unix_now()}};
  for (const char* field : {"lastUsedAt", "expiresAt", "rotateDays"}) {
    if (const std::int64_t value = number_of(*entity, field); value != 0) view[field] = value;
  }
  if (const std::string note = text_of(*entity, "note"); !note.empty()) view["note"] = note;
  if (due != 0) view["dueAt"] = due;
  return view;
}

Json SecretCommands::views() const {
  Json secrets = Json::array();
  const Entities& entities = doors_.store.log()->entities();
  for (auto at = entities.lower_bound(kSecretEntities);
       at != entities.end() && at->first.starts_with(kSecretEntities); ++at) {
    if (at->second.visible()) secrets.push_back(view(at->first.substr(kSecretEntities.size())));
  }
  return secrets;
}

bool SecretCommands::is_full() const {
  const Entities& entities = doors_.store.log()->entities();
  if (entities.size() < kSecretsMax) return false;  // spares the count nearly always
  std::size_t count = 0;
  for (auto at = entities.lower_bound(kSecretEntities);
       at != entities.end() && at->first.starts_with(kSecretEntities); ++at) {
    if (at->second.visible()) ++count;
  }
  return count >= kSecretsMax;
}

void SecretCommands::tell_of(const std::string& name) {
  if (find(name) == nullptr) {
    doors_.emit("secret.removed", {{"secret", name}});
  } else {
    doors_.emit("secret.changed", {{"secret", view(name)}});
  }
}

Task<Result<void>> SecretCommands::append(Change change, std::string name) {
  auto kept = co_await doors_.store.log()->append(std::move(change));
  if (!kept) co_return std::unexpected(kept.error());
  tell_of(name);
  co_return Result<void>{};
}

// ---- commands

Task<Result<Json>> SecretCommands::list(Commands::Context /*context*/, Json /*body*/) {
  co_return Json{{"secrets", views()}};
}

Task<Result<Json>> SecretCommands::set(Commands::Context /*context*/, Json body) {
  const std::string name = string_or(body, "name");
  const Entity* known = find(name);
  if (known == nullptr && !body.contains("value")) {
    co_return fail(ErrorCode::kInvalidInput, "There is no secret `" + name + "` yet.",
                   "Give its value.", "value");
  }
  if (known == nullptr && is_full()) co_return too_many();
  const UnixMs now = doors_.clock.unix_now();
  Change change{.fields = {}, .tombstones = {}, .note = "secret"};
  const auto put = [&](const char* field, Json value) {
    change.fields.push_back({entity_of(name), field, std::move(value)});
  };
  if (known == nullptr) put("createdAt", now);
  for (const char* field : {"note", "expiresAt", "rotateDays"}) {
    if (body.contains(field)) put(field, body[field]);
  }
  if (!body.contains("value")) {
    if (auto kept = co_await append(std::move(change), name); !kept) {
      co_return std::unexpected(kept.error());
    }
    co_return Json{{"secret", view(name)}};
  }
  auto& text = body["value"].get_ref<std::string&>();
  Sensitive<std::string> value(text);
  wipe(text.data(), text.size());
  if (auto kept = co_await append_value(std::move(change), name, std::move(value)); !kept) {
    co_return std::unexpected(kept.error());
  }
  co_return Json{{"secret", view(name)}};
}

Task<Result<Json>> SecretCommands::reveal(Commands::Context /*context*/, Json body) {
  const std::string name = string_or(body, "name");
  auto value = co_await open(name);
  if (!value) co_return std::unexpected(value.error());
  Change used{.fields = {{entity_of(name), "lastUsedAt", doors_.clock.unix_now()}},
              .tombstones = {},
              .note = "secret used"};
  if (auto kept = co_await append(std::move(used), name); !kept) {
    co_return std::unexpected(kept.error());
  }
  co_return Json{{"value", value->expose()}, {"secret", view(name)}};
}

Task<Result<Json>> SecretCommands::remove(Commands::Context /*context*/, Json body) {
  const std::string name = string_or(body, "name");
  if (find(name) == nullptr) co_return no_secret(name);
  Change gone{.fields = {}, .tombstones = {entity_of(name)}, .note = "secret removed"};
  if (auto kept = co_await append(std::move(gone), name); !kept) {
    co_return std::unexpected(kept.error());
  }
  co_return Json::object();
}

// ---- for what keeps its credentials here

Task<Result<Sensitive<std::string>>> SecretCommands::open(std::string name) {
  const Entity* known = find(name);
  if (known == nullptr) co_return no_secret(name);
  const auto version = static_cast<std::uint64_t>(number_of(*known, kVersion));
  co_return co_await entries_.open(entry_name(name, version), text_of(*known, kSealed));
}

Task<Result<void>> SecretCommands::append_value(Change change, std::string name,
                                                Sensitive<std::string> value) {
  const Entity* known = find(name);
  const auto version =
      static_cast<std::uint64_t>(known == nullptr ? 0 : number_of(*known, kVersion)) + 1;
  auto sealed = co_await entries_.seal(entry_name(name, version), std::move(value));
  if (!sealed) co_return std::unexpected(sealed.error());
  change.fields.push_back({entity_of(name), kSealed, std::move(*sealed)});
  change.fields.push_back({entity_of(name), kVersion, version});
  change.fields.push_back({entity_of(name), "changedAt", doors_.clock.unix_now()});
  co_return co_await append(std::move(change), std::move(name));
}

Task<Result<void>> SecretCommands::keep(std::string name, Kept kept) {
  const Entity* known = find(name);
  if (known == nullptr && is_full()) co_return too_many();
  Change change{.fields = {}, .tombstones = {}, .note = "secret"};
  if (known == nullptr) {
    change.fields.push_back({entity_of(name), "createdAt", doors_.clock.unix_now()});
  }
  change.fields.push_back({entity_of(name), "note", kept.note});
  change.fields.push_back({entity_of(name), "expiresAt", kept.expires_at});
  co_return co_await append_value(std::move(change), std::move(name), std::move(kept.value));
}

Task<Result<Sensitive<std::string>>> SecretCommands::use(std::string name) {
  auto value = co_await open(name);
  const Entity* known = find(name);
  if (!value || known == nullptr) co_return value;
  const UnixMs now = doors_.clock.unix_now();
  if (now - number_of(*known, "lastUsedAt") >= kMsPerDay) {
    Change used{
        .fields = {{entity_of(name), "lastUsedAt", now}}, .tombstones = {}, .note = "secret used"};
    if (auto kept = co_await append(std::move(used), name); !kept) {
      co_return std::unexpected(kept.error());
    }
  }
  co_return value;
}

Task<Result<void>> SecretCommands::forget(std::string name) {
  if (find(name) == nullptr) co_return Result<void>{};
  Change gone{.fields = {}, .tombstones = {entity_of(name)}, .note = "secret removed"};
  co_return co_await append(std::move(gone), std::move(name));
}

// ---- history and rotation

Task<Result<Json>> SecretCommands::undo(std::string name, HistoryEntry entry) {
  Json sealed;
  if (entry.deleted) {
    if (const auto found = entry.deleted->find(kSealed); found != entry.deleted->end()) {
      sealed = found->second;
    }
  }
  for (const RecordField& one : entry.fields) {
    if (one.field == kSealed) sealed = one.before;
  }
  if (sealed.is_string()) {
    const auto stored = read_entry(sealed.get_ref<const std::string&>());
    if (!stored || !doors_.vault.key_of(stored->epoch)) {
      co_return fail(ErrorCode::kConflict,
                     "The value before this change was sealed under a vault key that is gone.",
                     "Set the secret again.", "change");
    }
  }
  auto undone = co_await doors_.store.log()->undo(entry.position, entity_of(name));
  if (!undone) co_return std::unexpected(undone.error());
  tell_of(name);
  if (find(name) == nullptr) co_return Json::object();
  co_return Json{{"secret", view(name)}};
}

Task<Result<void>> SecretCommands::reseal() {
  const std::uint32_t newest = doors_.vault.newest_key().epoch;
  std::vector<std::string> names;
  for (const Json& one : views()) names.push_back(string_or(one, "name"));
  for (const std::string& name : names) {
    const Entity* known = find(name);
    if (known == nullptr) continue;
    std::string stored = text_of(*known, kSealed);
    const auto entry = read_entry(stored);
    // What is damaged stays as it is: who uses it is told.
    if (!entry || entry->epoch == newest || !doors_.vault.key_of(entry->epoch)) continue;
    const auto version = static_cast<std::uint64_t>(number_of(*known, kVersion));
    auto sealed = co_await entries_.reseal(entry_name(name, version), stored);
    if (!sealed) continue;
    known = find(name);
    if (known == nullptr || text_of(*known, kSealed) != stored) continue;  // set meanwhile
    Change anew{.fields = {{entity_of(name), kSealed, std::move(*sealed)}},
                .tombstones = {},
                .note = "secret sealed anew"};
    auto kept = co_await doors_.store.log()->append(std::move(anew));
    if (!kept) co_return std::unexpected(kept.error());
  }
  co_return Result<void>{};
}

}  // namespace a67
