// ReplicaLife decides what happens next to one replica's process. It is a pure state machine: facts
// and `now` come in, things to do come out of advance(), and it never starts, signals or probes
// anything itself.
//
// Rules:
// - It is `starting` until a health probe succeeds for the first time, then `ready`. Three failed
// probes in a row make
//   it `unhealthy`, and it is started again.
// - One that ends or turns unhealthy is started again after 0.5 s, doubling to 30 s; a minute of
// being well starts the
//   doubling again.
// - One that was never ready is given up (`failed`) after five crashes, or when it does not become
// healthy in its start
//   time: it would only burn the machine. What was ready once is never given up.
// - Before a ready replica gets SIGTERM it is left alone for a moment (drain): gateways learn first
// that it goes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/fleet/node_protocol.h"

namespace a67 {

struct LifeOptions {
  Duration backoff_base{500};
  Duration backoff_max{30'000};
  Duration well_after{60'000};  // ready this long: the backoff starts from its base again
  Duration drain{1'000};
  Duration start_probe_every{250};  // until ready; afterwards the spec's interval
  Duration kill_again_every{2'000};
  std::uint32_t crashes_before_ready_max = 5;
  std::uint32_t probe_failures_max = 3;
};

enum class LifeAction : std::uint8_t {
  kSpawn,      // answer with on_spawned() or on_crash()
  kProbe,      // answer with on_probe()
  kTerminate,  // SIGTERM to the group
  kKill,       // SIGKILL to the group; may come again
};

// What outlives the wrapper.
struct LifeMemory {
  std::int64_t restarts = 0;
  std::uint32_t crashes_before_ready = 0;
  bool ever_ready = false;
  bool given_up = false;
  std::optional<Error> reason;
  bool operator==(const LifeMemory&) const = default;
};

class ReplicaLife {
 public:
  ReplicaLife(LifeOptions options, HealthSpec health, Duration stop_time);

  // The release is being got ready: `stage` is kWaiting, kFetching, kUnpacking or kBuilding.
  void on_stage(ReplicaState stage);
  void on_prepared(Instant now);
  void on_prepare_failed(Error error);
  void on_spawned(Instant now);
  // A process of an earlier wrapper is ours again.
  void on_adopted(Instant now);
  // The process ended, or could not be started. `error` says how.
  void on_end(Error error, Instant now);
  void on_probe(bool ok, Error error, Instant now);
  // It has to go for good, or to be started again from scratch (`generation` grew, or the spec
  // changed).
  void stop(Instant now);
  void restart(Instant now);
  // Over its memory limit where no control group enforces it.
  void on_over_limit(Error error, Instant now);

  // Everything that is due. Call it after each of the above and at next_wake().
  std::vector<LifeAction> advance(Instant now);
  // Nothing: only an event changes anything.
  [[nodiscard]] std::optional<Instant> next_wake() const;

  [[nodiscard]] ReplicaState state() const;
  [[nodiscard]] const std::optional<Error>& reason() const { return memory_.reason; }
  [[nodiscard]] bool is_gone() const { return phase_ == Phase::kGone; }
  // True when it waits for its release to be got ready.
  [[nodiscard]] bool needs_release() const { return phase_ == Phase::kPreparing; }
  [[nodiscard]] bool has_process() const;
  // SIGTERM was sent, or more.
  [[nodiscard]] bool is_terminating() const {
    return phase_ == Phase::kTerminating || phase_ == Phase::kKilling;
  }
  [[nodiscard]] const LifeMemory& memory() const { return memory_; }
  void restore(LifeMemory memory);
  // New settings for a running process: they hold from the next step on.
  void configure(HealthSpec health, Duration stop_time);
  // Adds to the reason what only its surroundings know.
  void explain(std::string hint, std::vector<std::string> lines);

 private:
  enum class Phase : std::uint8_t {
    kPreparing,
    kDue,
    kSpawning,
    kStarting,
    kReady,
    kDraining,
    kTerminating,
    kKilling,
    kFailed,
    kGone,
  };
  enum class After : std::uint8_t {
    kGone,
    kRestart,
    kBackoff,
    kFailed
  };  // once the process has ended

  void end_process(After after, bool drain, Instant now);
  void schedule_backoff(Instant now);
  void fail_with(Error error);
  void note_ready_time(Instant now);

  LifeOptions options_;
  HealthSpec health_;
  Duration stop_time_;
  LifeMemory memory_;
  Phase phase_ = Phase::kPreparing;
  After after_ = After::kGone;
  ReplicaState stage_ = ReplicaState::kWaiting;
  bool in_backoff_ = false;
  bool was_ready_ = false;  // in this run of the process
  bool probing_ = false;
  bool terminate_due_ = false;
  std::uint32_t probe_failures_ = 0;
  std::uint32_t backoff_doublings_ = 0;
  std::optional<Error> probe_error_;
  Instant due_{};  // of the next step of the phase
  Instant next_probe_{};
  Instant ready_since_{};
};

}  // namespace a67
