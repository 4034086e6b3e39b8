// Authority decides whether an order is obeyed: claims the node for its first controller, then
// checks every order token, uses it up, and refuses controllers that have been replaced
// (docs/node-protocol.md, Trust).
//
// Used tokens are remembered in memory only. After a restart one of the last minute could be used a
// second time, which is harmless: what it can order is level-triggered and guarded by its revision.
//
// It changes only the node's record; what an order asks for is done by whoever asked. Refusals say
// why, and never hold a part of a token or a code.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/random.h"
#include "engine/fleet/node_protocol.h"
#include "engine/fleet/order_token.h"
#include "engine/ports/clock.h"
#include "node-wrapper/control/node_record.h"

namespace a67 {

template <class T>
using Ruling = std::expected<T, NodeRefusal>;

class Authority {
 public:
  // REQUIRES: all three outlive the authority.
  Authority(NodeRecordFile& file, const WallClock& clock, Random& random)
      : file_(file), clock_(clock), random_(random) {}

  // First half, before a body is read: is this token ours, for this action, of now? It is not used
  // up yet.
  [[nodiscard]] Ruling<OrderClaims> admit(std::string_view token, const std::string& action,
                                          bool body_follows) const;
  // Second half: the body is the one that was signed (when there is one), the token is new, the
  // epoch is not old. A newer epoch is durably remembered first.
  Ruling<void> accept(const OrderClaims& claims, const std::optional<Digest>& sum);

  // How long claiming is closed because of wrong codes.
  [[nodiscard]] Duration claim_wait() const { return lock_.wait(clock_.unix_now()); }
  // `origin` is the browser origin the claim came from, or empty.
  Ruling<void> claim(const ClaimRequest& request, std::string_view token, const Digest& sum,
                     std::string_view origin);
  // Forgets the controller and makes a new claim code.
  Ruling<void> unclaim();

  [[nodiscard]] const NodeRecord& record() const { return file_.record(); }
  [[nodiscard]] bool is_claimed() const { return record().controller.has_value(); }
  // The refusal with the fact that helps with it: our clock, or the newest epoch.
  [[nodiscard]] NodeRefusal refuse(Error error) const;
  // Why orders that were right before are not any more: nobody's node, or a newer controller's.
  [[nodiscard]] NodeRefusal why_superseded() const;

 private:
  Ruling<void> claim_again(const ClaimRequest& request, const OrderClaims& claims,
                           std::string_view origin);
  Ruling<void> check_code(const std::string& typed);

  NodeRecordFile& file_;
  const WallClock& clock_;
  Random& random_;
  ReplayGuard replays_;
  ClaimLock lock_{file_.record().claim_lock};
};

}  // namespace a67
