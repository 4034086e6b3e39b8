// POST /v1/relay: a request to a provider that a node carries out for its controller, and what came
// back (docs/node-protocol.md, Relay).
//
// Both are one line of JSON, the head, and after its line break the body as it is: a picture or a
// page of 16 MB is neither escaped nor parsed. The order token's `sum` is over the whole, so that
// nobody on the way can bend any of it. A head holds the provider's credential: never log one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/fleet/node_client.h"
#include "engine/ports/http.h"

namespace a67 {

inline constexpr std::string_view kRelayPath = "/v1/relay";
inline constexpr std::size_t kRelayHeadBytesMax = std::size_t{64} << 10;
inline constexpr std::size_t kRelayBodyBytesMax = std::size_t{8} << 20;     // to the provider
inline constexpr std::size_t kRelayAnswerBytesMax = std::size_t{16} << 20;  // from the provider
inline constexpr std::size_t kRelayHeadersMax = 64;
inline constexpr Duration kRelayTimeMax{60'000};

struct RelayRequest {
  std::string id;        // for the node's log: [a-z0-9-]
  std::string provider;  // whose hosts and paths it must be one of
  // Method, URL, headers, body, timeout and bytes_max; the limits above hold.
  HttpRequest http;
};

// GET, HEAD, POST, PUT, PATCH, DELETE.
bool is_relayed_method(std::string_view text);

std::string write_relay_request(const RelayRequest& request);
// kInvalidInput naming the field; kTooLarge.
Result<RelayRequest> read_relay_request(std::string_view bytes);

std::string write_relay_answer(const HttpResponse& answer);
Result<HttpResponse> read_relay_answer(std::string_view bytes);

// As node_client.h: built anew for every attempt. REQUIRES: no blob, and a body within the limit.
HttpRequest make_relay_request(const OrderContext& order, const RelayRequest& request);
NodeAnswer<HttpResponse> read_relay_response(const HttpResponse& response);

}  // namespace a67
