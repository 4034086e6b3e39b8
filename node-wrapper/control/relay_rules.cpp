#include "node-wrapper/control/relay_rules.h"

#include <algorithm>
#include <utility>

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
