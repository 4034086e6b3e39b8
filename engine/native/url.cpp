#include "engine/native/url.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace a67::native {
namespace {

constexpr std::size_t kUrlCharsMax = 4096;

struct Scheme {
  std::string_view prefix;
  bool tls;
  std::uint16_t port;
};
constexpr std::array kSchemes = {
    Scheme{"http://", false, 80},
    Scheme{"https://", true, 443},
    Scheme{"ws://", false, 80},
    Scheme{"wss://", true, 443},
};

std::unexpected<Error> refuse(std::string_view text, std::string_view why) {
  return fail(ErrorCode::kInvalidInput,
              std::string(text) + " is no usable URL: " + std::string(why) + ".",
              "Give it as http://host:port or https://host:port.", "url");
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

// Control characters and spaces in a request line would let a URL smuggle a second request.
bool has_unsafe(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return c <= ' ' || c == '\x7f'; });
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  if (text.size() > kUrlCharsMax) return refuse(text.substr(0, 80), "it is too long");
  if (has_unsafe(text)) return refuse("The URL", "it holds spaces or control characters");
  const auto* const scheme = std::ranges::find_if(
      kSchemes, [&](const Scheme& one) { return text.starts_with(one.prefix); });
  if (scheme == kSchemes.end()) return refuse(text, "only http, https, ws and wss are known");
  const std::string_view rest = text.substr(scheme->prefix.size());
  const std::size_t slash = std::min(rest.find_first_of("/?#"), rest.size());
  const std::string_view authority = rest.substr(0, slash);
  const std::string_view target = rest.substr(slash);
  if (authority.contains('@')) return refuse("The URL", "it holds a user name or password");
  if (target.contains('#')) return refuse(text, "it has a fragment");

  std::string_view host = authority;
  std::string_view port_text;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return refuse(text, "the address is not closed by ]");
    host = authority.substr(1, close - 1);
    port_text = authority.substr(close + 1);
  } else if (const std::size_t colon = authority.find(':'); colon != std::string_view::npos) {
    host = authority.substr(0, colon);
    port_text = authority.substr(colon);
  }
  if (host.empty()) return refuse(text, "it names no host");
  std::uint16_t port = scheme->port;
  if (!port_text.empty()) {
    const auto given = port_text.starts_with(':') ? parse_port(port_text.substr(1)) : std::nullopt;
    if (!given) return refuse(text, "the port is not a number from 1 to 65535");
    port = *given;
  }
  return Url{.tls = scheme->tls,
             .host = std::string(host),
             .port = port,
             .target = (target.starts_with('/') ? "" : "/") + std::string(target),
             .authority = std::string(authority)};
}

}  // namespace a67::native
