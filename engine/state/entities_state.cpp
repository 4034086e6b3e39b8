// State as entities and back.
#include <algorithm>
#include <ranges>
#include <set>

#include "engine/state/entities.h"
#include "engine/state/record_json.h"
#include "engine/state/state.h"

namespace a67 {
namespace {

constexpr std::string_view kWorkspace = "workspace";
constexpr std::string_view kSettings = "settings";
constexpr std::string_view kNode = "node/";
constexpr std::string_view kApp = "app/";
constexpr std::string_view kRelease = "release/";
constexpr std::string_view kDeployment = "deployment/";
constexpr std::string_view kReplica = "replica/";
constexpr std::string_view kSpecPrefix = "spec.";
constexpr std::string_view kNextLine = "next";

// Names of apps have no such character; a saved state from elsewhere may.
std::string escape(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == '/') {
      text += "%2F";
    } else if (c == '%') {
      text += "%25";
    } else {
      text += c;
    }
  }
  return text;
}

std::string slot_of(std::int64_t seq) {
  const auto count = static_cast<std::int64_t>(kActivityLinesMax);
  return std::to_string(((seq % count) + count) % count);
}

// ---- State -> entities

void put(Values& values, std::string id, const Json& members) {
  FieldValues fields;
  for (const auto& [name, value] : members.items()) {
    if (name != "id" && !value.is_null()) fields.emplace(name, value);
  }
  values.insert_or_assign(std::move(id), std::move(fields));
}

// Every part of what is to run becomes a field of its own, and so does every value of the
// environment.
Json flat_release(const ReleaseRecord& release) {
  Json flat = write_release(release);
  const Json spec = std::move(flat["spec"]);
  flat.erase("spec");
  for (const auto& [name, value] : spec.items()) {
    if (name != "env") flat[std::string(kSpecPrefix) + name] = value;
  }
  for (const auto& [name, value] : spec["env"].items()) {
    flat[std::string(kEnvFieldPrefix) + name] = value;
  }
  return flat;
}

template <class Records, class Of>
Json order_of(const Records& records, Of of) {
  Json list = Json::array();
  for (const auto& record : records) list.push_back(of(record));
  return list;
}

constexpr auto kIdOf = [](const auto& record) { return record.id.value; };

void put_app(Values& values, const AppRecord& app) {
  const std::string name = escape(app.name);
  Json members = write_app(app);
  members["releases"] = order_of(app.releases, kIdOf);
  members["deployments"] = order_of(app.deployments, kIdOf);
  members["replicas"] = order_of(app.assignments, kIdOf);
  put(values, std::string(kApp) + name, members);
  const auto each = [&](std::string_view kind, const auto& records, auto write) {
    for (const auto& record : records) {
      put(values, std::string(kind) + name + "/" + record.id.value, write(record));
    }
  };
  each(kRelease, app.releases, flat_release);
  each(kDeployment, app.deployments, write_deployment);
  each(kReplica, app.assignments, write_assignment);
}

Values without_activity(const State& state) {
  Values values;
  put(values, std::string(kSettings), write_settings(state.settings));
  put(values, std::string(kWorkspace),
      {{"meshKey", write_mesh_key(state.mesh_key)},
       {"nodes", order_of(state.nodes, kIdOf)},
       {"apps", order_of(state.apps, [](const AppRecord& app) { return app.name; })}});
  for (const NodeRecord& node : state.nodes) {
    put(values, std::string(kNode) + node.id.value, write_node(node));
  }
  for (const AppRecord& app : state.apps) put_app(values, app);
  return values;
}

// ---- entities -> State

// What could not be understood, as `app/guestbook.wanted`.
using Odd = std::optional<std::string>;

// Reading must be loss-free: a value that would be written differently is of another version, and
// to go on with a stand-in for it would overwrite it.
Odd difference_of(const FieldValues& stored, const FieldValues& understood, const std::string& id) {
  for (const auto& [name, value] : understood) {
    const auto found = stored.find(name);
    if (found != stored.end() && found->second != value) return id + "." + name;
  }
  return std::nullopt;
}

Json members_of(const FieldValues& values, std::string_view prefix = {}) {
  Json members = Json::object();
  for (const auto& [name, value] : values) {
    if (std::string_view(name).starts_with(prefix)) members[name.substr(prefix.size())] = value;
  }
  return members;
}

// Calls `take` for every complete entity of a kind, in the order the hint gives; the others follow
// in the order of their ids.
template <class Take>
void each_of(const Values& values, const std::string& prefix, const Json& order, Take take) {
  std::set<std::string, std::less<>> done;
  if (order.is_array()) {
    for (const Json& name : order) {
      if (!name.is_string()) continue;
      const auto text = name.get<std::string>();
      const auto found = values.find(prefix + text);
      if (found != values.end() && done.insert(text).second) take(text, *found);
    }
  }
  for (auto at = values.lower_bound(prefix); at != values.end() && at->first.starts_with(prefix);
       ++at) {
    const std::string name = at->first.substr(prefix.size());
    if (!done.contains(name)) take(name, *at);
  }
}

class Rebuild {
 public:
  explicit Rebuild(const Values& values) : values_(values) {}

  State state;
  Odd odd;

  void run() {
    if (const auto found = values_.find(kSettings); found != values_.end()) {
      state.settings = read_settings(members_of(found->second));
    }
    state.mesh_key = read_mesh_key(text_at(kWorkspace, "meshKey"));
    each_of(values_, std::string(kNode), at(kWorkspace, "nodes"),
            [&](const std::string& id, const auto& entity) {
              if (!entity.second.contains("url")) return;
              Json members = members_of(entity.second);
              members["id"] = id;
              state.nodes.push_back(read_node(members));
            });
    Json apps = Json::array();
    for (const Json& name : array_or_empty(at(kWorkspace, "apps"))) {
      if (name.is_string()) apps.push_back(escape(name.get<std::string>()));
    }
    each_of(values_, std::string(kApp), apps, [&](const std::string& name, const auto& entity) {
      if (entity.second.contains("name")) read_whole_app(name, entity.second);
    });
    read_lines();
    check();
  }

 private:
  [[nodiscard]] const Json& at(std::string_view entity, std::string_view field) const {
    static const Json kNothing;
    const auto found = values_.find(entity);
    if (found == values_.end()) return kNothing;
    const auto value = found->second.find(field);
    return value == found->second.end() ? kNothing : value->second;
  }
  [[nodiscard]] std::string text_at(std::string_view entity, std::string_view field) const {
    const Json& value = at(entity, field);
    return value.is_string() ? value.get<std::string>() : std::string();
  }
  static const Json& array_or_empty(const Json& value) {
    static const Json kEmpty = Json::array();
    return value.is_array() ? value : kEmpty;
  }

  // `key` names what an entity of the kind is nothing without.
  template <class Records, class Read>
  void read_part(std::string_view kind, const std::string& app, const FieldValues& fields,
                 std::string_view order, std::string_view key, Records& into, Read read) {
    const auto hint = fields.find(order);
    each_of(values_, std::string(kind) + app + "/", hint == fields.end() ? Json() : hint->second,
            [&](const std::string& id, const auto& entity) {
              if (!entity.second.contains(key)) return;
              Json members = members_of(entity.second);
              members["id"] = id;
              into.push_back(read(members));
            });
  }

  void read_whole_app(const std::string& name, const FieldValues& fields) {
    AppRecord app = read_app(members_of(fields));
    read_part(kRelease, name, fields, "releases", "number", app.releases, [](Json& members) {
      FieldValues flat;
      for (const auto& [field, value] : members.items()) flat.emplace(field, value);
      members["spec"] = members_of(flat, kSpecPrefix);
      members["spec"]["env"] = members_of(flat, kEnvFieldPrefix);
      return read_release(members);
    });
    read_part(kDeployment, name, fields, "deployments", "kind", app.deployments, read_deployment);
    read_part(kReplica, name, fields, "replicas", "node", app.assignments, read_assignment);
    state.apps.push_back(std::move(app));
  }

  void read_lines() {
    const auto found = values_.find(kActivityEntity);
    if (found == values_.end()) return;
    std::vector<ActivityLine> lines;
    for (const auto& [slot, value] : found->second) {
      if (slot != kNextLine) lines.push_back(read_activity(value));
    }
    std::ranges::stable_sort(lines, {}, &ActivityLine::seq);
    if (lines.size() > kActivityLinesMax) {
      lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(kActivityLinesMax));
    }
    const Json& next = at(kActivityEntity, kNextLine);
    state.next_activity_seq = next.is_number_integer() ? next.get<std::int64_t>() : 1;
    if (!lines.empty()) {
      state.next_activity_seq = std::max(state.next_activity_seq, lines.back().seq + 1);
    }
    state.activity.assign(lines.begin(), lines.end());
  }

  void check() {
    for (const auto& [id, understood] : without_activity(state)) {
      const auto stored = values_.find(id);
      if (stored == values_.end()) continue;
      FieldValues compared = understood;
      std::erase_if(compared, [&](const auto& entry) { return is_order_hint(id, entry.first); });
      if (auto found = difference_of(stored->second, compared, id)) odd = std::move(found);
    }
  }

  const Values& values_;
};

// ---- differences

bool is_ours(std::string_view id) {
  if (id == kSettings || id == kWorkspace) return true;
  for (const auto kind : {kNode, kApp, kRelease, kDeployment, kReplica}) {
    if (id.starts_with(kind)) return true;
  }
  return false;
}

// Fields that may be absent on purpose; all others are always written.
bool may_be_absent(std::string_view id, std::string_view field) {
  return (id.starts_with(kRelease) && field.starts_with(kEnvFieldPrefix)) ||
         (id.starts_with(kDeployment) && field == "error");
}

void compare_entity(const std::string& id, const Entity* known, const FieldValues& wanted,
                    Change& change) {
  for (const auto& [name, value] : wanted) {
    const Field* field = nullptr;
    if (known != nullptr) {
      const auto found = known->fields.find(name);
      if (found != known->fields.end()) field = &found->second;
    }
    if (field == nullptr || field->value != value) change.fields.push_back({id, name, value});
  }
  if (known == nullptr) return;
  for (const auto& [name, field] : known->fields) {
    if (!field.value.is_null() && may_be_absent(id, name) && !wanted.contains(name)) {
      change.fields.push_back({id, name, Json()});
    }
  }
}

// A line never changes once it is written, so the newest that is known ends the search.
void compare_activity(const Entities& known, const State& state, Change& change) {
  const std::string entity(kActivityEntity);
  for (const ActivityLine& line : std::views::reverse(state.activity)) {
    const std::string slot = slot_of(line.seq);
    const Json& stored = value_at(known, entity, slot);
    if (stored.is_object() && int_or(stored, "seq") == line.seq) break;
    change.fields.push_back({entity, slot, write_activity(line)});
  }
  const Json next = state.next_activity_seq;
  if (value_at(known, entity, kNextLine) != next) {
    change.fields.push_back({entity, std::string(kNextLine), next});
  }
}

}  // namespace

bool is_secret_field(std::string_view entity, std::string_view field) {
  return (entity.starts_with(kRelease) && field.starts_with(kEnvFieldPrefix)) ||
         (entity == kWorkspace && field == "meshKey") || entity == kIdentityEntity ||
         (entity.starts_with(kSecretEntities) && field == "sealed");
}

bool is_order_hint(std::string_view entity, std::string_view field) {
  if (entity == kWorkspace) return field == "nodes" || field == "apps";
  return entity.starts_with(kApp) &&
         (field == "releases" || field == "deployments" || field == "replicas");
}

// The key of the mesh is made with the first state and never goes.
bool has_state(const Entities& entities) {
  return !value_at(entities, kWorkspace, "meshKey").is_null();
}

Values entities_of(const State& state) {
  Values values = without_activity(state);
  FieldValues& activity = values[std::string(kActivityEntity)];
  for (const ActivityLine& line : state.activity) {
    activity.insert_or_assign(slot_of(line.seq), write_activity(line));
  }
  activity.insert_or_assign(std::string(kNextLine), state.next_activity_seq);
  return values;
}

Result<State> state_from(const Entities& entities) {
  const Values values = values_of(entities);
  Rebuild rebuild(values);
  rebuild.run();
  if (rebuild.odd) {
    return fail(ErrorCode::kStoreFailed,
                "The saved state cannot be read: this version does not understand the value of " +
                    *rebuild.odd + ".",
                "Nothing was overwritten. Open it with the newer Automator67 that wrote it.");
  }
  return std::move(rebuild.state);
}

Change changes_to(const Entities& known, const State& state, std::string note) {
  Change change{.fields = {}, .tombstones = {}, .note = std::move(note)};
  const Values wanted = without_activity(state);
  for (const auto& [id, values] : wanted) {
    const auto found = known.find(id);
    compare_entity(id, found == known.end() ? nullptr : &found->second, values, change);
  }
  for (const auto& [id, entity] : known) {
    if (is_ours(id) && !wanted.contains(id) && entity.visible()) change.tombstones.push_back(id);
  }
  compare_activity(known, state, change);
  return change;
}

}  // namespace a67
