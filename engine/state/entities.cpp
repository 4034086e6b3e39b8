#include "engine/state/entities.h"

#include <algorithm>
#include <ranges>

namespace a67 {

bool Entity::visible() const {
  return std::ranges::any_of(fields,
                             [](const auto& entry) { return !entry.second.value.is_null(); });
}

FieldValues Entity::values() const {
  FieldValues values;
  for (const auto& [name, field] : fields) {
    if (!field.value.is_null()) values.emplace_hint(values.end(), name, field.value);
  }
  return values;
}

bool newer(const Stamp& a, const Stamp& b) { return a > b; }

bool merge_field(Entities& entities, const std::string& entity, const std::string& field,
                 Field value, std::vector<Replaced>* replaced, Wins wins) {
  Entity& into = entities[entity];
  if (into.tombstone && !wins(value.stamp, *into.tombstone)) return false;
  const auto found = into.fields.find(field);
  const bool there = found != into.fields.end();
  if (there && !wins(value.stamp, found->second.stamp)) return false;
  if (replaced != nullptr) {
    replaced->push_back({.entity = entity,
                         .field = field,
                         .before_field = there ? std::optional(found->second) : std::nullopt});
  }
  if (there) {
    found->second = std::move(value);
  } else {
    into.fields.emplace(field, std::move(value));
  }
  return true;
}

bool merge_tombstone(Entities& entities, const std::string& entity, const Stamp& stamp,
                     std::vector<Replaced>* replaced, Wins wins) {
  const auto found = entities.find(entity);
  const bool there = found != entities.end();
  if (there && found->second.tombstone && !wins(stamp, *found->second.tombstone)) return false;
  if (replaced != nullptr) {
    replaced->push_back(
        {.entity = entity, .before_entity = there ? std::optional(found->second) : std::nullopt});
  }
  Entity& into = there ? found->second : entities[entity];
  into.tombstone = stamp;
  std::erase_if(into.fields, [&](const auto& entry) { return !wins(entry.second.stamp, stamp); });
  return true;
}

void merge_all(Entities& into, const Entities& from) {
  for (const auto& [id, entity] : from) {
    if (entity.tombstone) merge_tombstone(into, id, *entity.tombstone);
    for (const auto& [name, field] : entity.fields) merge_field(into, id, name, field);
  }
}

void take_back(Entities& entities, std::vector<Replaced> replaced) {
  for (Replaced& one : std::views::reverse(replaced)) {
    if (one.field.empty()) {
      if (one.before_entity) {
        entities[one.entity] = std::move(*one.before_entity);
      } else {
        entities.erase(one.entity);
      }
    } else if (one.before_field) {
      entities[one.entity].fields[one.field] = std::move(*one.before_field);
    } else if (const auto found = entities.find(one.entity); found != entities.end()) {
      found->second.fields.erase(one.field);
      if (found->second.fields.empty() && !found->second.tombstone) entities.erase(found);
    }
  }
}

Values values_of(const Entities& entities) {
  Values values;
  for (const auto& [id, entity] : entities) {
    if (entity.visible()) values.emplace_hint(values.end(), id, entity.values());
  }
  return values;
}

const Json& value_at(const Entities& entities, std::string_view entity, std::string_view field) {
  static const Json kNothing;
  const auto found = entities.find(entity);
  if (found == entities.end()) return kNothing;
  const auto value = found->second.fields.find(field);
  return value == found->second.fields.end() ? kNothing : value->second.value;
}

}  // namespace a67
