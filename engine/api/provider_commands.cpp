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

// Where the memory of a trial lies.
std::string field_of(const Route& route) {
  std::string field = "probe." + std::string(to_string(route.transport));
  return route.transport == Transport::kRelay ? field + "." + route.base : field;
}

}  // namespace

void ProviderCommands::add_to(Commands& commands) {
  commands.add("provider.list", this, &ProviderCommands::list);
  commands.add("provider.override", this, &ProviderCommands::override_value);
  commands.add("provider.probe", this, &ProviderCommands::probe);
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

std::vector<Relays::Node> ProviderCommands::nodes() const {
  return doors_.ports.relays == nullptr ? std::vector<Relays::Node>()
                                        : doors_.ports.relays->nodes();
}

std::vector<Route> ProviderCommands::ways(const PolicyCard& card) const {
  if (doors_.page_origin.empty()) return {Route{}};
  std::vector<Route> ways;
  for (const std::string& name : card.transports) {
    const auto way = transport_from(name);
    if (way == Transport::kDirect) ways.emplace_back();
    if (way == Transport::kRewrite) {
      ways.push_back({.transport = Transport::kRewrite, .base = doors_.page_origin});
    }
    if (way != Transport::kRelay) continue;
    for (const Relays::Node& node : nodes()) {
      if (node.awake) ways.push_back({.transport = Transport::kRelay, .base = node.id});
    }
  }
  return ways;
}

Result<std::string> ProviderCommands::relay_of(const std::string& given) const {
  const auto all = nodes();
  const auto found = std::ranges::find_if(all, [&](const Relays::Node& one) {
    return given.empty() ? one.awake : one.id == given || one.name == given;
  });
  if (found != all.end()) return found->id;
  return fail(ErrorCode::kInvalidInput,
              given.empty() ? "No node of yours is awake to forward requests."
                            : "`" + given + "` is no node of yours.",
              "Claim a node and name it, or choose another way.", "relay");
}

Result<Route> ProviderCommands::route_by(const Provider& provider, Transport transport,
                                         const std::string& relay) const {
  Route route{.transport = transport};
  if (transport == Transport::kDirect) return route;
  const auto card = doors_.book.card_of(*find_provider(provider.id));
  if (!card) return std::unexpected(card.error());
  const bool rewrite = transport == Transport::kRewrite;
  if (!std::ranges::contains(card->transports, to_string(transport)) ||
      (rewrite && doors_.page_origin.empty())) {
    return fail(ErrorCode::kInvalidInput,
                rewrite ? "No page's host forwards to " + std::string(provider.name) + " from here."
                        : "Nodes do not forward to " + std::string(provider.name) + ".",
                "Choose another way.", "transport");
  }
  if (rewrite) {
    route.base = doors_.page_origin;
    return route;
  }
  auto node = relay_of(relay);
  if (!node) return std::unexpected(node.error());
  route.base = std::move(*node);
  return route;
}

std::optional<ProviderCommands::Trial> ProviderCommands::remembered(const std::string& provider,
                                                                    const Route& route) const {
  const Json& kept = value_at(doors_.store.log()->entities(),
                              std::string(kProviderEntities) + provider, field_of(route));
  const UnixMs at = int_or(kept, "at");
  if (at == 0 || doors_.ports.clock.unix_now() - at > kProbeKept.count()) return std::nullopt;
  // Of another origin, another answer.
  if (string_or(kept, "origin") != doors_.page_origin) return std::nullopt;
  const auto verdict = std::ranges::find(kVerdicts, string_or(kept, "verdict"));
  if (verdict == kVerdicts.end()) return std::nullopt;
  const Trial trial{.verdict = static_cast<ProbeVerdict>(verdict - kVerdicts.begin()), .at = at};
  // A node or a host that did not may have been updated, moved or claimed.
  if (route.transport != Transport::kDirect && trial.verdict != ProbeVerdict::kWorks) {
    return std::nullopt;
  }
  return std::optional<Trial>(trial);
}

Task<void> ProviderCommands::remember(std::string provider, Route route, Trial trial) {
  Json kept = {
      {"verdict", name_of(trial.verdict)}, {"at", trial.at}, {"origin", doors_.page_origin}};
  Change change{
      .fields = {{std::string(kProviderEntities) + provider, field_of(route), std::move(kept)}},
      .tombstones = {},
      .note = "transport tried"};
  // Only a memory: tried again when it was not kept.
  (void)co_await doors_.store.log()->append(std::move(change));
}

Task<ProviderCommands::Trial> ProviderCommands::try_way(const Provider* provider, Route route) {
  Trial trial{.at = doors_.ports.clock.unix_now()};
  const ApiRequest request = probe_request(*provider);
  const auto url = url_of(*provider, route, request.host, request.path);
  if (!url) co_return trial;
  HttpRequest http{.method = request.method,
                   .url = *url,
                   .headers = request.headers,
                   .timeout = request.timeout};
  const Transport way = route.transport;
  const bool rewrite = way == Transport::kRewrite;
  auto answer =
      co_await send_by(doors_.ports, provider, std::move(route), request.host, std::move(http));
  trial.verdict = probe_verdict(answer);
  if (!answer && way != Transport::kDirect) trial.why = answer.error().message;
  // A static host that forwards nothing answers with its own page.
  if (rewrite && answer &&
      (answer->status == 404 || answer->status == 405 || answer->body.starts_with('<'))) {
    trial.verdict = ProbeVerdict::kBlocked;
  }
  // The page's host is there; whether it reaches the provider is not known.
  if (rewrite && answer && answer->status >= 502) trial.verdict = ProbeVerdict::kUnknown;
  co_return trial;
}

Task<Result<Json>> ProviderCommands::probe(Commands::Context /*context*/, Json body) {
  const auto provider = get_provider(string_or(body, "provider"));
  if (!provider) co_return std::unexpected(provider.error());
  const auto card = doors_.book.card_of(**provider);
  if (!card) co_return std::unexpected(card.error());
  Json views = Json::array();
  for (const Route& way : ways(*card)) {
    const Trial trial = co_await try_way((*provider)->provider, way);
    co_await remember(std::string((*provider)->provider->id), way, trial);
    Json view = {{"transport", to_string(way.transport)},
                 {"verdict", name_of(trial.verdict)},
                 {"triedAt", trial.at},
                 {"sees", doors_.book.sees(way)}};
    if (way.transport == Transport::kRelay) view["relay"] = way.base;
    put_if(view, "why", trial.why);
    views.push_back(std::move(view));
  }
  co_return Json{{"transports", views}};
}

Task<Result<Route>> ProviderCommands::choose_route(std::string id) {
  const auto provider = get_provider(id);
  if (!provider) co_return std::unexpected(provider.error());
  const auto card = doors_.book.card_of(**provider);
  if (!card) co_return std::unexpected(card.error());
  const std::vector<Route> all = ways(*card);
  if (all.size() == 1) co_return all.front();
  for (const Route& way : all) {
    auto known = remembered(id, way);
    if (!known) {
      known = co_await try_way((*provider)->provider, way);
      if (known->verdict != ProbeVerdict::kUnknown) co_await remember(id, way, *known);
    }
    if (known->verdict == ProbeVerdict::kWorks) co_return way;
  }
  co_return fail(
      ErrorCode::kUnreachable,
      std::string((*provider)->provider->name) +
          " does not answer a web page, and neither this page's host nor a node of yours forwards "
          "to it.",
      "Claim a node that is awake: it can forward. Or put the page on a host that has its rewrites "
      "(netlify.toml, vercel.json), or use the command line.",
      "transport");
}

}  // namespace a67
