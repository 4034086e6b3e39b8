#include "engine/deploy/app_reconciler.h"

#include <algorithm>
#include <utility>

#include "engine/deploy/rollout_progress.h"

namespace a67 {
namespace {

// The node cannot take this release, another may.
bool is_fault_of_node(ErrorCode code) {
  return code == ErrorCode::kDiskFull || code == ErrorCode::kNoMemory ||
         code == ErrorCode::kMissingRuntime;
}

std::string count_of(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

}  // namespace

void AppReconciler::run() {
  forget_removed_nodes();
  follow_readiness();
  finish_draining();
  if (app_.stopped) {
    for (Assignment* assignment : select([&](const auto& a) { return !a.draining_since; })) {
      drain(*assignment);
    }
    return;
  }
  if (DeploymentRecord* rollout = app_.rollout()) {
    step_rollout(*rollout);
  } else {
    hold();
  }
}

void AppReconciler::follow_readiness() {
  for (Assignment& assignment : app_.assignments) {
    const ReplicaFact* fact = facts_.find(assignment.id);
    if (fact == nullptr) continue;  // not heard of yet: what it was is the best guess
    const bool ready =
        fact->state == ReplicaState::kReady && fact->generation >= assignment.generation;
    if (assignment.ready == ready) continue;
    assignment.ready = ready;
    changes_.changed = true;
  }
}

void AppReconciler::finish_draining() {
  const auto erased = std::erase_if(app_.assignments, [&](const Assignment& assignment) {
    if (!assignment.draining_since) return false;
    const Instant end = *assignment.draining_since + kDrain;
    // Nothing is routed to a replica that is not ready: no reason to wait.
    if (facts_.now >= end || !assignment.ready || is_lost(assignment)) return true;
    wake_at(end);
    return false;
  });
  if (erased > 0) changes_.changed = true;
}

void AppReconciler::forget_removed_nodes() {
  const auto erased = std::erase_if(app_.assignments, [&](const Assignment& assignment) {
    return state_.find_node(assignment.node) == nullptr;
  });
  if (erased > 0) changes_.changed = true;
}

// ---- steady state

void AppReconciler::hold() {
  leave_others();
  if (app_.serving.empty()) return;

  replace_failed();
  const auto is_serving = [&](const Assignment& a) {
    return is_live(a) && a.release == app_.serving;
  };
  const auto staying = select([&](const Assignment& a) { return is_serving(a) && !is_leaving(a); });
  const auto wanted = static_cast<std::size_t>(app_.wanted);
  if (staying.size() < wanted) {
    add_replicas(app_.serving, wanted - staying.size(), unfit_nodes(), Avoid::kIfPossible);
  } else if (staying.size() > wanted) {
    drain_excess(staying, staying.size() - wanted);
  }
  const auto is_settled = [&](const Assignment& a) {
    return is_serving(a) && !is_leaving(a) && is_ready(a);
  };
  if (select(is_settled).size() >= wanted) {
    for (Assignment* moved :
         select([&](const Assignment& a) { return is_live(a) && is_leaving(a); })) {
      drain(*moved);
    }
  }
  const auto lost = select([&](const Assignment& a) { return is_lost(a) && !a.draining_since; });
  if (!lost.empty() && select(is_serving).size() >= wanted) {
    for (Assignment* assignment : lost) drain(*assignment);  // its place is taken
  }
}

// After a rollout that did not succeed: what it brought goes, but what is ready only as the serving
// release is back, so that going back costs no more requests than going on would.
void AppReconciler::leave_others() {
  const auto is_other = [&](const Assignment& a) {
    return !a.draining_since && a.release != app_.serving;
  };
  const auto is_back = [&](const Assignment& a) {
    return is_live(a) && is_ready(a) && a.release == app_.serving;
  };
  const auto wanted = app_.serving.empty() ? 0 : static_cast<std::size_t>(app_.wanted);
  const std::size_t back = std::min(select(is_back).size(), wanted);
  std::vector<Assignment*> ready;
  for (Assignment* other : select(is_other)) {
    if (is_ready(*other) && is_live(*other)) {
      ready.push_back(other);
    } else {
      drain(*other);
    }
  }
  const std::size_t keep = wanted - back;
  if (ready.size() > keep) drain_excess(ready, ready.size() - keep);
}

std::vector<NodeId> AppReconciler::unfit_nodes() const {
  std::vector<NodeId> nodes;
  for (const DeploymentRecord& deployment : app_.deployments) {
    if (deployment.release != app_.serving) continue;
    nodes.insert(nodes.end(), deployment.avoid.begin(), deployment.avoid.end());
  }
  return nodes;
}

void AppReconciler::replace_failed() {
  const auto failed = select([&](const Assignment& a) { return is_live(a) && has_failed(a); });
  if (failed.empty()) {
    const auto ready = select([&](const Assignment& a) { return is_live(a) && is_ready(a); });
    if (std::cmp_greater_equal(ready.size(), app_.wanted)) app_.replace_backoff = Duration{0};
    return;
  }
  if (facts_.now < app_.replace_not_before) return wake_at(app_.replace_not_before);
  app_.replace_backoff =
      std::clamp(app_.replace_backoff * 2, kReplaceBackoffMin, kReplaceBackoffMax);
  app_.replace_not_before = facts_.now + app_.replace_backoff;
  for (Assignment* assignment : failed) {
    const ReplicaFact* fact = facts_.find(assignment->id);
    note(ActivityLevel::kWarning, "replica.replaced",
         "A replica on " + state_.node_name(assignment->node) +
             " is replaced: " + (fact->reason ? fact->reason->message : std::string("it failed.")));
    if (fact->reason && is_fault_of_node(fact->reason->code)) note_unfit(assignment->node);
    drain(*assignment);
  }
}

void AppReconciler::note_unfit(const NodeId& node) {
  for (DeploymentRecord& deployment : app_.deployments) {
    if (deployment.release != app_.serving) continue;
    if (!std::ranges::contains(deployment.avoid, node)) deployment.avoid.push_back(node);
    return;
  }
}

// ---- rollout

void AppReconciler::step_rollout(DeploymentRecord& rollout) {
  if (survive_failure(rollout)) return;
  if (facts_.unix_now - rollout.started_at > kRolloutMsMax) {
    return abandon_rollout(state_, app_, rollout, facts_.unix_now,
                           Error{.code = ErrorCode::kTimeout,
                                 .message = "The rollout did not end within 45 minutes.",
                                 .hint = "Look at the replicas' logs, then deploy again."});
  }
  start_new(rollout);
  retire_old(rollout);
  tell_progress(rollout);
  const auto old = select([&](const Assignment& a) { return is_live(a) && !is_new(a, rollout); });
  if (std::cmp_greater_equal(count_new_ready(rollout), rollout.wanted) && old.empty())
    finish(rollout);
}

bool AppReconciler::survive_failure(DeploymentRecord& rollout) {
  for (;;) {
    // One at a time: placing another replica moves the assignments.
    const auto failed = select(
        [&](const Assignment& a) { return is_live(a) && is_new(a, rollout) && has_failed(a); });
    if (failed.empty()) return false;
    Assignment& assignment = *failed.front();
    const NodeId node = assignment.node;
    const ReplicaFact* fact = facts_.find(assignment.id);
    Error reason = fact->reason.value_or(Error{
        .code = ErrorCode::kCrashed, .message = "A replica failed and its node did not say why."});
    reason.message = "On " + state_.node_name(node) + ": " + reason.message;
    if (is_fault_of_node(reason.code)) {
      rollout.avoid.push_back(node);
      drain(assignment);
      note(ActivityLevel::kWarning, "replica.moved", reason.message + " Another node is tried.");
      if (add_replicas(rollout.release, 1, rollout.avoid)) continue;
    }
    abandon_rollout(state_, app_, rollout, facts_.unix_now, std::move(reason));
    changes_.changed = true;
    return true;
  }
}

void AppReconciler::start_new(DeploymentRecord& rollout) {
  const auto live = select([&](const Assignment& a) { return is_live(a); });
  const auto is_current = [&](const Assignment* a) { return is_new(*a, rollout); };
  const auto current = static_cast<std::size_t>(std::ranges::count_if(live, is_current));
  const auto wanted = static_cast<std::size_t>(rollout.wanted);
  if (current >= wanted) {
    if (current > wanted) {
      auto pool = live;
      std::erase_if(pool, [&](const Assignment* a) { return !is_current(a); });
      drain_excess(pool, current - wanted);
    }
    return;
  }
  const std::size_t old = live.size() - current;
  const std::size_t extra = old == 0 ? wanted : std::max<std::size_t>(1, (wanted + 1) / 2);
  const std::size_t room = wanted + extra > live.size() ? wanted + extra - live.size() : 0;
  const std::size_t count = std::min(wanted - current, room);
  if (count > 0) add_replicas(rollout.release, count, rollout.avoid);
}

void AppReconciler::retire_old(const DeploymentRecord& rollout) {
  const auto old = select([&](const Assignment& a) { return is_live(a) && !is_new(a, rollout); });
  const auto wanted = static_cast<std::size_t>(rollout.wanted);
  const std::size_t ready = std::min(count_new_ready(rollout), wanted);
  const std::size_t keep = wanted - ready;
  if (old.size() > keep) drain_excess(old, old.size() - keep);
}

void AppReconciler::tell_progress(DeploymentRecord& rollout) {
  std::vector<ReplicaProgress> replicas;
  for (const Assignment& assignment : app_.assignments) {
    if (!is_live(assignment) || !is_new(assignment, rollout)) continue;
    const ReplicaFact* fact = facts_.find(assignment.id);
    replicas.push_back({.node = state_.node_name(assignment.node),
                        .state = fact == nullptr ? std::nullopt : std::optional(fact->state)});
  }
  const RolloutProgress progress =
      rollout_progress(replicas, static_cast<std::size_t>(rollout.wanted));
  if (progress.state == rollout.state && progress.step == rollout.step &&
      progress.percent == rollout.percent && progress.ready == rollout.ready) {
    return;
  }
  rollout.state = progress.state;
  rollout.step = progress.step;
  rollout.percent = progress.percent;
  rollout.ready = progress.ready;
  changes_.changed = true;
}

void AppReconciler::finish(DeploymentRecord& rollout) {
  rollout.state = DeploymentState::kDone;
  rollout.finished_at = facts_.unix_now;
  rollout.percent = 100;
  rollout.step = count_of(static_cast<std::size_t>(rollout.wanted), "replica") + " ready.";
  app_.serving = rollout.release;
  app_.wanted = rollout.wanted;
  changes_.changed = true;
  note(ActivityLevel::kInfo, "app.deployed",
       app_.name + " serves " + rollout.release.value + " with " +
           count_of(static_cast<std::size_t>(rollout.wanted), "replica") + ".");
}

// ---- changes

bool AppReconciler::add_replicas(const ReleaseId& release, std::size_t count,
                                 const std::vector<NodeId>& avoid, Avoid how) {
  const ReleaseRecord* record = app_.find_release(release);
  if (record == nullptr) return false;
  PlacementRequest request{
      .app = app_.name, .count = count, .memory_mb = record->spec.memory_mb, .partial = true};
  for (const NodeRecord& node : state_.nodes) {
    if (node.leaving) request.avoid.push_back(node.id);
  }
  for (const Assignment& assignment : app_.assignments) {
    if (is_live(assignment)) request.existing.push_back(assignment.node);
  }
  const std::vector<NodeId> leaving = request.avoid;
  request.avoid.insert(request.avoid.end(), avoid.begin(), avoid.end());
  const auto weights = balance_weights(state_.settings.weights);
  auto placements = place(request, facts_.nodes, weights);
  if (!placements && how == Avoid::kIfPossible && !avoid.empty()) {
    request.avoid = leaving;
    placements = place(request, facts_.nodes, weights);
  }
  if (!placements) {
    if (app_.placement_error != placements.error()) {
      app_.placement_error = placements.error();
      note(ActivityLevel::kWarning, "app.waiting", placements.error().message);
    }
    return false;
  }
  app_.placement_error.reset();
  make_way_for(*placements);
  for (const Placement& placement : *placements) {
    app_.assignments.push_back({.id = ReplicaId(release.value + "-" + random_.make_name(5)),
                                .node = placement.node,
                                .release = release,
                                .generation = app_.generation,
                                .why = to_json(placement)});
  }
  changes_.changed = true;
  return true;
}

void AppReconciler::make_way_for(const std::vector<Placement>& placements) {
  const auto lost = select([&](const Assignment& a) { return is_lost(a) && !a.draining_since; });
  for (std::size_t at = 0; at < std::min(lost.size(), placements.size()); ++at) {
    note(ActivityLevel::kWarning, "replica.lost",
         "A replica was lost with " + state_.node_name(lost[at]->node) +
             "; it is placed again on " + state_.node_name(placements[at].node) + ".");
    drain(*lost[at]);
  }
}

void AppReconciler::drain(Assignment& assignment) {
  assignment.draining_since = facts_.now;
  changes_.changed = true;
  wake_at(assignment.ready ? facts_.now + kDrain : facts_.now);
}

void AppReconciler::drain_excess(std::vector<Assignment*> pool, std::size_t count) {
  std::vector<RemovalCandidate> candidates;
  candidates.reserve(pool.size());
  for (const Assignment* assignment : pool) {
    candidates.push_back(
        {.id = assignment->id, .node = assignment->node, .ready = is_ready(*assignment)});
  }
  for (const std::size_t at : choose_removals(candidates, count)) drain(*pool[at]);
}

// ---- questions

bool AppReconciler::is_lost(const Assignment& assignment) const {
  const PlacementNode* node = facts_.find(assignment.node);
  return node == nullptr || node->state == NodeState::kDead;
}

bool AppReconciler::is_leaving(const Assignment& assignment) const {
  const NodeRecord* node = state_.find_node(assignment.node);
  return node != nullptr && node->leaving;
}

bool AppReconciler::is_ready(const Assignment& assignment) const {
  return assignment.ready && !is_lost(assignment);
}

bool AppReconciler::has_failed(const Assignment& assignment) const {
  const ReplicaFact* fact = facts_.find(assignment.id);
  return fact != nullptr && fact->state == ReplicaState::kFailed &&
         fact->generation >= assignment.generation;
}

bool AppReconciler::is_live(const Assignment& assignment) const {
  return !assignment.draining_since && !is_lost(assignment);
}

bool AppReconciler::is_new(const Assignment& assignment, const DeploymentRecord& rollout) const {
  return assignment.release == rollout.release && assignment.generation >= rollout.generation;
}

std::size_t AppReconciler::count_new_ready(const DeploymentRecord& rollout) const {
  return static_cast<std::size_t>(std::ranges::count_if(app_.assignments, [&](const Assignment& a) {
    return is_live(a) && is_new(a, rollout) && is_ready(a);
  }));
}

template <class Predicate>
std::vector<Assignment*> AppReconciler::select(Predicate predicate) {
  std::vector<Assignment*> selected;
  for (Assignment& assignment : app_.assignments) {
    if (predicate(assignment)) selected.push_back(&assignment);
  }
  return selected;
}

void AppReconciler::wake_at(Instant when) {
  if (!changes_.wake_at || when < *changes_.wake_at) changes_.wake_at = when;
}

void AppReconciler::note(ActivityLevel level, std::string kind, std::string message) {
  state_.note(facts_.unix_now, level, std::move(kind), app_.name, std::move(message));
  changes_.changed = true;
}

void abandon_rollout(State& state, AppRecord& app, DeploymentRecord& rollout, UnixMs now,
                     std::optional<Error> error) {
  const bool cancelled = !error.has_value();
  const bool serves_on = !app.serving.empty();
  rollout.finished_at = now;
  if (cancelled) {
    rollout.state = DeploymentState::kCancelled;
  } else {
    rollout.state = serves_on && rollout.kind != DeploymentKind::kStart
                        ? DeploymentState::kRolledBack
                        : DeploymentState::kFailed;
  }
  rollout.error = std::move(error);
  rollout.step = serves_on && rollout.kind != DeploymentKind::kStart
                     ? "The previous release serves on."
                     : "Nothing of it is running.";
  app.wanted = rollout.wanted_before > 0 ? rollout.wanted_before : app.wanted;
  if (rollout.kind == DeploymentKind::kStart) app.stopped = true;

  // What is new but not ready goes at once; what is ready leaves the routes first (hold() sees to
  // that). Scaling keeps everything: hold() removes what is too many.
  if (rollout.kind != DeploymentKind::kScale) {
    std::erase_if(app.assignments, [&](const Assignment& a) {
      return !a.ready && a.release == rollout.release && a.generation >= rollout.generation;
    });
  }
  state.note(now, cancelled ? ActivityLevel::kWarning : ActivityLevel::kError,
             cancelled ? "app.cancelled" : "app.failed", app.name,
             cancelled
                 ? "The rollout of " + rollout.release.value + " was cancelled. " + rollout.step
                 : "The rollout of " + rollout.release.value + " failed. " +
                       rollout.error->message + " " + rollout.step);
}

}  // namespace a67
