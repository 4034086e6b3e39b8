// One request to the control API and its answer, as plain values: what the API decides on, without
// a socket.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/fleet/node_protocol.h"
#include "engine/fleet/order_token.h"
#include "engine/fleet/relay_message.h"

namespace a67 {

struct ControlHead {
  std::string method;
  std::string path;   // without the query
  std::string query;  // without the question mark
  std::string host;
  std::string origin;
  std::string token;             // of `Authorization: Bearer`; empty when there is none
  std::string via_order;         // of kViaOrderHeader (engine/fleet/via_message.h), likewise
  bool preflight = false;        // OPTIONS with Access-Control-Request-Method
  bool private_network = false;  // Access-Control-Request-Private-Network: true
  bool upgrade = false;          // asks for a WebSocket
  std::optional<std::uint64_t> announced_bytes;  // Content-Length
  bool has_body = false;
  std::string remote;      // for the log
  bool loopback = false;   // the client is on this machine
  std::string fetch_site;  // Sec-Fetch-Site: which page asks, as browsers say it
  std::string accept_encoding;
  std::string if_none_match;
};

struct ControlAnswer {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

enum class Endpoint : std::uint8_t {
  kHello,
  kHealth,
  kMetrics,
  kStatus,
  kClaim,
  kUnclaim,
  kDesired,
  kRelay,
  kRelease,
  kVia,  // what the page's host forwards to providers; of servers with a Site only
  kEvents,
  kLogs,
};

// A request that may go on: read its body, or open its WebSocket.
struct Admission {
  Endpoint endpoint = Endpoint::kHello;
  std::optional<OrderClaims> claims;  // of an order, not used up yet
};

using Screening = std::variant<ControlAnswer, Admission>;

ControlAnswer json_answer(int status, const Json& body);
// The status that fits the code, and the refusal as JSON.
ControlAnswer refusal_answer(const NodeRefusal& refusal);

// The endpoint of a path, whatever the method.
std::optional<Endpoint> endpoint_at(std::string_view path);
std::string_view method_of(Endpoint endpoint);
constexpr bool is_socket(Endpoint endpoint) {
  return endpoint == Endpoint::kEvents || endpoint == Endpoint::kLogs;
}
constexpr bool takes_json(Endpoint endpoint) {
  return endpoint == Endpoint::kClaim || endpoint == Endpoint::kUnclaim ||
         endpoint == Endpoint::kDesired;
}
// A body that comes in pieces and that no token names.
constexpr bool is_streamed(Endpoint endpoint) {
  return endpoint == Endpoint::kRelease || endpoint == Endpoint::kVia;
}
// A body that the token's `sum` covers.
constexpr bool is_signed(Endpoint endpoint) {
  return takes_json(endpoint) || endpoint == Endpoint::kRelay;
}
inline constexpr std::size_t kViaBodyBytesMax = std::size_t{16} << 20;
// Of a signed body.
constexpr std::size_t body_bytes_max(Endpoint endpoint) {
  return endpoint == Endpoint::kRelay ? kRelayHeadBytesMax + kRelayBodyBytesMax
                                      : kControlBodyBytesMax;
}
// The value of a query's parameter; nothing when absent. No escapes: our parameters need none.
std::optional<std::string_view> query_value(std::string_view query, std::string_view name);

}  // namespace a67
