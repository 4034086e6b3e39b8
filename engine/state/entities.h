// Entities: the state as a map of entities, each a map of fields, so that it can be stored and
// merged change by change. `app/guestbook` has `wanted`; `release/guestbook/guestbook-r1` has
// `env.PORT`.
//
// Merging is per field: the greater stamp wins; a tombstone hides what is not newer than it. That
// is commutative, associative and idempotent, so records may come in any order and more than once.
//
// Values of secret fields are secrets (`is_secret_field`): what holds entities must never be
// logged.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/state/hlc.h"

namespace a67 {

struct State;

inline constexpr std::string_view kEnvFieldPrefix = "env.";

// What is there, without when it came. Never null.
using FieldValues = std::map<std::string, Json, std::less<>>;
using Values = std::map<std::string, FieldValues, std::less<>>;

struct Field {
  Json value;  // null: erased
  Stamp stamp;
  bool operator==(const Field&) const = default;
};

struct Entity {
  std::map<std::string, Field, std::less<>> fields;  // all newer than the tombstone
  std::optional<Stamp> tombstone;

  // It has a field that is not erased.
  [[nodiscard]] bool visible() const;
  [[nodiscard]] FieldValues values() const;
  bool operator==(const Entity&) const = default;
};

using Entities = std::map<std::string, Entity, std::less<>>;

// One thing that is to change. `value` null: the field is erased.
struct FieldChange {
  std::string entity;
  std::string field;
  Json value;
  bool operator==(const FieldChange&) const = default;
};

struct Change {
  std::vector<FieldChange> fields;
  std::vector<std::string> tombstones;  // entities that go; they have no field in `fields`
  std::string note;                     // for people: what this was; never a secret

  [[nodiscard]] bool empty() const { return fields.empty() && tombstones.empty(); }
};

// True when `a` wins over `b`. Replaceable for the test that proves the tie-break is needed.
using Wins = bool (*)(const Stamp& a, const Stamp& b);
bool newer(const Stamp& a, const Stamp& b);

// What a merge replaced: enough to take it back.
struct Replaced {
  std::string entity;
  std::string field;                    // empty: the whole entity
  std::optional<Field> before_field;    // nothing: it was not there
  std::optional<Entity> before_entity;  // likewise, when `field` is empty
};

// Each says whether it won; only then is something appended to `replaced` (may be null).
bool merge_field(Entities& entities, const std::string& entity, const std::string& field,
                 Field value, std::vector<Replaced>* replaced = nullptr, Wins wins = newer);
bool merge_tombstone(Entities& entities, const std::string& entity, const Stamp& stamp,
                     std::vector<Replaced>* replaced = nullptr, Wins wins = newer);
void merge_all(Entities& into, const Entities& from);
// Takes merges back. REQUIRES: nothing was merged since.
void take_back(Entities& entities, std::vector<Replaced> replaced);

Values values_of(const Entities& entities);
// The value of a field that is there and not erased; else null.
const Json& value_at(const Entities& entities, std::string_view entity, std::string_view field);

// ---- State and entities

// The controller's own key, and the vault's single secrets: not of the State.
inline constexpr std::string_view kIdentityEntity = "identity";
inline constexpr std::string_view kSecretEntities = "secret/";

// Environments, keys, sealed secrets.
bool is_secret_field(std::string_view entity, std::string_view field);
// Only says in which order lists are shown. What it does not name comes last; losing one does no
// harm.
bool is_order_hint(std::string_view entity, std::string_view field);
// Kept in a ring of kActivityLinesMax fields, so that its oldest lines go without a tombstone each.
inline constexpr std::string_view kActivityEntity = "activity";

// A State was saved in them before.
bool has_state(const Entities& entities);
Values entities_of(const State& state);
// Entities and fields this version does not know are left out, and so is what is incomplete (two
// devices: one erased a release, one edited it). What was draining drains since Instant{}.
// Error: kStoreFailed naming a field whose value this version does not understand.
Result<State> state_from(const Entities& entities);

// What must change in `known` to make it say `state`; never anything this version does not know.
Change changes_to(const Entities& known, const State& state, std::string note = {});

}  // namespace a67
