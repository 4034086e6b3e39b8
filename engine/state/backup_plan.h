// What restoring a backup changes: by merging it, or by making everything as it was.
//
// Both end in a Change of this device's own, made now, so that it goes to other devices, shows in
// the history and can be undone. Merging is per field: what was changed last wins, here or there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/state/entities.h"

namespace a67 {

inline constexpr std::string_view kSeedField = "seed";

enum class RestoreMode : std::uint8_t { kMerge, kReplace };

// Both hold the same controller's key, so the same nodes obey them. What has none is of no other.
bool same_controller(const Entities& ours, const Entities& theirs);

struct RestorePlan {
  Values before;
  Values after;
  // Entities that a merge leaves where they are: another controller's identity, nodes, replicas,
  // deployments and what it noted.
  std::size_t left_out = 0;
};
RestorePlan plan_restore(const Entities& ours, const Entities& theirs, RestoreMode mode);

// What makes `plan.before` say `plan.after`.
Change change_of(const RestorePlan& plan, std::string note);
// The same in pieces that each fit into one record.
std::vector<Change> in_pieces(Change change);

// As entities, of no particular time: to see whether they can be understood.
Entities as_entities(const Values& values);

}  // namespace a67
