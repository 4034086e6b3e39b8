#include "engine/api/history_commands.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/api/views.h"
#include "engine/base/json.h"
#include "engine/state/record_json.h"

namespace a67 {
namespace {

constexpr std::string_view kSettings = "settings";
constexpr std::string_view kApp = "app/";
constexpr std::int64_t kListed = 50;
// What a person decides of an app; the rest of its record is bookkeeping.
constexpr std::array<std::string_view, 3> kDecided = {"serving", "wanted", "stopped"};

bool is_shown(std::string_view entity, std::string_view field) {
  if (entity.starts_with(kApp)) return std::ranges::find(kDecided, field) != kDecided.end();
  return field != "lastUsedAt";
}

void keep_shown(std::string_view entity, HistoryEntry& entry) {
  std::erase_if(entry.fields, [&](const RecordField& one) { return !is_shown(entity, one.field); });
}

// A thing that was made by the change cannot be unmade by it; what a person decided before, can.
bool is_undoable(std::string_view entity, const HistoryEntry& entry) {
  if (entity.starts_with(kSecretEntities)) return true;
  if (entry.deleted) return false;
  return std::ranges::any_of(entry.fields, [](const RecordField& one) {
    return !one.before.is_null() && one.before != Json("");
  });
}

Json field_view(std::string_view entity, const RecordField& one) {
  const bool secret = is_secret_field(entity, one.field);
  Json view = {{"field", one.field}, {"secret", secret}};
  if (!secret && !one.before.is_null()) view["before"] = dump_json(one.before);
  if (!secret && !one.value.is_null()) view["after"] = dump_json(one.value);
  return view;
}

Json entry_view(std::string_view entity, const HistoryEntry& entry) {
  Json fields = Json::array();
  for (const RecordField& one : entry.fields) fields.push_back(field_view(entity, one));
  return {{"change", entry.position},
          {"at", entry.at},
          {"device", entry.device},
          {"fields", std::move(fields)},
          {"deleted", entry.deleted.has_value()},
          {"undoable", is_undoable(entity, entry)}};
}

std::unexpected<Error> changed_since(const std::string& what) {
  return fail(ErrorCode::kConflict,
              "This cannot be undone, because " + what + " was changed again since.",
              "Undo the later change first, or set the old value yourself.", "change");
}

std::unexpected<Error> not_undoable() {
  return fail(ErrorCode::kConflict, "There was nothing before this change to go back to.", {},
              "change");
}

struct Step {
  const char* command;
  Json body;
};

Result<std::vector<Step>> steps_back(const AppRecord& app, const HistoryEntry& entry) {
  std::vector<Step> steps;
  for (const std::string_view field : kDecided) {
    const auto one = std::ranges::find(entry.fields, field, &RecordField::field);
    if (one == entry.fields.end() || one->before.is_null() || one->before == Json("")) continue;
    const Json now = write_app(app)[std::string(field)];
    if (now == one->before) continue;
    if (now != one->value) return changed_since(app.name + "'s " + std::string(field));
    if (field == "serving") {
      steps.push_back({"app.rollback", {{"app", app.name}, {"release", one->before}}});
    } else if (field == "wanted") {
      steps.push_back({"app.scale", {{"app", app.name}, {"replicas", one->before}}});
    } else {
      steps.push_back({one->before == Json(true) ? "app.stop" : "app.start", {{"app", app.name}}});
    }
  }
  return steps;
}

}  // namespace

void HistoryCommands::add_to() {
  doors_.commands.add("history.list", [this](Commands::Context context, Json body) {
    return list(std::move(context), std::move(body));
  });
  doors_.commands.add(
      "history.undo",
      [this](Commands::Context context, Json body) {
        return undo(std::move(context), std::move(body));
      },
      Commands::Cancel::kAsk);
}

Result<ChangeLog*> HistoryCommands::log() const {
  if (doors_.store != nullptr && doors_.store->log() != nullptr) return doors_.store->log();
  return fail(ErrorCode::kConflict, "There is no history here: the state is not in a vault.",
              "Create a vault; from then on every change is kept.");
}

Task<Result<Json>> HistoryCommands::list(Commands::Context /*context*/, Json body) {
  auto log = this->log();
  if (!log) co_return std::unexpected(log.error());
  const std::string entity = string_or(body, "entity");
  const auto limit = static_cast<std::size_t>(int_or(body, "limit", kListed));
  auto before = static_cast<std::uint64_t>(int_or(body, "before", INT64_MAX));
  Json changes = Json::array();
  bool more = true;
  while (more && changes.size() < limit) {
    auto page = co_await (*log)->history(entity, ChangeLog::kHistoryMax, before);
    if (!page) co_return std::unexpected(page.error());
    more = page->size() == ChangeLog::kHistoryMax;
    for (HistoryEntry& entry : *page) {
      before = entry.position;
      keep_shown(entity, entry);
      if (entry.fields.empty() && !entry.deleted) continue;
      if (changes.size() == limit) {
        more = true;
        break;
      }
      changes.push_back(entry_view(entity, entry));
    }
  }
  co_return Json{{"changes", std::move(changes)}, {"more", more}};
}

Task<Result<Json>> HistoryCommands::undo(Commands::Context context, Json body) {
  if (auto active = doors_.controller.ensure_active(); !active) {
    co_return std::unexpected(active.error());
  }
  auto log = this->log();
  if (!log) co_return std::unexpected(log.error());
  const std::string entity = string_or(body, "entity");
  const auto change = static_cast<std::uint64_t>(int_or(body, "change"));
  auto found = co_await (*log)->history(entity, 1, change + 1);
  if (!found) co_return std::unexpected(found.error());
  if (found->empty() || found->front().position != change) {
    co_return fail(ErrorCode::kNotFound,
                   "There is no change " + std::to_string(change) + " of " + entity + ".",
                   "`history` lists those that are kept.", "change");
  }
  HistoryEntry entry = std::move(found->front());
  keep_shown(entity, entry);
  if (!is_undoable(entity, entry)) co_return not_undoable();
  if (entity == kSettings) co_return co_await undo_settings(std::move(context), std::move(entry));
  if (entity.starts_with(kApp)) {
    co_return co_await undo_app(std::move(context), entity.substr(kApp.size()), std::move(entry));
  }
  co_return co_await doors_.secrets->undo(entity.substr(kSecretEntities.size()), std::move(entry));
}

Task<Result<Json>> HistoryCommands::undo_settings(Commands::Context context, HistoryEntry entry) {
  const Json now = write_settings(doors_.controller.state().settings);
  Json body = Json::object();
  for (const RecordField& one : entry.fields) {
    if (one.before.is_null() || now.value(one.field, Json()) == one.before) continue;
    if (now.value(one.field, Json()) != one.value) co_return changed_since(one.field);
    body[one.field] = one.before;
  }
  co_return co_await doors_.commands.call("settings.set", std::move(context), std::move(body));
}

Task<Result<Json>> HistoryCommands::undo_app(Commands::Context context, std::string name,
                                             HistoryEntry entry) {
  const AppRecord* app = doors_.controller.state().find_app(name);
  if (app == nullptr) {
    co_return fail(ErrorCode::kNotFound, "There is no app `" + name + "` any more.",
                   "Deploy it again.", "entity");
  }
  auto steps = steps_back(*app, entry);
  if (!steps) co_return std::unexpected(steps.error());
  Json answer = {{"app", doors_.controller.view_of(*app)}};
  for (Step& step : *steps) {
    auto done = co_await doors_.commands.call(step.command, context, std::move(step.body));
    if (!done) co_return std::unexpected(done.error());
    answer["app"] = object_at(*done, "app");
  }
  co_return answer;
}

}  // namespace a67
