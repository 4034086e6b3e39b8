// ControlApi is the node's control API without its sockets: which request is let in, what it does,
// what it answers (docs/node-protocol.md).
//
// A request goes through screen() when its head is there and, when admitted, through answer() with
// its whole body (or through an upload, a relayed request or a WebSocket, which call accept()
// themselves). It runs on the control thread and never waits.
//
// What is refused is logged with the reason. Tokens, claim codes and environments never are.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/fleet/node_protocol.h"
#include "engine/ports/clock.h"
#include "engine/ports/log.h"
#include "node-wrapper/control/authority.h"
#include "node-wrapper/control/control_request.h"
#include "node-wrapper/control/desired_file.h"
#include "node-wrapper/control/workload.h"

namespace a67 {

class Relay;
class Site;

class ControlApi {
 public:
  struct Options {
    NodeRole role = NodeRole::kWorker;
    std::string version;
    std::string boot_id;
    std::string gateway_url;
    std::vector<std::string> own_names;  // host names we answer to, besides addresses and localhost
    bool metrics_open = false;           // /metrics for clients on other machines too
  };
  struct Parts {  // REQUIRES: all outlive the API
    Authority& authority;
    Workload& workload;
    const WallClock& clock;
    Log& log;
    Relay* relay = nullptr;      // null: it forwards nothing
    const Site* site = nullptr;  // null: it is no page's host
  };
  ControlApi(Options options, Parts parts, DesiredFile file);

  // Gives the workload what was desired before the restart. A file that cannot be read is an error.
  Result<void> resume();

  Screening screen(const ControlHead& head);
  ControlAnswer answer(const ControlHead& head, const Admission& admission,
                       const std::string& body);
  // Uses an order's token up; for what is not answered by answer().
  Ruling<void> accept(const ControlHead& head, const OrderClaims& claims,
                      const std::optional<Digest>& sum);
  // Checks the token of a WebSocket's first message, and uses it up.
  Ruling<OrderClaims> admit_socket(const ControlHead& head, const std::string& token);
  // Headers that let a browser read the answer, or nothing.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> cors_headers(
      const ControlHead& head) const;

  [[nodiscard]] NodeStatus status() const;
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] Workload& workload() const { return parts_.workload; }
  [[nodiscard]] Relay* relay() const { return parts_.relay; }
  // Called when the time of older epochs (or, after an unclaim, of anybody's) is over. Set once.
  void on_new_epoch(std::function<void(std::int64_t epoch)> callback) {
    new_epoch_ = std::move(callback);
  }
  // What a connection of such a time is told.
  [[nodiscard]] NodeRefusal why_superseded() const;
  void log_refusal(const ControlHead& head, const Error& error);
  ControlAnswer refuse(const ControlHead& head, Error error);
  void log_info(std::string message) { parts_.log.write(LogLevel::kInfo, std::move(message)); }

 private:
  ControlAnswer refuse(const ControlHead& head, const NodeRefusal& refusal);
  std::optional<ControlAnswer> screen_place(const ControlHead& head);
  std::optional<ControlAnswer> screen_endpoint(const ControlHead& head, Endpoint endpoint);
  std::optional<ControlAnswer> screen_via(const ControlHead& head);
  ControlAnswer preflight(const ControlHead& head);
  ControlAnswer hello() const;
  ControlAnswer metrics() const;
  ControlAnswer claim(const ControlHead& head, const std::string& body);
  ControlAnswer unclaim(const ControlHead& head);
  ControlAnswer desired(const ControlHead& head, const OrderClaims& claims,
                        const std::string& body);
  Ruling<void> take_desired(DesiredState desired, const OrderClaims& claims);

  Options options_;
  Parts parts_;
  DesiredFile file_;
  DesiredState desired_;  // the one in force; revision 0 of epoch 0 when there is none
  std::function<void(std::int64_t)> new_epoch_;
  std::uint64_t orders_accepted_ = 0;
  std::uint64_t orders_refused_ = 0;
  mutable std::int64_t statuses_told_ = 0;
};

}  // namespace a67
