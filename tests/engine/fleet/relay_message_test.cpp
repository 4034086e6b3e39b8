#include "engine/fleet/relay_message.h"

#include <catch_amalgamated.hpp>

#include "engine/fleet/order_token.h"

namespace a67 {
namespace {

RelayRequest sample() {
  RelayRequest request{.id = "r-1", .provider = "render", .http = {}};
  request.http.method = "POST";
  request.http.url = "https://api.render.com/v1/services?a=b%20c";
  request.http.headers = {
      {"Authorization", "Bearer \"quoted\""}, {"X-Twice", "1"}, {"X-Twice", "2"}};
  request.http.body = std::string("line\nline\0\xff", 11);
  request.http.timeout = Duration{1'234};
  request.http.bytes_max = 5'678;
  return request;
}

std::string fault_of(std::string head) {
  const auto read = read_relay_request(head + "\n");
  if (read) return "none";
  return read.error().field.empty() ? std::string(to_string(read.error().code))
                                    : read.error().field;
}

}  // namespace

TEST_CASE("Relay message: what is written is read, byte for byte", "[fleet]") {
  const RelayRequest request = sample();
  const auto read = read_relay_request(write_relay_request(request));
  REQUIRE(read);
  CHECK(read->id == request.id);
  CHECK(read->provider == request.provider);
  CHECK(read->http.method == request.http.method);
  CHECK(read->http.url == request.http.url);
  CHECK(read->http.headers == request.http.headers);
  CHECK(read->http.body == request.http.body);
  CHECK(read->http.timeout == request.http.timeout);
  CHECK(read->http.bytes_max == request.http.bytes_max);

  const HttpResponse answer{.status = 429, .headers = {{"retry-after", "3"}}, .body = "{\n}\n"};
  const auto told = read_relay_answer(write_relay_answer(answer));
  REQUIRE(told);
  CHECK(told->status == 429);
  CHECK(told->headers == answer.headers);
  CHECK(told->body == answer.body);
}

TEST_CASE("Relay message: no limit can be asked away", "[fleet]") {
  RelayRequest request = sample();
  request.http.timeout = Duration{10'000'000};
  request.http.bytes_max = std::size_t{1} << 40;
  const auto read = read_relay_request(write_relay_request(request));
  REQUIRE(read);
  CHECK(read->http.timeout == kRelayTimeMax);
  CHECK(read->http.bytes_max == kRelayAnswerBytesMax);
  const std::string good = R"({"id":"r","provider":"p","method":"GET","url":"u","headers":[],)";
  CHECK(fault_of(good + R"("timeoutMs":60001,"bytesMax":1})") == "timeoutMs");
  CHECK(fault_of(good + R"("timeoutMs":1,"bytesMax":16777217})") == "bytesMax");
  CHECK(fault_of(good + R"("timeoutMs":1,"bytesMax":1})") == "none");
  request.http.body.assign(kRelayBodyBytesMax + 1, 'x');
  const auto large = read_relay_request(write_relay_request(request));
  REQUIRE_FALSE(large);
  CHECK(large.error().code == ErrorCode::kTooLarge);
}

TEST_CASE("Relay message: what would break out of a header or a line is refused", "[fleet]") {
  const auto with = [](const char* method, const char* header) {
    return fault_of(std::string(R"({"id":"r","provider":"p","method":")") + method +
                    R"(","url":"u","timeoutMs":1,"bytesMax":1,"headers":[)" + header + "]}");
  };
  CHECK(with("GET", R"(["Accept","a"])") == "none");
  CHECK(with("CONNECT", "") == "method");
  CHECK(with("GET /x HTTP/1.1", "") == "method");
  CHECK(with("GET", R"(["Accept","a\r\nCookie: b"])") == "headers[0]");
  CHECK(with("GET", R"(["Acc ept","a"])") == "headers[0]");
  CHECK(with("GET", R"(["Accept:","a"])") == "headers[0]");
  CHECK(with("GET", R"(["","a"])") == "headers[0]");
  CHECK(with("GET", R"(["Accept"])") == "headers[0]");
  CHECK(fault_of(std::string(kRelayHeadBytesMax, ' ')) == "invalid_input");
}

TEST_CASE("Relay message: the order is for exactly this request", "[fleet]") {
  const SigningKey key{Sensitive<Seed>(Seed{3})};
  Random random = Random::from_number(1);
  const OrderContext order{.key = key,
                           .random = random,
                           .node = NodeId("n-1"),
                           .url = "http://127.0.0.1:4601",
                           .epoch = 4,
                           .now = 1'700'000'000'000};
  const HttpRequest http = make_relay_request(order, sample());
  CHECK(http.method == "POST");
  CHECK(http.url == "http://127.0.0.1:4601/v1/relay");
  CHECK(http.answer_is_bytes);
  CHECK(http.timeout > sample().http.timeout);
  const OrderExpectation expected{.node = NodeId("n-1"),
                                  .action = "POST /v1/relay",
                                  .sum = sha256(http.body),
                                  .now = 1'700'000'000'000};
  CHECK(verify_order_token(http.headers.at(0).second.substr(7), expected, key.public_key()));
}

TEST_CASE("Relay message: an answer, a refusal and somebody in between are told apart", "[fleet]") {
  const HttpResponse inner{.status = 404, .headers = {}, .body = "no such service"};
  const auto told = read_relay_response({.status = 200, .body = write_relay_answer(inner)});
  REQUIRE(told);
  CHECK(told->status == 404);
  const auto refused = read_relay_response(
      {.status = 403, .body = R"({"error":{"code":"forbidden","message":"not on the list"}})"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().error.code == ErrorCode::kForbidden);
  const auto page = read_relay_response({.status = 502, .body = "<html>"});
  REQUIRE_FALSE(page);
  CHECK(page.error().error.message.contains("502"));
  CHECK_FALSE(read_relay_response({.status = 200, .body = "<html>"}));
}

}  // namespace a67
