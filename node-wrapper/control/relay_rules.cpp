#include "node-wrapper/control/relay_rules.h"

#include <algorithm>
#include <utility>

#include "engine/fleet/via_message.h"

namespace a67 {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

}  // namespace

bool is_loopback_origin(std::string_view text) {
  constexpr std::string_view kBegin = "http://127.0.0.1:";
  return text.starts_with(kBegin) && text.size() > kBegin.size() &&
         text.find_first_not_of("0123456789", kBegin.size()) == std::string_view::npos;
}

Result<RelayRequest> read_via(const RelayRules& rules, std::string_view target, HttpRequest http) {
  const std::string_view path = target.substr(0, target.find('?'));
  for (const Forward& forward : rules.table) {
    if (forward.origin.contains('*')) continue;
    const std::string base =
        std::string(kViaPath) + std::string(forward.provider) + "/" + std::string(forward.host);
    if (!path.starts_with(base + "/")) continue;
    http.url = std::string(forward.origin) + std::string(target.substr(base.size()));
    if (find_forward(rules.table, forward.provider, http.url) == nullptr) break;
    std::erase_if(http.headers,
                  [](const auto& header) { return !is_forwarded_header(lower(header.first)); });
    http.timeout = kRelayTimeMax;
    http.bytes_max = kRelayAnswerBytesMax;
    return RelayRequest{
        .id = {}, .provider = std::string(forward.provider), .http = std::move(http)};
  }
  return fail(ErrorCode::kNotFound, "Nothing is forwarded there.");
}

Result<HttpRequest> permit_relay(const RelayRules& rules, RelayRequest request) {
  HttpRequest& http = request.http;
  const Forward* forward = find_forward(rules.table, request.provider, http.url);
  if (forward == nullptr) {
    return fail(ErrorCode::kForbidden, "Its host or path is not on this node's list.", {}, "url");
  }
  for (const auto& [name, value] : http.headers) {
    if (is_forwarded_header(lower(name))) continue;
    return fail(ErrorCode::kForbidden, "The header `" + name + "` is not on this node's list.", {},
                "headers");
  }
  if (!rules.elsewhere.empty()) {
    const auto path = http.url.find('/', http.url.find("://") + 3);
    http.url = rules.elsewhere + "/" + std::string(forward->provider) + "/" +
               std::string(forward->host) + http.url.substr(path);
  }
  return std::move(http);
}

HttpResponse permit_answer(HttpResponse answer) {
  std::erase_if(answer.headers,
                [](const auto& header) { return !is_returned_header(lower(header.first)); });
  // More than the other side reads would make the whole answer unreadable.
  if (answer.headers.size() > kRelayHeadersMax) answer.headers.resize(kRelayHeadersMax);
  return answer;
}

}  // namespace a67
