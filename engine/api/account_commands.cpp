#include "engine/api/account_commands.h"

#include <algorithm>
#include <utility>

#include "engine/api/contract.h"
#include "engine/providers/operation_runner.h"

namespace a67 {
namespace {

// Every required field is there, and nothing else.
Result<void> check_fields(const Provider& provider, const Json& fields) {
  for (const auto& [name, value] : fields.items()) {
    if (!std::ranges::contains(provider.fields, name, &CredentialField::name)) {
      return fail(ErrorCode::kInvalidInput,
                  std::string(provider.name) + " has no field `" + name + "`.", {},
                  "fields." + name);
    }
    if (value.get_ref<const std::string&>().find_first_of("\r\n") != std::string::npos) {
      return fail(ErrorCode::kInvalidInput, "`" + name + "` has a line break in it.",
                  "Copy it again, without one.", "fields." + name);
    }
  }
  for (const CredentialField& one : provider.fields) {
    if (one.required && string_or(fields, one.name).empty()) {
      return fail(ErrorCode::kInvalidInput, std::string(one.label) + " is missing.",
                  "Find it at " + std::string(provider.token_page) + ".",
                  "fields." + std::string(one.name));
    }
  }
  return {};
}

// Fields that are no secret are settings: adapters read them there.
Json settings_of(const Provider& provider, const Json& fields) {
  Json settings = Json::object();
  for (const CredentialField& one : provider.fields) {
    if (!one.secret) put_if(settings, one.name, fields.value(std::string(one.name), Json()));
  }
  return settings;
}

Sensitive<std::string> secrets_of(const Provider& provider, Json& fields) {
  Json secrets = Json::object();
  for (const CredentialField& one : provider.fields) {
    if (one.secret) put_if(secrets, one.name, fields.value(std::string(one.name), Json()));
  }
  Sensitive<std::string> written = write_credential(secrets);
  for (Json* texts : {&secrets, &fields}) {
    for (auto& [name, value] : texts->items()) {
      auto& text = value.get_ref<std::string&>();
      wipe(text.data(), text.size());
    }
  }
  return written;
}

// The new one is kept by now, so that this is no failure; but it must not be missed.
Json end_by_hand(const Provider& provider, const std::string& why) {
  return {{"message",
           "The new token is in use. The old one still works and has to be revoked by "
           "hand at " +
               std::string(provider.name) + ": " + why + "."},
          {"page", provider.token_page}};
}

bool offers_tokens(const Provider& provider) { return provider.can(Capability::kTokens); }

}  // namespace

void AccountCommands::add_to(Commands& commands) {
  commands.add("account.list", this, &AccountCommands::list, Commands::Cancel::kAsk);
  commands.add("account.get", this, &AccountCommands::get, Commands::Cancel::kAsk);
  commands.add("account.connect", this, &AccountCommands::connect, Commands::Cancel::kAsk);
  commands.add("account.verify", this, &AccountCommands::verify, Commands::Cancel::kAsk);
  commands.add("account.change", this, &AccountCommands::change, Commands::Cancel::kAsk);
  commands.add("account.rotate", this, &AccountCommands::rotate, Commands::Cancel::kAsk);
  commands.add("account.disconnect", this, &AccountCommands::disconnect, Commands::Cancel::kAsk);
  commands.add("account.run", this, &AccountCommands::run, Commands::Cancel::kAsk);
}

Task<Result<Json>> AccountCommands::list(Commands::Context /*context*/, Json /*body*/) {
  co_return Json{{"accounts", book_.views()}};
}

Task<Result<Json>> AccountCommands::get(Commands::Context /*context*/, Json body) {
  const auto account = book_.get(string_or(body, "account"));
  if (!account) co_return std::unexpected(account.error());
  Json breaks = Json::array();
  breaks.push_back("Its credential is erased from this vault. The token itself stays valid at " +
                   std::string(account->provider->name) + ": end it there.");
  breaks.push_back("What runs or is stored at " + std::string(account->provider->name) +
                   " goes on and may go on to cost; nobody here can see or change it any more.");
  if (const std::size_t nodes = watcher_ == nullptr ? 0 : watcher_->nodes_of(account->id);
      nodes > 0) {
    breaks.push_back("Nodes made with it: " + std::to_string(nodes) +
                     ". Those in the fleet go on; their services can then be removed at " +
                     std::string(account->provider->name) + " only. Unmake them first.");
  }
  co_return Json{{"account", book_.view(*account)},
                 {"trace", book_.trace_of(account->id)},
                 {"breaks", breaks}};
}

// ---- connecting

Result<void> AccountCommands::may_have_another(const Provider& provider,
                                               const Json& request) const {
  const auto accounts = book_.all();
  const bool first =
      std::ranges::none_of(accounts, [&](const Account& one) { return one.provider == &provider; });
  if (first || bool_or(request, "second")) return {};
  std::string terms = "Most providers allow one account a person.";
  if (const auto card = book_.card_of(*find_provider(provider.id))) {
    const Json& count = card->value("accounts.per_person");
    if (count.is_number()) {
      terms = std::string(provider.name) + " allows " + count.dump() + " a person.";
    }
  }
  return fail(
      ErrorCode::kConflict,
      "There is an account of " + std::string(provider.name) + " already. " + terms,
      "Pooling several accounts of one person breaks most terms of service and may end them "
      "all. If this one is a team's or another person's, connect it as a second account.",
      "second");
}

Task<Result<Route>> AccountCommands::route_for(const Provider* provider, Json request) {
  const std::string relay = string_or(request, "relay");
  const std::string endpoint = string_or(request, "endpoint");
  if (!endpoint.empty()) co_return Route{.endpoint = endpoint};
  const std::string wanted = string_or(request, "transport", relay.empty() ? "" : "relay");
  if (!wanted.empty()) co_return providers_.route_by(*provider, *transport_from(wanted), relay);
  if (const auto account = book_.find(string_or(request, "account"))) co_return account->route;
  co_return co_await providers_.choose_route(std::string(provider->id));
}

void AccountCommands::learn(Account& account, const Json& verified) const {
  for (const auto& [key, value] : object_at(verified, "settings").items())
    account.settings[key] = value;
  account.known = Json::object();
  for (const char* field : {"identity", "scopes", "warnings", "workspaces"}) {
    if (verified.contains(field)) account.known[field] = verified[field];
  }
  account.expires_at = int_or(verified, "expiresAt");
  account.verified_at = clock_.unix_now();
  account.problem.reset();
}

Task<Result<Json>> AccountCommands::connect_with(Offer offer) {
  if (auto fine = may_have_another(*offer.provider, offer.request); !fine) {
    co_return std::unexpected(fine.error());
  }
  if (!offer.route) {
    auto route = co_await route_for(offer.provider, offer.request);
    if (!route) co_return std::unexpected(route.error());
    offer.route = *route;
  }
  Account account{.id = book_.free_id(*offer.provider),
                  .provider = offer.provider,
                  .name = string_or(offer.request, "name", std::string(offer.provider->name)),
                  .settings = offer.request.value("settings", Json::object()),
                  .route = *offer.route,
                  .connected_at = clock_.unix_now()};
  auto verified =
      co_await book_.run_with(account, offer.credential.clone(), "account.verify", Json::object());
  if (!verified) co_return std::unexpected(verified.error());
  learn(account, *verified);
  // Somebody else may have connected one meanwhile.
  account.id = book_.free_id(*offer.provider);
  auto kept = co_await book_.put(account, std::move(offer.credential));
  if (!kept) co_return std::unexpected(kept.error());
  co_return Json{{"account", book_.view(account)}};
}

Task<Result<Json>> AccountCommands::connect(Commands::Context /*context*/, Json body) {
  const BuiltInProvider* known = find_provider(string_or(body, "provider"));
  if (known == nullptr) {
    co_return fail(ErrorCode::kNotFound,
                   "There is no provider `" + string_or(body, "provider") + "`.",
                   "`providers` lists them.", "provider");
  }
  const Provider* provider = known->provider;
  if (auto fine = check_fields(*provider, body["fields"]); !fine)
    co_return std::unexpected(fine.error());
  Json settings = settings_of(*provider, body["fields"]);
  for (const auto& [key, value] : object_at(body, "settings").items()) settings[key] = value;
  Offer offer{.provider = provider,
              .credential = secrets_of(*provider, body["fields"]),
              .request = std::move(body)};
  offer.request["settings"] = std::move(settings);
  co_return co_await connect_with(std::move(offer));
}

// ---- using

Task<Result<Json>> AccountCommands::verify(Commands::Context /*context*/, Json body) {
  const std::string id = string_or(body, "account");
  auto verified = co_await book_.run(id, "account.verify", Json::object());
  if (!verified) co_return std::unexpected(verified.error());
  auto account = book_.get(id);
  if (!account) co_return std::unexpected(account.error());
  learn(*account, *verified);
  auto kept = co_await book_.put(*account, std::nullopt);
  if (!kept) co_return std::unexpected(kept.error());
  co_return Json{{"account", book_.view(*account)}};
}

Task<Result<Json>> AccountCommands::change(Commands::Context /*context*/, Json body) {
  auto account = book_.get(string_or(body, "account"));
  if (!account) co_return std::unexpected(account.error());
  if (body.contains("name")) account->name = string_or(body, "name");
  for (const auto& [key, value] : object_at(body, "settings").items())
    account->settings[key] = value;
  if (body.contains("transport") || body.contains("relay")) {
    const auto transport = transport_from(string_or(body, "transport", "relay"));
    auto route = providers_.route_by(*account->provider, *transport, string_or(body, "relay"));
    if (!route) co_return std::unexpected(route.error());
    if (transport == Transport::kDirect) route->endpoint = account->route.endpoint;
    account->route = std::move(*route);
  }
  auto kept = co_await book_.put(*account, std::nullopt);
  if (!kept) co_return std::unexpected(kept.error());
  co_return Json{{"account", book_.view(*account)}};
}

Task<Result<Json>> AccountCommands::run(Commands::Context /*context*/, Json body) {
  const std::string operation = string_or(body, "operation");
  const Json* description = operation_description(operation);
  if (description == nullptr) {
    co_return fail(ErrorCode::kNotFound, "There is no operation `" + operation + "`.",
                   "docs/provider-adapters.md describes them.", "operation");
  }
  Json input = body.value("input", Json::object());
  if (auto fine = check_schema((*description)["input"], input, "input"); !fine) {
    co_return std::unexpected(fine.error());
  }
  if (operation == "token.create") {
    co_return fail(ErrorCode::kForbidden, "A new token goes into the vault, not to who asks.",
                   "Use `account.rotate`.", "operation");
  }
  const std::string account = string_or(body, "account");
  const std::string service = string_or(input, "service");
  auto output = co_await book_.run(account, operation, std::move(input));
  if (!output) co_return std::unexpected(output.error());
  if (operation == "service.remove" && watcher_ != nullptr) {
    auto told = co_await watcher_->on_service_removed(account, service);
    if (!told) co_return std::unexpected(told.error());
  }
  co_return Json{{"output", std::move(*output)}};
}

// ---- another credential

Task<Result<Json>> AccountCommands::give(std::string id, Sensitive<std::string> credential) {
  auto account = book_.get(id);
  if (!account) co_return std::unexpected(account.error());
  auto verified =
      co_await book_.run_with(*account, credential.clone(), "account.verify", Json::object());
  if (!verified) co_return std::unexpected(verified.error());
  account = book_.get(id);
  if (!account) co_return std::unexpected(account.error());
  const std::string before = string_or(object_at(account->known, "identity"), "id");
  const std::string now = string_or(object_at(*verified, "identity"), "id");
  if (!before.empty() && before != now) {
    co_return fail(ErrorCode::kConflict,
                   "This credential is of `" + now + "`, the account is of `" + before + "`.",
                   "Connect it as an account of its own.", "fields");
  }
  learn(*account, *verified);
  auto kept = co_await book_.put(*account, std::move(credential));
  if (!kept) co_return std::unexpected(kept.error());
  co_return Json{{"account", book_.view(*account)}};
}

Task<Result<Json>> AccountCommands::rotate(Commands::Context /*context*/, Json body) {
  auto account = book_.get(string_or(body, "account"));
  if (!account) co_return std::unexpected(account.error());
  if (body.contains("fields")) {
    if (auto fine = check_fields(*account->provider, body["fields"]); !fine) {
      co_return std::unexpected(fine.error());
    }
    co_return co_await give(account->id, secrets_of(*account->provider, body["fields"]));
  }
  if (!offers_tokens(*account->provider)) {
    co_return fail(
        ErrorCode::kInvalidInput,
        std::string(account->provider->name) + " makes no tokens by its API.",
        "Make one at " + std::string(account->provider->token_page) + " and give it here.",
        "fields");
  }
  co_return co_await rotate_by_api(std::move(*account));
}

// The new one is made, tried and kept before the old one is ended.
Task<Result<Json>> AccountCommands::rotate_by_api(Account account) {
  const std::string id = account.id;
  auto made = co_await book_.run(
      id, "token.create", {{"name", "automator67-" + std::to_string(clock_.unix_now() / 1000)}});
  if (!made) co_return std::unexpected(made.error());
  Json& token = (*made)["token"];
  auto& secret = token["secret"].get_ref<std::string&>();
  auto old = co_await book_.credential_of(id);
  if (!old) co_return std::unexpected(old.error());
  // The provider's main secret is its first field; the others stay.
  Json fields = parse_json(old->expose()).value_or(Json::object());
  fields[std::string(account.provider->fields.front().name)] = secret;
  Sensitive<std::string> fresh = write_credential(fields);
  wipe(secret.data(), secret.size());
  for (auto& [name, value] : fields.items()) {
    auto& text = value.get_ref<std::string&>();
    wipe(text.data(), text.size());
  }
  auto given = co_await give(id, std::move(fresh));
  if (!given) {
    // The one that was made is of no use: ended again, or named.
    auto undone = co_await book_.run(id, "token.revoke", {{"token", string_or(token, "id")}});
    if (!undone) {
      given.error().lines.push_back("The token " + string_or(token, "id") +
                                    " was made and is not used: revoke it at " +
                                    std::string(account.provider->token_page) + ".");
    }
    co_return given;
  }
  const std::string old_token = string_or(account.settings, "tokenId");
  account.settings["tokenId"] = string_or(token, "id");
  auto now = book_.get(id);
  if (!now) co_return std::unexpected(now.error());
  now->settings["tokenId"] = account.settings["tokenId"];
  if (auto kept = co_await book_.put(*now, std::nullopt); !kept)
    co_return std::unexpected(kept.error());
  // Of a token that was pasted the API tells no id: the person ends it.
  if (old_token.empty()) {
    co_return Json{
        {"account", book_.view(*now)},
        {"byHand", end_by_hand(*account.provider, "it was made by hand, and " +
                                                      std::string(account.provider->name) +
                                                      " does not tell its id")}};
  }
  auto revoked = co_await book_.run(id, "token.revoke", {{"token", old_token}});
  if (!revoked) {
    co_return Json{{"account", book_.view(*now)},
                   {"byHand", end_by_hand(*account.provider, revoked.error().message)}};
  }
  co_return Json{{"account", book_.view(*now)}};
}

Task<Result<Json>> AccountCommands::disconnect(Commands::Context /*context*/, Json body) {
  const auto account = book_.get(string_or(body, "account"));
  if (!account) co_return std::unexpected(account.error());
  if (watcher_ != nullptr) {
    auto told = co_await watcher_->on_account_removed(account->id);
    if (!told) co_return std::unexpected(told.error());
  }
  auto gone = co_await book_.remove(account->id);
  if (!gone) co_return std::unexpected(gone.error());
  co_return Json::object();
}

}  // namespace a67
