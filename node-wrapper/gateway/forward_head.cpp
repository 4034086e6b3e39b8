#include "node-wrapper/gateway/forward_head.h"

#include <charconv>

#include "node-wrapper/gateway/http_syntax.h"

namespace a67::gateway {
namespace {

void append_number(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits{};
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

// Copies headers for which `keeps` is true, neighbours in one go.
template <class Keeps>
void copy_headers(std::string& out, const Head& head, Keeps keeps) {
  const auto headers = head.headers();
  const char* run = nullptr;
  for (const Header& header : headers) {
    if (keeps(header)) {
      if (run == nullptr) run = header.name.data();
    } else if (run != nullptr) {
      out.append(run, static_cast<std::size_t>(header.name.data() - run));
      run = nullptr;
    }
  }
  if (run == nullptr) return;
  // The last line ends at its CRLF; blanks may stand before it.
  const char* end = headers.back().value.data() + headers.back().value.size();
  while (*end != '\n') ++end;
  out.append(run, static_cast<std::size_t>(end + 1 - run));
}

void append_forwarded(std::string& out, const RequestHead& head, const RequestContext& context) {
  const auto from_peer = [&](Known known) {
    return context.from_mesh ? head.find(known) : std::string_view{};
  };
  const std::string_view before = from_peer(Known::kForwardedFor);
  out.append("X-Forwarded-For: ").append(before).append(before.empty() ? "" : ", ");
  out.append(context.client_address).append("\r\n");
  const std::string_view proto = from_peer(Known::kForwardedProto);
  append_header(out, "X-Forwarded-Proto", proto.empty() ? "http" : proto);
  const std::string_view host = from_peer(Known::kForwardedHost);
  append_header(out, "X-Forwarded-Host", host.empty() ? head.authority : host);
  const std::string_view prefix =
      context.from_mesh ? from_peer(Known::kForwardedPrefix) : context.prefix;
  if (!prefix.empty()) append_header(out, "X-Forwarded-Prefix", prefix);
  append_header(out, "X-Request-Id", context.request_id);
}

bool ends_here(const Head& head, const Header& header) {
  switch (header.known) {
    case Known::kConnection:
    case Known::kContentLength:
    case Known::kHopByHop:
    case Known::kKeepAlive:
    case Known::kTransferEncoding:
    case Known::kUpgrade:
    case Known::kMeshHop:
    case Known::kMeshLoad:
    case Known::kMeshMac:
    case Known::kMeshReason:
    case Known::kShadow:
      return true;
    default:
      return head.is_connection_listed(header.name);
  }
}

bool is_rewritten(Known known) {
  switch (known) {
    case Known::kExpect:
    case Known::kForwarded:
    case Known::kForwardedFor:
    case Known::kForwardedHost:
    case Known::kForwardedPrefix:
    case Known::kForwardedProto:
    case Known::kHost:
    case Known::kRequestId:
      return true;
    default:
      return false;
  }
}

void append_status_line(std::string& out, const ResponseHead& head) {
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::uint64_t>(head.status));
  out.append(" ").append(head.reason_phrase).append("\r\n");
}

// A path of the app's own: `/x`, but not `//host` and not already below the prefix.
bool needs_prefix(std::string_view location, std::string_view prefix) {
  if (prefix.empty() || !location.starts_with('/') || location.starts_with("//")) return false;
  if (!location.starts_with(prefix)) return true;
  const std::string_view rest = location.substr(prefix.size());
  return !rest.empty() && rest.front() != '/' && rest.front() != '?';
}

}  // namespace

void append_request_head(std::string& out, const RequestHead& head, const RequestContext& context) {
  out.append(head.method_text).append(" ").append(context.target).append(" HTTP/1.1\r\n");
  append_header(out, "Host", head.authority);
  copy_headers(out, head, [&](const Header& header) {
    // From a peer, `Forwarded` tells of the client; from a client, it could tell anything.
    if (header.known == Known::kForwarded) return context.from_mesh;
    return !is_rewritten(header.known) && !ends_here(head, header);
  });
  append_forwarded(out, head, context);
  if (context.hop) {
    append_header(out, "A67-Hop", context.hop->replica);
    append_header(out, "A67-Mesh", context.hop->mac);
  }
  if (head.chunked) {
    out.append("Transfer-Encoding: chunked\r\n");
  } else if (head.content_length) {
    out.append("Content-Length: ");
    append_number(out, *head.content_length);
    out.append("\r\n");
  }
  if (head.expects_continue && head.has_body()) out.append("Expect: 100-continue\r\n");
  if (!head.upgrade.empty()) {
    out.append("Connection: Upgrade\r\n");
    append_header(out, "Upgrade", head.upgrade);
  }
  out.append("\r\n");
}

ResponseFraming choose_framing(const ResponseHead& head, Method method, int client_version_minor) {
  if (!head.has_body(method)) return ResponseFraming::kNone;
  if (head.content_length && !head.chunked) return ResponseFraming::kLength;
  return client_version_minor == 1 ? ResponseFraming::kChunked : ResponseFraming::kUntilClose;
}

void append_response_head(std::string& out, const ResponseHead& head, ResponseFraming framing,
                          const ResponseContext& context) {
  append_status_line(out, head);
  copy_headers(out, head, [&](const Header& header) {
    if (header.known == Known::kLocation && needs_prefix(header.value, context.location_prefix)) {
      return false;
    }
    return !ends_here(head, header);
  });
  if (!context.location_prefix.empty()) {
    const std::string_view location = head.find(Known::kLocation);
    if (needs_prefix(location, context.location_prefix)) {
      out.append("Location: ").append(context.location_prefix).append(location).append("\r\n");
    }
  }
  if (!context.load.empty()) append_header(out, "A67-Load", context.load);
  // Without a body the length still tells what GET would bring; 204 must not have one (RFC 9110
  // section 8.6).
  const bool tells_length = head.content_length && head.status != 204;
  if (framing == ResponseFraming::kChunked) {
    out.append("Transfer-Encoding: chunked\r\n");
  } else if (framing == ResponseFraming::kLength ||
             (framing == ResponseFraming::kNone && tells_length)) {
    out.append("Content-Length: ");
    append_number(out, *head.content_length);
    out.append("\r\n");
  }
  if (!context.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (context.client_version_minor == 0) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("\r\n");
}

void append_interim_head(std::string& out, const ResponseHead& head) {
  append_status_line(out, head);
  copy_headers(out, head, [&](const Header& header) { return !ends_here(head, header); });
  out.append("\r\n");
}

void append_upgrade_head(std::string& out, const ResponseHead& head) {
  append_status_line(out, head);
  copy_headers(out, head, [&](const Header& header) { return !ends_here(head, header); });
  append_header(out, "Connection", "Upgrade");
  append_header(out, "Upgrade", head.find(Known::kUpgrade));
  out.append("\r\n");
}

std::optional<unsigned> keep_alive_seconds(const ResponseHead& head) {
  std::string_view rest = head.find(Known::kKeepAlive);
  while (!rest.empty()) {
    const std::string_view element = next_list_element(rest);
    if (element.size() <= 8 || !equals_ignoring_case(element.substr(0, 8), "timeout=")) continue;
    unsigned seconds = 0;
    const auto [end, error] =
        std::from_chars(element.data() + 8, element.data() + element.size(), seconds);
    if (error == std::errc{} && end == element.data() + element.size()) return seconds;
  }
  return std::nullopt;
}

}  // namespace a67::gateway
