#include "node-wrapper/runtime/replica.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "node-wrapper/runtime/clock.h"

namespace a67 {

using std::chrono::seconds;

Replica::Replica(std::shared_ptr<const ReplicaContext> context, DesiredReplica wanted,
                 std::string key)
    : context_(std::move(context)),
      wanted_(std::move(wanted)),
      key_(std::move(key)),
      folder_(context_->replicas_folder + "/" + wanted_.id.value),
      life_(context_->life, wanted_.spec.health, seconds(wanted_.spec.stop_seconds)),
      log_(folder_ + "/log", wanted_.id, {}),
      timer_(context_->io),
      linger_(context_->io) {}

Replica::~Replica() {
  if (watch_ != nullptr) watch_->forget();
  if (probe_ != nullptr) probe_->abandon();
  if (output_ != nullptr) output_->stop();
  if (errors_ != nullptr) errors_->stop();
}

void Replica::start() { pump(); }

void Replica::resume(const SavedReplica& saved, bool same_boot) {
  port_ = saved.port;
  started_at_ = saved.started_at;
  wanted_.generation = saved.generation;
  life_.restore(saved.life);
  // Its log is opened in any case: it may have said something before it ended.
  if (saved.process.pid != 0 && same_boot && open_log_pipes()) {
    watch_ = ProcessWatch::start(context_->io, saved.process,
                                 [weak = weak_from_this()](const ProcessEnd& end) {
                                   if (const auto self = weak.lock()) self->on_end(end);
                                 });
    if (watch_ != nullptr) {
      built_ = context_->store.find_built(key_).value_or(BuiltRelease{});
      memory_kills_ = context_->groups.memory_kills(wanted_.id.value);
      life_.on_adopted(steady_now());
      say("The node wrapper started again and took the app over (process " +
          std::to_string(saved.process.pid) + ").");
    } else {
      say("The app ended while the node wrapper was away; it is started again.");
    }
  }
  pump();
}

void Replica::update(const DesiredReplica& wanted) {
  if (wanted.generation < wanted_.generation) return;
  const bool new_limits = wanted.spec.memory_mb != wanted_.spec.memory_mb ||
                          wanted.spec.cpu_percent != wanted_.spec.cpu_percent;
  wanted_ = wanted;
  life_.configure(wanted_.spec.health, seconds(wanted_.spec.stop_seconds));
  if (new_limits && watch_ != nullptr) {
    const Result<void> set = context_->groups.prepare(
        wanted_.id.value, {wanted_.spec.memory_mb, wanted_.spec.cpu_percent});
    if (!set) say(set.error().message);
  }
}

void Replica::restart(const DesiredReplica& wanted, std::string key) {
  wanted_ = wanted;
  key_ = std::move(key);
  stopping_ = false;
  asked_ = false;
  life_.configure(wanted_.spec.health, seconds(wanted_.spec.stop_seconds));
  life_.restart(steady_now());
  pump();
}

void Replica::stop() {
  stopping_ = true;
  life_.stop(steady_now());
  pump();
}

void Replica::on_stage(ReplicaState stage) {
  life_.on_stage(stage);
  pump();
}

void Replica::on_prepared(const BuiltRelease& built) {
  asked_ = false;
  built_ = built;
  life_.on_prepared(steady_now());
  pump();
}

void Replica::on_prepare_failed(const Error& error) {
  asked_ = false;
  say(error.message);
  life_.on_prepare_failed(error);
  pump();
}

void Replica::add_log(LogStream stream, const std::vector<std::string>& lines) {
  context_->on_lines(wanted_.app, log_.append(stream, lines, unix_now()));
}

void Replica::say(const std::string& line) { add_log(LogStream::kSystem, {line}); }

// Does everything that is due. What it does may make more due at once, hence the loop; it is
// bounded because each turn takes the life on to a phase that waits for something outside.
void Replica::pump() {
  if (std::exchange(pumping_, true)) return;
  const std::shared_ptr<Replica> self = shared_from_this();
  for (;;) {
    const std::vector<LifeAction> actions = life_.advance(steady_now());
    explain_unhealthy();
    if (actions.empty()) break;
    for (const LifeAction action : actions) {
      switch (action) {
        case LifeAction::kSpawn:
          spawn();
          break;
        case LifeAction::kProbe:
          probe();
          break;
        case LifeAction::kTerminate:
          terminate();
          break;
        case LifeAction::kKill:
          kill();
          break;
      }
    }
  }
  pumping_ = false;
  timer_.cancel();
  if (const std::optional<Instant> wake = life_.next_wake()) {
    timer_.expires_after(std::max(*wake - steady_now(), Duration(0)));
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
      const std::shared_ptr<Replica> replica = weak.lock();
      if (!error && replica != nullptr) replica->pump();
    });
  }
  tell_changes();
}

void Replica::tell_changes() {
  const bool changed = life_.state() != last_state_ || life_.is_gone() != was_gone_;
  last_state_ = life_.state();
  was_gone_ = life_.is_gone();
  if (changed) context_->changed(wanted_.id);
  if (life_.needs_release() && !std::exchange(asked_, true)) context_->needs_release(wanted_.id);
}

void Replica::probe() {
  const HealthSpec& health = wanted_.spec.health;
  probe_ = HealthProbe::start(
      context_->io, port_, health.path, seconds(health.timeout_seconds),
      [weak = weak_from_this()](const Result<void>& result) {
        const std::shared_ptr<Replica> self = weak.lock();
        if (self == nullptr) return;
        self->life_.on_probe(result.has_value(), result ? Error{} : result.error(), steady_now());
        self->pump();
      });
}

// Gives an unhealthy app's reason what a person needs next, while its processes are still there to
// look at.
void Replica::explain_unhealthy() {
  const std::optional<Error>& reason = life_.reason();
  if (!reason || reason->code != ErrorCode::kUnhealthy || !reason->hint.empty()) return;
  life_.explain(listening_hint(port_, processes()), log_.tail_of_app(kReasonLines));
}

std::vector<int> Replica::processes() const {
  if (watch_ == nullptr) return {};
  if (context_->groups.kind() != LimitKind::kRlimit) {
    return context_->groups.members(wanted_.id.value);
  }
  return session_members(watch_->process().pid);
}

void Replica::sample(const SampleTables& tables, Duration elapsed) {
  if (watch_ == nullptr || elapsed.count() <= 0) return;
  std::uint64_t cpu = 0;
  if (context_->groups.kind() != LimitKind::kRlimit) {
    const GroupUsage usage = context_->groups.usage(wanted_.id.value);
    cpu = usage.cpu_nanoseconds;
    memory_bytes_ = usage.memory_bytes;
  } else if (const auto found = tables.sessions.find(watch_->process().pid);
             found != tables.sessions.end()) {
    memory_bytes_ = 0;
    for (const ProcessFacts& facts : found->second) {
      cpu += facts.cpu_ticks * (1'000'000'000ULL / tables.ticks_per_second);
      memory_bytes_ += facts.resident_pages * tables.page_bytes;
    }
  }
  const double busy = cpu > last_cpu_ && last_cpu_ > 0 ? static_cast<double>(cpu - last_cpu_) : 0;
  cpu_percent_ = busy / (static_cast<double>(elapsed.count()) * 10'000.0);
  last_cpu_ = cpu;
  const auto found = tables.connections.find(port_);
  connections_ = found == tables.connections.end() ? 0 : found->second;
  watch_memory();
}

// Without control groups nobody else holds the app to its limit.
void Replica::watch_memory() {
  const auto limit = static_cast<std::uint64_t>(wanted_.spec.memory_mb) << 20;
  if (context_->groups.kind() != LimitKind::kRlimit || limit == 0 || memory_bytes_ <= limit) return;
  life_.on_over_limit(memory_error(), steady_now());
  pump();
}

ReplicaStatus Replica::status() const {
  ReplicaStatus status;
  status.id = wanted_.id;
  status.app = wanted_.app;
  status.release = wanted_.release;
  status.state = life_.state();
  status.reason = life_.reason();
  status.generation = wanted_.generation;
  status.restarts = life_.memory().restarts;
  status.port = port_;
  status.started_at = started_at_;
  status.cpu_percent = cpu_percent_;
  status.memory_bytes = static_cast<std::int64_t>(memory_bytes_);
  status.disk_bytes = built_.bytes + folder_bytes_;
  status.connections = connections_;
  status.runtime = built_.runtime;
  status.limits = to_string(context_->groups.kind());
  return status;
}

SavedReplica Replica::saved() const {
  return {.id = wanted_.id,
          .app = wanted_.app,
          .generation = wanted_.generation,
          .key = key_,
          .port = port_,
          .process = watch_ == nullptr ? ProcessIdentity{} : watch_->process(),
          .started_at = started_at_,
          .life = life_.memory()};
}

}  // namespace a67
