#include "engine/api/app_commands.h"

#include <algorithm>
#include <utility>

#include "engine/api/views.h"
#include "engine/balance/score.h"

namespace a67 {
namespace {

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

bool contains(const ActivityLine& line, const std::string& needle) {
  return lower(line.message).contains(needle) || lower(line.subject).contains(needle) ||
         line.kind.contains(needle);
}

}  // namespace

void AppCommands::add_to(Commands& commands) {
  commands.add("app.stop", this, &AppCommands::stop);
  commands.add("app.remove", this, &AppCommands::remove);
  commands.add("app.list", this, &AppCommands::list);
  commands.add("app.get", this, &AppCommands::get);
  commands.add("app.metrics", this, &AppCommands::metrics);
  commands.add("engine.state", this, &AppCommands::everything);
  commands.add("node.list", this, &AppCommands::nodes);
  commands.add("activity.list", this, &AppCommands::activity);
  commands.add("settings.get", this, &AppCommands::get_settings);
  commands.add("settings.set", this, &AppCommands::set_settings);
}

Result<AppRecord*> AppCommands::find(const Json& body) {
  const std::string name = string_or(body, "app");
  AppRecord* app = controller_.state().find_app(name);
  if (app == nullptr) {
    return fail(ErrorCode::kNotFound, "There is no app `" + name + "`.", "`apps` lists them.",
                "app");
  }
  return app;
}

Task<Result<Json>> AppCommands::stop(Commands::Context /*context*/, Json body) {
  if (auto active = controller_.ensure_active(); !active) co_return std::unexpected(active.error());
  auto app = find(body);
  if (!app) co_return std::unexpected(app.error());
  const std::string name = (*app)->name;
  if ((*app)->rollout() != nullptr)
    cancel_rollout(controller_.state(), **app, controller_.observe());
  (*app)->stopped = true;
  controller_.state().note(controller_.ports().clock.unix_now(), ActivityLevel::kInfo,
                           "app.stopped", name, name + " was stopped.");
  if (auto saved = co_await controller_.commit(); !saved) co_return std::unexpected(saved.error());
  const AppRecord* now = controller_.state().find_app(name);
  if (now == nullptr) co_return fail(ErrorCode::kNotFound, name + " was removed meanwhile.");
  co_return Json{{"app", controller_.view_of(*now)}};
}

Task<Result<Json>> AppCommands::remove(Commands::Context /*context*/, Json body) {
  if (auto active = controller_.ensure_active(); !active) co_return std::unexpected(active.error());
  auto app = find(body);
  if (!app) co_return std::unexpected(app.error());
  const std::string name = (*app)->name;
  const std::vector<ReleaseRecord> removed = std::move((*app)->releases);
  std::erase_if(controller_.state().apps,
                [&](const AppRecord& other) { return other.name == name; });
  controller_.state().note(controller_.ports().clock.unix_now(), ActivityLevel::kInfo,
                           "app.removed", name, name + " was removed.");
  if (auto saved = co_await controller_.commit(); !saved) co_return std::unexpected(saved.error());
  controller_.drop_blobs(removed);
  co_return Json::object();
}

Task<Result<Json>> AppCommands::list(Commands::Context /*context*/, Json /*body*/) {
  Json apps = Json::array();
  for (const AppRecord& app : controller_.state().apps) apps.push_back(controller_.view_of(app));
  co_return Json{{"apps", std::move(apps)}};
}

Task<Result<Json>> AppCommands::get(Commands::Context /*context*/, Json body) {
  auto app = find(body);
  if (!app) co_return std::unexpected(app.error());
  co_return Json{{"app", controller_.view_of(**app)}};
}

Task<Result<Json>> AppCommands::metrics(Commands::Context /*context*/, Json body) {
  auto app = find(body);
  if (!app) co_return std::unexpected(app.error());
  Json points = Json::array();
  for (const AppSample& sample : controller_.metrics().series((*app)->name)) {
    points.push_back(sample_view(sample));
  }
  co_return Json{{"points", std::move(points)}};
}

Task<Result<Json>> AppCommands::everything(Commands::Context /*context*/, Json /*body*/) {
  co_return controller_.view();
}

Task<Result<Json>> AppCommands::nodes(Commands::Context /*context*/, Json /*body*/) {
  Json nodes = Json::array();
  for (const NodeRecord& node : controller_.state().nodes)
    nodes.push_back(controller_.view_of(node));
  co_return Json{{"nodes", std::move(nodes)}};
}

Task<Result<Json>> AppCommands::activity(Commands::Context /*context*/, Json body) {
  const std::string needle = lower(string_or(body, "text"));
  const std::int64_t before = int_or(body, "before", controller_.state().next_activity_seq);
  const auto limit = static_cast<std::size_t>(int_or(body, "limit", 100));
  std::vector<const ActivityLine*> lines;
  const auto& all = controller_.state().activity;
  for (auto at = all.rbegin(); at != all.rend() && lines.size() < limit; ++at) {
    if (at->seq < before && (needle.empty() || contains(*at, needle))) lines.push_back(&*at);
  }
  Json activity = Json::array();
  for (auto at = lines.rbegin(); at != lines.rend(); ++at) activity.push_back(activity_view(**at));
  co_return Json{{"activity", std::move(activity)}};
}

Task<Result<Json>> AppCommands::get_settings(Commands::Context /*context*/, Json /*body*/) {
  co_return Json{{"settings", settings_view(controller_.state().settings)}};
}

Task<Result<Json>> AppCommands::set_settings(Commands::Context /*context*/, Json body) {
  if (auto active = controller_.ensure_active(); !active) co_return std::unexpected(active.error());
  Settings settings = controller_.state().settings;
  settings.heartbeat_seconds = int_or(body, "heartbeatSeconds", settings.heartbeat_seconds);
  if (body.contains("weights")) {
    const Json& weights = body["weights"];
    settings.weights = {.cpu = int_or(weights, "cpu"),
                        .memory = int_or(weights, "memory"),
                        .latency = int_or(weights, "latency"),
                        .connections = int_or(weights, "connections"),
                        .history = int_or(weights, "history")};
    if (auto valid = balance::validate(balance_weights(settings.weights)); !valid) {
      co_return std::unexpected(valid.error());
    }
  }
  controller_.state().settings = settings;
  controller_.apply_settings();
  if (auto saved = co_await controller_.commit(); !saved) co_return std::unexpected(saved.error());
  co_return Json{{"settings", settings_view(settings)}};
}

}  // namespace a67
