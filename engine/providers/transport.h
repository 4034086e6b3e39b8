// Transports: the ways a request gets from the engine's host to a provider. Pure.
//
// direct: to the provider itself. rewrite: to a path of the page's own origin, which the static
// host forwards (`/via/<provider>/<host>/...`, generated into netlify.toml and vercel.json by
// scripts/generate). relay: to a node or sync server of the person's own, which forwards the same
// paths and wants the person's token. Native hosts need none but direct: CORS is a browser's rule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/providers/provider.h"

namespace a67 {

enum class Transport : std::uint8_t { kDirect, kRewrite, kRelay };

std::string_view to_string(Transport transport);  // "direct"
std::optional<Transport> transport_from(std::string_view name);

// How an account's requests go.
struct Route {
  Transport transport = Transport::kDirect;
  std::string base = {};      // rewrite: the page's origin; relay: the relay's address
  std::string endpoint = {};  // instead of the provider's origins: self-hosted, or a fake in a test
};

// The URL of a request without its query. Errors: kInvalidInput when the host is neither known nor
// an https origin that one of the provider's patterns matches; kForbidden when the transport
// cannot carry it (an account's own host name through `rewrite`).
Result<std::string> url_of(const Provider& provider, const Route& route, std::string_view host,
                           std::string_view path);

// True when `origin` is https (or loopback http) and matches a pattern with at most one "*" label.
bool origin_matches(std::string_view pattern, std::string_view origin);

// What a hop on the way can see, for people.
std::string_view what_it_sees(Transport transport);

// ---- probing, once per account and transport; remembered with an expiry

enum class ProbeVerdict : std::uint8_t {
  kWorks,    // an answer came through, whatever it said
  kBlocked,  // a network error: CORS, or nobody there
  kUnknown,  // timeout, offline: no evidence either way
};
inline constexpr Duration kProbeKept = std::chrono::hours(24) * 7;

// A call with a credential that nobody has: 401 or 403 proves that an answer can be read.
ApiRequest probe_request(const Provider& provider);
ProbeVerdict probe_verdict(const Result<HttpResponse>& answer);

}  // namespace a67
