#include "node-wrapper/control/authority.h"

#include <algorithm>
#include <utility>

#include "engine/base/encoding.h"
#include "node-wrapper/control/access.h"

namespace a67 {
namespace {

Digest hash_code(std::string_view typed) {
  return sha256(normalize_claim_code(typed).value_or(std::string{}));
}

std::string claim_action() { return "POST " + std::string(kClaimPath); }

}  // namespace

NodeRefusal Authority::refuse(Error error) const {
  NodeRefusal refusal;
  if (error.code == ErrorCode::kClockSkew) refusal.now = clock_.unix_now();
  if (error.code == ErrorCode::kStaleEpoch) refusal.epoch = record().epoch;
  refusal.error = std::move(error);
  return refusal;
}

NodeRefusal Authority::why_superseded() const {
  if (!is_claimed()) {
    return refuse({.code = ErrorCode::kUnauthorized,
                   .message = "Nobody has claimed this node.",
                   .hint = "Claim it with the code in its claim-code file."});
  }
  return refuse({.code = ErrorCode::kStaleEpoch,
                 .message = "A newer controller gives the orders now.",
                 .hint = "Take over again if this one should."});
}

Ruling<OrderClaims> Authority::admit(std::string_view token, const std::string& action,
                                     bool body_follows) const {
  if (!is_claimed()) return std::unexpected(why_superseded());
  const OrderExpectation expected{.node = record().id,
                                  .action = action,
                                  .sum = {},
                                  .body_follows = body_follows,
                                  .now = clock_.unix_now()};
  auto claims = verify_order_token(token, expected, record().controller->key);
  if (!claims) return std::unexpected(refuse(std::move(claims.error())));
  return std::move(*claims);
}

Ruling<void> Authority::accept(const OrderClaims& claims, const std::optional<Digest>& sum) {
  if (sum) {
    if (auto checked = check_body(claims, *sum); !checked) {
      return std::unexpected(refuse(std::move(checked.error())));
    }
  }
  if (auto used = replays_.use(claims, clock_.unix_now()); !used) {
    return std::unexpected(refuse(std::move(used.error())));
  }
  if (claims.epoch < record().epoch) return std::unexpected(why_superseded());
  if (claims.epoch > record().epoch) {
    NodeRecord next = record();
    next.epoch = claims.epoch;
    if (auto saved = file_.change(std::move(next)); !saved) {
      return std::unexpected(refuse(std::move(saved.error())));
    }
  }
  return {};
}

Ruling<void> Authority::claim(const ClaimRequest& request, std::string_view token,
                              const Digest& sum, std::string_view origin) {
  const auto bytes = base64url_decode(request.public_key);
  PublicKey key{};
  if (!bytes || bytes->size() != key.size()) {
    return std::unexpected(refuse({.code = ErrorCode::kInvalidInput,
                                   .message = "`publicKey` is not an Ed25519 public key.",
                                   .field = "publicKey"}));
  }
  std::ranges::copy(*bytes, key.begin());
  const OrderExpectation expected{
      .node = record().id, .action = claim_action(), .sum = sum, .now = clock_.unix_now()};
  auto claims = verify_order_token(token, expected, key);
  if (!claims) return std::unexpected(refuse(std::move(claims.error())));
  if (is_claimed()) return claim_again(request, *claims, origin);
  if (auto checked = check_code(request.code.expose()); !checked) return checked;
  if (auto used = replays_.use(*claims, clock_.unix_now()); !used) {
    return std::unexpected(refuse(std::move(used.error())));
  }

  NodeRecord next = record();
  PinnedController& controller = next.controller.emplace();
  controller.key = key;
  controller.name = request.controller_name;
  controller.code_hash = hash_code(request.code.expose());
  if (is_origin(origin)) controller.origins.emplace_back(origin);
  next.epoch = claims->epoch;
  next.claim_lock = {};
  if (auto saved = file_.change(std::move(next)); !saved) {
    return std::unexpected(refuse(std::move(saved.error())));
  }
  lock_ = ClaimLock{};
  file_.drop_claim_code();
  return {};
}

Ruling<void> Authority::check_code(const std::string& typed) {
  const UnixMs now = clock_.unix_now();
  if (const Duration wait = lock_.wait(now); wait > Duration::zero()) {
    return std::unexpected(
        refuse({.code = ErrorCode::kRateLimited,
                .message = "Too many wrong claim codes: claiming is closed for " +
                           std::to_string((wait.count() + 999) / 1000) + " seconds.",
                .hint = "Wait, then type the code in the node's claim-code file."}));
  }
  const auto code = normalize_claim_code(typed);
  if (code && file_.claim_code() && same_claim_code(*code, *file_.claim_code())) return {};
  lock_.fail(now);
  NodeRecord next = record();
  next.claim_lock = lock_.memory();
  if (auto saved = file_.change(std::move(next)); !saved) {
    return std::unexpected(refuse(std::move(saved.error())));
  }
  return std::unexpected(refuse({.code = ErrorCode::kForbidden,
                                 .message = "The claim code is wrong.",
                                 .hint = "The right one is in the node's claim-code file."}));
}

Ruling<void> Authority::claim_again(const ClaimRequest& request, const OrderClaims& claims,
                                    std::string_view origin) {
  const PinnedController& pinned = *record().controller;
  if (!equal_constant_time(pinned.key, claims.issuer)) {
    return std::unexpected(
        refuse({.code = ErrorCode::kConflict,
                .message = "Another controller has claimed this node.",
                .hint = "Release it there first, or run `automator67-node reset` on the node."}));
  }
  if (!equal_constant_time(pinned.code_hash, hash_code(request.code.expose()))) {
    return std::unexpected(refuse({.code = ErrorCode::kForbidden,
                                   .message = "The claim code is not the one used before.",
                                   .hint = "This node is yours already: no code is needed."}));
  }
  if (auto accepted = accept(claims, std::nullopt); !accepted) return accepted;
  if (!is_origin(origin) || std::ranges::contains(pinned.origins, origin) ||
      pinned.origins.size() >= kOriginsMax) {
    return {};
  }
  NodeRecord next = record();
  next.controller->origins.emplace_back(origin);
  if (auto saved = file_.change(std::move(next)); !saved) {
    return std::unexpected(refuse(std::move(saved.error())));
  }
  return {};
}

Ruling<void> Authority::unclaim() {
  NodeRecord next = record();
  next.controller.reset();
  next.epoch = 0;
  next.claim_lock = {};
  if (auto saved = file_.change(std::move(next)); !saved) {
    return std::unexpected(refuse(std::move(saved.error())));
  }
  lock_ = ClaimLock{};
  if (auto made = file_.renew_claim_code(random_); !made) {
    return std::unexpected(refuse(std::move(made.error())));
  }
  return {};
}

}  // namespace a67
