#include "engine/fleet/failure_detector.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>

namespace a67 {
namespace {

// A probe sent this much later than asked for means that the engine did not run.
constexpr Duration kLatenessMax{2'000};
constexpr std::array<Duration, 3> kWatchedDelays = {Duration{500}, Duration{1'000},
                                                    Duration{2'000}};
constexpr Duration kDeadProbeFirst{2'000};
constexpr Duration kRetryMin{500};

}  // namespace

std::string_view to_string(NodeState state) {
  switch (state) {
    case NodeState::kAwake:
      return "awake";
    case NodeState::kAsleep:
      return "asleep";
    case NodeState::kPaused:
      return "paused";
    case NodeState::kThrottled:
      return "throttled";
    case NodeState::kSuspect:
      return "suspect";
    case NodeState::kDead:
      return "dead";
  }
  return "dead";
}

FailureDetector::FailureDetector(const Options& options, Instant now, NodeState known)
    : options_(options),
      state_(known),
      since_(now),
      last_heard_(now),
      trusted_since_(now),
      next_probe_(now),
      counted_until_(now) {
  assert(options.heartbeat > Duration{0} && options.failures_before_dead > 0);
}

bool FailureDetector::expects_words() const {
  return state_ != NodeState::kAsleep && state_ != NodeState::kPaused;
}

std::optional<Instant> FailureDetector::next_probe() const {
  if (!online_ || !expects_words()) return std::nullopt;
  return next_probe_;
}

Duration FailureDetector::silence_min() const {
  return watched_ ? options_.watched_silence_min : 2 * options_.heartbeat;
}

Duration FailureDetector::retry_delay() const {
  if (!watched_) return std::max(options_.heartbeat / 3, kRetryMin);
  const auto step = static_cast<std::size_t>(std::max(failures_, 1) - 1);
  return kWatchedDelays[std::min(step, kWatchedDelays.size() - 1)];
}

FailureDetector::Step FailureDetector::enter(NodeState state, Instant now) {
  const Step step{.before = state_, .after = state};
  if (step.changed()) {
    state_ = state;
    since_ = now;
  }
  return step;
}

void FailureDetector::count_silence(Instant sent, Instant now) {
  silence_ += now - counted_until_;
  counted_until_ = now;
  if (sent - next_probe_ > kLatenessMax) {
    // Each failed probe vouches for its part of the silence we need, and for no more.
    silence_ = std::min(silence_, silence_min() * failures_ / options_.failures_before_dead);
  }
}

void FailureDetector::forget_failures(Instant now) {
  silence_ = Duration{0};
  counted_until_ = now;
  failures_ = 0;
  refused_ = false;
}

FailureDetector::Step FailureDetector::heard(Instant now, NodeState says) {
  assert(says != NodeState::kSuspect && says != NodeState::kDead);
  last_heard_ = now;
  trusted_since_ = now;
  forget_failures(now);
  dead_probes_ = 0;
  watched_ = stream_open_;
  next_probe_ = now + (stream_open_ ? options_.stream_silence_max : options_.heartbeat);
  return enter(says, now);
}

FailureDetector::Step FailureDetector::stream_opened(Instant now) {
  stream_open_ = true;
  return heard(now);
}

FailureDetector::Step FailureDetector::stream_closed(Instant now) {
  if (stream_open_) {
    stream_open_ = false;
    watched_ = true;
    if (failures_ == 0) next_probe_ = now;
  }
  return {.before = state_, .after = state_};
}

FailureDetector::Step FailureDetector::probe_failed(ProbeFailure failure, Instant sent, Instant now,
                                                    Verdict verdict) {
  if (!online_ || !expects_words()) return {.before = state_, .after = state_};
  if (sent < trusted_since_) {
    next_probe_ = std::max(next_probe_, now);
    return {.before = state_, .after = state_};
  }
  if (state_ == NodeState::kDead) {
    const Duration limit = std::min(options_.dead_probe_interval_max, options_.heartbeat);
    next_probe_ = now + std::min(kDeadProbeFirst * (1 << std::min(dead_probes_, 10)), limit);
    ++dead_probes_;
    return {.before = state_, .after = state_};
  }
  count_silence(sent, now);
  ++failures_;
  refused_ = refused_ || failure == ProbeFailure::kRefused;
  next_probe_ = now + retry_delay();
  if (failures_ >= options_.failures_before_dead && silence_ >= silence_min() &&
      verdict == Verdict::kNode) {
    next_probe_ = now + std::min(kDeadProbeFirst, options_.heartbeat);
    return enter(NodeState::kDead, now);
  }
  return enter(NodeState::kSuspect, now);
}

void FailureDetector::set_online(bool online, Instant now) {
  if (online_ == online) return;
  online_ = online;
  if (!online) return;
  // A probe sent before says nothing about the network we have now.
  trusted_since_ = now;
  forget_failures(now);
  next_probe_ = now;
}

void FailureDetector::set_heartbeat(Duration heartbeat) {
  assert(heartbeat > Duration{0});
  options_.heartbeat = heartbeat;
  next_probe_ = std::min(next_probe_, last_heard_ + heartbeat);
}

Verdict judge(std::span<const FailureDetector* const> fleet) {
  std::size_t failing = 0;
  for (const FailureDetector* node : fleet) {
    if (node->state_ == NodeState::kDead || !node->expects_words()) continue;
    const bool network_works = node->failures_ == 0 || node->refused_;
    if (network_works || node->silence_ >= kOwnNetworkDoubtMax) return Verdict::kNode;
    ++failing;
  }
  return failing >= 2 ? Verdict::kOwnNetwork : Verdict::kNode;
}

}  // namespace a67
