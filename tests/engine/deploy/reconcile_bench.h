// A table of facts to reconcile against: nodes that are awake or not, replicas that say what they
// are told to say.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/deploy/reconcile.h"

namespace a67::test {

class Bench {
 public:
  State state;
  Facts facts;

  explicit Bench(int workers = 3) {
    facts.now = Instant{Duration{100'000}};
    facts.unix_now = 1'790'000'000'000;
    for (int number = 1; number <= workers; ++number) add_node("n-" + std::to_string(number));
  }

  void add_node(const std::string& id, NodeRole role = NodeRole::kWorker) {
    state.nodes.push_back(
        {.id = NodeId(id), .name = id, .gateway_url = "http://" + id + ":4701/", .role = role});
    facts.nodes.push_back(
        {.id = NodeId(id), .name = id, .state = NodeState::kAwake, .role = role, .cpus = 2});
  }
  PlacementNode& node(const std::string& id) {
    return *std::ranges::find(facts.nodes, NodeId(id), &PlacementNode::id);
  }
  void kill(const std::string& id) { node(id).state = NodeState::kDead; }
  void wake(const std::string& id) { node(id).state = NodeState::kAwake; }

  AppRecord& app() { return state.apps.front(); }
  DeploymentRecord& deployment() { return app().deployments.back(); }

  ReleaseId add_release() {
    const std::int64_t number = app().next_release++;
    app().releases.push_back({.id = ReleaseId("app-r" + std::to_string(number)), .number = number});
    return app().releases.back().id;
  }
  // As engine/api's roll_out does.
  void begin(DeploymentKind kind, const ReleaseId& release, std::int64_t wanted) {
    const bool anew = kind == DeploymentKind::kRestart || kind == DeploymentKind::kStart;
    if (anew) ++app().generation;
    app().stopped = false;
    app().deployments.push_back({.id = DeploymentId("d"),
                                 .kind = kind,
                                 .release = release,
                                 .previous = app().serving,
                                 .wanted = wanted,
                                 .wanted_before = app().serving.empty() ? 0 : app().wanted,
                                 .generation = anew ? app().generation : 0,
                                 .started_at = facts.unix_now});
  }
  // An app that serves its first release with so many replicas.
  void serve(std::int64_t replicas) {
    state.apps.push_back({.name = "app"});
    begin(DeploymentKind::kDeploy, add_release(), replicas);
    settle();
  }

  Changes step() {
    Random random = Random::from_number(++steps_);
    const Changes changes = reconcile(state, facts, random);
    for (const Assignment& assignment : app().assignments) {
      facts.replicas.try_emplace(assignment.id, ReplicaFact{.generation = assignment.generation});
    }
    return changes;
  }
  void pass(Duration time) {
    facts.now += time;
    facts.unix_now += time.count();
  }
  // What one replica's node says of it.
  void say(const ReplicaId& id, ReplicaState replica, std::optional<Error> reason = {}) {
    facts.replicas[id].state = replica;
    facts.replicas[id].reason = std::move(reason);
  }
  void fail_replica(const ReplicaId& id, ErrorCode code) {
    say(id, ReplicaState::kFailed, Error{.code = code, .message = "It failed."});
  }
  // Everything that is placed on a living node becomes ready, until nothing changes.
  void settle() {
    for (int round = 0; round < 60; ++round) {
      step();
      for (const Assignment& assignment : app().assignments) {
        if (node(assignment.node.value).state != NodeState::kDead) {
          say(assignment.id, ReplicaState::kReady);
        }
      }
      pass(Duration{500});
    }
  }

  // Not on their way out.
  std::vector<Assignment> staying() {
    std::vector<Assignment> result;
    std::ranges::copy_if(app().assignments, std::back_inserter(result),
                         [](const Assignment& a) { return !a.draining_since; });
    return result;
  }
  std::size_t count_of(const ReleaseId& release) {
    return static_cast<std::size_t>(std::ranges::count(staying(), release, &Assignment::release));
  }
  std::size_t count_on(const std::string& id) {
    return static_cast<std::size_t>(std::ranges::count(staying(), NodeId(id), &Assignment::node));
  }
  // In the routes.
  std::size_t routed() {
    return static_cast<std::size_t>(std::ranges::count_if(
        app().assignments, [](const Assignment& a) { return a.ready && !a.draining_since; }));
  }

 private:
  std::uint64_t steps_ = 0;
};

}  // namespace a67::test
