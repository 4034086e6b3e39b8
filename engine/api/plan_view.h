// The contract's PlanView: what a deployment would do, and why.
#pragma once

#include <vector>

#include "engine/base/json.h"
#include "engine/deploy/draft.h"
#include "engine/deploy/placement.h"
#include "engine/state/state.h"

namespace a67 {

Json plan_view(const State& state, const Draft& draft, const std::vector<Placement>& placements);

}  // namespace a67
