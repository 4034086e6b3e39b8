// The contract's views: what a page or the command line is shown of the state and of what nodes
// report.
//
// Values of environments never appear here, only their names.
#pragma once

#include <map>
#include <memory>

#include "engine/api/app_metrics.h"
#include "engine/base/json.h"
#include "engine/deploy/facts.h"
#include "engine/fleet/node_link.h"
#include "engine/state/state.h"

namespace a67 {

using NodeLinks = std::map<NodeId, std::unique_ptr<NodeLink>>;

// `link` may be null for a moment after a node was given up.
Json node_view(const State& state, const NodeRecord& node, const NodeLink* link);
Json app_view(const State& state, const AppRecord& app, const NodeLinks& links,
              const AppSample& now);
Json deployment_view(const AppRecord& app, const DeploymentRecord& deployment);
Json activity_view(const ActivityLine& line);
Json settings_view(const Settings& settings);
Json sample_view(const AppSample& sample);

// The one address to give to people: the entry gateway's, else the first awake node's; empty
// without any.
std::string app_url(const State& state, const AppRecord& app, const NodeLinks& links);

// Adds what one node reports to the facts of reconcile().
void add_facts(Facts& facts, const State& state, const NodeRecord& node, const NodeLink& link);

}  // namespace a67
