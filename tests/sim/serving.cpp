// The part of the invariants that looks at what really runs: E while nothing fails, and what is
// left to do once nothing fails any more.
#include <algorithm>

#include "tests/sim/invariants.h"

namespace a67::sim {
namespace {

// How many ready replicas a gateway must have: the fewest of what was and what is wanted.
std::size_t floor_of(const AppRecord& app) {
  if (app.stopped || app.serving.empty()) return 0;
  std::int64_t wanted = app.wanted;
  if (const DeploymentRecord* rollout = app.rollout()) wanted = std::min(wanted, rollout->wanted);
  return static_cast<std::size_t>(wanted);
}

bool is_whole(const AppRecord& app) {
  return std::ranges::count_if(app.assignments, [](const Assignment& assignment) {
           return assignment.ready && !assignment.draining_since;
         }) >= app.wanted;
}

}  // namespace

void Invariants::check_serving() {
  if (!calm_ || !checking_ || !serving_changed_) return;
  serving_changed_ = false;
  const State* state = durable();
  if (state == nullptr) return;
  for (const AppRecord& app : state->apps) {
    if (app.stopped) stopped_.insert(app.name);
    if (!app.stopped && app.rollout() == nullptr) stopped_.erase(app.name);
    note_lowered(app);
  }
  for (const auto& gateway : nodes_) {
    if (!gateway->up() || state->find_node(gateway->id()) == nullptr) continue;
    for (const RouteApp& route : gateway->desired().routes.apps) {
      const auto ready = static_cast<std::size_t>(
          std::ranges::count_if(route.replicas, [&](const RouteReplica& replica) {
            const FakeNode* node = find_node(replica.node);
            return node != nullptr && node->up() && node->is_ready(replica.id);
          }));
      const bool serves = !stopped_.contains(route.name);
      const AppRecord* app = state->find_app(route.name);
      const std::size_t floor = serves && app != nullptr ? due(*app) : 0;
      // Until a gateway has heard of a new number it cannot have it.
      std::size_t& reached = reached_[{gateway->id(), route.name}];
      reached = std::min(std::max(reached, ready), floor);
      if (ready < reached) {
        violated('E', gateway->setup().name + " has " + std::to_string(ready) +
                          " ready replicas of " + route.name + ", at least " +
                          std::to_string(reached) + " are due.");
        reached = ready;
      }
    }
  }
}

// A rollout to fewer that was cancelled leaves as many as it had left: more are due only once there
// were as many as are wanted again.
void Invariants::note_lowered(const AppRecord& app) {
  if (const DeploymentRecord* rollout = app.rollout(); rollout && rollout->wanted < app.wanted) {
    lowered_[app.name] = static_cast<std::size_t>(rollout->wanted);
  } else if (rollout == nullptr && is_whole(app)) {
    lowered_.erase(app.name);
  }
}

std::size_t Invariants::due(const AppRecord& app) const {
  const auto lowered = lowered_.find(app.name);
  const std::size_t floor = floor_of(app);
  return lowered == lowered_.end() ? floor : std::min(floor, lowered->second);
}

std::string Invariants::unsettled() const {
  const State* state = durable();
  if (state == nullptr) return "nothing was ever saved";
  for (const auto& node : nodes_) {
    if (auto reason = unsettled(*state, *node); !reason.empty()) return reason;
  }
  for (const AppRecord& app : state->apps) {
    if (auto reason = unsettled(*state, app); !reason.empty()) return app.name + ": " + reason;
  }
  return {};
}

std::string Invariants::unsettled(const State& /*state*/, const AppRecord& app) const {
  if (app.rollout() != nullptr) return "a rollout goes on";
  const bool runs = !app.stopped && !app.serving.empty();
  const auto wanted = runs ? static_cast<std::size_t>(app.wanted) : 0;
  if (app.assignments.size() != wanted) {
    return std::to_string(app.assignments.size()) + " replicas are placed, wanted are " +
           std::to_string(wanted);
  }
  for (const Assignment& assignment : app.assignments) {
    const FakeNode* node = find_node(assignment.node);
    if (assignment.release != app.serving) return assignment.id.value + " is not what serves";
    if (assignment.draining_since) return assignment.id.value + " is leaving";
    if (node == nullptr || !node->is_ready(assignment.id)) {
      return assignment.id.value + " is not ready on " + assignment.node.value;
    }
  }
  return {};
}

std::string Invariants::unsettled(const State& state, const FakeNode& node) const {
  const std::string& name = node.setup().name;
  if (state.find_node(node.id()) == nullptr || !node.is_claimed()) return name + " is not claimed";
  std::set<ReplicaId> placed;
  for (const AppRecord& app : state.apps) {
    for (const Assignment& assignment : app.assignments) {
      if (assignment.node == node.id()) placed.insert(assignment.id);
    }
  }
  if (node.running() != placed) {
    return name + " runs " + std::to_string(node.running().size()) + " replicas, " +
           std::to_string(placed.size()) + " are placed there, or others";
  }
  for (const AppRecord& app : state.apps) {
    const auto route = std::ranges::find(node.desired().routes.apps, app.name, &RouteApp::name);
    if (route == node.desired().routes.apps.end()) return name + " has no route to " + app.name;
    std::set<ReplicaId> routed;
    for (const RouteReplica& replica : route->replicas) routed.insert(replica.id);
    std::set<ReplicaId> ready;
    for (const Assignment& assignment : app.assignments) ready.insert(assignment.id);
    if (routed != ready) return name + " does not route to exactly the replicas of " + app.name;
  }
  if (node.desired().routes.apps.size() != state.apps.size()) {
    return name + " routes to an app that is gone";
  }
  return {};
}

}  // namespace a67::sim
