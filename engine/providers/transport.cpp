#include "engine/providers/transport.h"

#include <algorithm>
#include <array>

namespace a67 {
namespace {

constexpr std::array kTransports = {Transport::kDirect, Transport::kRewrite, Transport::kRelay};

bool is_loopback(std::string_view origin) {
  constexpr std::array<std::string_view, 3> kBegins = {"http://127.0.0.1", "http://localhost",
                                                       "http://[::1]"};
  return std::ranges::any_of(kBegins, [&](std::string_view begin) {
    return origin.starts_with(begin) &&
           (origin.size() == begin.size() || origin[begin.size()] == ':' ||
            origin[begin.size()] == '/');
  });
}

// Which of the provider's hosts an origin is; null when it is none of them.
const ProviderHost* host_of_origin(const Provider& provider, std::string_view origin) {
  for (const ProviderHost& host : provider.hosts) {
    if (origin_matches(host.origin, origin)) return &host;
  }
  return nullptr;
}

const ProviderHost* find_host(const Provider& provider, std::string_view key) {
  for (const ProviderHost& host : provider.hosts) {
    if (host.key == key) return &host;
  }
  return nullptr;
}

// `host` is a key or an origin.
const ProviderHost* host_of(const Provider& provider, std::string_view host) {
  return host.contains("://") ? host_of_origin(provider, host) : find_host(provider, host);
}

std::string without_slash(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  return text;
}

}  // namespace

std::string_view to_string(Transport transport) {
  switch (transport) {
    case Transport::kDirect:
      return "direct";
    case Transport::kRewrite:
      return "rewrite";
    case Transport::kRelay:
      return "relay";
  }
  return "";
}

std::optional<Transport> transport_from(std::string_view name) {
  for (const Transport one : kTransports) {
    if (to_string(one) == name) return one;
  }
  return std::nullopt;
}

Result<std::string> url_of(const Provider& provider, const Route& route, std::string_view host,
                           std::string_view path) {
  const auto scheme = host.find("://");
  const bool by_origin = scheme != std::string_view::npos;
  const ProviderHost* known = host_of(provider, host);
  if (known == nullptr) {
    return fail(ErrorCode::kInvalidInput,
                "`" + std::string(host) + "` is no address of " + std::string(provider.name) + ".",
                "Check the account's settings.");
  }
  const bool own = known->origin.find('*') != std::string_view::npos;
  std::string tail = "/" + std::string(known->key);
  if (own) tail += "/" + std::string(host.substr(scheme + 3));

  std::string origin(by_origin ? host : known->origin);
  switch (way_to(provider, route, host)) {
    case Transport::kDirect:
      if (!route.endpoint.empty()) origin = without_slash(route.endpoint) + tail;
      break;
    case Transport::kRewrite:
      if (own) {
        return fail(ErrorCode::kForbidden,
                    "The page's host forwards fixed addresses only, and " + origin + " is not one.",
                    "Use this account directly or through a relay.");
      }
      origin = without_slash(route.base) + "/via/" + std::string(provider.id) + tail;
      break;
    case Transport::kRelay:
      break;
  }
  if (!origin.starts_with("https://") && !is_loopback(origin)) {
    return fail(ErrorCode::kInvalidInput, "`" + origin + "` is not https.",
                "A credential is sent encrypted or not at all.", "endpoint");
  }
  return origin + std::string(path);
}

Transport way_to(const Provider& provider, const Route& route, std::string_view host) {
  const ProviderHost* known = host_of(provider, host);
  return known != nullptr && known->answers_pages ? Transport::kDirect : route.transport;
}

std::string what_it_sees(Transport transport, std::string_view relay) {
  switch (transport) {
    case Transport::kDirect:
      return "Nobody but the provider sees your requests.";
    case Transport::kRewrite:
      return "The host of this page forwards your requests, and could read them and the token in "
             "them.";
    case Transport::kRelay:
      if (relay.empty()) return "The node that forwarded your requests is no longer yours.";
      return std::string(relay) + " forwards your requests, and sees them and the token in them.";
  }
  return {};
}

ApiRequest probe_request(const Provider& provider) {
  ApiRequest request;
  request.path = std::string(provider.probe_path);
  request.auth = Auth::kNone;
  request.headers = {{"Authorization", "Bearer a67-probe"}};
  request.timeout = Duration{10'000};
  return request;
}

ProbeVerdict probe_verdict(const Result<HttpResponse>& answer) {
  if (answer) return ProbeVerdict::kWorks;
  switch (answer.error().code) {
    case ErrorCode::kUnreachable:
    case ErrorCode::kOutcomeUnknown:
    case ErrorCode::kForbidden:  // a node that does not do it
      return ProbeVerdict::kBlocked;
    case ErrorCode::kTooLarge:
      return ProbeVerdict::kWorks;
    default:
      return ProbeVerdict::kUnknown;
  }
}

}  // namespace a67
