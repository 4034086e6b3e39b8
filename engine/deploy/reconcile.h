// reconcile moves the desired state one step closer to what was asked for, given what is observed.
//
// It is the heart of deployment and it is pure: state and facts in, changed state out; it never
// waits or sends. Called again whenever a fact changes, it needs no memory but the State, so an
// engine that was reloaded in the middle of a rollout goes on with it.
//
// Rules
// - A replica on a dead node is placed elsewhere as soon as some node can take it; until then it
//   stays where it is, so that a node that returns before that simply goes on.
// - A rollout starts new replicas beside the old ones (at most half as many extra, at least one),
//   takes an old one out of the routes for each new one that is ready, and stops it after kDrain.
//   Restarting is a rollout of the same release with a higher generation: even a single replica is
//   restarted without a gap.
// - A new replica that fails for a reason of its node (disk, memory, interpreter) is tried on
//   another node. Any other failure ends the rollout: what is new is removed, the previous release
//   is back at its former number. New replicas that are ready serve until then.
// - A serving replica that its node gave up on is replaced, with growing pauses, and away from
//   nodes that could not run it as long as there are others.
#pragma once

#include <optional>

#include "engine/base/random.h"
#include "engine/deploy/facts.h"
#include "engine/state/state.h"

namespace a67 {

// From leaving the routes to being stopped: the time for the last gateway to hear of it.
inline constexpr Duration kDrain{2'000};
inline constexpr Duration kReplaceBackoffMin{10'000};
inline constexpr Duration kReplaceBackoffMax{300'000};
// A rollout that has not ended by then has failed, whatever the reason.
inline constexpr UnixMs kRolloutMsMax = UnixMs{45} * 60'000;

struct Changes {
  bool changed = false;            // the state must be saved before it is acted upon
  std::optional<Instant> wake_at;  // reconcile again then, even if no fact changes
};

Changes reconcile(State& state, const Facts& facts, Random& random);

// Ends the app's rollout as cancelled: as after a failure, the previous release serves on.
// REQUIRES: app.rollout() != nullptr.
void cancel_rollout(State& state, AppRecord& app, const Facts& facts);

}  // namespace a67
