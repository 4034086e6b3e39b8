#include "engine/deploy/reconcile.h"

#include <cassert>

#include "engine/deploy/app_reconciler.h"

namespace a67 {

Changes reconcile(State& state, const Facts& facts, Random& random) {
  Changes changes;
  for (AppRecord& app : state.apps) {
    AppReconciler(state, app, facts, random, changes).run();
  }
  return changes;
}

void cancel_rollout(State& state, AppRecord& app, const Facts& facts) {
  DeploymentRecord* rollout = app.rollout();
  assert(rollout != nullptr);
  abandon_rollout(state, app, *rollout, facts.unix_now, std::nullopt);
}

}  // namespace a67
