#include "engine/deploy/orders.h"

namespace a67 {
namespace {

Routes routes_of(const State& state) {
  Routes routes{.mesh_key = state.mesh_key};
  for (const AppRecord& app : state.apps) {
    const ReleaseRecord* release = app.find_release(app.serving);
    if (release == nullptr && app.rollout() != nullptr)
      release = app.find_release(app.rollout()->release);
    RouteApp route{.name = app.name};
    if (release != nullptr) {
      route.hosts = release->hosts;
      route.policy = release->policy;
    }
    for (const Assignment& assignment : app.assignments) {
      if (assignment.ready && !assignment.draining_since) {
        route.replicas.push_back({.id = assignment.id, .node = assignment.node});
      }
    }
    routes.apps.push_back(std::move(route));
  }
  for (const NodeRecord& node : state.nodes) {
    // Gateways speak plain HTTP to each other: nobody forwards to one behind a provider's TLS.
    if (node.role == NodeRole::kWorker && !node.gateway_url.starts_with("https://")) {
      routes.nodes.push_back({.id = node.id, .gateway = authority_of(node.gateway_url)});
    }
  }
  return routes;
}

}  // namespace

std::string authority_of(const std::string& url) {
  const auto scheme = url.find("://");
  const std::size_t begin = scheme == std::string::npos ? 0 : scheme + 3;
  return url.substr(begin, url.find('/', begin) - begin);
}

DesiredState desired_for(const State& state, const NodeId& node, std::int64_t epoch) {
  DesiredState desired{.epoch = epoch};
  // What routes nothing has no use for the routes, and none for the gateways' common key.
  const NodeRecord* record = state.find_node(node);
  if (record == nullptr || record->role != NodeRole::kServer) desired.routes = routes_of(state);
  for (const AppRecord& app : state.apps) {
    for (const Assignment& assignment : app.assignments) {
      if (assignment.node != node) continue;
      const ReleaseRecord* release = app.find_release(assignment.release);
      if (release == nullptr) continue;
      desired.replicas.push_back({.id = assignment.id,
                                  .app = app.name,
                                  .release = release->id,
                                  .generation = assignment.generation,
                                  .source = release->source,
                                  .spec = release->spec});
    }
  }
  return desired;
}

}  // namespace a67
