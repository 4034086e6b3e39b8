// The inside of Runtime. Callbacks of timers and children hold it weakly, so that it may go at any
// time.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "node-wrapper/runtime/machine.h"
#include "node-wrapper/runtime/preparer.h"
#include "node-wrapper/runtime/replica.h"
#include "node-wrapper/runtime/runtime.h"
#include "node-wrapper/runtime/worker.h"

namespace a67 {

class Runtime::Body : public std::enable_shared_from_this<Runtime::Body> {
 public:
  Body(boost::asio::io_context& io, RuntimeOptions options, ReleaseStore store);
  Result<void> begin();
  void close();

  void apply(const DesiredState& desired);
  void stop_all(std::function<void()> done);
  [[nodiscard]] std::vector<ReplicaStatus> status() const;
  [[nodiscard]] std::vector<std::string> missing() const;
  [[nodiscard]] std::vector<LocalReplica> local_replicas() const;
  [[nodiscard]] MachineFacts machine() const;
  void on_change(std::function<void()> callback) { on_change_ = std::move(callback); }
  Result<Upload> begin_upload(const std::string& sha256, ArchiveFormat format,
                              std::optional<std::uint64_t> announced_bytes);
  void finish_upload(Upload upload, std::function<void(Result<std::uint64_t>)> done);
  [[nodiscard]] std::vector<LogLine> logs(const std::string& app,
                                          const std::optional<ReplicaId>& replica,
                                          std::size_t lines_max) const;
  std::uint64_t follow(const std::string& app, const std::optional<ReplicaId>& replica,
                       std::function<void(const std::vector<LogLine>&)> callback);
  void unfollow(std::uint64_t subscription) { followers_.erase(subscription); }

 private:
  struct Follower {
    std::string app;
    std::optional<ReplicaId> replica;
    std::function<void(const std::vector<LogLine>&)> callback;
  };

  void make_context();
  void make_preparer();
  void resume_saved();
  void end_strays();
  void add(const DesiredReplica& wanted);
  void drop_unneeded_preparations();
  void collect_garbage();
  void remove_old_folders();
  void on_replica_changed(const ReplicaId& id);
  void forget_gone();
  void save();
  void notify();
  void tick();
  [[nodiscard]] SampleTables read_tables() const;
  void measure_folders();
  void tell_followers(const std::string& app, const std::vector<LogLine>& lines);
  void for_key(const std::string& key, const std::function<void(Replica&)>& each);

  boost::asio::io_context& io_;
  RuntimeOptions options_;
  ReleaseStore store_;
  ControlGroups groups_;
  Worker worker_;
  Random random_;
  Machine machine_;
  std::shared_ptr<ReplicaContext> context_;
  std::shared_ptr<Preparer> preparer_;
  std::map<ReplicaId, std::shared_ptr<Replica>> replicas_;
  std::map<ReplicaId, DesiredReplica> desired_;
  std::map<std::uint64_t, Follower> followers_;
  std::uint64_t last_follower_ = 0;
  boost::asio::steady_timer tick_;
  Instant last_tick_{};
  std::uint64_t ticks_ = 0;
  std::uint64_t gone_count_ = 0;
  std::function<void()> on_change_;
  std::function<void()> on_all_stopped_;
  bool notify_posted_ = false;
  bool forget_posted_ = false;
  bool resumed_ = false;
  bool stopping_all_ = false;
  bool closed_ = false;
};

}  // namespace a67
