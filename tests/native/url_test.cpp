#include "engine/native/url.h"

#include <catch_amalgamated.hpp>
#include <string>

using a67::ErrorCode;
using a67::native::parse_url;

TEST_CASE("Url: host, port, target and the Host header come apart", "[native]") {
  const auto url = parse_url("http://127.0.0.1:4601/v1/status?x=1");
  REQUIRE(url);
  CHECK_FALSE(url->tls);
  CHECK(url->host == "127.0.0.1");
  CHECK(url->port == 4601);
  CHECK(url->target == "/v1/status?x=1");
  CHECK(url->authority == "127.0.0.1:4601");
}

TEST_CASE("Url: every scheme has its port", "[native]") {
  CHECK(parse_url("http://a")->port == 80);
  CHECK(parse_url("ws://a")->port == 80);
  CHECK(parse_url("https://a")->port == 443);
  CHECK(parse_url("wss://a")->port == 443);
  CHECK(parse_url("wss://a")->tls);
}

TEST_CASE("Url: an IPv6 address loses its brackets for the connection only", "[native]") {
  const auto url = parse_url("http://[::1]:8080/");
  REQUIRE(url);
  CHECK(url->host == "::1");
  CHECK(url->port == 8080);
  CHECK(url->authority == "[::1]:8080");
}

TEST_CASE("Url: a query without a path gets its slash", "[native]") {
  CHECK(parse_url("http://a?x")->target == "/?x");
}

TEST_CASE("Url: what is no usable URL is refused", "[native]") {
  const auto* text =
      GENERATE("", "a", "ftp://a", "http://", "http://:80", "http://a:", "http://a:0",
               "http://a:65536", "http://a:8x", "http://[::1", "http://[::1]x", "http://a/ b",
               "http://a/\r\nX: y", "http://a/#part");
  CAPTURE(text);
  const auto url = parse_url(text);
  REQUIRE_FALSE(url);
  CHECK(url.error().code == ErrorCode::kInvalidInput);
}

TEST_CASE("Url: a password in a URL is refused and not repeated", "[native]") {
  const auto url = parse_url("http://user:planted-secret@host/");
  REQUIRE_FALSE(url);
  CHECK(url.error().message.find("planted-secret") == std::string::npos);
}
