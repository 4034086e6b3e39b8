#include "tests/sim/fake_replica.h"

#include <utility>

namespace a67::sim {
namespace {

constexpr std::int64_t kRestartsMax = 3;
constexpr Duration kBackoff{1'500};
constexpr Duration kLifeMax{60'000};

}  // namespace

FakeReplica::FakeReplica(DesiredReplica order, Timeline& timeline, Dice dice, const Faults& faults,
                         const Archives& archives, Surroundings& node)
    : order_(std::move(order)),
      timeline_(timeline),
      dice_(dice),
      faults_(faults),
      archives_(archives),
      node_(node),
      alive_(std::make_shared<bool>(true)) {
  begin();
}

ReplicaStatus FakeReplica::status() const {
  const bool runs = state_ == ReplicaState::kReady;
  return {.id = order_.id,
          .app = order_.app,
          .release = order_.release,
          .state = state_,
          .reason = reason_,
          .generation = order_.generation,
          .restarts = restarts_,
          .port = runs ? 20'000 : 0,
          .started_at = started_at_,
          .memory_bytes = runs ? 50'000'000 : 0,
          .runtime = "node 20",
          .limits = "rlimit"};
}

void FakeReplica::obey(const DesiredReplica& order) {
  const bool anew = order.generation > order_.generation;
  order_ = order;
  if (anew) begin();
}

void FakeReplica::archive_arrived() {
  if (state_ == ReplicaState::kWaiting && node_.has_archive(order_.source.sha256)) unpack();
}

void FakeReplica::stop(std::function<void()> gone) {
  new_life();
  enter(ReplicaState::kStopping);
  const Duration time = dice_.between(Duration{10}, Duration{1'000});
  timeline_.after(time, [alive = alive_, gone = std::move(gone)] {
    if (*alive) gone();
  });
}

void FakeReplica::begin() {
  new_life();
  restarts_ = 0;
  started_at_ = 0;
  reason_.reset();
  enter(ReplicaState::kWaiting);
  if (node_.has_archive(order_.source.sha256)) unpack();
}

void FakeReplica::unpack() {
  enter(ReplicaState::kUnpacking);
  later(step_time(), &FakeReplica::build);
}

void FakeReplica::build() {
  if (node_.disk_is_full()) {
    return give_up(ErrorCode::kDiskFull, "There is no room on the disk.");
  }
  if (!node_.has_runtime(order_.app)) {
    return give_up(ErrorCode::kMissingRuntime, "This node has no such interpreter.");
  }
  enter(ReplicaState::kBuilding);
  later(step_time(), &FakeReplica::start);
}

void FakeReplica::start() {
  if (behaviour() == Behaviour::kBuildFails) {
    return give_up(ErrorCode::kBuildFailed, "The build ended with status 1.");
  }
  enter(ReplicaState::kStarting);
  started_at_ = timeline_.unix_now();
  const bool fails = dice_.chance(faults_.replica_fails);
  if (behaviour() == Behaviour::kCrashes || (fails && dice_.chance(0.7))) {
    return later(step_time(), &FakeReplica::die);
  }
  later(step_time(), &FakeReplica::become_ready);
}

void FakeReplica::become_ready() {
  if (behaviour() == Behaviour::kNeverHealthy) {
    return give_up(ErrorCode::kUnhealthy, "It never answered its health check.");
  }
  reason_.reset();
  enter(ReplicaState::kReady);
  if (dice_.chance(faults_.replica_dies)) {
    later(dice_.between(Duration{1'000}, kLifeMax), &FakeReplica::die);
  }
}

void FakeReplica::die() {
  if (restarts_ >= kRestartsMax) return give_up(ErrorCode::kCrashed, "It crashed too often.");
  ++restarts_;
  reason_ = Error{.code = ErrorCode::kCrashed, .message = "It ended with status 1."};
  enter(ReplicaState::kBackoff);
  later(kBackoff * restarts_, &FakeReplica::start);
}

void FakeReplica::give_up(ErrorCode code, std::string message) {
  reason_ = Error{.code = code, .message = std::move(message), .lines = {"its last line"}};
  enter(ReplicaState::kFailed);
}

void FakeReplica::enter(ReplicaState state) {
  state_ = state;
  node_.on_replica_changed();
}

void FakeReplica::new_life() {
  *alive_ = false;
  alive_ = std::make_shared<bool>(true);
}

void FakeReplica::later(Duration delay, void (FakeReplica::*step)()) {
  timeline_.after(delay, [this, alive = alive_, step] {
    if (*alive) (this->*step)();
  });
}

Duration FakeReplica::step_time() { return dice_.between(Duration{20}, faults_.replica_time_max); }

Behaviour FakeReplica::behaviour() const {
  const Archive* archive = archives_.find(order_.source.sha256);
  return archive == nullptr ? Behaviour::kBuildFails : archive->behaviour;
}

}  // namespace a67::sim
