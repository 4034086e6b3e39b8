// The contract's oauth.* commands: signing in at a provider without pasting a token, by flows that
// need no server and no client secret: an authorisation code with PKCE (RFC 7636), or a token in
// the fragment (RFC 6749, 4.2) where a provider offers nothing better.
//
// A sign-in is known by its random state, is good for one answer and ten minutes, and lives in this
// engine's memory only. What the provider sent back waits there as well while the person is asked
// about a second account, or for a way to the provider: then `answer` holds the state alone.
#pragma once

#include <map>
#include <string>

#include "engine/api/account_commands.h"
#include "engine/api/commands.h"
#include "engine/base/random.h"

namespace a67 {

class OAuthCommands {
 public:
  static constexpr Duration kGoodFor{600'000};
  static constexpr std::size_t kUnderWayMax = 8;

  struct Doors {
    AccountCommands& accounts;
    ProviderCommands& providers;
    ApiPorts ports;
  };
  // REQUIRES: all of them outlive this, and this outlives the commands it adds.
  explicit OAuthCommands(Doors doors) : doors_(doors) {}
  void add_to(Commands& commands);

 private:
  struct SignIn {
    const Provider* provider = nullptr;
    std::string client;
    std::string redirect;
    Sensitive<std::string> verifier;
    Instant until;
    Sensitive<std::string> sent;  // the code or the token that came back
  };
  Task<Result<Json>> begin(Commands::Context context, Json body);
  Task<Result<Json>> finish(Commands::Context context, Json body);
  Task<Result<Sensitive<std::string>>> exchange(SignIn sign_in, Route route);
  Task<Result<Json>> use(SignIn sign_in, Route route, Json body);

  Doors doors_;
  std::map<std::string, SignIn> under_way_;  // by state
};

}  // namespace a67
