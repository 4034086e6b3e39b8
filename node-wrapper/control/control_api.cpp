#include "node-wrapper/control/control_api.h"

#include <sys/utsname.h>

#include <algorithm>
#include <utility>

#include "engine/fleet/via_message.h"
#include "node-wrapper/control/access.h"
#include "node-wrapper/control/metrics.h"
#include "node-wrapper/control/site.h"

namespace a67 {
namespace {

constexpr std::size_t kLoggedPathMax = 200;
// A newer controller may ask for what this one does not know: no page is the answer to that.
constexpr std::string_view kApiPath = "/v1/";

bool needs_order(Endpoint endpoint) {
  return endpoint != Endpoint::kHello && endpoint != Endpoint::kHealth &&
         endpoint != Endpoint::kMetrics && endpoint != Endpoint::kClaim;
}

std::string action_of(const ControlHead& head) { return head.method + " " + head.path; }

DesiredState nothing_desired() {
  DesiredState desired;
  desired.epoch = 0;
  return desired;
}

}  // namespace

ControlApi::ControlApi(Options options, Parts parts, DesiredFile file)
    : options_(std::move(options)),
      parts_(parts),
      file_(std::move(file)),
      desired_(nothing_desired()) {}

Result<void> ControlApi::resume() {
  if (parts_.authority.is_claimed()) {
    auto saved = file_.load();
    if (!saved) return std::unexpected(saved.error());
    if (*saved) desired_ = std::move(**saved);
  } else {
    file_.remove();
  }
  parts_.workload.apply(desired_);
  return {};
}

void ControlApi::log_refusal(const ControlHead& head, const Error& error) {
  ++orders_refused_;
  parts_.log.write(LogLevel::kWarning, "Refused " + head.method.substr(0, 16) + " " +
                                           head.path.substr(0, kLoggedPathMax) + " from " +
                                           head.remote + ": " + std::string(to_string(error.code)) +
                                           ": " + error.message);
}

ControlAnswer ControlApi::refuse(const ControlHead& head, const NodeRefusal& refusal) {
  log_refusal(head, refusal.error);
  ControlAnswer answer = refusal_answer(refusal);
  if (head.path.starts_with(kViaPath)) answer.headers.emplace_back(kViaRefusalHeader, "1");
  if (refusal.error.code == ErrorCode::kRateLimited) {
    const auto seconds = (parts_.authority.claim_wait().count() + 999) / 1000;
    answer.headers.emplace_back("Retry-After", std::to_string(std::max<std::int64_t>(seconds, 1)));
  }
  return answer;
}

ControlAnswer ControlApi::refuse(const ControlHead& head, Error error) {
  return refuse(head, parts_.authority.refuse(std::move(error)));
}

std::vector<std::pair<std::string, std::string>> ControlApi::cors_headers(
    const ControlHead& head) const {
  if (head.origin.empty()) return {};
  std::vector<std::pair<std::string, std::string>> headers = {{"Vary", "Origin"}};
  const auto& controller = parts_.authority.record().controller;
  if (is_origin(head.origin) &&
      is_origin_allowed(head.origin, head.path, controller.has_value(),
                        controller ? controller->origins : std::vector<std::string>{})) {
    headers.emplace_back("Access-Control-Allow-Origin", head.origin);
    headers.emplace_back("Access-Control-Expose-Headers", "Retry-After");
  }
  return headers;
}

ControlAnswer ControlApi::preflight(const ControlHead& head) {
  ControlAnswer answer;
  answer.type.clear();
  // cors_headers() is added to every answer; one header more than Vary means that the origin is
  // allowed.
  if (cors_headers(head).size() < 2) {
    return refuse(head, {.code = ErrorCode::kForbidden,
                         .message = "Pages of this origin may not talk to this node."});
  }
  answer.status = 204;
  answer.headers = {{"Access-Control-Allow-Methods", "GET, POST, PUT"},
                    {"Access-Control-Allow-Headers", "authorization, content-type"},
                    {"Access-Control-Max-Age", "600"}};
  if (head.private_network) {
    answer.headers.emplace_back("Access-Control-Allow-Private-Network", "true");
  }
  return answer;
}

// Who asks from where: decided before anything about the request itself.
std::optional<ControlAnswer> ControlApi::screen_place(const ControlHead& head) {
  if (!is_own_host(head.host, options_.own_names)) {
    return refuse(head, {.code = ErrorCode::kForbidden,
                         .message = "This node does not answer to that host name.",
                         .hint = "Use its IP address, or start it with --host-name NAME."});
  }
  if (head.preflight) return preflight(head);
  const auto endpoint = endpoint_at(head.path);
  if (parts_.site != nullptr) {
    if (!endpoint && !head.path.starts_with(kApiPath)) return parts_.site->answer(head);
    if (endpoint == Endpoint::kVia) return screen_via(head);
  }
  if (!endpoint || endpoint == Endpoint::kVia) {
    return refuse(head,
                  {.code = ErrorCode::kNotFound,
                   .message = "The control API has no such path.",
                   .hint = "Apps are served by the gateway, at " + options_.gateway_url + "."});
  }
  return screen_endpoint(head, *endpoint);
}

// A path of the page's own host. What sends without reading the answer (a form of another site)
// has no business here either.
std::optional<ControlAnswer> ControlApi::screen_via(const ControlHead& head) {
  if (parts_.relay == nullptr) {
    return refuse(head, {.code = ErrorCode::kNotFound, .message = "This server forwards nothing."});
  }
  if (!is_relayed_method(head.method)) {
    return refuse(
        head, {.code = ErrorCode::kInvalidInput, .message = "Such requests are not forwarded."});
  }
  if (!head.fetch_site.empty() && head.fetch_site != "same-origin") {
    return refuse(head, {.code = ErrorCode::kForbidden,
                         .message = "Only this server's own page may be forwarded for."});
  }
  return std::nullopt;
}

std::optional<ControlAnswer> ControlApi::screen_endpoint(const ControlHead& head,
                                                         Endpoint endpoint) {
  if (head.method != method_of(endpoint)) {
    ControlAnswer answer =
        refuse(head, {.code = ErrorCode::kInvalidInput,
                      .message = "This path takes " + std::string(method_of(endpoint)) + " only."});
    answer.status = 405;
    answer.headers.emplace_back("Allow", std::string(method_of(endpoint)));
    return answer;
  }
  // CORS keeps a foreign page from reading answers; this also keeps it from asking (WebSockets know
  // no CORS).
  const bool harmless = endpoint == Endpoint::kHello || endpoint == Endpoint::kHealth;
  if (!head.origin.empty() && !harmless && cors_headers(head).size() < 2) {
    return refuse(head, {.code = ErrorCode::kForbidden,
                         .message = "Pages of this origin may not talk to this node."});
  }
  if (endpoint == Endpoint::kMetrics && !head.loopback && !options_.metrics_open) {
    return refuse(head, {.code = ErrorCode::kForbidden,
                         .message = "Metrics are for clients on this machine only.",
                         .hint = "Start the node with --metrics-open to change that."});
  }
  return std::nullopt;
}

Screening ControlApi::screen(const ControlHead& head) {
  if (auto refused = screen_place(head)) return *std::move(refused);
  Admission admission;
  admission.endpoint = *endpoint_at(head.path);
  const Endpoint endpoint = admission.endpoint;
  if (is_socket(endpoint) != head.upgrade) {
    return refuse(head, {.code = ErrorCode::kInvalidInput,
                         .message = head.upgrade ? "This path is no WebSocket."
                                                 : "This path is a WebSocket."});
  }
  if (head.has_body && !is_signed(endpoint) && !is_streamed(endpoint)) {
    return refuse(head, {.code = ErrorCode::kInvalidInput, .message = "This path takes no body."});
  }
  if (is_signed(endpoint) && head.announced_bytes.value_or(0) > body_bytes_max(endpoint)) {
    return refuse(head, {.code = ErrorCode::kTooLarge,
                         .message = "The body is larger than " +
                                    std::to_string(body_bytes_max(endpoint)) + " bytes."});
  }
  if (endpoint == Endpoint::kClaim && parts_.authority.claim_wait() > Duration::zero() &&
      !parts_.authority.is_claimed()) {
    return refuse(head, {.code = ErrorCode::kRateLimited,
                         .message = "Too many wrong claim codes: claiming is closed for a while.",
                         .hint = "Wait, then type the code in the node's claim-code file."});
  }
  if (!needs_order(endpoint) || is_socket(endpoint)) return admission;
  const bool via = endpoint == Endpoint::kVia;
  // On this machine, for this machine: as any static host forwards for its page.
  if (via && head.loopback && is_loopback_host(head.host)) return admission;
  auto claims = parts_.authority.admit(via ? head.via_order : head.token, action_of(head),
                                       is_signed(endpoint));
  if (!claims) return refuse(head, claims.error());
  admission.claims = std::move(*claims);
  return admission;
}

NodeRefusal ControlApi::why_superseded() const { return parts_.authority.why_superseded(); }

Ruling<void> ControlApi::accept(const ControlHead& head, const OrderClaims& claims,
                                const std::optional<Digest>& sum) {
  const std::int64_t before = parts_.authority.record().epoch;
  if (auto accepted = parts_.authority.accept(claims, sum); !accepted) {
    log_refusal(head, accepted.error().error);
    return accepted;
  }
  ++orders_accepted_;
  const std::int64_t epoch = parts_.authority.record().epoch;
  if (epoch > before) {
    parts_.log.write(LogLevel::kInfo,
                     "A controller of epoch " + std::to_string(epoch) + " gives the orders now.");
    if (new_epoch_) new_epoch_(epoch);
  }
  return {};
}

Ruling<OrderClaims> ControlApi::admit_socket(const ControlHead& head, const std::string& token) {
  auto claims = parts_.authority.admit(token, action_of(head), false);
  if (!claims) {
    log_refusal(head, claims.error().error);
    return claims;
  }
  if (auto accepted = accept(head, *claims, std::nullopt); !accepted) {
    return std::unexpected(accepted.error());
  }
  return claims;
}

ControlAnswer ControlApi::answer(const ControlHead& head, const Admission& admission,
                                 const std::string& body) {
  if (admission.claims) {
    std::optional<Digest> sum;
    if (takes_json(admission.endpoint)) sum = sha256(body);
    if (auto accepted = accept(head, *admission.claims, sum); !accepted) {
      return refusal_answer(accepted.error());
    }
  }
  switch (admission.endpoint) {
    case Endpoint::kHello:
      return hello();
    case Endpoint::kHealth:
      return {.status = 200, .type = "text/plain", .body = "ok", .headers = {}};
    case Endpoint::kMetrics:
      return metrics();
    case Endpoint::kStatus:
      return json_answer(200, to_json(status()));
    case Endpoint::kClaim:
      return claim(head, body);
    case Endpoint::kUnclaim:
      return unclaim(head);
    case Endpoint::kDesired:
      return desired(head, *admission.claims, body);
    case Endpoint::kRelay:
    case Endpoint::kRelease:
    case Endpoint::kVia:
    case Endpoint::kEvents:
    case Endpoint::kLogs:
      break;
  }
  return refuse(head, {.code = ErrorCode::kInternal, .message = "This path is served elsewhere."});
}

ControlAnswer ControlApi::hello() const {
  const NodeRecord& record = parts_.authority.record();
  return json_answer(200, to_json(Hello{.node = record.id,
                                        .name = record.name,
                                        .role = options_.role,
                                        .version = options_.version,
                                        .claimed = record.controller.has_value(),
                                        .now = parts_.clock.unix_now()}));
}

ControlAnswer ControlApi::metrics() const {
  return {
      .status = 200,
      .type = "text/plain; version=0.0.4; charset=utf-8",
      .body = render_metrics(status(), {.accepted = orders_accepted_, .refused = orders_refused_}),
      .headers = {}};
}

NodeStatus ControlApi::status() const {
  NodeStatus status;
  const NodeRecord& record = parts_.authority.record();
  status.node.id = record.id;
  status.node.name = record.name;
  status.node.role = options_.role;
  status.node.version = options_.version;
  status.node.now = parts_.clock.unix_now();
  status.node.boot_id = options_.boot_id;
  status.seq = ++statuses_told_;
  utsname system{};
  if (::uname(&system) == 0) {
    status.node.os = std::string(&system.sysname[0]) + " " + &system.release[0];
    status.node.arch = &system.machine[0];
  }
  status.gateway_url = options_.gateway_url;
  status.epoch = desired_.epoch;
  status.revision = desired_.revision;
  parts_.workload.observe(status);
  return status;
}

ControlAnswer ControlApi::claim(const ControlHead& head, const std::string& body) {
  const auto value = parse_json(body, {.bytes_max = 8192, .depth_max = 4});
  if (!value) return refuse(head, value.error());
  const auto request = claim_request_from_json(*value);
  if (!request) return refuse(head, request.error());
  const bool before = parts_.authority.is_claimed();
  const auto claimed = parts_.authority.claim(*request, head.token, sha256(body), head.origin);
  if (!claimed) return refuse(head, claimed.error());
  const NodeRecord& record = parts_.authority.record();
  if (!before) {
    parts_.log.write(LogLevel::kInfo,
                     "Claimed by the controller \"" + record.controller->name + "\".");
  }
  return json_answer(200, to_json(ClaimAnswer{.node = record.id,
                                              .name = record.name,
                                              .role = options_.role,
                                              .gateway_url = options_.gateway_url,
                                              .now = parts_.clock.unix_now()}));
}

ControlAnswer ControlApi::unclaim(const ControlHead& head) {
  if (auto done = parts_.authority.unclaim(); !done) return refuse(head, done.error());
  file_.remove();
  desired_ = nothing_desired();
  parts_.workload.apply(desired_);
  parts_.log.write(LogLevel::kInfo, "Unclaimed: every replica is being stopped.");
  if (new_epoch_) new_epoch_(INT64_MAX);
  return json_answer(200, Json::object());
}

ControlAnswer ControlApi::desired(const ControlHead& head, const OrderClaims& claims,
                                  const std::string& body) {
  const auto value = parse_json(body);
  if (!value) return refuse(head, value.error());
  auto desired = desired_state_from_json(*value);
  if (!desired) return refuse(head, desired.error());
  if (auto taken = take_desired(std::move(*desired), claims); !taken) {
    return refuse(head, taken.error());
  }
  return json_answer(
      200, to_json(DesiredAnswer{.epoch = desired_.epoch, .revision = desired_.revision}));
}

Ruling<void> ControlApi::take_desired(DesiredState desired, const OrderClaims& claims) {
  const auto refused = [&](Error error) {
    return std::unexpected(parts_.authority.refuse(std::move(error)));
  };
  if (desired.epoch != claims.epoch) {
    return refused({.code = ErrorCode::kInvalidInput,
                    .message = "`epoch` is not the one the token was made for.",
                    .field = "epoch"});
  }
  if (desired.epoch == desired_.epoch && desired.revision < desired_.revision) {
    return refused(
        {.code = ErrorCode::kStaleRevision,
         .message = "Revision " + std::to_string(desired_.revision) + " was ordered already.",
         .field = "revision"});
  }
  if (options_.role != NodeRole::kWorker && !desired.replicas.empty()) {
    return refused({.code = ErrorCode::kInvalidInput,
                    .message = "This node is a " + std::string(to_string(options_.role)) +
                               ": it runs no replicas.",
                    .hint = "Place the replicas on worker nodes.",
                    .field = "replicas"});
  }
  if (desired == desired_) return {};
  if (auto saved = file_.save(desired); !saved) return refused(saved.error());
  desired_ = std::move(desired);
  parts_.workload.apply(desired_);
  parts_.log.write(LogLevel::kInfo, "Desired state: epoch " + std::to_string(desired_.epoch) +
                                        ", revision " + std::to_string(desired_.revision) + ", " +
                                        std::to_string(desired_.replicas.size()) + " replicas, " +
                                        std::to_string(desired_.routes.apps.size()) +
                                        " routed apps.");
  return {};
}

}  // namespace a67
