// The heads that are sent on: the request to a replica or peer, the answer to the client. Pure.
//
// Only what must change is written anew; runs of untouched headers are copied as the bytes they
// were, which the parser has found free of anything ambiguous. Whatever ends at this connection
// (RFC 9110 section 7.6.1) stays behind.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "node-wrapper/gateway/http_body.h"
#include "node-wrapper/gateway/http_head.h"

namespace a67::gateway {

// What a peer needs to know: the replica that is meant, and the proof that a gateway says so.
struct HopHeaders {
  std::string_view replica;
  std::string_view mac;
};

struct RequestContext {
  std::string_view target;
  std::string_view client_address;
  std::string_view request_id;
  std::string_view prefix;  // `/@app` when it was removed from the target
  bool from_mesh = false;   // a proven peer sent it: what it says of the client is kept
  std::optional<HopHeaders> hop;
};

// Appends the head for the next server. A body is framed as it came: by length, or chunked.
void append_request_head(std::string& out, const RequestHead& head, const RequestContext& context);

struct ResponseContext {
  Method method = Method::kGet;
  int client_version_minor = 1;
  bool keep_alive = true;
  std::string_view location_prefix;  // put before a Location that is a path
  std::string_view load;             // A67-Load, for peers only
};

// How the body goes to the client.
enum class ResponseFraming : std::uint8_t { kNone, kLength, kChunked, kUntilClose };
ResponseFraming choose_framing(const ResponseHead& head, Method method, int client_version_minor);

void append_response_head(std::string& out, const ResponseHead& head, ResponseFraming framing,
                          const ResponseContext& context);
// 1xx: no framing, no connection handling.
void append_interim_head(std::string& out, const ResponseHead& head);
// 101, with the Upgrade it announces.
void append_upgrade_head(std::string& out, const ResponseHead& head);

// Keep-Alive: timeout=5 -> 5. Nothing when it is not said.
std::optional<unsigned> keep_alive_seconds(const ResponseHead& head);

}  // namespace a67::gateway
