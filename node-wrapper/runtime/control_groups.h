// ControlGroups limits memory, processor time and process count of a replica, with version 1 or 2
// of the kernel's control groups, whichever is there and may be written; otherwise it says `rlimit`
// and limits nothing itself.
//
// Groups are made below the wrapper's own, so limits set on the wrapper's service hold for the sum
// of its apps. In version 2 a group with processes cannot give controllers to groups below it: the
// wrapper then moves itself into a group `wrapper` beside those of the apps, and only if it is
// alone.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "node-wrapper/releases/file_tools.h"

namespace a67 {

enum class LimitKind : std::uint8_t { kControlGroup1, kControlGroup2, kRlimit };
std::string_view to_string(LimitKind kind);

inline constexpr std::uint64_t kProcessesMax = 1024;  // threads count, too

struct LimitSpec {
  std::int64_t memory_mb = 0;
  std::int64_t cpu_percent = 0;
};

struct GroupUsage {
  std::uint64_t cpu_nanoseconds = 0;  // since the group was made
  std::uint64_t memory_bytes = 0;     // without the page cache that can go at once
};

class ControlGroups {
 public:
  struct Options {
    std::string root = "/sys/fs/cgroup";
    std::string own_groups;  // text of /proc/self/cgroup
    std::string name;        // of our group: "automator67-<node>"
    bool enabled = true;
  };
  // Tries what is there; never fails, it falls back to kRlimit.
  explicit ControlGroups(Options options);

  [[nodiscard]] LimitKind kind() const { return kind_; }
  // Makes a replica's group with its limits, or sets new limits to one that is there.
  Result<void> prepare(const std::string& replica, const LimitSpec& limits) const;
  // Open `cgroup.procs` files of the group, for LaunchPlan.
  [[nodiscard]] std::vector<Fd> open_entries(const std::string& replica) const;
  [[nodiscard]] GroupUsage usage(const std::string& replica) const;
  // How often the kernel killed something of the group for its memory.
  [[nodiscard]] std::uint64_t memory_kills(const std::string& replica) const;
  [[nodiscard]] std::vector<pid_t> members(const std::string& replica) const;
  // Kills whatever is in it.
  void kill(const std::string& replica) const;
  // Removes the group; false while something is still in it.
  bool remove(const std::string& replica) const;
  // Names of the groups there are, from this wrapper or an earlier one.
  [[nodiscard]] std::vector<std::string> groups() const;

 private:
  bool open_version2();
  bool open_version1();
  [[nodiscard]] std::string folder(std::string_view controller, const std::string& replica) const;
  [[nodiscard]] std::vector<std::string> folders(const std::string& replica) const;

  Options options_;
  LimitKind kind_ = LimitKind::kRlimit;
  std::string base2_;
  std::vector<std::pair<std::string, std::string>> base1_;  // controller -> our folder
};

}  // namespace a67
