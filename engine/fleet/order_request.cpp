#include "engine/fleet/order_request.h"

#include <utility>

#include "engine/fleet/order_token.h"

namespace a67 {

std::string make_token(const OrderContext& order, std::string_view method, std::string_view path,
                       std::optional<Digest> sum) {
  OrderClaims claims;
  claims.audience = order.node;
  claims.issued_at = order.now / 1000;
  claims.expires_at = claims.issued_at + kOrderLifeSeconds;
  claims.id = make_token_id(order.random);
  claims.epoch = order.epoch;
  claims.action = std::string(method) + ' ' + std::string(path);
  claims.sum = sum;
  return make_order_token(order.key, claims);
}

HttpRequest make_order(const OrderContext& order, std::string_view method, std::string_view path,
                       std::optional<Digest> sum) {
  HttpRequest request;
  request.method = method;
  request.url = order.url + std::string(path);
  request.headers = {{"Authorization", "Bearer " + make_token(order, method, path, sum)}};
  return request;
}

NodeRefusal refusal_of(const Error& error) { return {.error = error, .now = {}, .epoch = {}}; }

NodeRefusal read_refusal(const HttpResponse& response) {
  const auto value = parse_json(response.body);
  NodeRefusal refusal = node_refusal_from_json(value ? *value : Json::object());
  if (!value) {
    refusal.error.message =
        "The node answered with status " + std::to_string(response.status) + " and no reason.";
    refusal.error.hint = "Is this a node's control address, and is nothing in between?";
  }
  return refusal;
}

}  // namespace a67
