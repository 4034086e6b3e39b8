// Saboteur: stands between the engine and its host and plants one bug. It signs what it forges with
// the engine's own key, so that nodes cannot tell.
#pragma once

#include <map>
#include <string>

#include "engine/base/json.h"
#include "engine/base/random.h"
#include "engine/fleet/node_protocol.h"
#include "tests/sim/network.h"
#include "tests/sim/sabotage.h"

namespace a67::sim {

class Saboteur {
 public:
  using Store = std::map<std::string, std::string>;

  Saboteur(Sabotage sabotage, const Network::Nodes& nodes, const Timeline& timeline)
      : sabotage_(sabotage), nodes_(nodes), timeline_(timeline), random_(Random::from_number(67)) {}

  // Changes a message the engine sends.
  void bend(Json& message, const Store& store);

 private:
  void bend_order(Json& request, const Store& store);
  void bend_desired(DesiredState& desired, const FakeNode& node);

  Sabotage sabotage_;
  const Network::Nodes& nodes_;
  const Timeline& timeline_;
  Random random_;
  std::map<NodeId, std::map<ReplicaId, DesiredReplica>> ordered_;
};

// In every environment the simulated person gives, and nowhere else.
inline constexpr std::string_view kSecretMark = "s3cr3t-";

}  // namespace a67::sim
