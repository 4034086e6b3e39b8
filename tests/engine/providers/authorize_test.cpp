#include "engine/providers/authorize.h"

#include <catch_amalgamated.hpp>

using namespace a67;

namespace {

Credential credential() {
  Credential made;
  made.put("token", Sensitive<std::string>(std::string("t0ken-value")));
  made.put("key", Sensitive<std::string>(std::string("Aladdin")));
  made.put("secret", Sensitive<std::string>(std::string("open sesame")));
  return made;
}

std::string header_of(const HttpRequest& http, std::string_view name) {
  for (const auto& [key, value] : http.headers) {
    if (key == name) return value;
  }
  return {};
}

HttpRequest authorized(ApiRequest request) {
  HttpRequest http{.method = "GET", .url = "https://acme.example/x"};
  REQUIRE(authorize(http, request, credential(), Json::object(), 0));
  return http;
}

}  // namespace

TEST_CASE("authorize: each scheme puts the credential where it belongs", "[providers]") {
  CHECK(header_of(authorized({.auth = Auth::kBearer}), "Authorization") == "Bearer t0ken-value");
  // RFC 7617, 2.
  CHECK(header_of(authorized({.auth = Auth::kBasic}), "Authorization") ==
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  CHECK(header_of(authorized({.auth = Auth::kHeader, .auth_header = "X-Key", .auth_field = "key"}),
                  "X-Key") == "Aladdin");
  CHECK(authorized({.auth = Auth::kNone}).headers.empty());
}

TEST_CASE("authorize: a field that is missing is named", "[providers]") {
  HttpRequest http{.method = "GET", .url = "https://acme.example/x"};
  const auto done = authorize(http, {.auth = Auth::kBearer}, Credential(), Json::object(), 0);
  REQUIRE_FALSE(done);
  CHECK(done.error().field == "token");
  CHECK(http.headers.empty());
}

TEST_CASE("credential: what it holds is taken out of any text", "[providers]") {
  CHECK(credential().redacted("a t0ken-value b t0ken-value and open sesame") ==
        "a [redacted] b [redacted] and [redacted]");
  Credential shorty;
  shorty.put("pin", Sensitive<std::string>(std::string("in")));
  CHECK(shorty.redacted("in and out") == "in and out");
}

TEST_CASE("base64: with padding, and back", "[providers]") {
  CHECK(base64_encode("f") == "Zg==");
  CHECK(base64_encode("fo") == "Zm8=");
  CHECK(base64_encode("\xff\xef\xfe") == "/+/+");
  CHECK(base64_decode("/+/+") == "\xff\xef\xfe");
  CHECK(base64_decode("Zg==") == "f");
  CHECK_FALSE(base64_decode("Z!"));
}
