// /via/<provider>/<host>/<path>: a request to a provider that the page's own host forwards
// (docs/sync-server.md). A static host forwards for anybody; a sync server that others can reach
// only for its controller, who adds an order token for exactly this method and path. The
// `Authorization` header is the provider's.
#pragma once

#include <optional>
#include <string_view>

#include "engine/fleet/node_client.h"
#include "engine/ports/http.h"

namespace a67 {

inline constexpr std::string_view kViaPath = "/via/";
inline constexpr std::string_view kViaOrderHeader = "X-Automator67-Order";
// Marks an answer as the server's own word: a 401 of it says nothing about the account's token. In
// lower case, as browsers name the headers of answers.
inline constexpr std::string_view kViaRefusalHeader = "x-automator67-refusal";

// Adds the token; it names no body, which may be streamed. REQUIRES: the URL's origin is the
// order's.
void sign_via(const OrderContext& order, HttpRequest& request);
// What the server itself says; nothing when it is the provider's answer.
std::optional<NodeRefusal> read_via_refusal(const HttpResponse& response);

}  // namespace a67
