// AccountRoom: everything about providers and accounts, made together. Exists only beside a vault:
// a credential has no other place.
#pragma once

#include <functional>
#include <string>

#include "engine/api/account_book.h"
#include "engine/api/account_commands.h"
#include "engine/api/oauth_commands.h"
#include "engine/api/provider_commands.h"

namespace a67 {

class AccountRoom {
 public:
  struct Doors {
    VaultStateStore& store;
    SecretCommands& secrets;
    ApiPorts api;
    std::string page_origin;  // empty in a native host
    std::function<void(std::string name, Json body)> emit;
  };
  // REQUIRES: all of them outlive this, and this outlives the commands it adds.
  explicit AccountRoom(Doors doors)
      : book_({.store = doors.store,
               .secrets = doors.secrets,
               .api = doors.api,
               .emit = std::move(doors.emit)}),
        providers_({.book = book_,
                    .store = doors.store,
                    .ports = doors.api,
                    .page_origin = std::move(doors.page_origin)}),
        accounts_(book_, providers_, doors.api.clock),
        oauth_({.accounts = accounts_, .providers = providers_, .ports = doors.api}) {}

  [[nodiscard]] AccountBook& book() { return book_; }
  void watch_with(AccountWatcher& watcher) { accounts_.watch_with(watcher); }

  void add_to(Commands& commands) {
    providers_.add_to(commands);
    accounts_.add_to(commands);
    oauth_.add_to(commands);
  }
  // Something else changed any number of them.
  void tell_of_reset() { book_.tell_of_reset(); }

 private:
  AccountBook book_;
  ProviderCommands providers_;
  AccountCommands accounts_;
  OAuthCommands oauth_;
};

}  // namespace a67
