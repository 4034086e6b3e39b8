#include "engine/fleet/node_link.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace a67 {
namespace {

constexpr Duration kRetryMin{500};
constexpr Duration kRetryMax{8'000};
constexpr Duration kUploadTimeout{30 * 60'000};
constexpr Duration kUploadRetry{3'000};
constexpr int kUploadRefusalsMax = 4;

// Trying again cannot help: a person, or another node, must.
bool is_final(ErrorCode code) {
  return code == ErrorCode::kNotFound || code == ErrorCode::kTooLarge ||
         code == ErrorCode::kDiskFull || code == ErrorCode::kInvalidInput ||
         code == ErrorCode::kBadArchive;
}

ProbeFailure failure_of(ErrorCode code) {
  if (code == ErrorCode::kUnreachable) return ProbeFailure::kRefused;
  if (code == ErrorCode::kTimeout) return ProbeFailure::kTimeout;
  return ProbeFailure::kOther;
}

std::string seconds_of(std::int64_t milliseconds) {
  return std::to_string((std::abs(milliseconds) + 500) / 1000) + " s";
}

FailureDetector::Options detector_options(Duration heartbeat) {
  FailureDetector::Options options;
  options.heartbeat = heartbeat;
  return options;
}

}  // namespace

NodeLink::NodeLink(Ports ports, const SigningKey& key, NodeLinkOptions options,
                   NodeLinkObserver& observer)
    : ports_(ports),
      key_(key),
      options_(std::move(options)),
      observer_(observer),
      detector_(detector_options(options_.heartbeat), ports.executor.now(), options_.known),
      told_state_(detector_.state()),
      state_since_(ports.clock.unix_now()),
      heard_(ports.executor),
      wanted_(ports.executor),
      tasks_(ports.executor) {}

void NodeLink::start() {
  watch_ = tasks_.spawn(watch());
  tasks_.spawn(probe());
  tasks_.spawn(deliver());
}

OrderContext NodeLink::order() const {
  return {.key = key_,
          .random = ports_.random,
          .node = options_.node,
          .url = options_.url,
          .epoch = options_.epoch,
          .now = ports_.clock.unix_now()};
}

void NodeLink::want(DesiredState desired) {
  desired.epoch = options_.epoch;
  desired.revision = revision_;
  if (desired_ == desired) return;
  desired.revision = ++revision_;
  const std::optional<DesiredState> before = std::exchange(desired_, std::move(desired));
  std::erase_if(upload_errors_, [&](const auto& failed) {
    return find_archive(failed.first) == nullptr || is_asked_anew(before, failed.first);
  });
  wanted_.notify_all();
  start_uploads();
}

void NodeLink::set_online(bool online) {
  online_ = online;
  detector_.set_online(online, ports_.executor.now());
  follow_state();
  heard_.notify_all();
  wanted_.notify_all();
}

void NodeLink::set_heartbeat(Duration heartbeat) {
  detector_.set_heartbeat(heartbeat);
  heard_.notify_all();
}

bool NodeLink::is_settled() const { return desired_ && accepted_revision_ == revision_; }

// ---- hearing

Task<void> NodeLink::watch() {
  Duration pause = kRetryMin;
  for (;;) {
    if (online_ && !superseded_) {
      auto stream = ports_.streams.open(make_events_stream(order()));
      stream_open_ = false;
      for (;;) {
        auto message = co_await stream->next();
        if (!message) break;
        auto status = read_events_message(*message);
        if (!status) {
          refused(status.error());
          break;
        }
        if (!std::exchange(stream_open_, true)) detector_.stream_opened(ports_.executor.now());
        pause = kRetryMin;
        hear(std::move(*status));
      }
      if (std::exchange(stream_open_, false)) detector_.stream_closed(ports_.executor.now());
      follow_state();
      heard_.notify_all();
    }
    const auto half = pause.count() / 2;
    const auto jitter = ports_.random.below(static_cast<std::uint64_t>(half) + 1);
    co_await ports_.executor.sleep(Duration(half + static_cast<Duration::rep>(jitter)));
    pause = std::min(pause * 2, kRetryMax);
  }
}

Task<void> NodeLink::probe() {
  for (;;) {
    if (detector_.state() == NodeState::kDead && stream_open_) {
      // The connection to a dead node may never tell that it is closed.
      stream_open_ = false;
      tasks_.cancel(watch_);
      watch_ = tasks_.spawn(watch());
    }
    const std::optional<Instant> due =
        online_ && !superseded_ ? detector_.next_probe() : std::nullopt;
    if (!due) {
      co_await heard_.wait();
      continue;
    }
    if (*due > ports_.executor.now()) {
      co_await heard_.wait_until(*due);
      continue;
    }
    HttpRequest request = make_status_request(order());
    request.timeout = detector_.probe_timeout();
    const Instant sent = ports_.executor.now();
    auto response = co_await ports_.http.send(std::move(request));
    if (!response && response.error().code == ErrorCode::kOffline) {
      // Says nothing about the node, so it stays due; the host will tell that we are offline.
      co_await heard_.wait_until(ports_.executor.now() + kRetryMin);
      continue;
    }
    if (!response) {
      note_failure(response.error(), sent);
    } else if (auto status = read_status_answer(*response)) {
      hear(std::move(*status));
    } else {
      if (status.error().error.code == ErrorCode::kUnauthorized) {
        // It lives, but not for us: a node that was reset runs nothing of ours any more.
        detector_.probe_failed(ProbeFailure::kRefused, sent, ports_.executor.now());
      } else {
        detector_.heard(ports_.executor.now());  // a refusal is a sign of life, too
      }
      refused(status.error());
    }
    follow_state();
  }
}

void NodeLink::note_failure(const Error& error, Instant sent) {
  if (error.code == ErrorCode::kOffline) return;
  detector_.probe_failed(failure_of(error.code), sent, ports_.executor.now(), observer_.verdict());
  follow_state();
}

// Answers and the stream take ways of their own, and what was said earlier may come later: taken
// for the newest word it would make a ready replica unready for a moment, and leave its app with
// none.
bool NodeLink::is_overtaken(const NodeStatus& status) const {
  return status_ && status.node.boot_id == status_->node.boot_id && status.seq < status_->seq;
}

void NodeLink::hear(NodeStatus status) {
  detector_.heard(ports_.executor.now());
  last_seen_ = ports_.clock.unix_now();
  if (is_overtaken(status)) return follow_state();
  clock_skew_ms_ = status.node.now - last_seen_;
  if (status.epoch > options_.epoch) {
    superseded_ = true;
    observer_.on_superseded(options_.node, status.epoch);
  }
  // An earlier link of this engine numbered further: the node was given up and claimed again.
  if (status.epoch == options_.epoch && status.revision > revision_) {
    revision_ = status.revision + 1;
    if (desired_) desired_->revision = revision_;
  }
  // A node that lost what it had accepted (a wiped disk) is told again.
  if (status.epoch < options_.epoch || status.revision < accepted_revision_) accepted_revision_ = 0;
  status_ = std::move(status);
  set_attention(std::nullopt);
  follow_state();
  start_uploads();
  if (needs_order()) wanted_.notify_all();
  observer_.on_node_changed(options_.node);
}

void NodeLink::refused(const NodeRefusal& refusal) {
  Error error = refusal.error;
  if (error.code == ErrorCode::kStaleEpoch) {
    superseded_ = true;
    observer_.on_superseded(options_.node, refusal.epoch.value_or(0));
  } else if (error.code == ErrorCode::kClockSkew) {
    clock_skew_ms_ = refusal.now.value_or(0) - ports_.clock.unix_now();
    error.message = options_.name + "'s clock is " + seconds_of(clock_skew_ms_) +
                    (clock_skew_ms_ > 0 ? " ahead of" : " behind") +
                    " this device's, so it refuses our orders.";
    error.hint = "Set both clocks by the network, for example with `timedatectl set-ntp true`.";
  } else if (error.code == ErrorCode::kUnauthorized) {
    error.message = options_.name + " refuses our orders: " + error.message;
    error.hint = "If it was reset or claimed by someone else, remove it here and claim it again.";
  }
  set_attention(std::move(error));
}

void NodeLink::follow_state() {
  const NodeState state = detector_.state();
  if (state == told_state_) return;
  told_state_ = state;
  state_since_ = ports_.clock.unix_now();
  observer_.on_node_changed(options_.node);
}

void NodeLink::set_attention(std::optional<Error> attention) {
  if (attention_ == attention) return;
  attention_ = std::move(attention);
  observer_.on_node_changed(options_.node);
}

// ---- telling

bool NodeLink::needs_order() const {
  return desired_ && accepted_revision_ != revision_ && online_ && !superseded_ &&
         detector_.state() != NodeState::kDead;
}

Task<void> NodeLink::deliver() {
  Duration pause = kRetryMin;
  for (;;) {
    if (!needs_order()) {
      co_await wanted_.wait();
      continue;
    }
    if (co_await send_desired()) {
      pause = kRetryMin;
    } else {
      // Woken early by anything new to say, and by any word from the node.
      co_await wanted_.wait_until(ports_.executor.now() + pause);
      pause = std::min(pause * 2, kRetryMax);
    }
  }
}

Task<bool> NodeLink::send_desired() {
  const std::int64_t revision = revision_;
  const Instant sent = ports_.executor.now();
  auto response = co_await ports_.http.send(make_desired_request(order(), *desired_));
  if (!response) {
    note_failure(response.error(), sent);
    heard_.notify_all();
    co_return false;
  }
  auto answer = read_desired_answer(*response);
  if (!answer) {
    refused(answer.error());
    co_return false;
  }
  accepted_revision_ = std::max(accepted_revision_, revision);
  observer_.on_node_changed(options_.node);
  co_return true;
}

void NodeLink::start_uploads() {
  if (!status_ || !desired_ || superseded_) return;
  for (const std::string& sha256 : status_->missing) {
    if (uploads_.contains(sha256) || upload_errors_.contains(sha256)) continue;
    if (const Source* source = find_archive(sha256)) {
      uploads_.emplace(sha256, Upload{});
      tasks_.spawn(upload(sha256, source->format));
    }
  }
}

// Another replica needs the archive: it gets its own attempts.
bool NodeLink::is_asked_anew(const std::optional<DesiredState>& before,
                             const std::string& sha256) const {
  return std::ranges::any_of(desired_->replicas, [&](const DesiredReplica& replica) {
    return replica.source.sha256 == sha256 &&
           (!before || !std::ranges::contains(before->replicas, replica.id, &DesiredReplica::id));
  });
}

const Source* NodeLink::find_archive(const std::string& sha256) const {
  if (!desired_) return nullptr;
  for (const DesiredReplica& replica : desired_->replicas) {
    const Source& source = replica.source;
    if (source.kind == Source::Kind::kArchive && source.sha256 == sha256) return &source;
  }
  return nullptr;
}

Task<void> NodeLink::upload(std::string sha256, ArchiveFormat format) {
  int refusals = 0;
  // While the network fails it goes on, as long as the node counts and still needs the archive.
  while (find_archive(sha256) != nullptr && detector_.state() != NodeState::kDead) {
    HttpRequest request = make_release_request(order(), sha256, format);
    request.timeout = kUploadTimeout;
    auto response = co_await ports_.http.send(
        std::move(request), [this, sha256](std::uint64_t sent, std::uint64_t total) {
          uploads_[sha256] = {.sent = sent, .total = total};
          observer_.on_node_changed(options_.node);
        });
    std::optional<Error> error;
    if (!response) {
      error = response.error();
    } else if (auto answer = read_release_answer(*response); !answer) {
      error = answer.error().error;
      ++refusals;
    }
    if (!error) break;
    if (is_final(error->code) || refusals == kUploadRefusalsMax) {
      upload_errors_.insert_or_assign(sha256, *error);
      break;
    }
    co_await ports_.executor.sleep(kUploadRetry);
  }
  uploads_.erase(sha256);
  observer_.on_node_changed(options_.node);
}

}  // namespace a67
