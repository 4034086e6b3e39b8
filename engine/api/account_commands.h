// The contract's account.* commands: connect, look, verify, change, rotate, disconnect, and run any
// operation of an account's provider.
#pragma once

#include <optional>
#include <string>

#include "engine/api/account_book.h"
#include "engine/api/commands.h"
#include "engine/api/provider_commands.h"

namespace a67 {

// Who has to know what happens to accounts and their services.
class AccountWatcher {
 public:
  virtual ~AccountWatcher() = default;
  virtual Task<Result<void>> on_service_removed(std::string account, std::string service) = 0;
  // Called before the account is forgotten.
  virtual Task<Result<void>> on_account_removed(std::string account) = 0;
  // Nodes that were made with the account.
  [[nodiscard]] virtual std::size_t nodes_of(const std::string& account) const = 0;
};

class AccountCommands {
 public:
  // REQUIRES: all of them outlive this, and this outlives the commands it adds.
  AccountCommands(AccountBook& book, ProviderCommands& providers, const WallClock& clock)
      : book_(book), providers_(providers), clock_(clock) {}
  void add_to(Commands& commands);
  // REQUIRES: called before the first command comes; the watcher outlives the commands.
  void watch_with(AccountWatcher& watcher) { watcher_ = &watcher; }

  // What somebody gave to connect with.
  struct Offer {
    const Provider* provider = nullptr;
    Sensitive<std::string> credential;
    Json request;  // name, settings, transport, relay, endpoint, second: as account.connect
    std::optional<Route> route = std::nullopt;  // when it is chosen already
  };
  // kConflict (field `second`) when there is an account of this provider and nobody said that
  // another is meant.
  [[nodiscard]] Result<void> may_have_another(const Provider& provider, const Json& request) const;
  // The way that `request` names, that of its `account`, or the first that works.
  Task<Result<Route>> route_for(const Provider* provider, Json request);
  // Tries it and keeps it. Errors: as account.verify; kConflict for a second account of a provider
  // whose terms nobody looked at. Nothing is kept then.
  Task<Result<Json>> connect_with(Offer offer);
  // Another credential for an account: tried first, so that a wrong one replaces nothing.
  Task<Result<Json>> give(std::string id, Sensitive<std::string> credential);

 private:
  Task<Result<Json>> list(Commands::Context context, Json body);
  Task<Result<Json>> get(Commands::Context context, Json body);
  Task<Result<Json>> connect(Commands::Context context, Json body);
  Task<Result<Json>> verify(Commands::Context context, Json body);
  Task<Result<Json>> change(Commands::Context context, Json body);
  Task<Result<Json>> rotate(Commands::Context context, Json body);
  Task<Result<Json>> disconnect(Commands::Context context, Json body);
  Task<Result<Json>> run(Commands::Context context, Json body);

  void learn(Account& account, const Json& verified) const;
  Task<Result<Json>> rotate_by_api(Account account);

  AccountBook& book_;
  ProviderCommands& providers_;
  const WallClock& clock_;
  AccountWatcher* watcher_ = nullptr;
};

}  // namespace a67
