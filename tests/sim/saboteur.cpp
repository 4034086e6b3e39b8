#include "tests/sim/saboteur.h"

#include <algorithm>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/fleet/node_client.h"

namespace a67::sim {
namespace {

// The number at the end of `guestbook-r12`.
int number_of(const ReleaseId& release) {
  const auto at = release.value.rfind('r');
  return at == std::string::npos ? 0 : std::stoi(release.value.substr(at + 1));
}

}  // namespace

void Saboteur::bend(Json& message, const Store& store) {
  const std::string kind = string_or(message, "kind");
  if (kind == "event" && sabotage_ == Sabotage::kBendEvent && message["name"] == "app.changed") {
    message["body"]["app"]["mood"] = "fine";
  }
  if (kind == "event" && sabotage_ == Sabotage::kLeakEnvironment &&
      message["name"] == "activity.added") {
    auto& text = message["body"]["activity"]["message"];
    text = text.get<std::string>() + " GREETING=" + std::string(kSecretMark) + "hello";
  }
  const bool rewrites = sabotage_ == Sabotage::kOrderTwice || sabotage_ == Sabotage::kNeverStop ||
                        sabotage_ == Sabotage::kDropOldEarly;
  if (rewrites && kind == "effect" && message["name"] == "http.send" &&
      message["body"]["method"] == "PUT" &&
      string_or(message["body"], "url").ends_with(kDesiredPath)) {
    bend_order(message["body"], store);
  }
}

void Saboteur::bend_order(Json& request, const Store& store) {
  const std::string url = string_or(request, "url");
  const auto node = std::ranges::find_if(
      nodes_, [&](const auto& one) { return url.starts_with(one->setup().url); });
  auto desired = desired_state_from_json(*parse_json(string_or(request, "body")));
  bend_desired(*desired, **node);

  Seed seed{};
  std::ranges::copy(*hex_decode(store.at("identity")), seed.begin());
  const SigningKey key{Sensitive(seed)};
  const HttpRequest forged = make_desired_request({.key = key,
                                                   .random = random_,
                                                   .node = (*node)->id(),
                                                   .url = (*node)->setup().url,
                                                   .epoch = desired->epoch,
                                                   .now = timeline_.unix_now()},
                                                  *desired);
  request["body"] = forged.body;
  request["headers"] = forged.headers;
}

void Saboteur::bend_desired(DesiredState& desired, const FakeNode& node) {
  auto& own = ordered_[node.id()];
  for (const DesiredReplica& replica : desired.replicas) own.insert_or_assign(replica.id, replica);
  if (node.setup().role == NodeRole::kGateway) return;
  if (sabotage_ == Sabotage::kNeverStop) {
    desired.replicas.clear();
    for (const auto& [id, replica] : own) desired.replicas.push_back(replica);
  } else if (sabotage_ == Sabotage::kOrderTwice) {
    for (const auto& [other, replicas] : ordered_) {
      if (other != node.id() && !replicas.empty()) {
        desired.replicas.push_back(replicas.begin()->second);
        return;
      }
    }
  } else {
    int newest = 0;
    for (const auto& replica : desired.replicas) {
      newest = std::max(newest, number_of(replica.release));
    }
    std::erase_if(desired.replicas,
                  [&](const auto& replica) { return number_of(replica.release) < newest; });
  }
}

}  // namespace a67::sim
