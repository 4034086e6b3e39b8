// Forwarding one request: which replica, over which connection, and what a failure means. See
// exchange.h.
#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "node-wrapper/gateway/exchange.h"
#include "node-wrapper/gateway/session.h"

namespace a67::gateway {
namespace {

constexpr int kAttemptsMax = 2;
constexpr int kInterimAnswersMax = 16;
constexpr double kLatencySmoothing = 0.05;

// Repeating these means the same as doing them once (RFC 9110 section 9.2.2).
bool is_idempotent(Method method) {
  return is_safe(method) || method == Method::kPut || method == Method::kDelete;
}

// One request more on a replica, for as long as it lives.
class InFlight {
 public:
  explicit InFlight(std::shared_ptr<ReplicaState> replica) : replica_(std::move(replica)) {
    replica_->requests.add(1);
    replica_->rate.add();
    replica_->in_flight.add(1);
  }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;
  ~InFlight() { replica_->in_flight.set(replica_->in_flight.get() - 1); }

 private:
  std::shared_ptr<ReplicaState> replica_;
};

}  // namespace

Task<bool> Exchange::forward() {
  if (!from_mesh_) {  // else the gateway it came through has counted it
    app_->requests.add(1);
    app_->rate.add();
  }
  std::shared_ptr<ReplicaState> failed;
  const int attempts = only_ ? 1 : kAttemptsMax;
  for (int number = 0; number < attempts; ++number) {
    const Avoid avoid{.replica = failed.get(), .node_too = last_failure_.node_unreachable};
    replica_ = only_ ? only_ : app_->pick(core_.loop.now(), avoid);
    if (!replica_) break;
    const Attempt outcome = co_await attempt();
    if (outcome.verdict != Verdict::kFailed) co_return co_await conclude(outcome);
    app_->on_failure(*replica_, core_.loop.now(), outcome.failure.node_unreachable);
    tried_.push_back({.replica = replica_->config.id,
                      .node = replica_->config.node,
                      .reason = std::string(outcome.failure.reason)});
    last_failure_ = outcome.failure;
    if (!may_try_again(outcome.failure)) break;
    failed = replica_;
  }
  co_return co_await answer_failure();
}

bool Exchange::may_try_again(const Failure& failure) const {
  return !body_consumed_ && (failure.nothing_done || is_idempotent(request.method));
}

Task<bool> Exchange::conclude(Attempt outcome) {
  switch (outcome.verdict) {
    case Verdict::kServed: {
      const std::int64_t elapsed_us = core_.loop.now_us() - started_us_;
      if (!from_mesh_) app_->latencies.add(elapsed_us);
      const double ms = static_cast<double>(elapsed_us) / 1000.0;
      core_.latency_ms.add(kLatencySmoothing * (ms - core_.latency_ms.get()));
      count_answer(response_.status);
      co_return outcome.keep_alive;
    }
    case Verdict::kBroken:
      app_->on_failure(*replica_, core_.loop.now(), /*node_too=*/false);
      count_answer(502);
      co_return false;
    case Verdict::kRefused:
      co_return co_await answer_reject();
    case Verdict::kClientGone:
    case Verdict::kFailed:
      co_return false;
  }
}

Task<bool> Exchange::answer_failure() {
  if (tried_.empty() || last_failure_.mesh_reason == kReasonReplicaGone) {
    co_return co_await answer_problem(
        {.status = 503,
         .message = "No replica of this app is ready at the moment.",
         .hint = "It may be starting, or moving to another node. Try again in a few seconds.",
         .tried = tried_},
        {});
  }
  const std::string_view mesh_reason = !from_mesh_                  ? std::string_view{}
                                       : last_failure_.nothing_done ? kReasonNotReached
                                       : last_failure_.timeout      ? kReasonTimeout
                                                                    : kReasonNoAnswer;
  if (last_failure_.timeout) {
    co_return co_await answer_problem(
        {.status = 504,
         .message = "The app did not answer in time.",
         .hint = is_safe(request.method)
                     ? "Try again."
                     : "It may have done what was asked all the same: check before trying again.",
         .tried = tried_},
        mesh_reason);
  }
  co_return co_await answer_problem(
      {.status = 502,
       .message = "No replica of this app answered.",
       .hint = last_failure_.nothing_done || is_safe(request.method)
                   ? "Nothing was done. Try again in a few seconds."
                   : "It may have done what was asked all the same: check before trying again.",
       .tried = tried_},
      mesh_reason);
}

Task<Exchange::Attempt> Exchange::attempt() {
  const InFlight in_flight(replica_);
  const Duration idle_max =
      is_safe(request.method) ? Duration::max() : core_.options.upstream_idle_unsafe;
  upstream_ = replica_->upstream->take_idle(idle_max);
  reused_ = upstream_ != nullptr;
  if (reused_) {
    const Attempt outcome = co_await converse();
    if (!outcome.failure.stale) co_return outcome;
    // Kept connections end like this when the other side tires of them: no fault of the replica.
    const bool repeatable = outcome.failure.nothing_done || is_idempotent(request.method);
    if (body_consumed_ || !repeatable) co_return outcome;
    reused_ = false;
  }
  Upstream::Connected connected =
      co_await replica_->upstream->connect(core_.options.connect_timeout);
  if (!connected.stream) {
    const bool timeout = connected.error == IoError::kTimeout;
    const bool refused = connected.error == IoError::kRefused;
    co_return Attempt{.failure = {.reason = timeout   ? "did not accept a connection in time"
                                            : refused ? "refused the connection"
                                                      : "could not be reached",
                                  .nothing_done = true,
                                  .node_unreachable = !replica_->config.local}};
  }
  upstream_ = std::move(connected.stream);
  co_return co_await converse();
}

void Exchange::compose_request() {
  RequestContext context{.target = target_,
                         .client_address = session_->client_address(),
                         .request_id = request_id_,
                         .prefix = prefix_,
                         .from_mesh = from_mesh_,
                         .hop = std::nullopt};
  std::string mac;
  if (!replica_->config.local) {
    const std::optional<MeshKey>& key = core_.routing.mesh_key();
    if (key) {
      mac = derive_mesh_mac(*key, replica_->config.id, request_id_, request.method_text, target_);
    }
    context.hop = HopHeaders{.replica = replica_->config.id, .mac = mac};
  }
  out_.clear();
  append_request_head(out_, request, context);
}

Task<Exchange::Attempt> Exchange::converse() {
  if (session_->client().is_over()) {
    drop_upstream();
    co_return Attempt{.verdict = Verdict::kClientGone};
  }
  compose_request();
  session_->client().link(upstream_.get());
  sent_us_ = core_.loop.now_us();
  {
    const BodyFrame frame(first_payload_, request.chunked, request_body_.done(),
                          request_body_.trailers());
    std::array<std::string_view, 8> pieces = {out_};
    std::ranges::copy(frame.parts(), pieces.begin() + 1);
    const IoResult written = co_await upstream_->write({pieces.data(), frame.parts().size() + 1},
                                                       core_.options.body_idle_timeout);
    if (!written.ok() && written.bytes == 0) {
      Attempt outcome{.failure = failure_of(written.error)};
      outcome.failure.nothing_done = true;
      if (written.error == IoError::kCancelled) outcome.verdict = Verdict::kClientGone;
      drop_upstream();
      co_return outcome;
    }
    // A server may answer early and stop reading: what it said is worth more than our failed write.
    upload_broken_ = !written.ok();
  }
  if (!request_body_.done() && !upload_broken_) uploader_.start(upload());

  std::optional<Attempt> trouble = co_await read_response_head();
  Attempt outcome = trouble ? *trouble : co_await relay_response();
  uploader_.cancel();
  unread_input = unread_input || !request_body_.done();
  if (outcome.verdict == Verdict::kServed) {
    finish_connection();
  } else {
    drop_upstream();
  }
  co_return outcome;
}

Exchange::Failure Exchange::failure_of(IoError error) const {
  switch (error) {
    case IoError::kTimeout:
      return {.reason = "did not answer in time",
              .timeout = true,
              .node_unreachable = !replica_->config.local};
    default:
      return {.reason = "closed the connection without an answer",
              .stale = reused_ && from_upstream_.empty(),
              .node_unreachable = !replica_->config.local};
  }
}

Task<std::optional<Exchange::Attempt>> Exchange::read_response_head() {
  response_.reset();
  from_upstream_.clear();
  int interim_answers = 0;
  while (true) {
    const Progress progress = response_.feed(from_upstream_.text());
    if (progress == Progress::kRejected) {
      co_return Attempt{.failure = {.reason = "sent a malformed answer"}};
    }
    if (progress == Progress::kComplete) {
      if (response_.status >= 200 || response_.status == 101) break;
      if (++interim_answers > kInterimAnswersMax) {
        co_return Attempt{.failure = {.reason = "sent too many interim answers"}};
      }
      if (!co_await forward_interim()) co_return Attempt{.verdict = Verdict::kClientGone};
      continue;
    }
    // While the request is still being sent, its own deadlines apply; upload() sets this one at its
    // end.
    const Instant deadline = uploader_.is_running()
                                 ? kNoDeadline
                                 : core_.loop.now() + core_.options.response_head_timeout;
    const IoResult got =
        co_await upstream_->read_some(from_upstream_.free_space(), from_upstream_.room(), deadline);
    if (!got.ok()) co_return no_answer(got.error);
    from_upstream_.added(got.bytes);
  }
  co_return judge_answer();
}

Exchange::Attempt Exchange::no_answer(IoError error) const {
  if (reject_.status != 0) return {.verdict = Verdict::kRefused};
  if (client_failed_ || error == IoError::kCancelled) return {.verdict = Verdict::kClientGone};
  return {.failure = failure_of(error)};
}

std::optional<Exchange::Attempt> Exchange::judge_answer() {
  if (!replica_->config.local) {
    if (const auto load = parse_node_load(response_.find(Known::kMeshLoad))) {
      core_.routing.note_node_load(replica_->config.node, *load);
    }
    const std::string_view reason = response_.find(Known::kMeshReason);
    if (reason == kReasonReplicaGone) {
      return Attempt{.failure = {.reason = "no longer runs on its node",
                                 .nothing_done = true,
                                 .mesh_reason = kReasonReplicaGone}};
    }
    if (reason == kReasonNotReached) {
      return Attempt{
          .failure = {.reason = "could not be reached on its node", .nothing_done = true}};
    }
    if (!reason.empty()) {
      return Attempt{.failure = {.reason = reason == kReasonTimeout
                                               ? "did not answer its node in time"
                                               : "did not answer its node",
                                 .timeout = reason == kReasonTimeout}};
    }
  }
  const bool upgrade_fits = !request.upgrade.empty() && !response_.find(Known::kUpgrade).empty();
  if (response_.status == 101 && !upgrade_fits) {
    return Attempt{.failure = {.reason = "switched protocols without being asked"}};
  }
  replica_->on_answer(core_.loop.now(), core_.loop.now_us() - sent_us_, response_.status);
  return std::nullopt;
}

void Exchange::drop_upstream() {
  session_->client().link(nullptr);
  upstream_.reset();
}

void Exchange::finish_connection() {
  session_->client().link(nullptr);
  const bool reusable = response_.keep_alive && !upload_broken_ && request_body_.done() &&
                        response_.status != 101 && from_upstream_.empty() &&
                        response_body_.kind() != BodyReader::Kind::kUntilClose;
  if (!reusable) {
    upstream_.reset();
    return;
  }
  replica_->upstream->give_back(std::move(upstream_), kept_for_);
}

}  // namespace a67::gateway
