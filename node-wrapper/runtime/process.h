// Starts one program as the leader of its own session (so: its own process group) and tells when it
// ended.
//
// The program gets: stdin from /dev/null, the two descriptors of the plan as output, no other
// descriptor, default signals, no way to gain privileges, and its control groups from the first
// instruction on. It does not die with the wrapper: a wrapper that starts again finds it by pid and
// start time and takes it over.
//
// A pid alone proves nothing, because pids are used again; with the start time (clock ticks since
// boot) and the boot id it names one process for good.
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "node-wrapper/releases/file_tools.h"

namespace a67 {

struct ProcessIdentity {
  pid_t pid = 0;
  std::uint64_t start_ticks = 0;
  bool operator==(const ProcessIdentity&) const = default;
};

struct LaunchPlan {
  std::vector<std::string>
      arguments;  // [0] is looked up in PATH of `environment` unless it has a slash
  std::vector<std::string> environment;  // NAME=value; may hold secrets: never logged
  std::string folder;                    // working folder
  int output = -1;
  int errors = -1;
  std::vector<int> control_groups;   // open `cgroup.procs` files to enter
  std::uint64_t data_bytes_max = 0;  // RLIMIT_DATA; 0 = none
  std::uint64_t file_bytes_max = 0;  // RLIMIT_FSIZE; 0 = none
  std::optional<uid_t> user;
  gid_t group = 0;
};

// kMissingRuntime when the program is not there, else kCrashed; nothing is left running after an
// error.
Result<ProcessIdentity> launch(const LaunchPlan& plan);

// The full path of a program; empty when `path` (as in PATH) has none.
std::string find_program(const std::string& name, const std::string& path);

// How a process ended. `known` is false for one that was not our child.
struct ProcessEnd {
  bool known = false;
  int exit_code = -1;  // when it ended by itself
  int signal = 0;      // when a signal ended it
};
std::string describe(const ProcessEnd& end);
// True while any process, its leader included, is in the group.
bool is_group_alive(pid_t group);

// Calls back once when the process has ended. Before that it kills what is left of the process's
// group, while the process's pid still cannot be used again; unless leave_group() was called,
// because the rest was asked to stop and has its own time for it.
class ProcessWatch : public std::enable_shared_from_this<ProcessWatch> {
 public:
  using OnEnd = std::function<void(ProcessEnd)>;
  // Null when there is no such process (any more).
  static std::shared_ptr<ProcessWatch> start(boost::asio::io_context& io, ProcessIdentity process,
                                             OnEnd on_end);
  ProcessWatch(boost::asio::io_context& io, ProcessIdentity process, OnEnd on_end);
  ~ProcessWatch();
  ProcessWatch(const ProcessWatch&) = delete;
  ProcessWatch& operator=(const ProcessWatch&) = delete;

  [[nodiscard]] const ProcessIdentity& process() const { return process_; }
  // Sends a signal to the whole process group.
  void signal_group(int signal) const;
  void leave_group() { leave_group_ = true; }
  // No call back any more; the process goes on.
  void forget();

 private:
  void wait();
  void collect();

  ProcessIdentity process_;
  OnEnd on_end_;
  bool leave_group_ = false;
  boost::asio::posix::stream_descriptor pidfd_;
};

// As process 1, or as a subreaper, we inherit orphans: takes away those that have ended and that no
// ProcessWatch waits for. Does nothing otherwise.
void reap_orphans();

}  // namespace a67
