// AppReconciler: the rules of reconcile() for one app.
#pragma once

#include <string>
#include <vector>

#include "engine/deploy/reconcile.h"

namespace a67 {

class AppReconciler {
 public:
  AppReconciler(State& state, AppRecord& app, const Facts& facts, Random& random, Changes& changes)
      : state_(state), app_(app), facts_(facts), random_(random), changes_(changes) {}

  void run();

 private:
  // Observations that are decisions' memory: which replicas were last seen ready.
  void follow_readiness();
  void finish_draining();
  void forget_removed_nodes();

  // Keeps `app.wanted` replicas of the serving release.
  void hold();
  void leave_others();
  void replace_failed();
  // Remembered with the deployment of what serves: nodes that could not run it.
  void note_unfit(const NodeId& node);
  [[nodiscard]] std::vector<NodeId> unfit_nodes() const;

  void step_rollout(DeploymentRecord& rollout);
  // A new replica that failed: true when the rollout goes on without its node.
  bool survive_failure(DeploymentRecord& rollout);
  void start_new(DeploymentRecord& rollout);
  void retire_old(const DeploymentRecord& rollout);
  void tell_progress(DeploymentRecord& rollout);
  void finish(DeploymentRecord& rollout);

  // kIfPossible: a node that may have been mended meanwhile is better than none.
  enum class Avoid : std::uint8_t { kStrictly, kIfPossible };
  // Places `count` more replicas of a release; replicas lost with their node make way. False when
  // no node can.
  bool add_replicas(const ReleaseId& release, std::size_t count, const std::vector<NodeId>& avoid,
                    Avoid how = Avoid::kStrictly);
  // Replicas lost with their node leave as others take their place.
  void make_way_for(const std::vector<Placement>& placements);
  void drain(Assignment& assignment);
  void drain_excess(std::vector<Assignment*> pool, std::size_t count);

  [[nodiscard]] bool is_lost(const Assignment& assignment) const;
  // On a node that is being given up.
  [[nodiscard]] bool is_leaving(const Assignment& assignment) const;
  [[nodiscard]] bool is_ready(const Assignment& assignment) const;
  [[nodiscard]] bool has_failed(const Assignment& assignment) const;
  // Not draining and not lost.
  [[nodiscard]] bool is_live(const Assignment& assignment) const;
  [[nodiscard]] bool is_new(const Assignment& assignment, const DeploymentRecord& rollout) const;
  [[nodiscard]] std::size_t count_new_ready(const DeploymentRecord& rollout) const;
  template <class Predicate>
  std::vector<Assignment*> select(Predicate predicate);

  void wake_at(Instant when);
  void note(ActivityLevel level, std::string kind, std::string message);

  State& state_;
  AppRecord& app_;
  const Facts& facts_;
  Random& random_;
  Changes& changes_;
};

// Ends a rollout that did not succeed; shared with cancel_rollout.
void abandon_rollout(State& state, AppRecord& app, DeploymentRecord& rollout, UnixMs now,
                     std::optional<Error> error);

}  // namespace a67
