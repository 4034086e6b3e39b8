#include "engine/fleet/node_client.h"

#include <catch_amalgamated.hpp>

#include "engine/base/encoding.h"
#include "engine/fleet/order_token.h"

namespace a67 {
namespace {

constexpr UnixMs kNow = 1'700'000'000'500;

struct Controller {
  SigningKey key{Sensitive<Seed>(Seed{3})};
  Random random = Random::from_number(1);

  OrderContext order() {
    return {.key = key,
            .random = random,
            .node = NodeId("n-1"),
            .url = "http://127.0.0.1:4601",
            .epoch = 4,
            .now = kNow};
  }
};

std::string bearer(const HttpRequest& request) {
  for (const auto& [name, value] : request.headers) {
    if (name == "Authorization" && value.starts_with("Bearer ")) return value.substr(7);
  }
  return {};
}

// The node's view: is the token right for exactly this request?
bool is_taken(const std::string& token, const Controller& controller, const std::string& action,
              std::optional<Digest> sum) {
  const OrderExpectation expected{.node = NodeId("n-1"), .action = action, .sum = sum, .now = kNow};
  return verify_order_token(token, expected, controller.key.public_key()).has_value();
}

}  // namespace

TEST_CASE("Node client: every order carries a token for exactly itself", "[fleet]") {
  Controller controller;
  const HttpRequest status = make_status_request(controller.order());
  CHECK(status.url == "http://127.0.0.1:4601/v1/status");
  CHECK(is_taken(bearer(status), controller, "GET /v1/status", {}));

  DesiredState desired;
  desired.epoch = 4;
  const HttpRequest put = make_desired_request(controller.order(), desired);
  CHECK(put.method == "PUT");
  CHECK(is_taken(bearer(put), controller, "PUT /v1/desired", sha256(put.body)));
  CHECK(parse_json(put.body) == to_json(desired));

  const HttpRequest unclaim = make_unclaim_request(controller.order());
  CHECK(is_taken(bearer(unclaim), controller, "POST /v1/unclaim", sha256("")));

  const std::string hash(64, 'a');
  const HttpRequest upload = make_release_request(controller.order(), hash, ArchiveFormat::kTarGz);
  CHECK(upload.url.ends_with("/v1/releases/" + hash + "?format=tar.gz"));
  CHECK(upload.blob == hash);
  CHECK(is_taken(bearer(upload), controller, "PUT /v1/releases/" + hash, {}));

  ClaimRequest claim{.code = WireSecret<std::string>("AAAA-BBBB-CCCC"),
                     .public_key = base64url_encode(controller.key.public_key()),
                     .controller_name = "laptop"};
  const HttpRequest post = make_claim_request(controller.order(), claim);
  CHECK(is_taken(bearer(post), controller, "POST /v1/claim", sha256(post.body)));
  CHECK_FALSE(post.url.contains("AAAA"));
}

TEST_CASE("Node client: no two tokens are the same", "[fleet]") {
  Controller controller;
  CHECK(bearer(make_status_request(controller.order())) !=
        bearer(make_status_request(controller.order())));
}

TEST_CASE("Node client: a stream's token is in its first message, not in its address", "[fleet]") {
  Controller controller;
  const StreamRequest events = make_events_stream(controller.order());
  CHECK(events.url == "ws://127.0.0.1:4601/v1/events");
  CHECK(is_taken(string_or(*parse_json(events.first), "token"), controller, "GET /v1/events", {}));
  const LogsRequest wanted{.app = "a", .tail = 10, .follow = true};
  const StreamRequest logs = make_logs_stream(controller.order(), wanted);
  CHECK(logs.url == "ws://127.0.0.1:4601/v1/logs");
  CHECK(logs_request_from_json(*parse_json(logs.first)) == wanted);
  CHECK(is_taken(string_or(*parse_json(logs.first), "token"), controller, "GET /v1/logs", {}));
}

TEST_CASE("Node client: a wss address stays one", "[fleet]") {
  Controller controller;
  OrderContext order = controller.order();
  order.url = "https://node.example";
  CHECK(make_events_stream(order).url == "wss://node.example/v1/events");
}

TEST_CASE("Node client: answers and refusals are told apart", "[fleet]") {
  const DesiredAnswer answer{.epoch = 4, .revision = 2};
  CHECK(read_desired_answer({.status = 200, .headers = {}, .body = dump_json(to_json(answer))}) ==
        answer);
  const auto stale =
      read_desired_answer({.status = 409,
                           .headers = {},
                           .body = R"({"error":{"code":"stale_epoch","message":"m"},"epoch":9})"});
  REQUIRE_FALSE(stale);
  CHECK(stale.error().error.code == ErrorCode::kStaleEpoch);
  CHECK(stale.error().epoch == 9);
  const auto proxy =
      read_desired_answer({.status = 502, .headers = {}, .body = "<html>Bad gateway"});
  REQUIRE_FALSE(proxy);
  CHECK(proxy.error().error.code == ErrorCode::kInternal);
  CHECK(proxy.error().error.message.contains("502"));
  const auto odd = read_desired_answer({.status = 200, .headers = {}, .body = "{}"});
  REQUIRE_FALSE(odd);
  CHECK(odd.error().error.field == "accepted");
}

TEST_CASE("Node client: stream messages are parsed, refusals too", "[fleet]") {
  NodeStatus status;
  status.node.id = NodeId("n-1");
  const Json message = {{"type", "status"}, {"status", to_json(status)}};
  CHECK(read_events_message(dump_json(message)) == status);
  const auto refused = read_events_message(R"({"error":{"code":"unauthorized","message":"m"}})");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().error.code == ErrorCode::kUnauthorized);
  CHECK_FALSE(read_events_message("nonsense"));
  CHECK(read_logs_message(R"({"type":"end"})")->end);
  CHECK_FALSE(read_logs_message(R"({"error":{"code":"not_found","message":"m"}})"));
}

}  // namespace a67
