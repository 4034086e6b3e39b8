// Requests a controller sends to a node, and what the answers mean. Values only: nothing is sent
// here.
//
// Every request but `hello` carries a fresh order token for exactly that request; a request that is
// sent twice is refused, so build it anew for every attempt.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "engine/base/crypto.h"
#include "engine/base/random.h"
#include "engine/fleet/node_protocol.h"
#include "engine/ports/http.h"
#include "engine/ports/stream.h"

namespace a67 {

// Who orders whom, when. REQUIRES: `key` and `random` outlive the call.
struct OrderContext {
  const SigningKey& key;
  Random& random;
  NodeId node;
  std::string url;  // the node's control URL, without a slash at its end
  std::int64_t epoch = 1;
  UnixMs now = 0;  // by the node's clock as far as we know it
};

// Life of the tokens made here. Long enough for a slow network, short enough to be worthless to a
// thief.
inline constexpr std::int64_t kOrderLifeSeconds = 30;

HttpRequest make_hello_request(std::string_view url);
HttpRequest make_claim_request(const OrderContext& order, const ClaimRequest& claim);
HttpRequest make_unclaim_request(const OrderContext& order);
HttpRequest make_status_request(const OrderContext& order);
HttpRequest make_desired_request(const OrderContext& order, const DesiredState& desired);
// Streams the host's blob of that name. The node checks the SHA-256, so the token names no body.
HttpRequest make_release_request(const OrderContext& order, const std::string& sha256,
                                 ArchiveFormat format);
StreamRequest make_events_stream(const OrderContext& order);
StreamRequest make_logs_stream(const OrderContext& order, const LogsRequest& logs);

template <class T>
using NodeAnswer = std::expected<T, NodeRefusal>;

NodeAnswer<Hello> read_hello_answer(const HttpResponse& response);
NodeAnswer<ClaimAnswer> read_claim_answer(const HttpResponse& response);
NodeAnswer<void> read_unclaim_answer(const HttpResponse& response);
NodeAnswer<NodeStatus> read_status_answer(const HttpResponse& response);
NodeAnswer<DesiredAnswer> read_desired_answer(const HttpResponse& response);
NodeAnswer<ReleaseAnswer> read_release_answer(const HttpResponse& response);
// Messages of the two streams. A node that refuses the token sends a refusal as its last message.
NodeAnswer<NodeStatus> read_events_message(std::string_view text);
NodeAnswer<LogsMessage> read_logs_message(std::string_view text);

}  // namespace a67
