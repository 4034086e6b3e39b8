// The contract's provider.* commands: the providers with their policy cards, a person's own values
// in them, and which ways reach a provider from here.
#pragma once

#include <string>

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
    Transport transport = Transport::kDirect;
    ProbeVerdict verdict = ProbeVerdict::kUnknown;
    UnixMs at = 0;
  };
  // How to reach a provider: the first way that works, in the card's order, as remembered or tried
  // now. kUnreachable when none does, with what to do.
  Task<Result<Route>> choose_route(std::string provider, std::string relay);
  [[nodiscard]] Route route_by(Transport transport, const std::string& relay) const;
  [[nodiscard]] Json view(const BuiltInProvider& provider) const;

 private:
  Task<Result<Json>> list(Commands::Context context, Json body);
  Task<Result<Json>> override_value(Commands::Context context, Json body);
  Task<Result<Json>> probe(Commands::Context context, Json body);

  [[nodiscard]] std::vector<Transport> ways(const PolicyCard& card, const std::string& relay) const;

  [[nodiscard]] std::optional<Trial> remembered(const std::string& provider,
                                                Transport transport) const;
  Task<Trial> try_way(const Provider* provider, Route route);
  Task<void> remember(std::string provider, Trial trial);

  Doors doors_;
};

}  // namespace a67
