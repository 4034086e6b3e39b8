#include "engine/api/plan_view.h"

#include <algorithm>
#include <set>
#include <string>

#include "engine/deploy/app_reconciler.h"

namespace a67 {
namespace {

bool has_archive(const State& state, const NodeId& node, const std::string& sha256) {
  for (const AppRecord& app : state.apps) {
    for (const Assignment& assignment : app.assignments) {
      const ReleaseRecord* release = app.find_release(assignment.release);
      if (assignment.node == node && release != nullptr && release->source.sha256 == sha256)
        return true;
    }
  }
  return false;
}

std::vector<std::string> steps_of(const Draft& draft, const AppRecord* app, std::size_t uploads,
                                  std::size_t nodes) {
  std::vector<std::string> steps;
  if (draft.release.source.kind == Source::Kind::kGit) {
    steps.push_back("Each node fetches " + draft.release.source.url + " at " +
                    draft.release.source.ref + ".");
  } else if (uploads > 0) {
    steps.push_back("Upload the archive to " + std::to_string(uploads) +
                    (uploads == 1 ? " node." : " nodes."));
  }
  const std::string build = draft.build.empty() ? std::string() : " with `" + draft.build + "`";
  steps.push_back("Unpack and build" + build + " on " + std::to_string(nodes) +
                  (nodes == 1 ? " node." : " nodes."));
  steps.push_back("Start " + std::to_string(draft.replicas) +
                  (draft.replicas == 1 ? " replica" : " replicas") + " and wait until healthy.");
  if (app == nullptr || app->serving.empty()) {
    steps.emplace_back("Route requests to them.");
  } else {
    steps.push_back("Route requests to them one by one, then stop the replicas of " +
                    app->serving.value + ". If a new replica fails, " + app->serving.value +
                    " serves on.");
  }
  return steps;
}

}  // namespace

Json plan_view(const State& state, const Draft& draft, const std::vector<Placement>& placements) {
  const AppRecord* app = state.find_app(draft.name);
  Json places = Json::array();
  std::set<NodeId> nodes;
  Json uploads = Json::array();
  for (const Placement& placement : placements) {
    places.push_back(to_json(placement));
    if (!nodes.insert(placement.node).second) continue;
    const Source& source = draft.release.source;
    if (source.kind == Source::Kind::kArchive &&
        !has_archive(state, placement.node, source.sha256)) {
      uploads.push_back(state.node_name(placement.node));
    }
  }
  const std::int64_t number = app == nullptr ? 1 : app->next_release;
  Json steps = steps_of(draft, app, uploads.size(), nodes.size());
  Json plan = {{"app", draft.name},
               {"creates", app == nullptr},
               {"release", draft.name + "-r" + std::to_string(number)},
               {"replicas", draft.replicas},
               {"runtime", draft.runtime},
               {"runtimeWhy", draft.runtime_why},
               {"build", draft.build},
               {"start", draft.start},
               {"placements", std::move(places)},
               {"uploads", std::move(uploads)},
               {"uploadBytes", draft.release.source_bytes},
               {"steps", std::move(steps)},
               {"warnings", draft.warnings}};
  if (app != nullptr && !app->serving.empty()) plan["previousRelease"] = app->serving.value;
  return plan;
}

}  // namespace a67
