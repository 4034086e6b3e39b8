// FakeReplica: the life of one replica on a fake node, with random durations and failures.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "engine/fleet/node_protocol.h"
#include "tests/sim/archives.h"
#include "tests/sim/dice.h"
#include "tests/sim/faults.h"
#include "tests/sim/timeline.h"

namespace a67::sim {

// What a replica meets on its node.
class Surroundings {
 public:
  virtual ~Surroundings() = default;
  [[nodiscard]] virtual bool has_archive(const std::string& sha256) const = 0;
  [[nodiscard]] virtual bool disk_is_full() const = 0;
  [[nodiscard]] virtual bool has_runtime(const std::string& app) const = 0;
  virtual void on_replica_changed() = 0;
};

class FakeReplica {
 public:
  FakeReplica(DesiredReplica order, Timeline& timeline, Dice dice, const Faults& faults,
              const Archives& archives, Surroundings& node);
  FakeReplica(const FakeReplica&) = delete;
  FakeReplica& operator=(const FakeReplica&) = delete;
  ~FakeReplica() { *alive_ = false; }

  [[nodiscard]] const DesiredReplica& order() const { return order_; }
  [[nodiscard]] ReplicaState state() const { return state_; }
  [[nodiscard]] ReplicaStatus status() const;

  // A higher generation starts it anew.
  void obey(const DesiredReplica& order);
  void archive_arrived();
  // Gracefully; `gone` is called when it has ended.
  void stop(std::function<void()> gone);

 private:
  void begin();
  void unpack();
  void build();
  void start();
  void become_ready();
  void die();
  void give_up(ErrorCode code, std::string message);
  void enter(ReplicaState state);
  // Ends whatever was under way.
  void new_life();
  void later(Duration delay, void (FakeReplica::*step)());
  [[nodiscard]] Duration step_time();
  [[nodiscard]] Behaviour behaviour() const;

  DesiredReplica order_;
  Timeline& timeline_;
  Dice dice_;
  const Faults& faults_;
  const Archives& archives_;
  Surroundings& node_;

  ReplicaState state_ = ReplicaState::kWaiting;
  std::optional<Error> reason_;
  std::int64_t restarts_ = 0;
  UnixMs started_at_ = 0;
  std::shared_ptr<bool> alive_;  // false: what was planned for later does not happen
};

}  // namespace a67::sim
