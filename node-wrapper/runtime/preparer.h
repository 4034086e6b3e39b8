// Preparer gets releases ready to run: it fetches or unpacks, finds out how to run them, and
// builds, once per release however many replicas wait for it.
//
// Archives are unpacked and trees removed on the worker thread; git and builds are child processes
// of their own. At most kPreparationsAtOnce releases are worked on at a time. What was built stays
// built: a finished tree is found again after a restart. What is no longer wanted is stopped
// halfway and leaves nothing.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/fleet/node_protocol.h"
#include "node-wrapper/releases/archive.h"
#include "node-wrapper/releases/release_store.h"
#include "node-wrapper/runtime/command_run.h"
#include "node-wrapper/runtime/worker.h"

namespace a67 {

inline constexpr std::size_t kPreparationsAtOnce = 2;

class Preparer : public std::enable_shared_from_this<Preparer> {
 public:
  struct Options {
    std::string node_id;  // A67_NODE: by it the next wrapper finds what was left
    std::string path;     // PATH of git and builds
    std::vector<std::string>
        build_environment;  // settings every build gets (package caches, proxies)
    bool allow_file_git = false;
    std::uint64_t git_bytes_max = 0;
    Duration git_time_max{300'000};
    UnpackLimits unpack;
  };
  struct Events {
    // kWaiting (for the archive, or its turn), kFetching, kUnpacking, kBuilding
    std::function<void(const std::string& key, ReplicaState stage)> on_stage;
    std::function<void(const std::string& key, LogStream stream,
                       const std::vector<std::string>& lines)>
        on_lines;
    std::function<void(const std::string& key, const Result<BuiltRelease>& built)> on_done;
  };
  Preparer(boost::asio::io_context& io, Worker& worker, const ReleaseStore& store, Options options,
           Events events);

  // Starts, unless it is under way. Every call is followed by on_done for its key, unless
  // keep_only() drops it.
  void want(const std::string& key, const DesiredReplica& replica);
  // Nobody waits for the others any more.
  void keep_only(const std::set<std::string>& keys);
  // An archive came: those that wait for it go on.
  void on_archive();
  // The archives that are waited for.
  [[nodiscard]] std::set<std::string> missing() const;
  // Ends everything; no event any more.
  void close();

 private:
  struct Job {
    std::string key;
    DesiredReplica replica;
    ReplicaState stage = ReplicaState::kWaiting;
    bool active = false;
    bool searched = false;  // for a finished tree of an earlier run
    bool dropped = false;
    std::shared_ptr<std::atomic<bool>> cancelled = std::make_shared<std::atomic<bool>>(false);
    std::shared_ptr<CommandRun> command;
    BuiltRelease built;
    std::string build;                               // the build command
    std::vector<std::vector<std::string>> commands;  // git commands left of the way under way
    std::vector<std::vector<std::vector<std::string>>> ways;
    std::vector<std::string> git_environment;
  };
  using JobPointer = std::shared_ptr<Job>;

  void drop(const std::string& key);
  void start_next();
  void begin(const JobPointer& job);
  void fetch(const JobPointer& job);
  void next_git_way(const JobPointer& job, const std::vector<std::string>& lines);
  void next_git_command(const JobPointer& job);
  void check_fetched(const JobPointer& job);
  void unpack(const JobPointer& job);
  void detect(const JobPointer& job);
  void build(const JobPointer& job);
  void save(const JobPointer& job);
  void finish(const JobPointer& job, const Result<BuiltRelease>& built);
  void set_stage(const JobPointer& job, ReplicaState stage);
  void say(const JobPointer& job, const std::string& line);
  void run(const JobPointer& job, const CommandPlan& plan, CommandRun::OnLines on_lines,
           std::function<void(const CommandEnd&)> then);
  // Runs `work` on the worker thread, then `then` unless the job was dropped meanwhile.
  void work(const JobPointer& job, std::function<Result<void>()> work, std::function<void()> then);
  [[nodiscard]] std::string app_folder(const Job& job) const;
  [[nodiscard]] bool has_source(const Job& job) const;

  boost::asio::io_context& io_;
  Worker& worker_;
  const ReleaseStore& store_;
  Options options_;
  Events events_;
  std::map<std::string, JobPointer> jobs_;
  std::size_t active_ = 0;
  bool closed_ = false;
};

}  // namespace a67
