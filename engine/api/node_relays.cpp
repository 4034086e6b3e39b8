#include "engine/api/node_relays.h"

#include <algorithm>
#include <utility>

#include "engine/fleet/relay_message.h"
#include "engine/fleet/via_message.h"

namespace a67 {
namespace {

constexpr std::size_t kIdLetters = 12;
constexpr const char* kOtherWay = "Choose another way for this account.";

bool changes_nothing(const std::string& method) { return method == "GET" || method == "HEAD"; }

// The request did not reach the node, or its answer did not reach us.
Error first_hop(Error error, const std::string& node, bool safe) {
  // A browser cannot say whether a request had left; asking again does no harm here.
  if (error.code == ErrorCode::kOutcomeUnknown && safe) error.code = ErrorCode::kUnreachable;
  if (error.code == ErrorCode::kOffline) return error;
  error.message = node + ", which forwards for this account, could not be asked: " + error.message;
  error.hint = "Check that it is awake and reachable from here. " + std::string(kOtherWay);
  return error;
}

// The node answered, but not with the provider's answer.
Error refused(Error error, const std::string& node, const std::string& provider) {
  switch (error.code) {
    case ErrorCode::kNotFound:
      // Not what was asked for at the provider: that must not be taken for gone.
      error.code = ErrorCode::kForbidden;
      error.message = node + " is too old to forward requests.";
      error.hint = "Update automator67-node there. " + std::string(kOtherWay);
      break;
    case ErrorCode::kUnauthorized:
    case ErrorCode::kClockSkew:
      // Not the account's credential: that must not be taken for refused.
      error.code = ErrorCode::kForbidden;
      error.message = node + " refuses our orders: " + error.message;
      error.hint = "Look at the node's page. If it was reset, remove it and claim it again.";
      break;
    case ErrorCode::kForbidden:
      error.message = node + " does not forward this to " + provider + ": " + error.message;
      error.hint = "A newer automator67-node may. " + std::string(kOtherWay);
      break;
    case ErrorCode::kUnreachable:
    case ErrorCode::kTimeout:
    case ErrorCode::kOutcomeUnknown:
      error.message = "From " + node + ": " + error.message;
      break;
    default:
      error.message = node + " did not forward it: " + error.message;
      break;
  }
  error.field.clear();
  return error;
}

}  // namespace

std::vector<Relays::Node> NodeRelays::nodes() const {
  std::vector<Node> nodes;
  if (!controller_) return nodes;
  for (const NodeRecord& record : controller_->state().nodes) {
    const auto link = controller_->links().find(record.id);
    nodes.push_back({.id = record.id.value,
                     .name = record.name,
                     .awake = link != controller_->links().end() &&
                              link->second->state() == NodeState::kAwake});
  }
  return nodes;
}

OrderContext NodeRelays::order_for(const NodeRecord& node) const {
  const Ports& ports = controller_->ports();
  return {.key = controller_->key(),
          .random = ports.random,
          .node = node.id,
          .url = node.url,
          .epoch = controller_->epoch(),
          .now = ports.clock.unix_now()};
}

Task<Result<HttpResponse>> NodeRelays::send_via(std::string origin, std::string provider,
                                                HttpRequest request) {
  std::string name = "This page's host";
  const auto& nodes = controller_->state().nodes;
  const auto own = std::ranges::find(nodes, origin, &NodeRecord::url);
  const bool claimed = own != nodes.end();
  if (claimed) {
    name = own->name;
    sign_via(order_for(*own), request);
  }
  auto response = co_await controller_->ports().http.send(std::move(request));
  if (!response) co_return response;
  auto refusal = read_via_refusal(*response);
  if (!refusal) co_return response;
  const bool unauthorized = refusal->error.code == ErrorCode::kUnauthorized;
  Error error = refused(std::move(refusal->error), name, provider);
  if (unauthorized && !claimed) {
    error.hint = "If it is yours, claim it as a node. " + std::string(kOtherWay);
  }
  co_return std::unexpected(std::move(error));
}

Task<Result<HttpResponse>> NodeRelays::send(std::string node, std::string provider,
                                            HttpRequest request) {
  const NodeRecord* record = controller_ ? controller_->state().find_node(NodeId(node)) : nullptr;
  if (record == nullptr) {
    co_return fail(ErrorCode::kForbidden,
                   "The node that forwarded for this account is no longer yours.", kOtherWay,
                   "relay");
  }
  const std::string name = record->name;
  if (!request.blob.empty()) {
    co_return fail(ErrorCode::kForbidden, "Files are not forwarded by " + name + ".", kOtherWay);
  }
  if (request.body.size() > kRelayBodyBytesMax) {
    co_return fail(ErrorCode::kForbidden,
                   name + " forwards at most " + std::to_string(kRelayBodyBytesMax >> 20) +
                       " MiB at a time, and this is more.",
                   kOtherWay);
  }
  const Ports& ports = controller_->ports();
  const OrderContext order = order_for(*record);
  const bool safe = changes_nothing(request.method);
  RelayRequest wanted{
      .id = ports.random.make_name(kIdLetters), .provider = provider, .http = std::move(request)};
  auto response = co_await ports.http.send(make_relay_request(order, wanted));
  if (!response) co_return std::unexpected(first_hop(std::move(response.error()), name, safe));
  auto answer = read_relay_response(*response);
  if (answer) co_return std::move(*answer);
  Error error = std::move(answer.error().error);
  // Something in between spoke instead of the node: it may have passed the request on all the same.
  const bool unclear =
      response->status == 200 || (response->status >= 500 && error.code == ErrorCode::kInternal);
  if (unclear) error.code = safe ? ErrorCode::kUnreachable : ErrorCode::kOutcomeUnknown;
  co_return std::unexpected(refused(std::move(error), name, provider));
}

}  // namespace a67
