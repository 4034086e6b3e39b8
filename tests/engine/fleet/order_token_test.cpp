#include "engine/fleet/order_token.h"

#include <catch_amalgamated.hpp>

#include "engine/base/encoding.h"
#include "engine/base/json.h"

namespace a67 {
namespace {

constexpr UnixMs kNow = 1'700'000'000'000;

SigningKey make_key(std::uint8_t number) {
  Seed seed{};
  seed[0] = number;
  return SigningKey(Sensitive<Seed>(seed));
}

OrderClaims right_claims() {
  OrderClaims claims;
  claims.audience = NodeId("n-abc");
  claims.issued_at = kNow / 1000;
  claims.expires_at = kNow / 1000 + 30;
  claims.id = {1, 2, 3};
  claims.epoch = 5;
  claims.action = "PUT /v1/desired";
  claims.sum = sha256("body");
  return claims;
}

OrderExpectation right_expectation() {
  OrderExpectation expected;
  expected.node = NodeId("n-abc");
  expected.action = "PUT /v1/desired";
  expected.sum = sha256("body");
  expected.now = kNow;
  return expected;
}

// A token with any header and claims, rightly signed.
std::string sign(const SigningKey& key, std::string_view header, std::string_view payload) {
  std::string token = base64url_encode(as_bytes(header));
  token += '.';
  token += base64url_encode(as_bytes(payload));
  const Signature signature = key.sign(token);
  token += '.';
  token += base64url_encode(signature);
  return token;
}

constexpr std::string_view kHeader = R"({"alg":"EdDSA","typ":"JWT"})";

Json claims_json(const SigningKey& key) {
  return {{"iss", base64url_encode(key.public_key())},
          {"aud", "n-abc"},
          {"iat", kNow / 1000},
          {"exp", kNow / 1000 + 30},
          {"jti", base64url_encode(TokenId{9})},
          {"epoch", 5},
          {"act", "PUT /v1/desired"},
          {"sum", base64url_encode(sha256("body"))}};
}

ErrorCode code_of(const std::string& token, const OrderExpectation& expected,
                  const PublicKey& key) {
  const auto claims = verify_order_token(token, expected, key);
  REQUIRE_FALSE(claims.has_value());
  // A reason is told, and no part of the token is in it.
  CHECK_FALSE(claims.error().message.empty());
  const std::string end = token.substr(token.size() - std::min<std::size_t>(token.size(), 20));
  CHECK((end.size() < 20 || !claims.error().message.contains(end)));
  return claims.error().code;
}

}  // namespace

TEST_CASE("Order token: Ed25519 signs a JWS as RFC 8037 appendix A does", "[fleet]") {
  const auto seed_bytes = base64url_decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
  REQUIRE(seed_bytes);
  Seed seed{};
  std::ranges::copy(*seed_bytes, seed.begin());
  const SigningKey key{Sensitive<Seed>(seed)};
  CHECK(base64url_encode(key.public_key()) == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
  const std::string input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  CHECK(base64url_encode(key.sign(input)) ==
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
}

TEST_CASE("Order token: what was made is verified, and says the same", "[fleet]") {
  const SigningKey key = make_key(1);
  const auto claims = verify_order_token(make_order_token(key, right_claims()), right_expectation(),
                                         key.public_key());
  REQUIRE(claims);
  OrderClaims wanted = right_claims();
  wanted.issuer = key.public_key();
  CHECK(*claims == wanted);
}

TEST_CASE("Order token: the header is the byte-exact one of the page", "[fleet]") {
  const std::string token = make_order_token(make_key(1), right_claims());
  CHECK(token.substr(0, token.find('.')) == "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9");
}

TEST_CASE("Order token: what is not for this order is refused", "[fleet]") {
  const SigningKey key = make_key(1);
  OrderClaims claims = right_claims();
  OrderExpectation expected = right_expectation();
  SECTION("another node") { claims.audience = NodeId("n-abd"); }
  SECTION("another action") { claims.action = "PUT /v1/desirel"; }
  SECTION("another body") { claims.sum = sha256("bodz"); }
  SECTION("no body named") { claims.sum.reset(); }
  SECTION("a body named where there is none") { expected.sum.reset(); }
  CHECK(code_of(make_order_token(key, claims), expected, key.public_key()) ==
        ErrorCode::kUnauthorized);
}

TEST_CASE("Order token: another key's signature is refused", "[fleet]") {
  const std::string token = make_order_token(make_key(2), right_claims());
  CHECK(code_of(token, right_expectation(), make_key(1).public_key()) == ErrorCode::kUnauthorized);
}

TEST_CASE("Order token: a right signature does not help a wrong issuer", "[fleet]") {
  const SigningKey key = make_key(1);
  Json payload = claims_json(key);
  payload["iss"] = base64url_encode(make_key(2).public_key());
  CHECK(code_of(sign(key, kHeader, dump_json(payload)), right_expectation(), key.public_key()) ==
        ErrorCode::kUnauthorized);
}

TEST_CASE("Order token: wrong times are told apart as clock skew", "[fleet]") {
  const SigningKey key = make_key(1);
  OrderClaims claims = right_claims();
  OrderExpectation expected = right_expectation();
  SECTION("expired") {
    expected.now = claims.expires_at * 1000 + kClockAllowance.count();
    CHECK(code_of(make_order_token(key, claims), expected, key.public_key()) ==
          ErrorCode::kClockSkew);
  }
  SECTION("still taken at the end of the allowance") {
    expected.now = claims.expires_at * 1000 + kClockAllowance.count() - 1;
    CHECK(verify_order_token(make_order_token(key, claims), expected, key.public_key()));
  }
  SECTION("from the future") {
    expected.now = claims.issued_at * 1000 - kClockAllowance.count() - 1;
    CHECK(code_of(make_order_token(key, claims), expected, key.public_key()) ==
          ErrorCode::kClockSkew);
  }
  SECTION("still taken at the edge of the future") {
    expected.now = claims.issued_at * 1000 - kClockAllowance.count();
    CHECK(verify_order_token(make_order_token(key, claims), expected, key.public_key()));
  }
  SECTION("but not when something else is wrong too") {
    expected.now = kNow + 1'000'000;
    claims.audience = NodeId("n-other");
    CHECK(code_of(make_order_token(key, claims), expected, key.public_key()) ==
          ErrorCode::kUnauthorized);
  }
}

TEST_CASE("Order token: a token that lives longer than a minute is refused", "[fleet]") {
  const SigningKey key = make_key(1);
  Json payload = claims_json(key);
  payload["exp"] = kNow / 1000 + GENERATE(61, 0, -1, 100'000);
  CHECK(code_of(sign(key, kHeader, dump_json(payload)), right_expectation(), key.public_key()) ==
        ErrorCode::kUnauthorized);
}

TEST_CASE("Order token: no other algorithm can be talked into", "[fleet]") {
  const SigningKey key = make_key(1);
  const std::string payload = dump_json(claims_json(key));
  SECTION("alg none, without a signature") {
    const std::string token = base64url_encode(as_bytes(R"({"alg":"none","typ":"JWT"})")) + "." +
                              base64url_encode(as_bytes(payload)) + ".";
    CHECK(code_of(token, right_expectation(), key.public_key()) == ErrorCode::kUnauthorized);
  }
  SECTION("alg none, rightly signed") {
    const std::string token = sign(key, R"({"alg":"none","typ":"JWT"})", payload);
    CHECK(code_of(token, right_expectation(), key.public_key()) == ErrorCode::kUnauthorized);
  }
  SECTION("HS256 with the public key as its secret") {
    // HMAC-SHA256 (RFC 2104) by hand: the engine has no such function, on purpose.
    std::string token = base64url_encode(as_bytes(R"({"alg":"HS256","typ":"JWT"})")) + "." +
                        base64url_encode(as_bytes(payload));
    std::string inner(64, '\x36');
    std::string outer(64, '\x5C');
    for (std::size_t at = 0; at < 32; ++at) {
      inner[at] = static_cast<char>(inner[at] ^ static_cast<char>(key.public_key()[at]));
      outer[at] = static_cast<char>(outer[at] ^ static_cast<char>(key.public_key()[at]));
    }
    const Digest first = sha256(inner + token);
    outer.append(first.begin(), first.end());
    token += "." + base64url_encode(sha256(outer));
    CHECK(code_of(token, right_expectation(), key.public_key()) == ErrorCode::kUnauthorized);
  }
  SECTION("the same header with other blanks or order") {
    const auto header = GENERATE(as<std::string>{}, R"({"typ":"JWT","alg":"EdDSA"})",
                                 R"({"alg":"EdDSA", "typ":"JWT"})", R"({"alg":"EdDSA"})",
                                 R"({"alg":"EdDSA","typ":"JWT","kid":"1"})");
    CHECK(code_of(sign(key, header, payload), right_expectation(), key.public_key()) ==
          ErrorCode::kUnauthorized);
  }
}

TEST_CASE("Order token: a broken shape is refused", "[fleet]") {
  const SigningKey key = make_key(1);
  const std::string token = make_order_token(key, right_claims());
  const auto broken =
      GENERATE_COPY(as<std::string>{}, "", ".", "..", "...", token + ".", "." + token, token + "A",
                    token.substr(0, token.size() - 1), token.substr(0, token.size() / 2),
                    token + ".x", " " + token, token + std::string(5000, 'A'), token + "=");
  CHECK(code_of(broken, right_expectation(), key.public_key()) == ErrorCode::kUnauthorized);
}

TEST_CASE("Order token: one changed bit anywhere is refused", "[fleet]") {
  const SigningKey key = make_key(1);
  const std::string token = make_order_token(key, right_claims());
  for (std::size_t at = 0; at < token.size(); ++at) {
    std::string bent = token;
    bent[at] = static_cast<char>(bent[at] ^ 1);
    INFO("at " << at);
    CHECK_FALSE(verify_order_token(bent, right_expectation(), key.public_key()));
  }
}

TEST_CASE("Order token: claims have one type and one spelling", "[fleet]") {
  const SigningKey key = make_key(1);
  Json payload = claims_json(key);
  std::string text;
  SECTION("untouched, it is right") {
    REQUIRE(verify_order_token(sign(key, kHeader, dump_json(payload)), right_expectation(),
                               key.public_key()));
    return;
  }
  SECTION("a missing claim") {
    payload.erase(GENERATE(as<std::string>{}, "iss", "aud", "iat", "exp", "jti", "epoch", "act"));
  }
  SECTION("an unknown claim") { payload["admin"] = true; }
  SECTION("a number as text") { payload["epoch"] = "5"; }
  SECTION("a fraction") { payload["iat"] = 1.7e9; }
  SECTION("a negative epoch") { payload["epoch"] = -1; }
  SECTION("epoch zero") { payload["epoch"] = 0; }
  SECTION("an epoch beyond what JavaScript can count") { payload["epoch"] = 1ULL << 63; }
  SECTION("aud as a list") { payload["aud"] = {"n-abc", "n-def"}; }
  SECTION("a short jti") { payload["jti"] = "AAAA"; }
  SECTION("a nested object") { payload["sum"] = {{"a", 1}}; }
  SECTION("null") { payload["act"] = nullptr; }
  SECTION("a list instead of an object") { text = "[]"; }
  SECTION("a claim named twice") {
    text = dump_json(payload);
    text.insert(1, R"("aud":"n-other",)");
  }
  SECTION("a claim named twice with an escape") {
    text = dump_json(payload);
    text.insert(1, "\"\\u0061ud\":\"n-other\",");
  }
  if (text.empty()) text = dump_json(payload);
  CHECK(code_of(sign(key, kHeader, text), right_expectation(), key.public_key()) ==
        ErrorCode::kUnauthorized);
}

TEST_CASE("Order token: a body may be compared after its token", "[fleet]") {
  const SigningKey key = make_key(1);
  OrderExpectation expected = right_expectation();
  expected.sum.reset();
  expected.body_follows = true;
  const auto claims =
      verify_order_token(make_order_token(key, right_claims()), expected, key.public_key());
  REQUIRE(claims);
  CHECK(check_body(*claims, sha256("body")));
  CHECK_FALSE(check_body(*claims, sha256("other")));
  OrderClaims without = right_claims();
  without.sum.reset();
  CHECK(code_of(make_order_token(key, without), expected, key.public_key()) ==
        ErrorCode::kUnauthorized);
  CHECK_FALSE(check_body(without, sha256("")));
}

TEST_CASE("ReplayGuard: a token is good once", "[fleet]") {
  ReplayGuard guard;
  const OrderClaims claims = right_claims();
  REQUIRE(guard.use(claims, kNow));
  const auto again = guard.use(claims, kNow + 1);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == ErrorCode::kUnauthorized);
  OrderClaims other = claims;
  other.id = {4};
  CHECK(guard.use(other, kNow));
}

TEST_CASE("ReplayGuard: a token is remembered for as long as it would be taken", "[fleet]") {
  ReplayGuard guard;
  const OrderClaims claims = right_claims();
  const UnixMs last = claims.expires_at * 1000 + kClockAllowance.count();
  REQUIRE(guard.use(claims, kNow));
  CHECK_FALSE(guard.use(claims, last - 1));
  OrderClaims other = claims;
  other.id = {4};
  REQUIRE(guard.use(other, last));
  CHECK(guard.size() == 1);
}

TEST_CASE("ReplayGuard: when it is full it refuses instead of forgetting", "[fleet]") {
  ReplayGuard guard;
  OrderClaims claims = right_claims();
  for (std::size_t at = 0; at < ReplayGuard::kTokensMax; ++at) {
    claims.id = {static_cast<std::uint8_t>(at % 256), static_cast<std::uint8_t>(at / 256)};
    REQUIRE(guard.use(claims, kNow));
  }
  claims.id = {0, 0, 1};
  const auto refused = guard.use(claims, kNow);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::kRateLimited);
  CHECK(guard.size() == ReplayGuard::kTokensMax);
}

}  // namespace a67
