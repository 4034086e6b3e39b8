#include "node-wrapper/runtime/replica_life.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace a67 {

ReplicaLife::ReplicaLife(LifeOptions options, HealthSpec health, Duration stop_time)
    : options_(options), health_(std::move(health)), stop_time_(stop_time) {}

void ReplicaLife::restore(LifeMemory memory) {
  memory_ = std::move(memory);
  if (memory_.given_up) phase_ = Phase::kFailed;
}

void ReplicaLife::configure(HealthSpec health, Duration stop_time) {
  health_ = std::move(health);
  stop_time_ = stop_time;
}

void ReplicaLife::explain(std::string hint, std::vector<std::string> lines) {
  if (!memory_.reason) return;
  memory_.reason->hint = std::move(hint);
  memory_.reason->lines = std::move(lines);
}

void ReplicaLife::on_stage(ReplicaState stage) { stage_ = stage; }

void ReplicaLife::on_prepared(Instant now) {
  if (phase_ != Phase::kPreparing) return;
  phase_ = Phase::kDue;
  due_ = now;
}

void ReplicaLife::on_prepare_failed(Error error) {
  if (phase_ == Phase::kPreparing) fail_with(std::move(error));
}

void ReplicaLife::on_spawned(Instant now) {
  phase_ = Phase::kStarting;
  in_backoff_ = false;
  was_ready_ = false;
  probe_failures_ = 0;
  probe_error_.reset();
  due_ = now + std::chrono::seconds(health_.start_seconds);
  next_probe_ = now + std::min(options_.start_probe_every, Duration(50));
}

void ReplicaLife::on_adopted(Instant now) {
  on_spawned(now);
  next_probe_ = now;
}

void ReplicaLife::on_end(Error error, Instant now) {
  probing_ = false;
  if (phase_ == Phase::kGone || phase_ == Phase::kFailed || phase_ == Phase::kPreparing) return;
  if (phase_ == Phase::kDraining || phase_ == Phase::kTerminating || phase_ == Phase::kKilling) {
    terminate_due_ = false;
    switch (after_) {
      case After::kGone:
        phase_ = Phase::kGone;
        return;
      case After::kRestart:
        phase_ = Phase::kPreparing;
        return;
      case After::kBackoff:
        schedule_backoff(now);
        return;
      case After::kFailed:
        phase_ = Phase::kFailed;
        memory_.given_up = true;
        return;
    }
  }
  note_ready_time(now);
  // A program that is not there will not be there in a second either.
  const bool hopeless = error.code == ErrorCode::kMissingRuntime;
  if (!memory_.ever_ready &&
      (++memory_.crashes_before_ready >= options_.crashes_before_ready_max || hopeless)) {
    fail_with(std::move(error));
    return;
  }
  memory_.reason = std::move(error);
  schedule_backoff(now);
}

void ReplicaLife::on_probe(bool ok, Error error, Instant now) {
  probing_ = false;
  const Duration every = std::chrono::seconds(health_.interval_seconds);
  if (phase_ == Phase::kStarting) {
    if (!ok) {
      probe_error_ = std::move(error);
      next_probe_ = now + std::min(options_.start_probe_every, every);
      return;
    }
    phase_ = Phase::kReady;
    memory_.ever_ready = true;
    memory_.reason.reset();
    was_ready_ = true;
    ready_since_ = now;
    next_probe_ = now + every;
    return;
  }
  if (phase_ != Phase::kReady) return;
  next_probe_ = now + every;
  probe_failures_ = ok ? 0 : probe_failures_ + 1;
  if (probe_failures_ < options_.probe_failures_max) return;
  memory_.reason = std::move(error);
  note_ready_time(now);
  end_process(After::kBackoff, true, now);
}

void ReplicaLife::on_over_limit(Error error, Instant now) {
  if (phase_ != Phase::kStarting && phase_ != Phase::kReady) return;
  note_ready_time(now);
  memory_.reason = error;
  if (!memory_.ever_ready && ++memory_.crashes_before_ready >= options_.crashes_before_ready_max) {
    end_process(After::kFailed, false, now);
  } else {
    end_process(After::kBackoff, false, now);
  }
}

void ReplicaLife::stop(Instant now) {
  if (phase_ == Phase::kGone) return;
  if (has_process()) {
    end_process(After::kGone, was_ready_, now);
  } else {
    phase_ = Phase::kGone;
  }
}

void ReplicaLife::restart(Instant now) {
  memory_.crashes_before_ready = 0;
  memory_.given_up = false;
  memory_.reason.reset();
  backoff_doublings_ = 0;
  in_backoff_ = false;
  if (has_process()) {
    end_process(After::kRestart, was_ready_, now);
  } else {
    phase_ = Phase::kPreparing;
    stage_ = ReplicaState::kWaiting;
  }
}

std::vector<LifeAction> ReplicaLife::advance(Instant now) {
  std::vector<LifeAction> actions;
  if (phase_ == Phase::kDue && now >= due_) {
    if (in_backoff_) ++memory_.restarts;
    phase_ = Phase::kSpawning;
    actions.push_back(LifeAction::kSpawn);
  }
  if (phase_ == Phase::kStarting && now >= due_) {
    std::string message =
        "The app was not healthy within " + std::to_string(health_.start_seconds) + " s.";
    if (probe_error_) message += " " + probe_error_->message;
    memory_.reason = Error{.code = ErrorCode::kUnhealthy, .message = std::move(message)};
    end_process(memory_.ever_ready ? After::kBackoff : After::kFailed, false, now);
  }
  if ((phase_ == Phase::kStarting || phase_ == Phase::kReady) && !probing_ && now >= next_probe_) {
    probing_ = true;
    actions.push_back(LifeAction::kProbe);
  }
  if (phase_ == Phase::kDraining && now >= due_) {
    phase_ = Phase::kTerminating;
    due_ = now + stop_time_;
    terminate_due_ = true;
  }
  if (std::exchange(terminate_due_, false)) actions.push_back(LifeAction::kTerminate);
  if ((phase_ == Phase::kTerminating || phase_ == Phase::kKilling) && now >= due_) {
    phase_ = Phase::kKilling;
    due_ = now + options_.kill_again_every;
    actions.push_back(LifeAction::kKill);
  }
  return actions;
}

std::optional<Instant> ReplicaLife::next_wake() const {
  switch (phase_) {
    case Phase::kPreparing:
    case Phase::kSpawning:
    case Phase::kFailed:
    case Phase::kGone:
      return std::nullopt;
    case Phase::kDue:
    case Phase::kDraining:
    case Phase::kTerminating:
    case Phase::kKilling:
      return due_;
    case Phase::kStarting:
      return probing_ ? due_ : std::min(due_, next_probe_);
    case Phase::kReady:
      return probing_ ? std::nullopt : std::optional(next_probe_);
  }
  return std::nullopt;
}

ReplicaState ReplicaLife::state() const {
  switch (phase_) {
    case Phase::kPreparing:
      return stage_;
    case Phase::kDue:
      return in_backoff_ ? ReplicaState::kBackoff : ReplicaState::kStarting;
    case Phase::kSpawning:
    case Phase::kStarting:
      return ReplicaState::kStarting;
    case Phase::kReady:
      return ReplicaState::kReady;
    case Phase::kDraining:
    case Phase::kTerminating:
    case Phase::kKilling:
      // Between two runs it is on its way back, which is worth another word than going away.
      if (after_ == After::kBackoff) {
        return was_ready_ ? ReplicaState::kUnhealthy : ReplicaState::kBackoff;
      }
      return after_ == After::kFailed ? ReplicaState::kFailed : ReplicaState::kStopping;
    case Phase::kFailed:
      return ReplicaState::kFailed;
    case Phase::kGone:
      return ReplicaState::kStopping;
  }
  return ReplicaState::kFailed;
}

bool ReplicaLife::has_process() const {
  switch (phase_) {
    case Phase::kStarting:
    case Phase::kReady:
    case Phase::kDraining:
    case Phase::kTerminating:
    case Phase::kKilling:
      return true;
    case Phase::kPreparing:
    case Phase::kDue:
    case Phase::kSpawning:
    case Phase::kFailed:
    case Phase::kGone:
      return false;
  }
  return false;
}

void ReplicaLife::end_process(After after, bool drain, Instant now) {
  assert(has_process());
  after_ = after;
  if (phase_ == Phase::kDraining || phase_ == Phase::kTerminating || phase_ == Phase::kKilling) {
    return;  // already on its way; only what comes after it changes
  }
  if (drain) {
    phase_ = Phase::kDraining;
    due_ = now + options_.drain;
    return;
  }
  phase_ = Phase::kTerminating;
  due_ = now + stop_time_;
  terminate_due_ = true;
}

void ReplicaLife::schedule_backoff(Instant now) {
  phase_ = Phase::kDue;
  in_backoff_ = true;
  Duration delay = options_.backoff_base;
  for (std::uint32_t i = 0; i < backoff_doublings_ && delay < options_.backoff_max; ++i) delay *= 2;
  due_ = now + std::min(delay, options_.backoff_max);
  ++backoff_doublings_;
}

void ReplicaLife::fail_with(Error error) {
  memory_.reason = std::move(error);
  memory_.given_up = true;
  phase_ = Phase::kFailed;
}

void ReplicaLife::note_ready_time(Instant now) {
  if (was_ready_ && now - ready_since_ >= options_.well_after) backoff_doublings_ = 0;
}

}  // namespace a67
