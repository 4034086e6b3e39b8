#include "engine/native/http_call.h"

#include <catch_amalgamated.hpp>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "tests/native/support.h"

using namespace a67;                // NOLINT(google-build-using-namespace): a test
using namespace a67::native;        // NOLINT(google-build-using-namespace): a test
using namespace a67::native::test;  // NOLINT(google-build-using-namespace): a test
namespace asio = boost::asio;

namespace {

struct Outcome {
  std::optional<Result<Json>> end;
  std::vector<Json> chunks;
};

// Runs one request to its end.
Outcome send(asio::io_context& context, HttpRequest request, const std::string& blob_path = {}) {
  Outcome outcome;
  const auto call = std::make_shared<HttpCall>(
      context, std::move(request), blob_path,
      [&](const Json& chunk) { outcome.chunks.push_back(chunk); },
      [&](const Result<Json>& end) {
        outcome.end = end;
        context.stop();
      });
  call->start();
  context.run();
  return outcome;
}

ErrorCode code_of(const Outcome& outcome) {
  REQUIRE(outcome.end);
  REQUIRE_FALSE(*outcome.end);
  return outcome.end->error().code;
}

Serve answer(std::string text, std::string* request = nullptr) {
  return [text, request](Socket socket) -> asio::awaitable<void> {
    const std::string got = co_await read_request(&socket);
    if (request != nullptr) *request = got;
    co_await write_text(&socket, text);
    co_await wait_for_close(&socket);
  };
}

}  // namespace

TEST_CASE("HttpCall: method, target, headers and body go out, status, headers and body come back",
          "[native]") {
  asio::io_context context;
  std::string request;
  const OneShotServer server(
      context,
      answer("HTTP/1.1 201 Created\r\nX-Kind: yes\r\nContent-Length: 2\r\n\r\nok", &request));
  const Outcome outcome = send(context, {.method = "PUT",
                                         .url = server.url("/v1/desired?x=1"),
                                         .headers = {{"Authorization", "Bearer t"}},
                                         .body = "{}"});
  REQUIRE(outcome.end);
  REQUIRE(*outcome.end);
  const Json& body = **outcome.end;
  CHECK(body["status"] == 201);
  CHECK(body["body"] == "ok");
  CHECK(body["headers"][0] == Json::array({"x-kind", "yes"}));
  CHECK(request.starts_with("PUT /v1/desired?x=1 HTTP/1.1\r\nHost: 127.0.0.1:"));
  CHECK(request.contains("Authorization: Bearer t\r\n"));
  CHECK(request.ends_with("Content-Length: 2\r\n\r\n{}"));
}

TEST_CASE("HttpCall: a chunked answer is put together", "[native]") {
  asio::io_context context;
  const OneShotServer server(
      context,
      answer(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
  const Outcome outcome = send(context, {.url = server.url()});
  REQUIRE(*outcome.end);
  CHECK((**outcome.end)["body"] == "abcde");
}

TEST_CASE("HttpCall: any status is an answer, and a redirect is not followed", "[native]") {
  asio::io_context context;
  const OneShotServer server(
      context,
      answer("HTTP/1.1 307 T\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"));
  const Outcome outcome = send(context, {.method = "POST", .url = server.url()});
  REQUIRE(*outcome.end);
  CHECK((**outcome.end)["status"] == 307);
}

TEST_CASE("HttpCall: a refused connection is unreachable: nothing was done", "[native]") {
  asio::io_context context;
  const std::string url = "http://127.0.0.1:" + std::to_string(free_port(context));
  const Outcome outcome = send(context, {.method = "POST", .url = url, .body = "x"});
  CHECK(code_of(outcome) == ErrorCode::kUnreachable);
}

TEST_CASE("HttpCall: a connection that breaks after the request may have been carried out",
          "[native]") {
  asio::io_context context;
  const OneShotServer server(
      context, [](Socket socket) -> asio::awaitable<void> { co_await read_request(&socket); });
  SECTION("so a POST is of unknown outcome") {
    const Outcome outcome = send(context, {.method = "POST", .url = server.url(), .body = "x"});
    CHECK(code_of(outcome) == ErrorCode::kOutcomeUnknown);
  }
  SECTION("but a GET changes nothing and may be repeated") {
    CHECK(code_of(send(context, {.url = server.url()})) == ErrorCode::kUnreachable);
  }
}

TEST_CASE("HttpCall: an answer cut off in the middle is no answer", "[native]") {
  asio::io_context context;
  const OneShotServer server(context, [](Socket socket) -> asio::awaitable<void> {
    co_await read_request(&socket);
    co_await write_text(&socket, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  });
  const Outcome outcome = send(context, {.method = "POST", .url = server.url(), .body = "x"});
  CHECK(code_of(outcome) == ErrorCode::kOutcomeUnknown);
}

TEST_CASE("HttpCall: no answer in time is a timeout, and the connection is let go", "[native]") {
  asio::io_context context;
  bool closed = false;
  const OneShotServer server(context, [&](Socket socket) -> asio::awaitable<void> {
    co_await read_request(&socket);
    co_await wait_for_close(&socket);
    closed = true;
  });
  const Outcome outcome = send(context, {.url = server.url(), .timeout = Duration(50)});
  CHECK(code_of(outcome) == ErrorCode::kTimeout);
  context.restart();
  context.run();
  CHECK(closed);
}

TEST_CASE("HttpCall: an answer over the limit is refused", "[native]") {
  asio::io_context context;
  const OneShotServer server(
      context, answer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + std::string(100, 'x')));
  const Outcome outcome = send(context, {.url = server.url(), .bytes_max = 99});
  CHECK(code_of(outcome) == ErrorCode::kTooLarge);
}

TEST_CASE("HttpCall: a blob is streamed from its file, with progress to its end", "[native]") {
  constexpr std::size_t kBytes = 3'000'000;
  asio::io_context context;
  const TemporaryFolder folder;
  std::ofstream(folder / "blob") << std::string(kBytes, 'z');
  std::string request;
  const OneShotServer server(context,
                             answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", &request));
  const Outcome outcome =
      send(context, {.method = "PUT", .url = server.url(), .blob = "name"}, folder / "blob");
  REQUIRE(*outcome.end);
  CHECK(request.size() > kBytes);
  CHECK(request.contains("Content-Length: 3000000\r\n"));
  REQUIRE_FALSE(outcome.chunks.empty());
  CHECK(outcome.chunks.back() == Json{{"sent", kBytes}, {"total", kBytes}});
}

TEST_CASE("HttpCall: of a blob just the piece is sent that was asked for", "[native]") {
  asio::io_context context;
  const TemporaryFolder folder;
  std::ofstream(folder / "blob") << "0123456789";
  std::string request;
  const OneShotServer server(context,
                             answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", &request));
  const Outcome outcome = send(context,
                               {.method = "PATCH",
                                .url = server.url(),
                                .blob = "name",
                                .blob_part = {.from = 3, .bytes = 4, .of = 10}},
                               folder / "blob");
  REQUIRE(*outcome.end);
  CHECK(request.contains("Content-Length: 4\r\n"));
  CHECK(request.ends_with("\r\n\r\n3456"));
  CHECK(outcome.chunks.back() == Json{{"sent", 4}, {"total", 4}});
}

TEST_CASE("HttpCall: a piece of a blob that has another size is refused, and nothing is sent",
          "[native]") {
  const TemporaryFolder folder;
  std::ofstream(folder / "blob") << "0123456789";
  for (const BlobPart part :
       {BlobPart{.from = 0, .bytes = 4, .of = 11}, BlobPart{.from = 8, .bytes = 4, .of = 10},
        BlobPart{.from = 11, .bytes = 0, .of = 10}}) {
    asio::io_context context;
    const OneShotServer server(context, answer(""));
    const Outcome outcome =
        send(context, {.method = "PATCH", .url = server.url(), .blob = "name", .blob_part = part},
             folder / "blob");
    CHECK(code_of(outcome) == ErrorCode::kInvalidInput);
  }
}

TEST_CASE("HttpCall: the answer to an upload that is refused early is heard", "[native]") {
  constexpr std::size_t kBytes = 20'000'000;
  asio::io_context context;
  const TemporaryFolder folder;
  std::ofstream(folder / "blob") << std::string(kBytes, 'z');
  const OneShotServer server(context, [](Socket socket) -> asio::awaitable<void> {
    char head[100];
    co_await socket.async_read_some(asio::buffer(head), asio::use_awaitable);
    co_await write_text(&socket, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
    socket.shutdown(Socket::shutdown_send);
    co_await wait_for_close(&socket);
  });
  const Outcome outcome =
      send(context, {.method = "PUT", .url = server.url(), .blob = "name"}, folder / "blob");
  REQUIRE(*outcome.end);
  CHECK((**outcome.end)["status"] == 413);
}

TEST_CASE("HttpCall: a blob that is gone is not found, and nothing is sent", "[native]") {
  asio::io_context context;
  const OneShotServer server(context, answer(""));
  const Outcome outcome =
      send(context, {.method = "PUT", .url = server.url(), .blob = "name"}, "/nowhere/blob");
  CHECK(code_of(outcome) == ErrorCode::kNotFound);
}

TEST_CASE("HttpCall: a header cannot smuggle in another", "[native]") {
  asio::io_context context;
  const OneShotServer server(context, answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  const Outcome outcome =
      send(context, {.url = server.url(), .headers = {{"X", "a\r\nAuthorization: b"}}});
  CHECK(code_of(outcome) == ErrorCode::kInvalidInput);
}

TEST_CASE("HttpCall: a cancelled request tells nothing and closes its connection", "[native]") {
  asio::io_context context;
  bool told = false;
  bool closed = false;
  std::shared_ptr<HttpCall> call;
  const OneShotServer server(context, [&](Socket socket) -> asio::awaitable<void> {
    co_await read_request(&socket);
    call->cancel();
    co_await wait_for_close(&socket);
    closed = true;
  });
  call = std::make_shared<HttpCall>(
      context, HttpRequest{.url = server.url()}, "", [&](const Json&) { told = true; },
      [&](const Result<Json>&) { told = true; });
  call->start();
  context.run();
  CHECK(closed);
  CHECK_FALSE(told);
}

TEST_CASE("HttpCall: every name under localhost is this machine", "[native]") {
  asio::io_context context;
  const OneShotServer server(context, answer("HTTP/1.1 204 No Content\r\n\r\n"));
  const Outcome outcome =
      send(context, {.url = "http://app.localhost:" + std::to_string(server.port())});
  REQUIRE(*outcome.end);
  CHECK((**outcome.end)["status"] == 204);
}
