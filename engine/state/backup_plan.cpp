#include "engine/state/backup_plan.h"

#include <array>
#include <utility>

#include "engine/state/change_record.h"

namespace a67 {
namespace {

// A record also holds what was there before; far below its limits (change_record.h).
constexpr std::size_t kPieceFieldsMax = 5'000;
constexpr std::size_t kPieceTombstonesMax = 200;
constexpr std::size_t kPieceBytesMax = std::size_t{4} << 20;

// What only the controller that made it can do something with.
bool is_bound(std::string_view id) {
  constexpr std::array<std::string_view, 3> kKinds = {"node/", "replica/", "deployment/"};
  for (const std::string_view kind : kKinds) {
    if (id.starts_with(kind)) return true;
  }
  return id == kIdentityEntity || id == "workspace" || id == kActivityEntity;
}

void add_difference(const std::string& id, const FieldValues& before, const FieldValues& after,
                    Change& change) {
  for (const auto& [name, value] : after) {
    const auto found = before.find(name);
    if (found == before.end() || found->second != value) change.fields.push_back({id, name, value});
  }
  for (const auto& [name, value] : before) {
    if (!after.contains(name)) change.fields.push_back({id, name, Json()});
  }
}

// The value of a single secret is sealed, so the same value has another text in each vault. What
// belongs together (the value and its version) is taken together, and where it is the same, ours
// stays.
constexpr std::array<std::string_view, 3> kOfOneValue = {"sealed", "version", "changedAt"};

const Field* field_of(const Entities& entities, std::string_view id, std::string_view name) {
  const auto entity = entities.find(id);
  if (entity == entities.end()) return nullptr;
  const auto field = entity->second.fields.find(name);
  return field == entity->second.fields.end() ? nullptr : &field->second;
}

bool same_value(const Entities& ours, const Entities& theirs, const std::string& id) {
  for (const std::string_view name : {"version", "changedAt"}) {
    const Field* mine = field_of(ours, id, name);
    const Field* other = field_of(theirs, id, name);
    if (mine == nullptr || other == nullptr || mine->value != other->value) return false;
  }
  return true;
}

void settle_secrets(const Entities& ours, const Entities& theirs, RestoreMode mode, Values& after) {
  for (auto at = after.lower_bound(kSecretEntities);
       at != after.end() && at->first.starts_with(kSecretEntities); ++at) {
    const Field* mine = field_of(ours, at->first, "version");
    const Field* other = field_of(theirs, at->first, "version");
    if (mine == nullptr || other == nullptr) continue;
    const bool theirs_wins = mode == RestoreMode::kReplace || other->stamp > mine->stamp;
    const bool take_ours = same_value(ours, theirs, at->first) || !theirs_wins;
    for (const std::string_view name : kOfOneValue) {
      const Field* field = field_of(take_ours ? ours : theirs, at->first, name);
      if (field != nullptr && !field->value.is_null()) {
        at->second.insert_or_assign(std::string(name), field->value);
      }
    }
  }
}

}  // namespace

bool same_controller(const Entities& ours, const Entities& theirs) {
  const Json& mine = value_at(ours, kIdentityEntity, kSeedField);
  const Json& other = value_at(theirs, kIdentityEntity, kSeedField);
  return mine.is_null() || other.is_null() || mine == other;
}

RestorePlan plan_restore(const Entities& ours, const Entities& theirs, RestoreMode mode) {
  RestorePlan plan{.before = values_of(ours), .after = {}};
  if (mode == RestoreMode::kReplace) {
    plan.after = values_of(theirs);
    settle_secrets(ours, theirs, mode, plan.after);
    return plan;
  }
  Entities merged = ours;
  if (same_controller(ours, theirs)) {
    merge_all(merged, theirs);
  } else {
    Entities taken = theirs;
    plan.left_out = std::erase_if(taken, [](const auto& entry) { return is_bound(entry.first); });
    merge_all(merged, taken);
  }
  plan.after = values_of(merged);
  settle_secrets(ours, theirs, mode, plan.after);
  return plan;
}

Change change_of(const RestorePlan& plan, std::string note) {
  Change change{.fields = {}, .tombstones = {}, .note = std::move(note)};
  static const FieldValues kNothing;
  for (const auto& [id, after] : plan.after) {
    const auto before = plan.before.find(id);
    add_difference(id, before == plan.before.end() ? kNothing : before->second, after, change);
  }
  for (const auto& [id, before] : plan.before) {
    if (!plan.after.contains(id)) change.tombstones.push_back(id);
  }
  return change;
}

std::vector<Change> in_pieces(Change change) {
  std::vector<Change> pieces;
  std::size_t bytes = 0;
  const auto piece = [&](std::size_t more) -> Change& {
    if (pieces.empty() || pieces.back().fields.size() >= kPieceFieldsMax ||
        pieces.back().tombstones.size() >= kPieceTombstonesMax || bytes + more > kPieceBytesMax) {
      pieces.push_back({.fields = {}, .tombstones = {}, .note = change.note});
      bytes = 0;
    }
    bytes += more;
    return pieces.back();
  };
  for (FieldChange& field : change.fields) {
    const std::size_t size = dump_json(field.value).size() + field.entity.size();
    piece(size).fields.push_back(std::move(field));
  }
  for (std::string& id : change.tombstones) piece(id.size()).tombstones.push_back(std::move(id));
  return pieces;
}

Entities as_entities(const Values& values) {
  Entities entities;
  for (const auto& [id, fields] : values) {
    Entity& entity = entities[id];
    for (const auto& [name, value] : fields) {
      entity.fields.emplace(name, Field{.value = value, .stamp = {.hlc = 1, .device = "a"}});
    }
  }
  return entities;
}

}  // namespace a67
