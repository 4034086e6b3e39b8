#include "engine/providers/answer.h"

#include <array>
#include <catch_amalgamated.hpp>

using namespace a67;

namespace {

constexpr std::array kMessages = {std::string_view("/error/message"), std::string_view("/message")};
const Provider kProvider = {.id = "acme",
                            .name = "Acme",
                            .errors = {.messages = kMessages},
                            .token_page = "https://acme.example/tokens",
                            .least_scopes = "deploy"};

Credential credential() {
  Credential made;
  made.put("token", Sensitive<std::string>(std::string("acme_secret_9f2c7a41")));
  return made;
}

ApiAnswer answer(int status, std::string body, Headers headers = {}) {
  return read_answer({.status = status, .headers = std::move(headers), .body = std::move(body)});
}

Error refusal(int status, std::string body, ApiRequest request = {}) {
  return refusal_of(kProvider, request, answer(status, std::move(body)), credential());
}

}  // namespace

TEST_CASE("refusal: it is said in the provider's own words", "[providers]") {
  const Error error = refusal(422, R"({"message": "region atlantis does not exist"})");
  CHECK(error.code == ErrorCode::kInvalidInput);
  CHECK(error.message == "Acme answered 422: region atlantis does not exist.");
  CHECK(refusal(422, R"({"error": {"message": "inner"}, "message": "outer"})")
            .message.contains("inner"));
}

TEST_CASE("refusal: every status means what a caller can act on", "[providers]") {
  CHECK(refusal(401, "{}").code == ErrorCode::kUnauthorized);
  CHECK(refusal(401, "{}").hint.contains("acme.example/tokens"));
  CHECK(refusal(402, "{}").hint.contains("billing"));
  CHECK(refusal(403, "{}").hint.contains("deploy"));
  CHECK(refusal(404, "{}").code == ErrorCode::kNotFound);
  CHECK(refusal(409, "{}").code == ErrorCode::kConflict);
  CHECK(refusal(413, "{}").code == ErrorCode::kTooLarge);
  CHECK(refusal(429, "{}").code == ErrorCode::kRateLimited);
  CHECK(refusal(301, "").code == ErrorCode::kInternal);
  CHECK(refusal(503, "{}").code == ErrorCode::kUnreachable);
  CHECK(refusal(503, "{}", {.method = "POST"}).code == ErrorCode::kOutcomeUnknown);
  CHECK(refusal(503, "{}", {.method = "POST", .repeat = Repeat::kSafe}).code ==
        ErrorCode::kUnreachable);
}

TEST_CASE("refusal: what the plan, the card or a quota forbids is so whatever the status",
          "[providers]") {
  for (const char* said :
       {"user projects limit exceeded", "An owner must be verified", "storage cap exceeded",
        "Add a payment method", "Upgrade your plan", "Quota exceeded for CPU"}) {
    INFO(said);
    for (const int status : {400, 402, 403, 422}) {
      const Error error = refusal(status, Json({{"message", said}}).dump());
      CHECK(error.code == ErrorCode::kForbidden);
      CHECK(error.hint.contains("billing page of https://acme.example;"));
    }
  }
  CHECK(refusal(429, R"({"message": "quota of today is used up"})").code ==
        ErrorCode::kRateLimited);
  CHECK(refusal(400, R"({"message": "the name is too long"})").code == ErrorCode::kInvalidInput);
  // What the person's own words are about is not the plan.
  const ApiRequest query{.method = "POST", .body = {{"query", "SELECT * FROM payments"}}};
  CHECK(refusal(400, R"({"message": "relation \"payments\" does not exist"})", query).code ==
        ErrorCode::kInvalidInput);
}

TEST_CASE("refusal: a token that has ended is said to have expired", "[providers]") {
  CHECK(
      refusal(401, R"({"message": "JWT has expired"})").hint.starts_with("The token has expired."));
  CHECK_FALSE(refusal(401, R"({"message": "no"})").hint.starts_with("The token has expired."));
}

TEST_CASE("refusal: every one says what to do next", "[providers]") {
  for (int status = 300; status < 600; ++status) {
    INFO(status);
    CHECK_FALSE(refusal(status, "{}").hint.empty());
    CHECK_FALSE(refusal(status, "{}", {.method = "POST"}).hint.empty());
  }
}

TEST_CASE("too large: whoever said so much is not believed to be the provider", "[providers]") {
  const Error page = too_large(kProvider, {});
  CHECK(page.code == ErrorCode::kTooLarge);
  CHECK(page.message == "What answered instead of Acme said more than 4 MB; it was not read.");
  CHECK(too_large(kProvider, {.method = "POST"}).code == ErrorCode::kOutcomeUnknown);
  const Error object = too_large(kProvider, {.answer = Answer::kBytes});
  CHECK(object.message.contains("Acme has more than"));
  CHECK(object.hint.contains("part"));
}

TEST_CASE("clock: how far it is off is read from the body, else from the header", "[providers]") {
  const std::string refused = "<Error><Code>RequestTimeTooSkewed</Code>";
  constexpr UnixMs kNow = 1'795'687'200'000;  // 2026-11-26T10:00:00Z
  CHECK(refuses_the_time(answer(403, refused)));
  CHECK_FALSE(refuses_the_time(answer(403, "<Error><Code>AccessDenied</Code>")));
  CHECK(clock_behind(answer(403, refused + "<ServerTime>2026-11-26T11:30:00Z</ServerTime>"),
                     kNow) == std::chrono::minutes(90));
  CHECK(clock_behind(answer(403, refused, {{"Date", "Thu, 26 Nov 2026 09:00:00 GMT"}}), kNow) ==
        -std::chrono::minutes(60));
  CHECK_FALSE(clock_behind(answer(403, refused), kNow));
  CHECK(clock_error(kProvider, std::chrono::minutes(90)).message.contains("90 minutes behind"));
  CHECK(clock_error(kProvider, -std::chrono::minutes(60)).message.contains("60 minutes ahead"));
  CHECK(clock_error(kProvider, std::nullopt).message.contains("differs too much"));
}

TEST_CASE("refusal: neither secrets, pages nor control characters are repeated", "[providers]") {
  const Error secret = refusal(400, R"({"message": "bad token acme_secret_9f2c7a41!"})");
  CHECK_FALSE(secret.message.contains("acme_secret"));
  CHECK(secret.message.contains("[redacted]"));
  CHECK(refusal(502, "<html><h1>Bad gateway").message ==
        "Acme answered 502: a web page instead of an answer.");
  const std::string long_text(100'000, 'x');
  CHECK(refusal(500, long_text).message.size() < 400);
  CHECK(refusal(400, "{\"message\": \"a\\u001b[31mb\\n\\nc\"}").message ==
        "Acme answered 400: a[31mb c.");
}

TEST_CASE("may_repeat: what may have been carried out is only repeated where that is harmless",
          "[providers]") {
  const Error unknown{.code = ErrorCode::kOutcomeUnknown};
  CHECK(may_repeat({.method = "GET"}, unknown));
  CHECK(may_repeat({.method = "PUT"}, unknown));
  CHECK(may_repeat({.method = "DELETE"}, unknown));
  CHECK_FALSE(may_repeat({.method = "POST"}, unknown));
  CHECK_FALSE(may_repeat({.method = "PATCH"}, unknown));
  CHECK_FALSE(may_repeat({.method = "PUT", .repeat = Repeat::kNever}, unknown));
  CHECK(may_repeat({.method = "POST"}, Error{.code = ErrorCode::kRateLimited}));
  CHECK_FALSE(may_repeat({.method = "GET"}, Error{.code = ErrorCode::kForbidden}));
  CHECK(may_repeat({.method = "GET"}, Error{.code = ErrorCode::kTooLarge}));
  CHECK_FALSE(may_repeat({.method = "POST"}, Error{.code = ErrorCode::kTooLarge}));
}

TEST_CASE("asked_to_wait: seconds, a date, and the reset headers of all kinds", "[providers]") {
  constexpr UnixMs kNow = 1'795'687'200'000;  // 2026-11-26T10:00:00Z
  const auto wait = [&](Headers headers) {
    return asked_to_wait(answer(429, "", std::move(headers)), kNow);
  };
  CHECK(wait({{"Retry-After", "3"}}) == Duration{3'000});
  CHECK(wait({{"Retry-After", "Thu, 26 Nov 2026 10:00:07 GMT"}}) == Duration{7'000});
  CHECK(wait({{"Retry-After", "-5"}}) == Duration{0});
  CHECK(wait({{"Retry-After", "99999999"}}) == std::chrono::hours(24));
  CHECK(wait({{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", "1795687205"}}) ==
        Duration{5'000});
  CHECK(wait({{"Ratelimit-Remaining", "0"}, {"Ratelimit-Reset", "12"}}) == Duration{12'000});
  CHECK_FALSE(wait({{"X-RateLimit-Remaining", "7"}, {"X-RateLimit-Reset", "12"}}));
  CHECK_FALSE(wait({{"Retry-After", "soon"}}));
  CHECK_FALSE(wait({}));
}
