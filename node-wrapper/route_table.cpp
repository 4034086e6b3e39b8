#include "node-wrapper/route_table.h"

#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace a67 {
namespace {

struct Peer {
  std::string host;
  std::uint16_t port = 0;
};

std::optional<Peer> parse_peer(std::string_view gateway) {
  const std::size_t colon = gateway.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = gateway.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  Peer peer{.host = std::string(host), .port = 0};
  const std::string_view port = gateway.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), peer.port);
  if (error != std::errc{} || end != port.data() + port.size()) return std::nullopt;
  return peer;
}

}  // namespace

gateway::RouteTable make_route_table(const Routes& routes, const NodeId& self,
                                     std::span<const LocalReplica> local) {
  std::map<std::string_view, std::uint16_t> ports;
  for (const LocalReplica& replica : local) {
    if (replica.ready && replica.port != 0) ports.emplace(replica.id.value, replica.port);
  }
  std::map<std::string_view, Peer> peers;
  for (const RouteNode& node : routes.nodes) {
    if (auto peer = parse_peer(node.gateway)) peers.emplace(node.id.value, *std::move(peer));
  }
  gateway::RouteTable table;
  table.self_node = self.value;
  table.mesh_key = routes.mesh_key.expose();
  for (const RouteApp& route : routes.apps) {
    gateway::App& app = table.apps.emplace_back();
    app.name = route.name;
    app.hosts = route.hosts;
    app.policy = route.policy;
    for (const RouteReplica& replica : route.replicas) {
      gateway::Replica target{.id = replica.id.value, .node = replica.node.value};
      if (replica.node == self) {
        const auto port = ports.find(replica.id.value);
        if (port == ports.end()) continue;
        target.port = port->second;
      } else {
        const auto peer = peers.find(replica.node.value);
        if (peer == peers.end()) continue;
        target.local = false;
        target.host = peer->second.host;
        target.port = peer->second.port;
      }
      app.replicas.push_back(std::move(target));
    }
  }
  return table;
}

}  // namespace a67
