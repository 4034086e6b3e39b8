#include "node-wrapper/gateway/http_known.h"

#include <algorithm>
#include <array>

#include "node-wrapper/gateway/http_syntax.h"

namespace a67::gateway {
namespace {

constexpr std::size_t kNameBytesMax = 18;

Known pick(std::string_view name, std::string_view lower, Known known) {
  return equals_ignoring_case(name, lower) ? known : Known::kOther;
}

Known classify_short(std::string_view name) {
  switch (name.size()) {
    case 2:
      return pick(name, "te", Known::kHopByHop);
    case 4:
      return pick(name, "host", Known::kHost);
    case 6:
      if (equals_ignoring_case(name, "accept")) return Known::kAccept;
      return pick(name, "expect", Known::kExpect);
    case 7:
      if (equals_ignoring_case(name, "a67-hop")) return Known::kMeshHop;
      return pick(name, "upgrade", Known::kUpgrade);
    case 8:
      if (equals_ignoring_case(name, "location")) return Known::kLocation;
      if (equals_ignoring_case(name, "a67-mesh")) return Known::kMeshMac;
      return pick(name, "a67-load", Known::kMeshLoad);
    case 9:
      if (equals_ignoring_case(name, "forwarded")) return Known::kForwarded;
      return pick(name, "x-real-ip", Known::kForwarded);
    default:
      return Known::kOther;
  }
}

Known classify_long(std::string_view name) {
  switch (name.size()) {
    case 10:
      if (equals_ignoring_case(name, "connection")) return Known::kConnection;
      if (equals_ignoring_case(name, "a67-reason")) return Known::kMeshReason;
      return pick(name, "keep-alive", Known::kKeepAlive);
    case 12:
      return pick(name, "x-request-id", Known::kRequestId);
    case 14:
      return pick(name, "content-length", Known::kContentLength);
    case 15:
      return pick(name, "x-forwarded-for", Known::kForwardedFor);
    case 16:
      if (equals_ignoring_case(name, "x-forwarded-host")) return Known::kForwardedHost;
      if (equals_ignoring_case(name, "x-forwarded-port")) return Known::kForwarded;
      return pick(name, "proxy-connection", Known::kHopByHop);
    case 17:
      if (equals_ignoring_case(name, "transfer-encoding")) return Known::kTransferEncoding;
      return pick(name, "x-forwarded-proto", Known::kForwardedProto);
    case 18:
      return pick(name, "x-forwarded-prefix", Known::kForwardedPrefix);
    default:
      return Known::kOther;
  }
}

}  // namespace

Known classify_header(std::string_view name, bool shadows) {
  if (name.size() > kNameBytesMax) return Known::kOther;
  if (shadows && name.contains('_')) {
    std::array<char, kNameBytesMax> dashed{};
    std::ranges::replace_copy(name, dashed.begin(), '_', '-');
    const bool known =
        classify_header({dashed.data(), name.size()}, /*shadows=*/false) != Known::kOther;
    return known ? Known::kShadow : Known::kOther;
  }
  return name.size() < 10 ? classify_short(name) : classify_long(name);
}

}  // namespace a67::gateway
