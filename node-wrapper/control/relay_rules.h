// Which requests a node carries out for its controller, and what of them leaves it. Pure.
//
// The controller is trusted to order, and still a node asks nobody but the providers of the policy
// cards: a stolen controller key must not turn nodes into a way into the networks they stand in.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/fleet/relay_message.h"
#include "engine/providers/forwards.h"

namespace a67 {

struct RelayRules {
  std::span<const Forward> table = forwards();
  // Instead of the providers: <elsewhere>/<provider>/<host>/..., for tests. Loopback, or nothing.
  std::string elsewhere;
};

// A loopback origin for RelayRules::elsewhere.
bool is_loopback_origin(std::string_view text);

// A request for /via/<provider>/<host>/<path> of the page's own host, as one to the provider; of
// its headers only those that are forwarded. kNotFound: no such provider, host or path. Addresses
// of an account's own (a "*" in the origin) have no such path.
Result<RelayRequest> read_via(const RelayRules& rules, std::string_view target, HttpRequest http);

// The request as it leaves. kForbidden: the host, the path or a header is on no list.
Result<HttpRequest> permit_relay(const RelayRules& rules, RelayRequest request);

// Only the headers that may be told.
HttpResponse permit_answer(HttpResponse answer);

}  // namespace a67
