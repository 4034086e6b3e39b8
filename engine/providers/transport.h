// Transports: the ways a request gets from the engine's host to a provider. Pure.
//
// direct: to the provider itself. rewrite: to a path of the page's own origin, which the static
// host forwards (`/via/<provider>/<host>/...`, generated into netlify.toml and vercel.json by
// scripts/generate). relay: to a node of the person's own, which carries it out from where it is,
// to the same hosts and paths only (POST /v1/relay, docs/node-protocol.md). Native hosts need none
// but direct, because CORS is a browser's rule; an access list of addresses may make them want a
// relay.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/task.h"
#include "engine/base/time.h"
#include "engine/providers/forwards.h"
#include "engine/providers/provider.h"

namespace a67 {

enum class Transport : std::uint8_t { kDirect, kRewrite, kRelay };

std::string_view to_string(Transport transport);  // "direct"
std::optional<Transport> transport_from(std::string_view name);

// How an account's requests go.
struct Route {
  Transport transport = Transport::kDirect;
  std::string base = {};      // rewrite: the page's origin; relay: the node's id
  std::string endpoint = {};  // instead of the provider's origins: self-hosted, or a fake in a test
};

// The URL of a request without its query; by relay, the one the node asks. Errors: kInvalidInput
// when the host is neither known nor an https origin that one of the provider's patterns matches;
// kForbidden when the transport cannot carry it (an account's own host name through `rewrite`).
Result<std::string> url_of(const Provider& provider, const Route& route, std::string_view host,
                           std::string_view path);

// How a request to `host` (as for url_of) really goes: directly to hosts that answer any page.
Transport way_to(const Provider& provider, const Route& route, std::string_view host);

// What a hop on the way can see, for people. `relay` is the node's name.
std::string what_it_sees(Transport transport, std::string_view relay = {});

// What of the person's own stands on the way to providers: the nodes that carry requests for
// accounts that go by relay, and the page's host where it is their sync server.
class Relays {
 public:
  struct Node {
    std::string id;
    std::string name;
    bool awake = false;
  };
  virtual ~Relays() = default;
  // Those this person has claimed.
  [[nodiscard]] virtual std::vector<Node> nodes() const = 0;
  // Errors: those of Http::send(), and for what the node does not do: kForbidden (no such node, too
  // old, not on its list, too large, it obeys somebody else), kStaleEpoch, kRateLimited (too much
  // at a time). All of them name the hop that failed, and none is the provider's word.
  virtual Task<Result<HttpResponse>> send(std::string node, std::string provider,
                                          HttpRequest request) = 0;
  // To a path that the page's host at `origin` forwards: with an order's token where that host is
  // claimed. Errors: those of Http::send(), and for what the host itself refuses those of send().
  virtual Task<Result<HttpResponse>> send_via(std::string origin, std::string provider,
                                              HttpRequest request) = 0;
};

// ---- probing, once per account and transport; remembered with an expiry

enum class ProbeVerdict : std::uint8_t {
  kWorks,    // an answer came through, whatever it said
  kBlocked,  // a network error: CORS, or nobody there; or a node that does not forward it
  kUnknown,  // timeout, offline: no evidence either way
};
inline constexpr Duration kProbeKept = std::chrono::hours(24) * 7;

// A call with a credential that nobody has: 401 or 403 proves that an answer can be read.
ApiRequest probe_request(const Provider& provider);
ProbeVerdict probe_verdict(const Result<HttpResponse>& answer);

}  // namespace a67
