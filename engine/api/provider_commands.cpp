#include "engine/api/provider_commands.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/names.h"

namespace a67 {
namespace {

constexpr std::array kVerdicts = {"works", "blocked", "unknown"};

const char* name_of(ProbeVerdict verdict) {
  return kVerdicts.at(static_cast<std::size_t>(verdict));
}

std::string_view name_of(OAuthFlow::Kind kind) {
  switch (kind) {
    case OAuthFlow::Kind::kNone:
      return "none";
    case OAuthFlow::Kind::kImplicit:
      return "implicit";
    case OAuthFlow::Kind::kPkce:
      return "pkce";
    case OAuthFlow::Kind::kGoogleToken:
      return "google";
  }
  return "";
}

Json view_of(const PolicyValue& value, UnixMs now) {
  std::string label = value.key;
  std::string_view type;
  for (const PolicyKey& key : policy_keys()) {
    if (key.key != value.key) continue;
    label = key.label;
    type = key.type == 'n'   ? "number"
           : key.type == 'b' ? "boolean"
           : key.type == 'l' ? "list"
                             : "text";
  }
  Json view = {{"key", value.key},   {"label", label},       {"source", value.source},
               {"date", value.date}, {"trust", value.trust}, {"stale", is_stale(value, now)}};
  if (!type.empty()) view["type"] = type;
  put_if(view, "value", value.value);
  put_if(view, "unit", value.unit);
  put_if(view, "note", value.note);
  if (value.overridden) view["overridden"] = *value.overridden;
  put_if(view, "overrideNote", value.override_note);
  return view;
}

Result<const BuiltInProvider*> get_provider(const std::string& id) {
  if (const BuiltInProvider* found = find_provider(id)) return found;
  std::vector<std::string_view> ids;
  for (const BuiltInProvider& one : built_in_providers()) ids.push_back(one.provider->id);
  const auto near = nearest(id, ids);
  return fail(ErrorCode::kNotFound, "There is no provider `" + id + "`.",
              near ? "Did you mean `" + std::string(*near) + "`?" : "`providers` lists them.",
              "provider");
}

}  // namespace

void ProviderCommands::add_to(Commands& commands) {
  using Method = Task<Result<Json>> (ProviderCommands::*)(Commands::Context, Json);
  const auto add = [&](const char* name, Method method) {
    commands.add(name, [this, method](Commands::Context context, Json body) {
      return (this->*method)(std::move(context), std::move(body));
    });
  };
  add("provider.list", &ProviderCommands::list);
  add("provider.override", &ProviderCommands::override_value);
  add("provider.probe", &ProviderCommands::probe);
}

Json ProviderCommands::view(const BuiltInProvider& built_in) const {
  const Provider& provider = *built_in.provider;
  Json view = {{"id", provider.id},
               {"name", provider.name},
               {"tokenPage", provider.token_page},
               {"leastScopes", provider.least_scopes},
               {"oauth", name_of(provider.oauth.kind)},
               {"summary", ""},
               {"transports", Json::array()},
               {"values", Json::array()},
               {"capabilities", Json::array()},
               {"operations", Json::array()},
               {"fields", Json::array()}};
  put_if(view, "oauthNote", std::string(provider.oauth.note));
  for (const Capability one : provider.capabilities) view["capabilities"].push_back(to_string(one));
  for (const Operation& one : provider.operations) view["operations"].push_back(one.name);
  for (const CredentialField& one : provider.fields) {
    Json field = {{"name", one.name},
                  {"label", one.label},
                  {"secret", one.secret},
                  {"required", one.required}};
    put_if(field, "hint", std::string(one.hint));
    view["fields"].push_back(std::move(field));
  }
  if (const auto card = doors_.book.card_of(built_in)) {
    view["summary"] = card->summary;
    view["transports"] = card->transports;
    for (const PolicyValue& one : card->values) {
      view["values"].push_back(view_of(one, doors_.ports.clock.unix_now()));
    }
  }
  return view;
}

Task<Result<Json>> ProviderCommands::list(Commands::Context /*context*/, Json /*body*/) {
  Json providers = Json::array();
  for (const BuiltInProvider& one : built_in_providers()) providers.push_back(view(one));
  std::sort(providers.begin(), providers.end(), [](const Json& a, const Json& b) {
    return string_or(a, "name") < string_or(b, "name");
  });
  co_return Json{{"providers", providers}};
}

Task<Result<Json>> ProviderCommands::override_value(Commands::Context /*context*/, Json body) {
  const auto provider = get_provider(string_or(body, "provider"));
  if (!provider) co_return std::unexpected(provider.error());
  const std::string key = string_or(body, "key");
  auto card = doors_.book.card_of(**provider);
  if (!card) co_return std::unexpected(card.error());
  if (body.contains("value")) {
    if (auto fits = card->override_value(key, body["value"], string_or(body, "note")); !fits) {
      co_return std::unexpected(fits.error());
    }
  }
  auto kept =
      co_await doors_.book.override_policy(std::string((*provider)->provider->id), key,
                                           body.value("value", Json()), string_or(body, "note"));
  if (!kept) co_return std::unexpected(kept.error());
  co_return Json{{"provider", view(**provider)}};
}

// ---- transports

std::vector<Transport> ProviderCommands::ways(const PolicyCard& card,
                                              const std::string& relay) const {
  if (doors_.page_origin.empty()) return {Transport::kDirect};
  std::vector<Transport> ways;
  for (const std::string& name : card.transports) {
    const auto way = transport_from(name);
    if (way && (*way != Transport::kRelay || !relay.empty())) ways.push_back(*way);
  }
  return ways;
}

Route ProviderCommands::route_by(Transport transport, const std::string& relay) const {
  return {.transport = transport,
          .base = transport == Transport::kRewrite ? doors_.page_origin
                  : transport == Transport::kRelay ? relay
                                                   : std::string()};
}

std::optional<ProviderCommands::Trial> ProviderCommands::remembered(const std::string& provider,
                                                                    Transport transport) const {
  const Json& kept =
      value_at(doors_.store.log()->entities(), std::string(kProviderEntities) + provider,
               "probe." + std::string(to_string(transport)));
  const UnixMs at = int_or(kept, "at");
  if (at == 0 || doors_.ports.clock.unix_now() - at > kProbeKept.count()) return std::nullopt;
  // Of another origin, another answer.
  if (string_or(kept, "origin") != doors_.page_origin) return std::nullopt;
  const auto verdict = std::ranges::find(kVerdicts, string_or(kept, "verdict"));
  if (verdict == kVerdicts.end()) return std::nullopt;
  return Trial{.transport = transport,
               .verdict = static_cast<ProbeVerdict>(verdict - kVerdicts.begin()),
               .at = at};
}

Task<void> ProviderCommands::remember(std::string provider, Trial trial) {
  Json kept = {
      {"verdict", name_of(trial.verdict)}, {"at", trial.at}, {"origin", doors_.page_origin}};
  Change change{.fields = {{std::string(kProviderEntities) + provider,
                            "probe." + std::string(to_string(trial.transport)), std::move(kept)}},
                .tombstones = {},
                .note = "transport tried"};
  // Only a memory: tried again when it was not kept.
  (void)co_await doors_.store.log()->append(std::move(change));
}

Task<ProviderCommands::Trial> ProviderCommands::try_way(const Provider* provider, Route route) {
  Trial trial{.transport = route.transport, .at = doors_.ports.clock.unix_now()};
  const ApiRequest request = probe_request(*provider);
  const auto url = url_of(*provider, route, request.host, request.path);
  if (!url) co_return trial;
  HttpRequest http{.method = request.method,
                   .url = *url,
                   .headers = request.headers,
                   .timeout = request.timeout};
  auto answer = co_await doors_.ports.http.send(std::move(http));
  trial.verdict = probe_verdict(answer);
  // A static host that forwards nothing answers with its own page.
  const bool forwarded = route.transport != Transport::kDirect;
  if (forwarded && answer &&
      (answer->status == 404 || answer->status == 405 || answer->body.starts_with('<'))) {
    trial.verdict = ProbeVerdict::kBlocked;
  }
  co_return trial;
}

Task<Result<Json>> ProviderCommands::probe(Commands::Context /*context*/, Json body) {
  const auto provider = get_provider(string_or(body, "provider"));
  if (!provider) co_return std::unexpected(provider.error());
  const auto card = doors_.book.card_of(**provider);
  if (!card) co_return std::unexpected(card.error());
  const std::string relay = string_or(body, "relay");
  Json views = Json::array();
  for (const Transport way : ways(*card, relay)) {
    const Trial trial = co_await try_way((*provider)->provider, route_by(way, relay));
    co_await remember(std::string((*provider)->provider->id), trial);
    views.push_back({{"transport", to_string(way)},
                     {"verdict", name_of(trial.verdict)},
                     {"triedAt", trial.at},
                     {"sees", what_it_sees(way)}});
  }
  co_return Json{{"transports", views}};
}

Task<Result<Route>> ProviderCommands::choose_route(std::string id, std::string relay) {
  const auto provider = get_provider(id);
  if (!provider) co_return std::unexpected(provider.error());
  const auto card = doors_.book.card_of(**provider);
  if (!card) co_return std::unexpected(card.error());
  const std::vector<Transport> all = ways(*card, relay);
  if (all.size() == 1) co_return route_by(all.front(), relay);
  for (const Transport way : all) {
    auto known = remembered(id, way);
    if (!known) {
      known = co_await try_way((*provider)->provider, route_by(way, relay));
      if (known->verdict != ProbeVerdict::kUnknown) co_await remember(id, *known);
    }
    if (known->verdict == ProbeVerdict::kWorks) co_return route_by(way, relay);
  }
  co_return fail(
      ErrorCode::kUnreachable,
      std::string((*provider)->provider->name) +
          " does not answer a web page, and neither this page's host nor a relay of yours "
          "forwards to it.",
      "Put the page on a host that has its rewrites (netlify.toml, vercel.json), name a relay "
      "(a node of yours), or use the command line.",
      "transport");
}

}  // namespace a67
