#include "engine/api/account_book.h"

#include <algorithm>
#include <utility>

#include "engine/providers/operation_runner.h"

namespace a67 {
namespace {

std::string entity_of(const std::string& id) { return std::string(kAccountEntities) + id; }

// Overwrites the texts of a document that held a secret.
void wipe_texts(Json& value) {
  if (value.is_string()) {
    auto& text = value.get_ref<std::string&>();
    wipe(text.data(), text.size());
  } else if (value.is_structured()) {
    for (Json& member : value) wipe_texts(member);
  }
}

const Json& field_of(const FieldValues& values, std::string_view name) {
  static const Json kNothing;
  const auto found = values.find(name);
  return found == values.end() ? kNothing : found->second;
}

std::string text_of(const FieldValues& values, std::string_view name) {
  const Json& value = field_of(values, name);
  return value.is_string() ? value.get<std::string>() : std::string();
}

UnixMs time_of(const FieldValues& values, std::string_view name) {
  const Json& value = field_of(values, name);
  return value.is_number_integer() ? value.get<UnixMs>() : 0;
}

Json object_of(const FieldValues& values, std::string_view name) {
  const Json& value = field_of(values, name);
  return value.is_object() ? value : Json::object();
}

// Nothing when this version does not know the provider.
std::optional<Account> read_account(std::string id, const FieldValues& values) {
  const BuiltInProvider* known = find_provider(text_of(values, "provider"));
  if (known == nullptr) return std::nullopt;
  Account account{.id = std::move(id),
                  .provider = known->provider,
                  .name = text_of(values, "name"),
                  .settings = object_of(values, "settings"),
                  .known = object_of(values, "known"),
                  .connected_at = time_of(values, "connectedAt"),
                  .verified_at = time_of(values, "verifiedAt"),
                  .expires_at = time_of(values, "expiresAt")};
  const Json route = object_of(values, "route");
  account.route = {
      .transport = transport_from(string_or(route, "transport")).value_or(Transport::kDirect),
      .base = string_or(route, "base"),
      .endpoint = string_or(route, "endpoint")};
  if (const Json& problem = field_of(values, "problem"); problem.is_object()) {
    account.problem = error_from_json(problem);
  }
  return account;
}

Change change_of(const Account& account) {
  Change change{.fields = {}, .tombstones = {}, .note = "account"};
  const auto put = [&](const char* field, Json value) {
    change.fields.push_back({entity_of(account.id), field, std::move(value)});
  };
  put("provider", account.provider->id);
  put("name", account.name);
  put("settings", account.settings);
  put("known", account.known);
  put("route", {{"transport", to_string(account.route.transport)},
                {"base", account.route.base},
                {"endpoint", account.route.endpoint}});
  put("connectedAt", account.connected_at);
  put("verifiedAt", account.verified_at);
  put("expiresAt", account.expires_at);
  put("problem", account.problem ? to_json_error(*account.problem) : Json());
  return change;
}

}  // namespace

Sensitive<std::string> write_credential(const Json& fields) {
  return Sensitive<std::string>(dump_json(fields));
}

Credential read_credential(const Sensitive<std::string>& kept) {
  Credential credential;
  auto fields = parse_json(kept.expose());
  if (!fields || !fields->is_object()) return credential;
  for (auto& [name, value] : fields->items()) {
    if (value.is_string()) credential.put(name, Sensitive<std::string>(value.get<std::string>()));
  }
  wipe_texts(*fields);
  return credential;
}

std::vector<Account> AccountBook::all() const {
  std::vector<Account> accounts;
  const Entities& entities = doors_.store.log()->entities();
  for (auto at = entities.lower_bound(kAccountEntities);
       at != entities.end() && at->first.starts_with(kAccountEntities); ++at) {
    if (!at->second.visible()) continue;
    auto account = read_account(at->first.substr(kAccountEntities.size()), at->second.values());
    if (account) accounts.push_back(std::move(*account));
  }
  return accounts;
}

std::optional<Account> AccountBook::find(const std::string& id) const {
  const Entities& entities = doors_.store.log()->entities();
  const auto found = entities.find(entity_of(id));
  if (found == entities.end() || !found->second.visible()) return std::nullopt;
  return read_account(id, found->second.values());
}

Result<Account> AccountBook::get(const std::string& id) const {
  auto account = find(id);
  if (account) return std::move(*account);
  return fail(ErrorCode::kNotFound, "There is no account `" + id + "`.", "`accounts` lists them.",
              "account");
}

std::string AccountBook::free_id(const Provider& provider) const {
  std::string id(provider.id);
  for (std::size_t number = 2; find(id); ++number) {
    id = std::string(provider.id) + "-" + std::to_string(number);
  }
  return id;
}

// ---- policy cards

Result<PolicyCard> AccountBook::card_of(const BuiltInProvider& provider) const {
  auto card = parse_policy_card(provider.policy_card);
  if (!card) return card;
  const Entities& entities = doors_.store.log()->entities();
  const auto own = entities.find(std::string(kProviderEntities) + card->provider);
  if (own == entities.end()) return card;
  for (const auto& [key, value] : own->second.values()) {
    // One of a newer version, or of another type there: not ours to understand.
    if (value.is_object()) {
      (void)card->override_value(key, value.value("value", Json()), string_or(value, "note"));
    }
  }
  return card;
}

Task<Result<void>> AccountBook::override_policy(std::string provider, std::string key, Json value,
                                                std::string note) {
  Json kept =
      value.is_null() ? Json() : Json{{"value", std::move(value)}, {"note", std::move(note)}};
  Change change{
      .fields = {{std::string(kProviderEntities) + provider, std::move(key), std::move(kept)}},
      .tombstones = {},
      .note = "policy card"};
  auto done = co_await doors_.store.log()->append(std::move(change));
  if (!done) co_return std::unexpected(done.error());
  co_return Result<void>{};
}

// ---- keeping

Task<Result<void>> AccountBook::put(Account account,
                                    std::optional<Sensitive<std::string>> credential) {
  if (!find(account.id) && all().size() >= kAccountsMax) {
    co_return fail(ErrorCode::kTooLarge,
                   "There are " + std::to_string(kAccountsMax) + " accounts already.");
  }
  if (credential) {
    // The secret first: an account without one says so, a secret without an account is harmless.
    auto kept = co_await doors_.secrets.keep(
        secret_of(account.id), {.value = std::move(*credential),
                                .note = std::string(account.provider->name) + ": " + account.name,
                                .expires_at = account.expires_at});
    if (!kept) co_return kept;
  }
  if (const auto found = live_.find(account.id); found != live_.end()) {
    found->second->session.settings = account.settings;
    found->second->session.route = account.route;
  }
  auto done = co_await doors_.store.log()->append(change_of(account));
  if (!done) co_return std::unexpected(done.error());
  tell_of(account.id);
  co_return Result<void>{};
}

Task<Result<void>> AccountBook::remove(std::string id) {
  Change gone{.fields = {}, .tombstones = {entity_of(id)}, .note = "account removed"};
  auto done = co_await doors_.store.log()->append(std::move(gone));
  if (!done) co_return std::unexpected(done.error());
  auto forgotten = co_await doors_.secrets.forget(secret_of(id));
  if (const auto found = live_.find(id); found != live_.end() && found->second->users == 0) {
    live_.erase(found);
  }
  tell_of(id);
  co_return forgotten;
}

void AccountBook::tell_of(const std::string& id) {
  if (const auto account = find(id)) {
    doors_.emit("account.changed", {{"account", view(*account)}});
  } else {
    doors_.emit("account.removed", {{"account", id}});
  }
}

Task<Result<Sensitive<std::string>>> AccountBook::credential_of(std::string id) {
  auto kept = co_await doors_.secrets.use(secret_of(id));
  if (kept || kept.error().code != ErrorCode::kNotFound) co_return kept;
  co_return fail(ErrorCode::kUnauthorized,
                 "The credential of `" + id + "` is no longer in the vault.",
                 "Give the account a new one.", "account");
}

// ---- running

void AccountBook::prepare(AccountSession& session, const Account& account) const {
  session.provider = account.provider;
  session.settings = account.settings;
  session.route = account.route;
  if (const auto card = card_of(*find_provider(account.provider->id))) {
    session.schedule.set_limits(card->limits);
  }
}

AccountBook::Live& AccountBook::live(const Account& account) {
  auto& kept = live_[account.id];
  if (!kept) {
    kept = std::make_unique<Live>();
    prepare(kept->session, account);
  }
  kept->session.settings = account.settings;
  kept->session.route = account.route;
  return *kept;
}

// A session of its own: a credential that is only being tried must not meet the requests of one
// that is in use.
Task<Result<Json>> AccountBook::run_with(Account account, Sensitive<std::string> credential,
                                         std::string operation, Json input) {
  AccountSession session;
  prepare(session, account);
  session.credential = read_credential(credential);
  auto output =
      co_await run_operation(doors_.api, &session, std::move(operation), std::move(input));
  auto& trace = live(account).session.trace;
  for (TraceLine& line : session.trace) trace.push_back(std::move(line));
  while (trace.size() > AccountSession::kTraceLinesMax) trace.pop_front();
  co_return output;
}

Task<Result<Json>> AccountBook::run_kept(Account account, std::string operation, Json input) {
  auto credential = co_await credential_of(account.id);
  if (!credential) co_return std::unexpected(credential.error());
  Live& used = live(account);
  used.session.credential = read_credential(*credential);
  ++used.users;
  auto output =
      co_await run_operation(doors_.api, &used.session, std::move(operation), std::move(input));
  // Another operation may still need it.
  if (--used.users == 0) used.session.credential = Credential();
  co_return output;
}

Task<Result<Json>> AccountBook::run(std::string id, std::string operation, Json input) {
  auto account = get(id);
  if (!account) co_return std::unexpected(account.error());
  auto output = co_await run_kept(*account, std::move(operation), std::move(input));
  const bool refused = !output && output.error().code == ErrorCode::kUnauthorized;
  // The provider rarely says which of the many reasons it was.
  if (refused && account->expires_at != 0 && account->expires_at <= doors_.api.clock.unix_now()) {
    output.error().message +=
        " The token expired on " + rfc3339_from(account->expires_at).substr(0, 10) + ".";
    output.error().hint = "Replace it (account.rotate): make a new one at " +
                          std::string(account->provider->token_page) + " and give it here.";
  }
  if (refused || (output && account->problem)) {
    auto noted =
        co_await note_problem(id, refused ? std::optional<Error>(output.error()) : std::nullopt);
    if (!noted && output) co_return std::unexpected(noted.error());
  }
  co_return output;
}

Task<Result<void>> AccountBook::note_problem(std::string id, std::optional<Error> problem) {
  auto account = find(id);
  if (!account) co_return Result<void>{};
  account->problem = std::move(problem);
  co_return co_await put(std::move(*account), std::nullopt);
}

// ---- views

std::string AccountBook::sees(const Route& route) const {
  std::string relay;
  if (route.transport == Transport::kRelay && doors_.api.relays != nullptr) {
    for (const Relays::Node& node : doors_.api.relays->nodes()) {
      if (node.id == route.base) relay = node.name;
    }
  }
  return what_it_sees(route.transport, relay);
}

Json AccountBook::view(const Account& account) const {
  const Json secret = doors_.secrets.view(secret_of(account.id));
  const bool due = bool_or(secret, "due");
  Json capabilities = Json::array();
  for (const Capability one : account.provider->capabilities)
    capabilities.push_back(to_string(one));
  Json operations = Json::array();
  for (const Operation& one : account.provider->operations) operations.push_back(one.name);
  Json view = {{"id", account.id},
               {"provider", account.provider->id},
               {"providerName", account.provider->name},
               {"name", account.name},
               {"state", account.problem || secret.empty() ? "refused"
                         : due                             ? "due"
                                                           : "ok"},
               {"capabilities", capabilities},
               {"operations", operations},
               {"settings", account.settings},
               {"transport", to_string(account.route.transport)},
               {"sees", sees(account.route)},
               {"connectedAt", account.connected_at}};
  for (const char* field : {"identity", "scopes", "warnings", "workspaces"}) {
    if (account.known.contains(field)) view[field] = account.known[field];
  }
  if (account.route.transport == Transport::kRelay) view["relay"] = account.route.base;
  if (account.verified_at != 0) view["verifiedAt"] = account.verified_at;
  if (account.expires_at != 0) view["expiresAt"] = account.expires_at;
  if (secret.contains("changedAt")) view["credentialAt"] = secret["changedAt"];
  if (account.problem) view["problem"] = to_json_error(*account.problem);
  return view;
}

Json AccountBook::views() const {
  Json views = Json::array();
  for (const Account& one : all()) views.push_back(view(one));
  return views;
}

Json AccountBook::trace_of(const std::string& id) const {
  Json lines = Json::array();
  const auto found = live_.find(id);
  if (found == live_.end()) return lines;
  const auto& trace = found->second->session.trace;
  for (auto at = trace.rbegin(); at != trace.rend(); ++at) {
    Json line = {{"at", at->at},     {"operation", at->operation}, {"method", at->method},
                 {"path", at->path}, {"status", at->status},       {"tookMs", at->took_ms}};
    put_if(line, "error", at->error);
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace a67
