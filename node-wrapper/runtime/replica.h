// Replica carries out what ReplicaLife decides for one replica: it starts its process, probes it,
// signals it, keeps its log and measures it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/fleet/node_protocol.h"
#include "node-wrapper/releases/release_store.h"
#include "node-wrapper/runtime/control_groups.h"
#include "node-wrapper/runtime/health_probe.h"
#include "node-wrapper/runtime/log_pipe.h"
#include "node-wrapper/runtime/log_ring.h"
#include "node-wrapper/runtime/machine.h"
#include "node-wrapper/runtime/process.h"
#include "node-wrapper/runtime/replica_life.h"
#include "node-wrapper/runtime/state_file.h"

namespace a67 {

inline constexpr std::size_t kReasonLines = 20;  // of the app's log, in a reason

// What all replicas share. The functions are called on the io_context's thread.
struct ReplicaContext {
  boost::asio::io_context& io;
  const ReleaseStore& store;
  const ControlGroups& groups;
  std::string replicas_folder;
  std::string node_id;
  std::string self_program;
  std::string path;
  std::optional<UserIds> user;
  LifeOptions life;
  std::function<void(const ReplicaId&)> changed;  // state, port, reason or process
  std::function<void(const ReplicaId&)>
      needs_release;  // answer with on_prepared or on_prepare_failed
  std::function<Result<std::uint16_t>(std::uint16_t before)> choose_port;
  std::function<void(const std::string& app, const std::vector<LogLine>&)> on_lines;
};

// What the kernel's tables said for one sample, read once for all replicas.
struct SampleTables {
  std::map<std::uint16_t, std::int64_t> connections;    // established, by local port
  std::map<pid_t, std::vector<ProcessFacts>> sessions;  // only without control groups
  std::uint64_t ticks_per_second = 100;
  std::uint64_t page_bytes = 4096;
};

class Replica : public std::enable_shared_from_this<Replica> {
 public:
  Replica(std::shared_ptr<const ReplicaContext> context, DesiredReplica wanted, std::string key);
  ~Replica();
  Replica(const Replica&) = delete;
  Replica& operator=(const Replica&) = delete;

  // Starts from nothing.
  void start();
  // Takes over what an earlier wrapper left; when its process is gone it is started again.
  void resume(const SavedReplica& saved, bool same_boot);
  void update(const DesiredReplica& wanted);
  void restart(const DesiredReplica& wanted, std::string key);
  void stop();

  void on_stage(ReplicaState stage);
  void on_prepared(const BuiltRelease& built);
  void on_prepare_failed(const Error& error);
  void add_log(LogStream stream, const std::vector<std::string>& lines);
  // Measures; `elapsed` since the last sample.
  void sample(const SampleTables& tables, Duration elapsed);

  [[nodiscard]] const DesiredReplica& wanted() const { return wanted_; }
  [[nodiscard]] const std::string& key() const { return key_; }
  [[nodiscard]] bool is_stopping() const { return stopping_; }
  [[nodiscard]] bool is_gone() const { return life_.is_gone(); }
  [[nodiscard]] bool needs_release() const { return life_.needs_release(); }
  [[nodiscard]] bool has_process() const { return watch_ != nullptr; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] ReplicaStatus status() const;
  [[nodiscard]] SavedReplica saved() const;
  [[nodiscard]] const LogRing& log() const { return log_; }
  [[nodiscard]] const std::string& folder() const { return folder_; }
  void set_folder_bytes(std::int64_t bytes) { folder_bytes_ = bytes; }

 private:
  void pump();
  void spawn();
  void probe();
  void terminate();
  void kill();
  void on_end(const ProcessEnd& end);
  Result<void> open_log_pipes();
  Result<ProcessIdentity> launch_app(std::uint16_t port);
  [[nodiscard]] std::string pipe_path(LogStream stream) const;
  [[nodiscard]] std::vector<std::string> environment(std::uint16_t port) const;
  [[nodiscard]] std::vector<std::string> arguments() const;
  [[nodiscard]] std::string app_folder() const;
  [[nodiscard]] std::vector<int> processes() const;
  [[nodiscard]] Error explain_end(const ProcessEnd& end) const;
  [[nodiscard]] Error memory_error() const;
  void explain_unhealthy();
  void watch_memory();
  void kill_leftovers() const;
  void say(const std::string& line);
  void tell_changes();

  std::shared_ptr<const ReplicaContext> context_;
  DesiredReplica wanted_;
  std::string key_;
  std::string folder_;
  ReplicaLife life_;
  LogRing log_;
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer linger_;
  BuiltRelease built_;
  std::shared_ptr<ProcessWatch> watch_;
  std::shared_ptr<HealthProbe> probe_;
  std::shared_ptr<LogPipe> output_;
  std::shared_ptr<LogPipe> errors_;
  std::uint16_t port_ = 0;
  UnixMs started_at_ = 0;
  std::uint64_t memory_kills_ = 0;  // when the process started
  bool stopping_ = false;
  bool pumping_ = false;
  bool asked_ = false;  // for its release
  bool was_gone_ = false;
  ReplicaState last_state_ = ReplicaState::kWaiting;
  std::uint64_t last_cpu_ = 0;
  double cpu_percent_ = 0;
  std::uint64_t memory_bytes_ = 0;
  std::int64_t connections_ = 0;
  std::int64_t folder_bytes_ = 0;
};

}  // namespace a67
