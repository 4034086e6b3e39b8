#include "engine/fleet/order_token.h"

#include <algorithm>
#include <cassert>

#include "engine/base/encoding.h"
#include "engine/base/json.h"
#include "engine/fleet/node_protocol.h"

namespace a67 {
namespace {

constexpr std::string_view kHeader = R"({"alg":"EdDSA","typ":"JWT"})";
constexpr std::int64_t kSecondsMax = std::int64_t{1} << 40;

std::unexpected<Error> refuse(std::string reason) {
  return fail(ErrorCode::kUnauthorized, std::move(reason));
}

template <std::size_t Size>
std::optional<std::array<std::uint8_t, Size>> decode_fixed(std::string_view text) {
  const auto bytes = base64url_decode(text);
  if (!bytes || bytes->size() != Size) return std::nullopt;
  std::array<std::uint8_t, Size> fixed{};
  std::ranges::copy(*bytes, fixed.begin());
  return fixed;
}

// A parser that takes the last of two equal keys would let a signer and a reader see different
// claims.
Result<Json> parse_claims(std::string_view text) {
  constexpr JsonLimits kLimits{.bytes_max = kOrderTokenBytesMax, .depth_max = 1};
  if (auto checked = parse_json(text, kLimits); !checked || !checked->is_object()) {
    return refuse("The token's claims are not a flat JSON object.");
  }
  std::set<std::string> keys;
  bool twice = false;
  Json value = Json::parse(
      text,
      [&](int, Json::parse_event_t event, Json& parsed) {
        if (event == Json::parse_event_t::key && !keys.insert(parsed.get<std::string>()).second) {
          twice = true;
        }
        return true;
      },
      false);
  if (twice) return refuse("The token names a claim twice.");
  return value;
}

template <std::size_t Size>
Result<void> read_bytes(const Json& claims, const char* key, std::array<std::uint8_t, Size>& out) {
  const auto text = require_string(claims, key, {}, 64);
  const auto bytes = text ? decode_fixed<Size>(*text) : std::nullopt;
  if (!bytes) {
    return refuse(std::string("The token's `") + key + "` is missing or malformed.");
  }
  out = *bytes;
  return {};
}

Result<void> read_number(const Json& claims, const char* key, std::int64_t min, std::int64_t max,
                         std::int64_t& out) {
  const auto found = claims.find(key);
  // A number written as 1.0 or 1e3 is no integer: one spelling, one meaning.
  if (found == claims.end() || !found->is_number_integer()) {
    return refuse(std::string("The token's `") + key + "` is missing or not a whole number.");
  }
  const auto number = require_int(claims, key, {}, min, max);
  if (!number) return refuse(std::string("The token's `") + key + "` is out of range.");
  out = *number;
  return {};
}

Result<void> read_text(const Json& claims, const char* key, std::string& out) {
  auto text = require_string(claims, key, {}, 1024);
  if (!text) return refuse(std::string("The token's `") + key + "` is missing or not a text.");
  out = std::move(*text);
  return {};
}

Result<OrderClaims> read_claims(const Json& value) {
  OrderClaims claims;
  Result<void> step;
  const auto then = [&](Result<void> next) {
    if (step) step = std::move(next);
  };
  then(read_bytes(value, "iss", claims.issuer));
  then(read_text(value, "aud", claims.audience.value));
  then(read_number(value, "iat", 0, kSecondsMax, claims.issued_at));
  then(read_number(value, "exp", 0, kSecondsMax, claims.expires_at));
  then(read_bytes(value, "jti", claims.id));
  then(read_number(value, "epoch", 1, std::int64_t{1} << 53, claims.epoch));
  then(read_text(value, "act", claims.action));
  std::size_t known = 7;
  if (value.contains("sum")) {
    Digest sum{};
    then(read_bytes(value, "sum", sum));
    claims.sum = sum;
    ++known;
  }
  if (!step) return std::unexpected(step.error());
  if (value.size() != known) return refuse("The token holds a claim we do not know.");
  return claims;
}

Result<void> check_order(const OrderClaims& claims, const OrderExpectation& expected,
                         const PublicKey& pinned) {
  if (!equal_constant_time(claims.issuer, pinned)) {
    return refuse("The token was issued by another controller.");
  }
  if (!equal_constant_time(as_bytes(claims.audience.value), as_bytes(expected.node.value))) {
    return refuse("The token is for another node.");
  }
  if (!equal_constant_time(as_bytes(claims.action), as_bytes(expected.action))) {
    return refuse("The token is for another action.");
  }
  const bool wants_sum = expected.sum.has_value() || expected.body_follows;
  if (claims.sum.has_value() != wants_sum) {
    return refuse(wants_sum ? "The token names no body." : "The token names a body.");
  }
  if (expected.sum) {
    if (auto checked = check_body(claims, *expected.sum); !checked) return checked;
  }
  const std::int64_t life = claims.expires_at - claims.issued_at;
  if (life <= 0 || life > kOrderTokenLifeSecondsMax) {
    return refuse("The token lives longer than " + std::to_string(kOrderTokenLifeSecondsMax) +
                  " seconds, or not at all.");
  }
  return {};
}

Result<void> check_times(const OrderClaims& claims, const OrderExpectation& expected) {
  const std::string hint = "Set the clocks of this device and of the node (for example with NTP).";
  if (claims.issued_at * 1000 > expected.now + expected.allowance.count()) {
    return fail(ErrorCode::kClockSkew, "The token comes from the future: the clocks differ.", hint);
  }
  if (claims.expires_at * 1000 <= expected.now - expected.allowance.count()) {
    return fail(ErrorCode::kClockSkew, "The token has expired, or the clocks differ.", hint);
  }
  return {};
}

}  // namespace

TokenId make_token_id(Random& random) {
  TokenId id{};
  random.fill(id);
  return id;
}

std::string make_order_token(const SigningKey& key, const OrderClaims& claims) {
  assert(claims.expires_at > claims.issued_at &&
         claims.expires_at - claims.issued_at <= kOrderTokenLifeSecondsMax && claims.epoch >= 1);
  Json payload = {{"iss", base64url_encode(key.public_key())},
                  {"aud", claims.audience.value},
                  {"iat", claims.issued_at},
                  {"exp", claims.expires_at},
                  {"jti", base64url_encode(claims.id)},
                  {"epoch", claims.epoch},
                  {"act", claims.action}};
  if (claims.sum) payload["sum"] = base64url_encode(*claims.sum);
  std::string token = base64url_encode(as_bytes(kHeader));
  token += '.';
  token += base64url_encode(as_bytes(dump_json(payload)));
  const Signature signature = key.sign(token);
  token += '.';
  token += base64url_encode(signature);
  return token;
}

Result<OrderClaims> verify_order_token(std::string_view token, const OrderExpectation& expected,
                                       const PublicKey& pinned) {
  if (token.empty()) return refuse("There is no token.");
  if (token.size() > kOrderTokenBytesMax) return refuse("The token is too large.");
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
    return refuse("The token does not have three parts.");
  }
  static const std::string kHeaderText = base64url_encode(as_bytes(kHeader));
  if (token.substr(0, first) != kHeaderText) {
    return refuse("The token's header is not the one we take.");
  }
  const auto signature = decode_fixed<64>(token.substr(second + 1));
  if (!signature) return refuse("The token's signature is malformed.");
  if (!verify(pinned, token.substr(0, second), *signature)) {
    return refuse("The token's signature is wrong.");
  }
  const auto payload = base64url_decode(token.substr(first + 1, second - first - 1));
  if (!payload) return refuse("The token's claims are not base64url.");
  const auto value = parse_claims(
      std::string_view(reinterpret_cast<const char*>(payload->data()), payload->size()));
  if (!value) return std::unexpected(value.error());
  auto claims = read_claims(*value);
  if (!claims) return claims;
  if (auto checked = check_order(*claims, expected, pinned); !checked) {
    return std::unexpected(checked.error());
  }
  if (auto checked = check_times(*claims, expected); !checked) {
    return std::unexpected(checked.error());
  }
  return claims;
}

Result<void> check_body(const OrderClaims& claims, const Digest& sum) {
  if (!claims.sum || !equal_constant_time(*claims.sum, sum)) {
    return refuse("The token is for another body.");
  }
  return {};
}

Result<void> ReplayGuard::use(const OrderClaims& claims, UnixMs now, Duration allowance) {
  forget_old(now);
  if (used_.contains(claims.id)) return refuse("The token was used before.");
  if (used_.size() >= kTokensMax) {
    return fail(ErrorCode::kRateLimited, "Too many orders in too short a time.",
                "Try again in a minute.");
  }
  used_.insert(claims.id);
  by_end_.emplace(claims.expires_at * 1000 + allowance.count(), claims.id);
  return {};
}

void ReplayGuard::forget_old(UnixMs now) {
  while (!by_end_.empty() && by_end_.begin()->first <= now) {
    used_.erase(by_end_.begin()->second);
    by_end_.erase(by_end_.begin());
  }
}

}  // namespace a67
