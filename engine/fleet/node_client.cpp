#include "engine/fleet/node_client.h"

#include <optional>
#include <utility>

#include "engine/fleet/order_request.h"

namespace a67 {
namespace {

constexpr Duration kReleaseTimeout{1'800'000};  // 2 GiB at a little over 1 MB/s
constexpr std::size_t kStatusBytesMax = std::size_t{4} << 20;

HttpRequest make_json_order(const OrderContext& order, std::string_view method,
                            std::string_view path, std::string body) {
  HttpRequest request = make_order(order, method, path, sha256(body));
  if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  request.body = std::move(body);
  return request;
}

StreamRequest make_stream(const OrderContext& order, std::string_view path, Json first) {
  first["token"] = make_token(order, "GET", path, std::nullopt);
  StreamRequest stream;
  stream.url = order.url + std::string(path);
  if (stream.url.starts_with("http")) stream.url.replace(0, 4, "ws");
  stream.first = dump_json(first);
  return stream;
}

// The answer's JSON, or why there is none.
NodeAnswer<Json> read_body(std::string_view body) {
  auto value = parse_json(body, {.bytes_max = kStatusBytesMax, .depth_max = 32});
  if (!value) return std::unexpected(refusal_of(value.error()));
  return std::move(*value);
}

NodeAnswer<Json> read_response(const HttpResponse& response) {
  if (response.status < 200 || response.status >= 300) {
    return std::unexpected(read_refusal(response));
  }
  return read_body(response.body);
}

template <class T>
NodeAnswer<T> read_answer(const HttpResponse& response, Result<T> (*parse)(const Json&)) {
  const auto value = read_response(response);
  if (!value) return std::unexpected(value.error());
  auto answer = parse(*value);
  if (!answer) return std::unexpected(refusal_of(answer.error()));
  return std::move(*answer);
}

}  // namespace

HttpRequest make_hello_request(std::string_view url) {
  HttpRequest request;
  request.url = std::string(url) + std::string(kHelloPath);
  return request;
}

HttpRequest make_claim_request(const OrderContext& order, const ClaimRequest& claim) {
  return make_json_order(order, "POST", kClaimPath, dump_json(to_json(claim)));
}

HttpRequest make_unclaim_request(const OrderContext& order) {
  return make_json_order(order, "POST", kUnclaimPath, {});
}

HttpRequest make_status_request(const OrderContext& order) {
  HttpRequest request = make_order(order, "GET", kStatusPath, std::nullopt);
  request.bytes_max = kStatusBytesMax;
  return request;
}

HttpRequest make_desired_request(const OrderContext& order, const DesiredState& desired) {
  return make_json_order(order, "PUT", kDesiredPath, dump_json(to_json(desired)));
}

HttpRequest make_release_request(const OrderContext& order, const std::string& sha256,
                                 ArchiveFormat format) {
  HttpRequest request = make_order(order, "PUT", std::string(kReleasesPath) + sha256, std::nullopt);
  request.url += "?format=";
  request.url += to_string(format);
  request.headers.emplace_back("Content-Type", "application/octet-stream");
  request.blob = sha256;
  request.timeout = kReleaseTimeout;
  return request;
}

StreamRequest make_events_stream(const OrderContext& order) {
  return make_stream(order, kEventsPath, Json::object());
}

StreamRequest make_logs_stream(const OrderContext& order, const LogsRequest& logs) {
  return make_stream(order, kLogsPath, to_json(logs));
}

NodeAnswer<Hello> read_hello_answer(const HttpResponse& response) {
  return read_answer(response, &hello_from_json);
}

NodeAnswer<ClaimAnswer> read_claim_answer(const HttpResponse& response) {
  return read_answer(response, &claim_answer_from_json);
}

NodeAnswer<void> read_unclaim_answer(const HttpResponse& response) {
  const auto value = read_response(response);
  if (!value) return std::unexpected(value.error());
  return {};
}

NodeAnswer<NodeStatus> read_status_answer(const HttpResponse& response) {
  return read_answer(response, &node_status_from_json);
}

NodeAnswer<DesiredAnswer> read_desired_answer(const HttpResponse& response) {
  return read_answer(response, &desired_answer_from_json);
}

NodeAnswer<ReleaseAnswer> read_release_answer(const HttpResponse& response) {
  return read_answer(response, &release_answer_from_json);
}

NodeAnswer<NodeStatus> read_events_message(std::string_view text) {
  const auto value = read_body(text);
  if (!value) return std::unexpected(value.error());
  if (value->contains("error")) return std::unexpected(node_refusal_from_json(*value));
  auto status = node_status_from_json(object_at(*value, "status"));
  if (!status) return std::unexpected(refusal_of(status.error()));
  return std::move(*status);
}

NodeAnswer<LogsMessage> read_logs_message(std::string_view text) {
  const auto value = read_body(text);
  if (!value) return std::unexpected(value.error());
  if (value->contains("error")) return std::unexpected(node_refusal_from_json(*value));
  auto message = logs_message_from_json(*value);
  if (!message) return std::unexpected(refusal_of(message.error()));
  return std::move(*message);
}

}  // namespace a67
