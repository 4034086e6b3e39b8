// The part of Runtime that tells: status, measurements, logs, and what the next wrapper needs.
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "node-wrapper/runtime/clock.h"
#include "node-wrapper/runtime/runtime_body.h"

namespace a67 {
namespace {

constexpr std::uint64_t kFolderMeasureTicks = 15;  // folders are measured every so many samples
constexpr std::size_t kFolderEntriesMax = 50'000;

}  // namespace

std::vector<ReplicaStatus> Runtime::Body::status() const {
  std::vector<ReplicaStatus> list;
  list.reserve(replicas_.size());
  for (const auto& [id, replica] : replicas_) list.push_back(replica->status());
  return list;
}

std::vector<std::string> Runtime::Body::missing() const {
  const std::set<std::string> missing = preparer_->missing();
  return {missing.begin(), missing.end()};
}

std::vector<LocalReplica> Runtime::Body::local_replicas() const {
  std::vector<LocalReplica> list;
  for (const auto& [id, replica] : replicas_) {
    if (replica->port() == 0) continue;
    list.push_back({.id = id,
                    .app = replica->wanted().app,
                    .port = replica->port(),
                    .ready = replica->status().state == ReplicaState::kReady});
  }
  return list;
}

MachineFacts Runtime::Body::machine() const {
  return {.cpus = ::sysconf(_SC_NPROCESSORS_ONLN),
          .memory_bytes = static_cast<std::int64_t>(machine_.memory_bytes()),
          .disk_free_bytes =
              static_cast<std::int64_t>(store_.options().free_space(options_.data_folder)),
          .limits = std::string(to_string(groups_.kind())),
          .runtimes = machine_.runtimes(),
          .cpu_percent = machine_.cpu_percent(),
          .memory_percent = machine_.memory_percent()};
}

Result<Upload> Runtime::Body::begin_upload(const std::string& sha256, ArchiveFormat format,
                                           std::optional<std::uint64_t> announced_bytes) {
  return store_.begin_upload(sha256, format, announced_bytes);
}

void Runtime::Body::finish_upload(Upload upload, std::function<void(Result<std::uint64_t>)> done) {
  auto held = std::make_shared<Upload>(std::move(upload));
  auto result = std::make_shared<Result<std::uint64_t>>(0);
  worker_.run([held, result] { *result = held->finish(); },
              [weak = weak_from_this(), result, done = std::move(done)] {
                const auto self = weak.lock();
                if (self != nullptr && !self->closed_) self->preparer_->on_archive();
                done(*result);
              });
}

std::vector<LogLine> Runtime::Body::logs(const std::string& app,
                                         const std::optional<ReplicaId>& replica,
                                         std::size_t lines_max) const {
  std::vector<LogLine> lines;
  for (const auto& [id, candidate] : replicas_) {
    if (candidate->wanted().app != app || (replica && *replica != id)) continue;
    for (LogLine& line : candidate->log().tail(lines_max)) lines.push_back(std::move(line));
  }
  std::ranges::stable_sort(lines, {}, &LogLine::at);
  if (lines.size() > lines_max) {
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(lines_max));
  }
  return lines;
}

std::uint64_t Runtime::Body::follow(const std::string& app, const std::optional<ReplicaId>& replica,
                                    std::function<void(const std::vector<LogLine>&)> callback) {
  followers_[++last_follower_] = {app, replica, std::move(callback)};
  return last_follower_;
}

void Runtime::Body::tell_followers(const std::string& app, const std::vector<LogLine>& lines) {
  if (lines.empty()) return;
  // By number: a callback may end its own subscription.
  std::vector<std::uint64_t> interested;
  for (const auto& [number, follower] : followers_) {
    if (follower.app == app && (!follower.replica || *follower.replica == lines.front().replica)) {
      interested.push_back(number);
    }
  }
  for (const std::uint64_t number : interested) {
    const auto found = followers_.find(number);
    if (found == followers_.end()) continue;
    const auto callback = found->second.callback;
    callback(lines);
  }
}

void Runtime::Body::save() {
  if (!resumed_) return;  // the file still holds what we have not read
  SavedState state{.boot_id = read_boot_id(), .replicas = {}};
  for (const auto& [id, replica] : replicas_) {
    if (!replica->is_gone()) state.replicas.push_back(replica->saved());
  }
  // A full disk must not stop the apps; the next change tries again, and end_strays() is the net
  // below.
  (void)replace_file(options_.data_folder + "/runtime/state.json", write_state(state), false);
}

void Runtime::Body::notify() {
  if (closed_ || std::exchange(notify_posted_, true)) return;
  boost::asio::post(io_, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self == nullptr || self->closed_) return;
    self->notify_posted_ = false;
    if (const auto callback = self->on_change_) callback();
  });
}

void Runtime::Body::tick() {
  tick_.expires_after(options_.sample_interval);
  tick_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (error || self == nullptr || self->closed_) return;
    const Instant now = steady_now();
    const Duration elapsed = now - std::exchange(self->last_tick_, now);
    self->machine_.sample();
    const bool any = std::ranges::any_of(
        self->replicas_, [](const auto& entry) { return entry.second->has_process(); });
    if (any) {
      const SampleTables tables = self->read_tables();
      for (const auto& [id, replica] : std::map(self->replicas_)) replica->sample(tables, elapsed);
    }
    if (++self->ticks_ % kFolderMeasureTicks == 1) self->measure_folders();
    for (const std::string& group : self->groups_.groups()) {
      // A group can only be removed once the kernel has buried its processes, which may take until
      // now.
      if (self->resumed_ && !self->replicas_.contains(ReplicaId(group))) {
        self->groups_.kill(group);
        self->groups_.remove(group);
      }
    }
    reap_orphans();
    self->tick();
  });
}

SampleTables Runtime::Body::read_tables() const {
  SampleTables tables;
  for (const SocketFacts& socket : read_tcp_tables()) {
    if (socket.established) ++tables.connections[socket.local_port];
  }
  if (groups_.kind() != LimitKind::kRlimit) return tables;
  tables.ticks_per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  tables.page_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  for (const pid_t pid : all_processes()) {
    if (const std::optional<ProcessFacts> facts = read_process(pid)) {
      tables.sessions[facts->session].push_back(*facts);
    }
  }
  return tables;
}

void Runtime::Body::measure_folders() {
  for (const auto& [id, replica] : replicas_) {
    auto bytes = std::make_shared<std::uint64_t>(0);
    worker_.run(
        [folder = replica->folder(), bytes] { *bytes = tree_bytes(folder, kFolderEntriesMax); },
        [weak = std::weak_ptr(replica), bytes] {
          const auto measured = weak.lock();
          if (measured != nullptr) {
            measured->set_folder_bytes(static_cast<std::int64_t>(*bytes));
          }
        });
  }
}

}  // namespace a67
