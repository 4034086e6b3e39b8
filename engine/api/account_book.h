// AccountBook keeps the connected accounts: what is not secret as entities `account/<id>` of the
// change log, each credential as the secret `account.<id>` of the vault, so that it has an age, an
// expiry and a rotation like every other. It opens a credential for the time of one operation.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/api/secret_commands.h"
#include "engine/api/vault_state_store.h"
#include "engine/providers/api.h"
#include "engine/providers/catalogue.h"
#include "engine/providers/policy_card.h"

namespace a67 {

inline constexpr std::string_view kAccountEntities = "account/";
inline constexpr std::string_view kProviderEntities = "provider/";

struct Account {
  std::string id;
  const Provider* provider = nullptr;
  std::string name;
  Json settings = Json::object();
  Json known = Json::object();  // what account.verify said: identity, scopes, warnings, workspaces
  Route route;
  UnixMs connected_at = 0;
  UnixMs verified_at = 0;
  UnixMs expires_at = 0;
  std::optional<Error> problem;  // the credential was refused
};

class AccountBook {
 public:
  static constexpr std::size_t kAccountsMax = 100;

  struct Doors {
    VaultStateStore& store;
    SecretCommands& secrets;
    ApiPorts api;
    std::function<void(std::string name, Json body)> emit;
  };
  // REQUIRES: all of them outlive this and its tasks.
  explicit AccountBook(Doors doors) : doors_(std::move(doors)) {}

  // In order of their ids; accounts of a provider this version does not know are left out.
  [[nodiscard]] std::vector<Account> all() const;
  [[nodiscard]] std::optional<Account> find(const std::string& id) const;
  // As find(), or why not.
  [[nodiscard]] Result<Account> get(const std::string& id) const;
  // "render", "render-2": not taken yet.
  [[nodiscard]] std::string free_id(const Provider& provider) const;

  // The provider's card with the person's own values in it.
  [[nodiscard]] Result<PolicyCard> card_of(const BuiltInProvider& provider) const;
  // A null value takes the person's own back.
  Task<Result<void>> override_policy(std::string provider, std::string key, Json value,
                                     std::string note);

  // Durable when it answers. `credential`: nothing leaves the one there is.
  Task<Result<void>> put(Account account, std::optional<Sensitive<std::string>> credential);
  Task<Result<void>> remove(std::string id);
  // As SecretCommands::use().
  Task<Result<Sensitive<std::string>>> credential_of(std::string id);

  // Runs one operation with the account's own credential. A refused credential is noted.
  Task<Result<Json>> run(std::string id, std::string operation, Json input);
  // With one that is not kept yet.
  Task<Result<Json>> run_with(Account account, Sensitive<std::string> credential,
                              std::string operation, Json input);

  // What whoever is on the way can see, for people.
  [[nodiscard]] std::string sees(const Route& route) const;
  [[nodiscard]] Json view(const Account& account) const;
  [[nodiscard]] Json views() const;
  [[nodiscard]] Json trace_of(const std::string& id) const;
  // Something else changed any number of them.
  void tell_of_reset() { doors_.emit("account.reset", Json::object()); }

  static std::string secret_of(const std::string& id) { return "account." + id; }

 private:
  // What lives as long as the engine: rate limits and the trace. The credential is in it only while
  // an operation runs.
  struct Live {
    AccountSession session;
    std::uint32_t users = 0;
  };
  Live& live(const Account& account);
  void prepare(AccountSession& session, const Account& account) const;
  Task<Result<Json>> run_kept(Account account, std::string operation, Json input);
  void tell_of(const std::string& id);
  Task<Result<void>> note_problem(std::string id, std::optional<Error> problem);

  Doors doors_;
  std::map<std::string, std::unique_ptr<Live>> live_;
};

// {"token": "..."} as the vault keeps it, and back. Empty when it is none.
Sensitive<std::string> write_credential(const Json& fields);
Credential read_credential(const Sensitive<std::string>& kept);

}  // namespace a67
