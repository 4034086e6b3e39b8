#include "engine/fleet/relay_message.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/fleet/field_reader.h"
#include "engine/fleet/order_request.h"

namespace a67 {
namespace {

constexpr std::size_t kUrlBytesMax = 16'384;
constexpr std::size_t kHeaderBytesMax = 16'384;
constexpr Duration kWayBack{5'000};  // what the node may take on top of the provider
constexpr std::array<std::string_view, 6> kMethods = {"GET", "HEAD",  "POST",
                                                      "PUT", "PATCH", "DELETE"};

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").contains(c);
  });
}

// A value that cannot break out of its line.
bool is_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  });
}

Json to_json(const Headers& headers) {
  Json list = Json::array();
  for (const auto& [name, value] : headers) list.push_back(Json::array({name, value}));
  return list;
}

void read_headers(FieldReader& read, Headers& out) {
  read.array("headers", kRelayHeadersMax,
             [&](const Json& one, const std::string& path) -> Result<void> {
               const bool pair =
                   one.is_array() && one.size() == 2 && one[0].is_string() && one[1].is_string();
               if (pair) {
                 auto name = one[0].get<std::string>();
                 auto value = one[1].get<std::string>();
                 if (is_token(name) && is_value(value) && value.size() <= kHeaderBytesMax) {
                   out.emplace_back(std::move(name), std::move(value));
                   return {};
                 }
               }
               return fail(ErrorCode::kInvalidInput, "`" + path + "` is no header.", {}, path);
             });
}

struct Parts {
  Json head;
  std::string_view body;
};

Result<Parts> split(std::string_view bytes) {
  const auto end = bytes.substr(0, kRelayHeadBytesMax).find('\n');
  if (end == std::string_view::npos) {
    return fail(ErrorCode::kInvalidInput, "There is no head, or it is longer than " +
                                              std::to_string(kRelayHeadBytesMax) + " bytes.");
  }
  auto head = parse_json(bytes.substr(0, end), {.bytes_max = kRelayHeadBytesMax, .depth_max = 4});
  if (!head) return std::unexpected(std::move(head.error()));
  return Parts{.head = std::move(*head), .body = bytes.substr(end + 1)};
}

}  // namespace

bool is_relayed_method(std::string_view text) { return std::ranges::contains(kMethods, text); }

std::string write_relay_request(const RelayRequest& request) {
  const HttpRequest& http = request.http;
  const Json head = {{"id", request.id},
                     {"provider", request.provider},
                     {"method", http.method},
                     {"url", http.url},
                     {"headers", to_json(http.headers)},
                     {"timeoutMs", std::min(http.timeout, kRelayTimeMax).count()},
                     {"bytesMax", std::min(http.bytes_max, kRelayAnswerBytesMax)}};
  return dump_json(head) + "\n" + http.body;
}

Result<RelayRequest> read_relay_request(std::string_view bytes) {
  auto parts = split(bytes);
  if (!parts) return std::unexpected(std::move(parts.error()));
  if (parts->body.size() > kRelayBodyBytesMax) {
    return fail(ErrorCode::kTooLarge,
                "More than " + std::to_string(kRelayBodyBytesMax) + " bytes are not forwarded.");
  }
  RelayRequest request;
  std::int64_t timeout = 0;
  std::int64_t bytes_max = 0;
  FieldReader read(parts->head);
  read.checked_text("id", request.id, is_valid_id, "must be of a-z, 0-9 and -");
  read.checked_text("provider", request.provider, is_valid_id, "must be a provider's id");
  read.checked_text("method", request.http.method, is_relayed_method,
                    "must be a method that is forwarded");
  read.text("url", request.http.url, kUrlBytesMax);
  read_headers(read, request.http.headers);
  read.integer("timeoutMs", timeout, 1, kRelayTimeMax.count());
  read.integer("bytesMax", bytes_max, 0, static_cast<std::int64_t>(kRelayAnswerBytesMax));
  if (!read.ok()) return std::unexpected(read.done().error());
  request.http.timeout = Duration{timeout};
  request.http.bytes_max = static_cast<std::size_t>(bytes_max);
  request.http.body = parts->body;
  return request;
}

std::string write_relay_answer(const HttpResponse& answer) {
  return dump_json({{"status", answer.status}, {"headers", to_json(answer.headers)}}) + "\n" +
         answer.body;
}

Result<HttpResponse> read_relay_answer(std::string_view bytes) {
  auto parts = split(bytes);
  if (!parts) return std::unexpected(std::move(parts.error()));
  HttpResponse answer;
  std::int64_t status = 0;
  FieldReader read(parts->head);
  read.integer("status", status, 100, 999);
  read_headers(read, answer.headers);
  if (!read.ok()) return std::unexpected(read.done().error());
  answer.status = static_cast<int>(status);
  answer.body = parts->body;
  return answer;
}

HttpRequest make_relay_request(const OrderContext& order, const RelayRequest& request) {
  std::string body = write_relay_request(request);
  HttpRequest http = make_order(order, "POST", kRelayPath, sha256(body));
  http.headers.emplace_back("Content-Type", "application/octet-stream");
  http.body = std::move(body);
  http.body_is_bytes = request.http.body_is_bytes;
  http.answer_is_bytes = true;
  http.bytes_max = std::min(request.http.bytes_max, kRelayAnswerBytesMax) + kRelayHeadBytesMax;
  http.timeout = std::min(request.http.timeout, kRelayTimeMax) + kWayBack;
  return http;
}

NodeAnswer<HttpResponse> read_relay_response(const HttpResponse& response) {
  if (response.status != 200) return std::unexpected(read_refusal(response));
  auto answer = read_relay_answer(response.body);
  if (!answer) return std::unexpected(refusal_of(answer.error()));
  return std::move(*answer);
}

}  // namespace a67
