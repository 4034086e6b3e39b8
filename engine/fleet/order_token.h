// Order tokens: how a node knows that an order comes from its controller (docs/node-protocol.md,
// Trust).
//
// A token is a JWT (RFC 7519) signed with Ed25519 (RFC 8037). It names one node, one request and
// one body, lives for a minute and is good once. This file makes and checks tokens and remembers
// the used ones; it reads no clock and knows nothing of HTTP.
//
// The JOSE header is compared byte by byte with the only one we write, never parsed: there is no
// algorithm to choose, so `alg: none` and HS256 with the public key as its secret cannot even be
// considered.
//
// Errors: kUnauthorized for everything that is wrong, with the reason as its message and never a
// part of the token; kClockSkew only when everything but the times is right.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/crypto.h"
#include "engine/base/ids.h"
#include "engine/base/random.h"
#include "engine/base/result.h"
#include "engine/base/time.h"

namespace a67 {

inline constexpr std::size_t kOrderTokenBytesMax = 4096;
inline constexpr std::int64_t kOrderTokenLifeSecondsMax = 60;
inline constexpr Duration kClockAllowance{30'000};

using TokenId = std::array<std::uint8_t, 16>;

struct OrderClaims {
  PublicKey issuer{};  // ignored by make_order_token: the signing key's own is written
  NodeId audience;
  std::int64_t issued_at = 0;   // Unix seconds
  std::int64_t expires_at = 0;  // Unix seconds, at most 60 after issued_at
  TokenId id{};
  std::int64_t epoch = 1;
  std::string action;         // method and path, e.g. `PUT /v1/desired`
  std::optional<Digest> sum;  // SHA-256 of the body; none for streamed bodies, GET and WebSocket
  bool operator==(const OrderClaims&) const = default;
};

// What one request asks of its token.
struct OrderExpectation {
  NodeId node;
  std::string action;
  std::optional<Digest> sum;
  // The body is still to come: the token must name one, and the caller compares it (check_body)
  // when it is there.
  bool body_follows = false;
  UnixMs now = 0;
  Duration allowance = kClockAllowance;
};

TokenId make_token_id(Random& random);

// REQUIRES: 0 < expires_at - issued_at <= 60, epoch >= 1.
std::string make_order_token(const SigningKey& key, const OrderClaims& claims);

Result<OrderClaims> verify_order_token(std::string_view token, const OrderExpectation& expected,
                                       const PublicKey& pinned);

// For an expectation with `body_follows`.
Result<void> check_body(const OrderClaims& claims, const Digest& sum);

// Remembers which tokens were used, until they would be refused for their age anyway.
class ReplayGuard {
 public:
  static constexpr std::size_t kTokensMax = 10'000;

  // Notes the use of a verified token. kUnauthorized when it was used before; kRateLimited when the
  // memory is full: forgetting a token to make room would let it be used again.
  Result<void> use(const OrderClaims& claims, UnixMs now, Duration allowance = kClockAllowance);
  [[nodiscard]] std::size_t size() const { return used_.size(); }

 private:
  void forget_old(UnixMs now);

  std::set<TokenId> used_;
  std::set<std::pair<UnixMs, TokenId>> by_end_;
};

}  // namespace a67
