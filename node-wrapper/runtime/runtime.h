// Runtime makes this node run what it was told to: it prepares releases, starts, watches, limits
// and stops replicas.
//
// It never decides what should run where (the controller does) and never routes traffic (the
// gateway does). It is level-triggered: apply() may be called with any desired state at any time,
// again and again.
//
// Why replicas survive the wrapper: a wrapper that is killed or upgraded must not take the apps
// with it. What a new wrapper needs to find them (pid, start time, boot id, port) is in
// `runtime/state.json`; a replica that is still the same process is taken over, one that desired
// does not name is stopped, and no process of ours is left unwatched.
//
// Single-threaded: everything, callbacks too, happens on the io_context's thread. Unpacking,
// waiting for the disk and removing trees happen on one worker thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/fleet/node_protocol.h"
#include "node-wrapper/releases/archive.h"
#include "node-wrapper/releases/release_store.h"
#include "node-wrapper/runtime/replica_life.h"

namespace a67 {

struct RuntimeOptions {
  std::string data_folder;                      // releases/, replicas/ and runtime/ are made in it
  std::string node_id;                          // A67_NODE of the apps
  std::string self_program = "/proc/self/exe";  // serves static sites (`serve-static`)
  std::string path;         // PATH of builds and apps; empty = the wrapper's own
  std::string run_as_user;  // drop to this user when the wrapper runs as root; empty = do not
  bool use_control_groups = true;
  bool find_runtimes = true;  // ask node, python3 and git for their versions at the start
  std::string control_group_root = "/sys/fs/cgroup";
  bool allow_file_git = false;  // file:// and paths as Git addresses
  std::uint64_t git_bytes_max = std::uint64_t{2} << 30;
  Duration git_time_max{300'000};
  Duration sample_interval{2'000};
  UnpackLimits unpack;
  ReleaseStore::Options store;
  LifeOptions life;
};

// Where the gateway finds a replica on this node.
struct LocalReplica {
  ReplicaId id;
  std::string app;
  std::uint16_t port = 0;  // on 127.0.0.1
  bool ready = false;      // false: send nothing new there
};

// The machine, for NodeStatus.
struct MachineFacts {
  std::int64_t cpus = 0;
  std::int64_t memory_bytes = 0;
  std::int64_t disk_free_bytes = 0;
  std::string limits;                 // cgroup-v1, cgroup-v2 or rlimit
  std::vector<std::string> runtimes;  // "node 20.20.2"; filled soon after the start
  double cpu_percent = 0;
  double memory_percent = 0;
};

class Runtime {
 public:
  // Opens the data folder; fails when it cannot be written.
  static Result<std::unique_ptr<Runtime>> open(boost::asio::io_context& io, RuntimeOptions options);
  // Leaves replicas running, for the next wrapper to take over. Call stop_all() first to end them.
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  // What this node should run from now on. Call it once at the start with the saved state too (an
  // empty one, if there is none): only then are processes of an earlier wrapper taken over or
  // ended.
  void apply(const DesiredState& desired);
  // Ends every replica gracefully, then calls back. What is told to run later starts again.
  void stop_all(std::function<void()> done);

  [[nodiscard]] std::vector<ReplicaStatus> status() const;
  // Archives that desired names and this node does not have, sorted.
  [[nodiscard]] std::vector<std::string> missing() const;
  [[nodiscard]] std::vector<LocalReplica> local_replicas() const;
  [[nodiscard]] MachineFacts machine() const;
  // Called, from the io_context, after a replica's state, port or reason, or the missing archives
  // changed. Measurements alone do not count as a change.
  void on_change(std::function<void()> callback);

  // Takes an archive. Write to the upload as bytes come; then give it back here: it is checked and
  // made durable on the worker thread, and replicas that wait for it start.
  Result<Upload> begin_upload(const std::string& sha256, ArchiveFormat format,
                              std::optional<std::uint64_t> announced_bytes = {});
  void finish_upload(Upload upload, std::function<void(Result<std::uint64_t>)> done);

  // The newest lines of an app's replicas on this node, oldest first. `replica` narrows it to one.
  [[nodiscard]] std::vector<LogLine> logs(const std::string& app,
                                          const std::optional<ReplicaId>& replica,
                                          std::size_t lines_max) const;
  // Every new line from now on, until the returned number is given to unfollow().
  std::uint64_t follow(const std::string& app, const std::optional<ReplicaId>& replica,
                       std::function<void(const std::vector<LogLine>&)> callback);
  void unfollow(std::uint64_t subscription);

 private:
  class Body;
  explicit Runtime(std::shared_ptr<Body> body);
  std::shared_ptr<Body> body_;
};

}  // namespace a67
