#include "node-wrapper/gateway/http_head.h"

#include <catch_amalgamated.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

using namespace a67::gateway;

namespace {

struct Vector {
  std::string_view what;
  std::string bytes;
  int status;  // 0: accepted
};

std::string get_with(std::string_view headers) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n";
}
std::string post_with(std::string_view headers) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n";
}

int status_of(std::string_view bytes) {
  const auto head = std::make_unique<RequestHead>();
  head->reset();
  switch (head->feed(bytes)) {
    case Progress::kComplete:
      return 0;
    case Progress::kRejected:
      return head->reject().status;
    case Progress::kNeedMore:
      return -1;
  }
  return -2;
}

// The same head, one byte at a time.
int status_bytewise(std::string_view bytes) {
  const auto head = std::make_unique<RequestHead>();
  head->reset();
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    const Progress progress = head->feed(bytes.substr(0, size));
    if (progress == Progress::kComplete) return 0;
    if (progress == Progress::kRejected) return head->reject().status;
  }
  return -1;
}

const std::vector<Vector>& smuggling_vectors() {
  static const std::vector<Vector> vectors = {
      {"a plain request", get_with(""), 0},
      {"both lengths", post_with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"both lengths, other order",
       post_with("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"), 400},
      {"two different lengths", post_with("Content-Length: 5\r\nContent-Length: 6\r\n"), 400},
      {"two equal lengths", post_with("Content-Length: 5\r\nContent-Length: 5\r\n"), 0},
      {"a list of lengths", post_with("Content-Length: 5, 5\r\n"), 400},
      {"a signed length", post_with("Content-Length: +5\r\n"), 400},
      {"a negative length", post_with("Content-Length: -1\r\n"), 400},
      {"a hexadecimal length", post_with("Content-Length: 0x5\r\n"), 400},
      {"an empty length", post_with("Content-Length:\r\n"), 400},
      {"a length with a blank inside", post_with("Content-Length: 1 0\r\n"), 400},
      {"an overflowing length", post_with("Content-Length: 99999999999999999999\r\n"), 400},
      {"chunked", post_with("Transfer-Encoding: chunked\r\n"), 0},
      {"chunked in capitals", post_with("Transfer-Encoding: CHUNKED\r\n"), 0},
      {"chunked not last", post_with("Transfer-Encoding: chunked, gzip\r\n"), 400},
      {"an unknown coding before chunked", post_with("Transfer-Encoding: gzip, chunked\r\n"), 501},
      {"an unknown coding", post_with("Transfer-Encoding: xchunked\r\n"), 400},
      {"identity", post_with("Transfer-Encoding: identity\r\n"), 400},
      {"chunked twice in a list", post_with("Transfer-Encoding: chunked, chunked\r\n"), 400},
      {"chunked twice", post_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
       400},
      {"chunked hidden behind identity",
       post_with("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"quoted chunked", post_with("Transfer-Encoding: \"chunked\"\r\n"), 400},
      {"an empty coding", post_with("Transfer-Encoding:\r\n"), 400},
      {"a vertical tab before chunked",
       post_with("Transfer-Encoding: \x0b"
                 "chunked\r\n"),
       400},
      {"a blank before the colon", post_with("Transfer-Encoding : chunked\r\n"), 400},
      {"a tab before the colon", post_with("Content-Length\t: 5\r\n"), 400},
      {"a folded header", get_with("X: a\r\n b\r\n"), 400},
      {"a folded coding", post_with("Transfer-Encoding:\r\n chunked\r\n"), 400},
      {"a first header line that is folded", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
      {"a bare LF in the head", "GET / HTTP/1.1\nHost: a\n\n", 400},
      {"a bare LF between headers", get_with("X: a\nContent-Length: 5\r\n"), 400},
      {"a bare CR in a value", get_with("X: a\rContent-Length: 5\r\n"), 400},
      {"a bare CR in a name", get_with("X\r: a\r\n"), 400},
      {"a NUL in a value", get_with(std::string("X: a\0b\r\n", 8)), 400},
      {"a NUL in a name", get_with(std::string("X\0Y: a\r\n", 8)), 400},
      {"a NUL in the target", std::string("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 28), 400},
      {"a header without a colon", get_with("Content-Length 5\r\n"), 400},
      {"a header without a name", get_with(": a\r\n"), 400},
      {"a control character in a value", get_with("X: a\x01\r\n"), 400},
      {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two Hosts", get_with("Host: b\r\n"), 400},
      {"two equal Hosts", get_with("Host: a\r\n"), 400},
      {"an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
      {"a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"a Host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
      {"a Host with a list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
      {"a Host with a bad port", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400},
      {"a Host that is an IPv6 address", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 0},
      {"a Host with an open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400},
      {"HTTP/1.0 with a coding", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", 0},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
      {"HTTP/2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"a lower-case version", "GET / http/1.1\r\nHost: a\r\n\r\n", 400},
      {"HTTP/0.9", "GET /\r\n\r\n", 400},
      {"two blanks in the request line", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a blank in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a tab in the request line", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a fragment in the target", "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a raw byte in the target", "GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a method with a separator", "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"an asterisk for GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"an asterisk for OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 0},
      {"an absolute target", "GET http://b:80/x?y HTTP/1.1\r\nHost: a\r\n\r\n", 0},
      {"an absolute target with a user", "GET http://u@b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"an absolute target of another scheme", "GET ftp://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"an absolute target without a host", "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"an unknown expectation", post_with("Content-Length: 1\r\nExpect: a-miracle\r\n"), 417},
      {"empty lines before the request", "\r\n\r\n" + get_with(""), 0},
      {"too many empty lines", "\r\n\r\n\r\n" + get_with(""), 400},
      {"a TLS greeting", "\x16\x03\x01\x02", 400},
      {"an unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 0},
  };
  return vectors;
}

}  // namespace

TEST_CASE("RequestHead: smuggling vectors are refused, whole or byte by byte", "[gateway]") {
  for (const Vector& vector : smuggling_vectors()) {
    INFO(vector.what);
    CHECK(status_of(vector.bytes) == vector.status);
    CHECK(status_bytewise(vector.bytes) == vector.status);
  }
}

TEST_CASE("RequestHead: limits hold to the byte", "[gateway]") {
  const auto with_target = [](std::size_t size) {
    return "GET /" + std::string(size - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
  };
  CHECK(status_of(with_target(kTargetBytesMax)) == 0);
  CHECK(status_of(with_target(kTargetBytesMax + 1)) == 414);
  CHECK(status_of(std::string(kTargetBytesMax + 100, 'a')) == 414);

  const auto with_headers = [](std::size_t count) {
    std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (std::size_t i = 1; i < count; ++i) head += "X: y\r\n";
    return head + "\r\n";
  };
  CHECK(status_of(with_headers(kHeadersMax)) == 0);
  CHECK(status_of(with_headers(kHeadersMax + 1)) == 431);

  const auto with_bytes = [](std::size_t size) {
    const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    return start + std::string(size - start.size() - 4, 'y') + "\r\n\r\n";
  };
  CHECK(status_of(with_bytes(kHeadBytesMax)) == 0);
  CHECK(status_of(with_bytes(kHeadBytesMax + 1)) == 431);
  CHECK(status_of(with_bytes(kHeadBytesMax + 100).substr(0, kHeadBytesMax)) == 431);
}

TEST_CASE("RequestHead: says what it read, and leaves the bytes behind the head alone",
          "[gateway]") {
  const std::string bytes =
      "POST http://App.example:8080/x?y=1 HTTP/1.1\r\nhost: other\r\nContent-length:  7 \r\n"
      "Expect: 100-Continue\r\nConnection: x-secret, Keep-Alive\r\nX-Secret: 1\r\n\r\nbody...GET";
  RequestHead head;
  head.reset();
  REQUIRE(head.feed(bytes) == Progress::kComplete);
  CHECK(head.method == Method::kPost);
  CHECK(head.target == "/x?y=1");
  CHECK(head.authority == "App.example:8080");
  CHECK(head.content_length == 7);
  CHECK(head.has_body());
  CHECK(head.expects_continue);
  CHECK(head.keep_alive);
  CHECK(head.is_connection_listed("X-SECRET"));
  CHECK_FALSE(head.is_connection_listed("Host"));
  CHECK(bytes.substr(head.bytes()) == "body...GET");
}

TEST_CASE("RequestHead: keep-alive follows version and Connection", "[gateway]") {
  const auto keeps = [](std::string_view version, std::string_view headers) {
    RequestHead head;
    head.reset();
    const std::string bytes =
        "GET / HTTP/" + std::string(version) + "\r\nHost: a\r\n" + std::string(headers) + "\r\n";
    REQUIRE(head.feed(bytes) == Progress::kComplete);
    return head.keep_alive;
  };
  CHECK(keeps("1.1", ""));
  CHECK_FALSE(keeps("1.1", "Connection: close\r\n"));
  CHECK_FALSE(keeps("1.1", "Connection: x, Close\r\n"));
  CHECK_FALSE(keeps("1.0", ""));
  CHECK(keeps("1.0", "Connection: keep-alive\r\n"));
}

TEST_CASE("RequestHead: an upgrade is passed on only where it cannot hide requests", "[gateway]") {
  const auto upgrade = [](std::string_view headers) {
    RequestHead head;
    head.reset();
    const std::string bytes = get_with(headers);
    REQUIRE(head.feed(bytes) == Progress::kComplete);
    return std::string(head.upgrade);
  };
  CHECK(upgrade("Connection: Upgrade\r\nUpgrade: websocket\r\n") == "websocket");
  CHECK(upgrade("Upgrade: websocket\r\n").empty());
  CHECK(upgrade("Connection: Upgrade\r\nUpgrade: h2c\r\n").empty());
  CHECK(upgrade("Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n").empty());
  CHECK(upgrade("Connection: Upgrade\r\nUpgrade: HTTP/2.0\r\n").empty());
  CHECK(upgrade("Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 3\r\n").empty());
}

TEST_CASE("RequestHead: headers written with underscores cannot stand in for ours", "[gateway]") {
  RequestHead head;
  head.reset();
  const std::string bytes =
      get_with("X_Forwarded_For: 6.6.6.6\r\nContent_Length: 5\r\nx_other: 1\r\n");
  REQUIRE(head.feed(bytes) == Progress::kComplete);
  CHECK(head.headers()[1].known == Known::kShadow);
  CHECK(head.headers()[2].known == Known::kShadow);
  CHECK(head.headers()[3].known == Known::kOther);
  CHECK_FALSE(head.has_body());
}

TEST_CASE("ResponseHead: malformed answers are refused", "[gateway]") {
  const auto status_of_response = [](std::string_view bytes) {
    ResponseHead head;
    head.reset();
    const Progress progress = head.feed(bytes);
    return progress == Progress::kComplete ? head.status : -head.reject().status;
  };
  CHECK(status_of_response("HTTP/1.1 200 OK\r\n\r\n") == 200);
  CHECK(status_of_response("HTTP/1.1 204\r\n\r\n") == 204);
  CHECK(status_of_response("HTTP/1.0 404 \r\n\r\n") == 404);
  CHECK(status_of_response("HTTP/2.0 200 OK\r\n\r\n") < 0);
  CHECK(status_of_response("HTTP/1.1 20 OK\r\n\r\n") < 0);
  CHECK(status_of_response("HTTP/1.1 099 OK\r\n\r\n") < 0);
  CHECK(status_of_response("HTTP/1.1 2000 OK\r\n\r\n") < 0);
  CHECK(status_of_response("ICY 200 OK\r\n\r\n") < 0);
  CHECK(status_of_response("HTTP/1.1 200 OK\n\n") < 0);
  CHECK(status_of_response("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n") < 0);
  CHECK(status_of_response("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n") <
        0);
  CHECK(status_of_response(
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n") < 0);
  CHECK(status_of_response("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") < 0);
  CHECK(status_of_response("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n") < 0);
}

TEST_CASE("ResponseHead: knows which answers have no body", "[gateway]") {
  const auto has_body = [](int status, Method method) {
    ResponseHead head;
    head.reset();
    const std::string bytes =
        "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: 5\r\n\r\n";
    REQUIRE(head.feed(bytes) == Progress::kComplete);
    return head.has_body(method);
  };
  CHECK(has_body(200, Method::kGet));
  CHECK(has_body(500, Method::kPost));
  CHECK_FALSE(has_body(200, Method::kHead));
  CHECK_FALSE(has_body(204, Method::kGet));
  CHECK_FALSE(has_body(304, Method::kGet));
  CHECK_FALSE(has_body(100, Method::kPost));
}
