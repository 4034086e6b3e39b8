#include "engine/native/hub.h"

#include <algorithm>

namespace a67::native {
namespace {

constexpr std::string_view kStream = "app.logs";

Json refusal(std::int64_t id) {
  return {{"kind", "failed"},
          {"id", id},
          {"error", to_json_error(Error{.code = ErrorCode::kRateLimited,
                                        .message = "Too many commands are under way.",
                                        .hint = "Wait until some are done, then try again."})}};
}

}  // namespace

void Hub::from_client(ClientId client, const Json& message) {
  const std::string kind = string_or(message, "kind");
  const std::int64_t id = int_or(message, "id");
  if (kind == "cancel") {
    const auto found = std::ranges::find_if(routes_, [&](const auto& entry) {
      return entry.second.client == client && entry.second.id == id;
    });
    if (found != routes_.end()) doors_.to_engine({{"kind", "cancel"}, {"id", found->first}});
    return;
  }
  if (kind != "command") return;
  if (routes_.size() >= kRoutesMax) return doors_.to_client(client, refusal(id));
  const std::int64_t number = next_id_++;
  routes_.emplace(number, Route{.client = client, .id = id, .name = string_or(message, "name")});
  Json command = message;
  command["id"] = number;
  doors_.to_engine(command);
}

bool Hub::from_engine(const Json& message) {
  const auto found = routes_.find(int_or(message, "id"));
  if (found == routes_.end()) return false;
  const Route route = found->second;
  if (string_or(message, "kind") != "progress") routes_.erase(found);
  Json answer = message;
  answer["id"] = route.id;
  doors_.to_client(route.client, answer);
  return true;
}

void Hub::drop_client(ClientId client) {
  for (const auto& [number, route] : routes_) {
    if (route.client == client && route.name == kStream) {
      doors_.to_engine({{"kind", "cancel"}, {"id", number}});
    }
  }
}

}  // namespace a67::native
