#include "engine/native/stream_call.h"

#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <catch_amalgamated.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/native/support.h"

using namespace a67;                // NOLINT(google-build-using-namespace): a test
using namespace a67::native;        // NOLINT(google-build-using-namespace): a test
using namespace a67::native::test;  // NOLINT(google-build-using-namespace): a test
namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;

namespace {

struct Outcome {
  std::optional<Result<Json>> end;
  std::vector<Json> chunks;
};

std::string ws_url(const OneShotServer& server) {
  return "ws://127.0.0.1:" + std::to_string(server.port()) + "/v1/events";
}

Outcome open(asio::io_context& context, const std::string& url) {
  Outcome outcome;
  const auto call = std::make_shared<StreamCall>(
      context, StreamRequest{.url = url, .first = "{\"token\":\"t\"}"},
      [&](const Json& chunk) { outcome.chunks.push_back(chunk); },
      [&](const Result<Json>& end) {
        outcome.end = end;
        context.stop();
      });
  call->start();
  context.run();
  return outcome;
}

// Accepts, remembers the first message, sends the texts, and closes.
Serve talk(std::vector<std::string> texts, std::string* first) {
  return [texts, first](Socket socket) -> asio::awaitable<void> {
    websocket::stream<Socket> stream(std::move(socket));
    co_await stream.async_accept(asio::use_awaitable);
    boost::beast::flat_buffer buffer;
    co_await stream.async_read(buffer, asio::use_awaitable);
    *first = boost::beast::buffers_to_string(buffer.data());
    for (const std::string& text : texts) {
      co_await stream.async_write(asio::buffer(text), asio::use_awaitable);
    }
    co_await stream.async_close(websocket::close_code::normal, asio::use_awaitable);
  };
}

}  // namespace

TEST_CASE("StreamCall: the first message goes out, texts come in, closing ends it well",
          "[native]") {
  asio::io_context context;
  std::string first;
  const OneShotServer server(context, talk({"one", "two"}, &first));
  const Outcome outcome = open(context, ws_url(server));
  CHECK(first == "{\"token\":\"t\"}");
  CHECK(outcome.chunks ==
        std::vector<Json>{{{"open", true}}, {{"text", "one"}}, {{"text", "two"}}});
  REQUIRE(outcome.end);
  CHECK(*outcome.end);
}

TEST_CASE("StreamCall: nobody there, or no WebSocket there, is unreachable", "[native]") {
  asio::io_context context;
  std::string url;
  std::optional<OneShotServer> server;
  SECTION("nobody") { url = "ws://127.0.0.1:" + std::to_string(free_port(context)); }
  SECTION("a server that answers something else") {
    server.emplace(context, [](Socket socket) -> asio::awaitable<void> {
      co_await read_request(&socket);
      co_await write_text(&socket, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
    });
    url = ws_url(*server);
  }
  const Outcome outcome = open(context, url);
  REQUIRE(outcome.end);
  REQUIRE_FALSE(*outcome.end);
  CHECK(outcome.end->error().code == ErrorCode::kUnreachable);
  CHECK(outcome.chunks.empty());
}

TEST_CASE("StreamCall: a message over the limit ends it", "[native]") {
  asio::io_context context;
  std::string first;
  const OneShotServer server(context, talk({std::string(kStreamMessageBytesMax + 1, 'x')}, &first));
  const Outcome outcome = open(context, ws_url(server));
  REQUIRE(outcome.end);
  REQUIRE_FALSE(*outcome.end);
  CHECK(outcome.end->error().code == ErrorCode::kTooLarge);
}

TEST_CASE("StreamCall: cancelling closes the connection and tells nothing", "[native]") {
  asio::io_context context;
  bool closed = false;
  bool ended = false;
  const OneShotServer server(context, [&](Socket socket) -> asio::awaitable<void> {
    websocket::stream<Socket> stream(std::move(socket));
    co_await stream.async_accept(asio::use_awaitable);
    co_await wait_for_close(&stream.next_layer());
    closed = true;
  });
  std::shared_ptr<StreamCall> call;
  call = std::make_shared<StreamCall>(
      context, StreamRequest{.url = ws_url(server), .first = "x"},
      [&](const Json&) { call->cancel(); }, [&](const Result<Json>&) { ended = true; });
  call->start();
  context.run();
  CHECK(closed);
  CHECK_FALSE(ended);
}
