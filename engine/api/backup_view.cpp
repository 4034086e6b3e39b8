#include "engine/api/backup_view.h"

#include <chrono>
#include <utility>

#include "engine/state/strict.h"

namespace a67 {
namespace {

constexpr std::string_view kMask = "••••••";
constexpr std::size_t kNameBytesMax = 40;

const FieldValues& nothing() {
  static const FieldValues kNothing;
  return kNothing;
}

const FieldValues& at(const Values& values, const std::string& id) {
  const auto found = values.find(id);
  return found == values.end() ? nothing() : found->second;
}

std::string text_of(const Json& value, bool secret) {
  if (secret) return std::string(kMask);
  return strict::cut(value.is_string() ? value.get_ref<const std::string&>() : dump_json(value),
                     kDiffValueBytesMax);
}

std::string field_text(const FieldValues& fields, std::string_view name) {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string() : text_of(found->second, false);
}

// `fields` are those of now, or of before when it goes.
std::string label_of(const std::string& id, const FieldValues& fields) {
  const std::size_t slash = id.find('/');
  const std::string kind = id.substr(0, slash);
  if (slash == std::string::npos) {
    if (kind == "settings") return "Settings";
    if (kind == "workspace") return "Workspace";
    if (kind == kIdentityEntity) return "The controller's key";
    return id;
  }
  const std::string rest = id.substr(slash + 1);
  const std::string app = rest.substr(0, rest.find('/'));
  if (kind == "node") {
    const std::string name = field_text(fields, "name");
    return "Node " + (name.empty() ? rest : name);
  }
  if (kind == "account") return "Account " + rest;
  if (kind == "provider") return "Own values and trials of " + rest;
  if (kind == "app") return "App " + app;
  if (kind == "release") return "Release " + field_text(fields, "number") + " of " + app;
  if (kind == "deployment") return "Deployment of " + app;
  if (kind == "replica") return "Replica of " + app;
  return id;
}

// Nothing when only the order of a list differs.
Json changed_fields(const std::string& id, const FieldValues& before, const FieldValues& after,
                    std::size_t& more) {
  Json fields = Json::array();
  const auto add = [&](const std::string& name, const Json* old, const Json* now) {
    if (is_order_hint(id, name)) return;
    if (fields.size() >= kDiffFieldsMax) {
      ++more;
      return;
    }
    const bool secret = is_secret_field(id, name);
    Json field = {{"field", strict::cut(name, kDiffValueBytesMax)}};
    if (old != nullptr) field["before"] = text_of(*old, secret);
    if (now != nullptr) field["after"] = text_of(*now, secret);
    if (secret) field["secret"] = true;
    fields.push_back(std::move(field));
  };
  for (const auto& [name, value] : after) {
    const auto found = before.find(name);
    if (found == before.end()) {
      add(name, nullptr, &value);
    } else if (found->second != value) {
      add(name, &found->second, &value);
    }
  }
  for (const auto& [name, value] : before) {
    if (!after.contains(name)) add(name, &value, nullptr);
  }
  return fields;
}

// Calls `take(id, before, after)` for everything that a person would call different.
template <class Take>
void each_difference(const RestorePlan& plan, Take take) {
  for (const auto& [id, after] : plan.after) {
    if (id != kActivityEntity) take(id, at(plan.before, id), after);
  }
  for (const auto& [id, before] : plan.before) {
    if (id != kActivityEntity && !plan.after.contains(id)) take(id, before, nothing());
  }
}

bool differs(const std::string& id, const FieldValues& before, const FieldValues& after) {
  std::size_t more = 0;
  return before != after && !changed_fields(id, before, after, more).empty();
}

}  // namespace

DiffCounts counts_of(const RestorePlan& plan) {
  DiffCounts counts;
  each_difference(plan, [&](const std::string& id, const auto& before, const auto& after) {
    if (before.empty()) {
      ++counts.added;
    } else if (after.empty()) {
      ++counts.removed;
    } else if (differs(id, before, after)) {
      ++counts.changed;
    }
  });
  return counts;
}

Json diff_view(const RestorePlan& plan) {
  Json lists = {{"added", Json::array()}, {"changed", Json::array()}, {"removed", Json::array()}};
  std::size_t listed = 0;
  each_difference(plan, [&](const std::string& id, const auto& before, const auto& after) {
    if (listed >= kDiffEntriesMax || before == after) return;
    std::size_t more = 0;
    Json fields = changed_fields(id, before, after, more);
    if (fields.empty() && !before.empty() && !after.empty()) return;
    ++listed;
    const char* list = before.empty() ? "added" : after.empty() ? "removed" : "changed";
    Json entry = {
        {"entity", strict::cut(id, kDiffValueBytesMax)},
        {"label", strict::cut(label_of(id, after.empty() ? before : after), kDiffValueBytesMax)},
        {"fields", std::move(fields)}};
    if (more > 0) entry["moreFields"] = more;
    lists[list].push_back(std::move(entry));
  });
  const DiffCounts counts = counts_of(plan);
  lists["counts"] = {{"added", counts.added},
                     {"changed", counts.changed},
                     {"removed", counts.removed},
                     {"leftOut", plan.left_out}};
  return lists;
}

std::string date_of(UnixMs at) {
  const std::chrono::sys_days day =
      std::chrono::floor<std::chrono::days>(std::chrono::sys_time<Duration>(Duration(at)));
  const std::chrono::year_month_day date(day);
  const auto padded = [](unsigned number, std::size_t digits) {
    std::string text = std::to_string(number);
    return std::string(digits > text.size() ? digits - text.size() : 0, '0') + text;
  };
  return padded(static_cast<unsigned>(static_cast<int>(date.year())), 4) + "-" +
         padded(static_cast<unsigned>(date.month()), 2) + "-" +
         padded(static_cast<unsigned>(date.day()), 2);
}

std::string backup_name(std::string_view workspace_name, UnixMs at) {
  std::string name;
  for (const char c : workspace_name) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (plain) {
      name += lower;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
    if (name.size() >= kNameBytesMax) break;
  }
  while (!name.empty() && name.back() == '-') name.pop_back();
  return "automator67-" + (name.empty() ? "workspace" : name) + "-" + date_of(at) + ".a67backup";
}

}  // namespace a67
