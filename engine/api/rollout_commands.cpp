#include "engine/api/rollout_commands.h"

#include <algorithm>
#include <utility>

#include "engine/api/plan_view.h"
#include "engine/api/views.h"

namespace a67 {
namespace {

constexpr Duration kRouteWaitMax{3'000};
constexpr Duration kRouteLookEvery{20};

std::unexpected<Error> no_app(const std::string& name) {
  return fail(ErrorCode::kNotFound, "There is no app `" + name + "`.", "`apps` lists them.", "app");
}

// Forgets what is older than the limits, never what serves or is being rolled out; returns the
// releases.
std::vector<ReleaseRecord> trim_history(AppRecord& app) {
  std::vector<ReleaseRecord> removed;
  const auto in_use = [&](const ReleaseRecord& release) {
    const DeploymentRecord* rollout = app.rollout();
    return release.id == app.serving || (rollout != nullptr && release.id == rollout->release) ||
           std::ranges::find(app.assignments, release.id, &Assignment::release) !=
               app.assignments.end();
  };
  for (auto at = app.releases.begin();
       at != app.releases.end() && app.releases.size() > kReleasesPerAppMax;) {
    if (in_use(*at)) {
      ++at;
    } else {
      removed.push_back(std::move(*at));
      at = app.releases.erase(at);
    }
  }
  while (app.deployments.size() > kDeploymentsPerAppMax)
    app.deployments.erase(app.deployments.begin());
  return removed;
}

}  // namespace

void RolloutCommands::add_to(Commands& commands) {
  commands.add("deploy.plan", this, &RolloutCommands::plan);
  commands.add("app.deploy", this, &RolloutCommands::deploy, Commands::Cancel::kAsk);
  commands.add("app.rollback", this, &RolloutCommands::rollback, Commands::Cancel::kAsk);
  commands.add("app.scale", this, &RolloutCommands::scale, Commands::Cancel::kAsk);
  commands.add("app.restart", this, &RolloutCommands::restart, Commands::Cancel::kAsk);
  commands.add("app.start", this, &RolloutCommands::start, Commands::Cancel::kAsk);
  commands.add("app.cancel", this, &RolloutCommands::cancel, Commands::Cancel::kAsk);
}

Result<AppRecord*> RolloutCommands::find_idle_app(const Json& body) {
  if (auto active = controller_.ensure_active(); !active) return std::unexpected(active.error());
  const std::string name = string_or(body, "app");
  AppRecord* app = controller_.state().find_app(name);
  if (app == nullptr) return no_app(name);
  if (app->rollout() != nullptr) {
    return fail(ErrorCode::kConflict, "A rollout of " + name + " is going on.",
                "Wait for its end or cancel it first.", "app");
  }
  return app;
}

Result<std::vector<Placement>> RolloutCommands::try_placement(const Draft& draft) const {
  PlacementRequest request{.app = draft.name,
                           .count = static_cast<std::size_t>(draft.replicas),
                           .memory_mb = draft.release.spec.memory_mb};
  return place(request, controller_.observe().nodes,
               balance_weights(controller_.state().settings.weights));
}

// ---- plan and deploy

Task<Result<Json>> RolloutCommands::plan(Commands::Context /*context*/, Json body) {
  auto draft = draft_release(body, controller_.state());
  if (!draft) co_return std::unexpected(draft.error());
  auto placements = try_placement(*draft);
  if (!placements) co_return std::unexpected(placements.error());
  co_return Json{{"plan", plan_view(controller_.state(), *draft, *placements)}};
}

Task<Result<Json>> RolloutCommands::deploy(Commands::Context context, Json body) {
  if (auto active = controller_.ensure_active(); !active) co_return std::unexpected(active.error());
  auto draft = draft_release(body, controller_.state());
  if (!draft) co_return std::unexpected(draft.error());
  if (auto placements = try_placement(*draft); !placements)
    co_return std::unexpected(placements.error());

  State& state = controller_.state();
  AppRecord* app = state.find_app(draft->name);
  if (app == nullptr) {
    if (state.apps.size() >= kAppsMax) {
      co_return fail(ErrorCode::kTooLarge,
                     "There are " + std::to_string(kAppsMax) + " apps already.",
                     "Remove one first.");
    }
    state.apps.push_back({.name = draft->name, .created_at = controller_.ports().clock.unix_now()});
    app = &state.apps.back();
  }
  ReleaseRecord release = std::move(draft->release);
  release.number = app->next_release++;
  release.id = ReleaseId(app->name + "-r" + std::to_string(release.number));
  release.created_at = controller_.ports().clock.unix_now();
  const Order order{
      .kind = DeploymentKind::kDeploy, .release = release.id, .wanted = draft->replicas};
  app->releases.push_back(std::move(release));
  co_return co_await roll_out(std::move(context), app->name, order);
}

// ---- the others

Task<Result<Json>> RolloutCommands::rollback(Commands::Context context, Json body) {
  auto app = find_idle_app(body);
  if (!app) co_return std::unexpected(app.error());
  const auto& releases = (*app)->releases;
  ReleaseId wanted{string_or(body, "release")};
  if (wanted.empty()) {
    const auto serving = std::ranges::find((*app)->releases, (*app)->serving, &ReleaseRecord::id);
    if (serving == releases.begin() || serving == releases.end()) {
      co_return fail(ErrorCode::kNotFound, (*app)->name + " has no earlier release.", {},
                     "release");
    }
    wanted = std::prev(serving)->id;
  }
  if ((*app)->find_release(wanted) == nullptr) {
    co_return fail(ErrorCode::kNotFound, (*app)->name + " has no release `" + wanted.value + "`.",
                   "The app's page lists its releases.", "release");
  }
  if (wanted == (*app)->serving && !(*app)->stopped) {
    co_return fail(ErrorCode::kConflict, wanted.value + " serves already.", {}, "release");
  }
  co_return co_await roll_out(
      std::move(context), (*app)->name,
      {.kind = DeploymentKind::kRollback, .release = wanted, .wanted = (*app)->wanted});
}

Task<Result<Json>> RolloutCommands::scale(Commands::Context context, Json body) {
  auto app = find_idle_app(body);
  if (!app) co_return std::unexpected(app.error());
  if ((*app)->serving.empty() || (*app)->stopped) {
    co_return fail(ErrorCode::kConflict, (*app)->name + " is not running.",
                   "Deploy or start it first.", "app");
  }
  co_return co_await roll_out(std::move(context), (*app)->name,
                              {.kind = DeploymentKind::kScale,
                               .release = (*app)->serving,
                               .wanted = int_or(body, "replicas", 1)});
}

Task<Result<Json>> RolloutCommands::restart(Commands::Context context, Json body) {
  auto app = find_idle_app(body);
  if (!app) co_return std::unexpected(app.error());
  if ((*app)->serving.empty() || (*app)->stopped) {
    co_return fail(ErrorCode::kConflict, (*app)->name + " is not running.",
                   "Deploy or start it first.", "app");
  }
  ++(*app)->generation;
  co_return co_await roll_out(
      std::move(context), (*app)->name,
      {.kind = DeploymentKind::kRestart, .release = (*app)->serving, .wanted = (*app)->wanted});
}

Task<Result<Json>> RolloutCommands::start(Commands::Context context, Json body) {
  auto app = find_idle_app(body);
  if (!app) co_return std::unexpected(app.error());
  if ((*app)->serving.empty() || !(*app)->stopped) {
    co_return fail(ErrorCode::kConflict,
                   (*app)->serving.empty() ? (*app)->name + " has no release that served yet."
                                           : (*app)->name + " is running already.",
                   (*app)->serving.empty() ? "Deploy it." : "", "app");
  }
  ++(*app)->generation;
  co_return co_await roll_out(
      std::move(context), (*app)->name,
      {.kind = DeploymentKind::kStart, .release = (*app)->serving, .wanted = (*app)->wanted});
}

Task<Result<Json>> RolloutCommands::cancel(Commands::Context /*context*/, Json body) {
  if (auto active = controller_.ensure_active(); !active) co_return std::unexpected(active.error());
  const std::string name = string_or(body, "app");
  const AppRecord* app = controller_.state().find_app(name);
  if (app == nullptr) co_return no_app(name);
  const DeploymentRecord* rollout = app->rollout();
  if (rollout == nullptr) {
    co_return fail(ErrorCode::kConflict, "No rollout of " + name + " is going on.",
                   "There is nothing to cancel: what is shown is how it ended.", "app");
  }
  const DeploymentId id = rollout->id;
  if (auto ended = co_await end_rollout(name, id); !ended) co_return std::unexpected(ended.error());
  app = controller_.state().find_app(name);
  if (app == nullptr) co_return fail(ErrorCode::kCancelled, name + " was removed meanwhile.");
  const auto deployment = std::ranges::find(app->deployments, id, &DeploymentRecord::id);
  if (deployment == app->deployments.end())
    co_return fail(ErrorCode::kCancelled, "The rollout was replaced by newer ones.");
  co_return Json{{"app", controller_.view_of(*app)},
                 {"deployment", deployment_view(*app, *deployment)}};
}

// ---- rolling out

Task<Result<Json>> RolloutCommands::roll_out(Commands::Context context, std::string name,
                                             Order order) {
  AppRecord& app = *controller_.state().find_app(name);
  const DeploymentId id(name + "-d" + controller_.ports().random.make_name(6));
  const bool all_anew =
      order.kind == DeploymentKind::kRestart || order.kind == DeploymentKind::kStart;
  app.stopped = false;
  app.deployments.push_back({.id = id,
                             .kind = order.kind,
                             .release = order.release,
                             .previous = app.serving,
                             .wanted = order.wanted,
                             .wanted_before = app.serving.empty() ? 0 : app.wanted,
                             .generation = all_anew ? app.generation : 0,
                             .step = "Choosing nodes.",
                             .started_at = controller_.ports().clock.unix_now()});
  const auto removed = trim_history(app);
  controller_.follow(context);
  if (auto saved = co_await controller_.commit(); !saved) co_return std::unexpected(saved.error());
  controller_.drop_blobs(removed);
  co_return co_await await_end(std::move(context), std::move(name), id);
}

Task<Result<Json>> RolloutCommands::await_end(Commands::Context context, std::string name,
                                              DeploymentId id) {
  Json told;
  bool routed = false;
  for (;;) {
    const AppRecord* app = controller_.state().find_app(name);
    if (app == nullptr) co_return fail(ErrorCode::kCancelled, name + " was removed meanwhile.");
    const auto deployment = std::ranges::find(app->deployments, id, &DeploymentRecord::id);
    if (deployment == app->deployments.end()) {
      co_return fail(ErrorCode::kCancelled, "The rollout was replaced by newer ones.");
    }
    Json view = deployment_view(*app, *deployment);
    if (!deployment->running()) {
      if (!controller_.is_durable()) {
        // The device could not save its end yet: after a reload it would still be going on.
        co_await context->changed.wait();
        continue;
      }
      if (deployment->state == DeploymentState::kDone && !routed) {
        co_await await_routes(context);
        routed = true;
        continue;
      }
      if (deployment->state == DeploymentState::kDone) {
        co_return Json{{"app", controller_.view_of(*app)}, {"deployment", std::move(view)}};
      }
      if (!deployment->error)
        co_return fail(ErrorCode::kCancelled, "Cancelled. " + deployment->step);
      Error error = *deployment->error;
      error.message += " " + deployment->step;
      co_return std::unexpected(std::move(error));
    }
    if (context->cancelled) {
      if (auto cancelled = co_await end_rollout(name, id); !cancelled)
        co_return std::unexpected(cancelled.error());
      continue;
    }
    if (view != told) {
      told = view;
      context->send_progress(std::move(view));
    }
    co_await context->changed.wait();
  }
}

// A person opens the address as soon as they are told: the gateways must know the way by then. One
// that does not answer is not waited for long.
Task<void> RolloutCommands::await_routes(Commands::Context context) {
  Executor& executor = controller_.ports().executor;
  const Instant until = executor.now() + kRouteWaitMax;
  const auto is_behind = [](const auto& entry) {
    return entry.second->state() == NodeState::kAwake && !entry.second->is_settled();
  };
  while (std::ranges::any_of(controller_.links(), is_behind) && executor.now() < until) {
    co_await context->changed.wait_until(executor.now() + kRouteLookEvery);
  }
}

Task<Result<void>> RolloutCommands::end_rollout(std::string name, DeploymentId id) {
  AppRecord* app = controller_.state().find_app(name);
  const DeploymentRecord* rollout = app == nullptr ? nullptr : app->rollout();
  if (rollout == nullptr || rollout->id != id) co_return Result<void>{};
  cancel_rollout(controller_.state(), *app, controller_.observe());
  co_return co_await controller_.commit();
}

}  // namespace a67
