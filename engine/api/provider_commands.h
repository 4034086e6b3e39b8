// The contract's provider.* commands: the providers with their policy cards, a person's own values
// in them, and which ways reach a provider from here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/api/account_book.h"
#include "engine/api/commands.h"
#include "engine/providers/transport.h"

namespace a67 {

class ProviderCommands {
 public:
  struct Doors {
    AccountBook& book;
    VaultStateStore& store;
    ApiPorts ports;
    // Of a page: where it comes from, and so where its rewrites are. Empty in a native host, which
    // needs none but direct.
    std::string page_origin;
  };
  // REQUIRES: all of them outlive this, and this outlives the commands it adds.
  explicit ProviderCommands(Doors doors) : doors_(std::move(doors)) {}
  void add_to(Commands& commands);

  struct Trial {
    ProbeVerdict verdict = ProbeVerdict::kUnknown;
    UnixMs at = 0;
    std::string why;  // what stood in the way
  };
  // How to reach a provider: the first way that works, in the card's order, as remembered or tried
  // now. kUnreachable when none does, with what to do.
  Task<Result<Route>> choose_route(std::string provider);
  // The way a person chose. `relay`: a node's id or name; empty: the first that is awake.
  // kInvalidInput when there is no such way from here.
  [[nodiscard]] Result<Route> route_by(const Provider& provider, Transport transport,
                                       const std::string& relay) const;
  [[nodiscard]] Json view(const BuiltInProvider& provider) const;

 private:
  Task<Result<Json>> list(Commands::Context context, Json body);
  Task<Result<Json>> override_value(Commands::Context context, Json body);
  Task<Result<Json>> probe(Commands::Context context, Json body);

  // In the card's order; each node that is awake is one.
  [[nodiscard]] std::vector<Route> ways(const PolicyCard& card) const;
  [[nodiscard]] std::vector<Relays::Node> nodes() const;
  [[nodiscard]] Result<std::string> relay_of(const std::string& given) const;

  [[nodiscard]] std::optional<Trial> remembered(const std::string& provider,
                                                const Route& route) const;
  Task<Trial> try_way(const Provider* provider, Route route);
  Task<void> remember(std::string provider, Route route, Trial trial);

  Doors doors_;
};

}  // namespace a67
