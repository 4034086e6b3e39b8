// Request lines and status lines, and what a complete head means: the second half of http_head.h.
#include <charconv>

#include "node-wrapper/gateway/http_head.h"
#include "node-wrapper/gateway/http_syntax.h"

namespace a67::gateway {
namespace {

Method method_of(std::string_view text) {
  // Methods are case-sensitive (RFC 9110 section 9.1).
  if (text == "GET") return Method::kGet;
  if (text == "HEAD") return Method::kHead;
  if (text == "POST") return Method::kPost;
  if (text == "PUT") return Method::kPut;
  if (text == "DELETE") return Method::kDelete;
  if (text == "OPTIONS") return Method::kOptions;
  if (text == "TRACE") return Method::kTrace;
  if (text == "PATCH") return Method::kPatch;
  if (text == "CONNECT") return Method::kConnect;
  return Method::kOther;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// `HTTP/` DIGIT `.` DIGIT
bool is_version(std::string_view text) {
  return text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' &&
         is_digit(text[7]);
}

// host [ ":" port ], without user information.
bool is_authority(std::string_view text) {
  if (text.empty() || !all_of_class(text, kAuthority)) return false;
  std::string_view port;
  if (text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return false;
    port = text.substr(close + 1);
    if (!port.empty() && port.front() != ':') return false;
    if (text.substr(1, close - 1).contains('[')) return false;
  } else {
    if (text.contains('[') || text.contains(']')) return false;
    const std::size_t colon = text.find(':');
    if (colon == 0) return false;
    port = colon == std::string_view::npos ? std::string_view{} : text.substr(colon);
  }
  if (port.empty()) return true;
  port.remove_prefix(1);
  if (port.size() > 5) return false;
  for (const char c : port) {
    if (!is_digit(c)) return false;
  }
  return true;
}

// Protocols that would open a second HTTP connection inside this one, behind our checks, are not
// passed on.
bool may_upgrade_to(std::string_view protocol) {
  return !protocol.empty() && all_of_class(protocol, kToken) &&
         !equals_ignoring_case(protocol, "h2c");
}

}  // namespace

bool RequestHead::on_request_line(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == 0 || first == last) {
    refuse(400, "the request line is malformed");
    return false;
  }
  method_text = line.substr(0, first);
  const std::string_view version = line.substr(last + 1);
  if (!all_of_class(method_text, kToken) || !is_version(version)) {
    refuse(400, "the request line is malformed");
    return false;
  }
  if (version[5] != '1' || version[7] > '1') {
    refuse(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    return false;
  }
  version_minor = version[7] - '0';
  method = method_of(method_text);
  if (method_text.size() > kMethodBytesMax || method == Method::kConnect) {
    refuse(501, "this method is not supported");
    return false;
  }
  return read_target(line.substr(first + 1, last - first - 1));
}

bool RequestHead::read_target(std::string_view text) {
  if (text.size() > kTargetBytesMax) {
    refuse(414, "the request target is longer than 8 KiB");
    return false;
  }
  target = text;
  const bool asterisk = text == "*" && method == Method::kOptions;
  if (!text.empty() && all_of_class(text, kTarget) && (text.front() == '/' || asterisk))
    return true;

  const std::size_t scheme_end = text.find("://");
  const std::string_view scheme = text.substr(0, scheme_end);
  if (scheme_end == std::string_view::npos || !all_of_class(text, kTarget) ||
      !(equals_ignoring_case(scheme, "http") || equals_ignoring_case(scheme, "https"))) {
    refuse(400, "the request target is malformed");
    return false;
  }
  const std::string_view rest = text.substr(scheme_end + 3);
  const std::size_t path = rest.find_first_of("/?");
  authority = rest.substr(0, path);
  target = path == std::string_view::npos ? std::string_view("/") : rest.substr(path);
  if (!is_authority(authority) || target.front() == '?') {
    refuse(400, "the request target is malformed");
    return false;
  }
  return true;
}

bool RequestHead::finish_host() {
  std::size_t hosts = 0;
  std::string_view host;
  for (const Header& header : headers()) {
    if (header.known != Known::kHost) continue;
    ++hosts;
    host = header.value;
  }
  if (hosts != 1 || !is_authority(host)) {
    refuse(400, hosts == 0   ? "the Host header is missing"
                : hosts == 1 ? "the Host header is malformed"
                             : "there is more than one Host header");
    return false;
  }
  // The target wins over the header (RFC 9112 section 3.2.2).
  if (authority.empty()) authority = host;
  return true;
}

bool RequestHead::finish() {
  if (!finish_host() || !read_common_headers(400)) return false;
  keep_alive = !connection_close && (version_minor == 1 || connection_keep_alive);
  for (const Header& header : headers()) {
    if (header.known == Known::kExpect) {
      if (!equals_ignoring_case(header.value, "100-continue")) {
        refuse(417, "the expectation is not 100-continue");
        return false;
      }
      expects_continue = version_minor == 1;
    } else if (header.known == Known::kUpgrade && connection_upgrade && version_minor == 1) {
      upgrade = upgrade.empty() && may_upgrade_to(header.value) ? header.value : std::string_view{};
    }
  }
  // Who reads the bytes behind the head, the app's old protocol or its new one? Nobody has to
  // guess.
  if (has_body()) upgrade = {};
  return true;
}

bool ResponseHead::on_status_line(std::string_view line) {
  const bool shaped = line.size() >= 12 && is_version(line.substr(0, 8)) && line[5] == '1' &&
                      line[8] == ' ' && is_digit(line[9]) && is_digit(line[10]) &&
                      is_digit(line[11]) && (line.size() == 12 || line[12] == ' ');
  if (!shaped || line[7] > '1') {
    refuse(502, "the status line is malformed");
    return false;
  }
  version_minor = line[7] - '0';
  std::from_chars(line.data() + 9, line.data() + 12, status);
  reason_phrase = line.size() > 13 ? line.substr(13) : std::string_view{};
  if (status < 100 || !all_of_class(reason_phrase, kValue)) {
    refuse(502, "the status line is malformed");
    return false;
  }
  return true;
}

bool ResponseHead::finish() {
  if (!read_common_headers(502)) return false;
  keep_alive = !connection_close && (version_minor == 1 || connection_keep_alive);
  return true;
}

bool ResponseHead::has_body(Method request) const {
  return request != Method::kHead && status >= 200 && status != 204 && status != 304;
}

}  // namespace a67::gateway
