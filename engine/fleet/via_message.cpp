#include "engine/fleet/via_message.h"

#include <algorithm>
#include <string>

#include "engine/fleet/order_request.h"

namespace a67 {

void sign_via(const OrderContext& order, HttpRequest& request) {
  const std::string_view url = request.url;
  const auto begin = url.find('/', url.find("://") + 3);
  const std::string_view path = url.substr(begin, url.find('?', begin) - begin);
  request.headers.emplace_back(kViaOrderHeader,
                               make_token(order, request.method, path, std::nullopt));
}

std::optional<NodeRefusal> read_via_refusal(const HttpResponse& response) {
  const bool own = std::ranges::any_of(
      response.headers, [](const auto& header) { return header.first == kViaRefusalHeader; });
  if (!own) return std::nullopt;
  return read_refusal(response);
}

}  // namespace a67
