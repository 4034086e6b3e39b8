// A request that carries an order token for exactly itself: what every order to a node is built of.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/fleet/node_client.h"

namespace a67 {

// `path` without a query; `sum` of the body, when the token is to name it.
std::string make_token(const OrderContext& order, std::string_view method, std::string_view path,
                       std::optional<Digest> sum);
HttpRequest make_order(const OrderContext& order, std::string_view method, std::string_view path,
                       std::optional<Digest> sum);

NodeRefusal refusal_of(const Error& error);
// What an answer that is no success says, in the node's words or in ours.
NodeRefusal read_refusal(const HttpResponse& response);

}  // namespace a67
