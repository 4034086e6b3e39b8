#include "node-wrapper/runtime/control_groups.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>

#include "node-wrapper/runtime/proc_files.h"

namespace a67 {
namespace {

constexpr std::size_t kFileBytesMax = 65'536;
constexpr std::uint64_t kPeriodMicroseconds = 100'000;
constexpr int kKillRounds = 20;

// The path after `:<controllers>:` in the line of /proc/self/cgroup whose list holds `controller`;
// version 2 has an empty list.
std::string own_path(std::string_view text, std::string_view controller) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) continue;
    const std::string list = "," + std::string(line.substr(first + 1, second - first - 1)) + ",";
    if (list.find("," + std::string(controller) + ",") != std::string::npos) {
      const std::string_view path = line.substr(second + 1);
      return path == "/" ? "" : std::string(path);
    }
  }
  return "";
}

bool is_folder(const std::string& path) {
  struct stat facts{};
  return ::stat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

bool put(const std::string& path, std::string_view text) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return file.is_open() &&
         ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

bool make_folder(const std::string& path) {
  return ::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST;
}

std::uint64_t number_in(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::uint64_t number_of(const std::string& path) {
  return number_in(read_some(path, kFileBytesMax));
}

// The number after `name ` at the start of a line.
std::uint64_t named_number(const std::string& path, std::string_view name) {
  const std::string text = "\n" + read_some(path, kFileBytesMax);
  const std::size_t at = text.find("\n" + std::string(name) + " ");
  return at == std::string::npos ? 0
                                 : number_in(std::string_view(text).substr(at + name.size() + 2));
}

std::vector<pid_t> pids_in(const std::string& path) {
  const std::string text = read_some(path, std::size_t{1} << 20);
  std::vector<pid_t> pids;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    const auto pid = static_cast<pid_t>(number_in(std::string_view(text).substr(from, end - from)));
    if (pid > 0) pids.push_back(pid);
    from = end + 1;
  }
  return pids;
}

std::uint64_t without_cache(std::uint64_t used, std::uint64_t cache) {
  return used > cache ? used - cache : 0;
}

}  // namespace

std::string_view to_string(LimitKind kind) {
  constexpr std::array<std::string_view, 3> kNames = {"cgroup-v1", "cgroup-v2", "rlimit"};
  return kNames.at(static_cast<std::size_t>(kind));
}

ControlGroups::ControlGroups(Options options) : options_(std::move(options)) {
  if (!options_.enabled) return;
  if (open_version2()) {
    kind_ = LimitKind::kControlGroup2;
  } else if (open_version1()) {
    kind_ = LimitKind::kControlGroup1;
  }
}

bool ControlGroups::open_version2() {
  const std::string own = options_.root + own_path(options_.own_groups, "");
  const std::string available = read_some(own + "/cgroup.controllers", kFileBytesMax);
  if (available.find("memory") == std::string::npos) return false;
  const std::string wanted = "+memory +cpu +pids";
  if (!put(own + "/cgroup.subtree_control", wanted)) {
    const std::vector<pid_t> here = pids_in(own + "/cgroup.procs");
    if (here.size() != 1 || here.front() != ::getpid()) return false;
    if (!make_folder(own + "/wrapper") ||
        !put(own + "/wrapper/cgroup.procs", std::to_string(::getpid())) ||
        !put(own + "/cgroup.subtree_control", wanted)) {
      return false;
    }
  }
  base2_ = own + "/" + options_.name;
  return make_folder(base2_) && put(base2_ + "/cgroup.subtree_control", wanted);
}

bool ControlGroups::open_version1() {
  for (const char* controller : {"memory", "cpu", "pids", "cpuacct"}) {
    const std::string mount = options_.root + "/" + controller;
    std::string own = mount + own_path(options_.own_groups, controller);
    if (!is_folder(own)) own = mount;  // inside a container the path may name a place outside
    const std::string base = own + "/" + options_.name;
    if (is_folder(own) && make_folder(base) && ::access(base.c_str(), W_OK) == 0) {
      base1_.emplace_back(controller, base);
    } else if (std::string_view(controller) == "memory") {
      return false;  // without it we would promise what we cannot keep
    }
  }
  return true;
}

std::string ControlGroups::folder(std::string_view controller, const std::string& replica) const {
  if (kind_ == LimitKind::kControlGroup2) return base2_ + "/" + replica;
  for (const auto& [name, base] : base1_) {
    if (name == controller) return base + "/" + replica;
  }
  return "";
}

std::vector<std::string> ControlGroups::folders(const std::string& replica) const {
  if (kind_ == LimitKind::kControlGroup2) return {base2_ + "/" + replica};
  std::vector<std::string> list;
  for (const auto& [name, base] : base1_) list.push_back(base + "/" + replica);
  return list;
}

Result<void> ControlGroups::prepare(const std::string& replica, const LimitSpec& limits) const {
  for (const std::string& path : folders(replica)) {
    if (!make_folder(path)) {
      return std::unexpected(file_error(errno, "Cannot make the control group " + path));
    }
  }
  const auto bytes = static_cast<std::uint64_t>(limits.memory_mb) << 20;
  const auto quota = static_cast<std::uint64_t>(limits.cpu_percent) * kPeriodMicroseconds / 100;
  bool ok = true;
  if (kind_ == LimitKind::kControlGroup2) {
    const std::string base = base2_ + "/" + replica;
    ok = put(base + "/memory.max", bytes == 0 ? "max" : std::to_string(bytes));
    put(base + "/memory.swap.max", bytes == 0 ? "max" : "0");  // absent without swap
    put(base + "/cpu.max",
        (quota == 0 ? "max" : std::to_string(quota)) + " " + std::to_string(kPeriodMicroseconds));
    put(base + "/pids.max", std::to_string(kProcessesMax));
  } else if (kind_ == LimitKind::kControlGroup1) {
    const std::string limit = bytes == 0 ? "-1" : std::to_string(bytes);
    const std::string memory = folder("memory", replica);
    // Memory with swap may never be less than memory, so which is set first depends on the
    // direction.
    put(memory + "/memory.memsw.limit_in_bytes", "-1");
    ok = put(memory + "/memory.limit_in_bytes", limit);
    put(memory + "/memory.memsw.limit_in_bytes", limit);
    const std::string cpu = folder("cpu", replica);
    put(cpu + "/cpu.cfs_period_us", std::to_string(kPeriodMicroseconds));
    put(cpu + "/cpu.cfs_quota_us", quota == 0 ? "-1" : std::to_string(quota));
    put(folder("pids", replica) + "/pids.max", std::to_string(kProcessesMax));
  }
  if (ok) return {};
  return fail(ErrorCode::kInternal, "The memory limit of " + replica + " could not be set.");
}

std::vector<Fd> ControlGroups::open_entries(const std::string& replica) const {
  std::vector<Fd> entries;
  for (const std::string& path : folders(replica)) {
    Fd entry(::open((path + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
    if (entry.is_open()) entries.push_back(std::move(entry));
  }
  return entries;
}

GroupUsage ControlGroups::usage(const std::string& replica) const {
  GroupUsage usage;
  if (kind_ == LimitKind::kControlGroup2) {
    const std::string base = base2_ + "/" + replica;
    usage.cpu_nanoseconds = named_number(base + "/cpu.stat", "usage_usec") * 1000;
    usage.memory_bytes = without_cache(number_of(base + "/memory.current"),
                                       named_number(base + "/memory.stat", "inactive_file"));
  } else if (kind_ == LimitKind::kControlGroup1) {
    const std::string memory = folder("memory", replica);
    usage.cpu_nanoseconds = number_of(folder("cpuacct", replica) + "/cpuacct.usage");
    usage.memory_bytes =
        without_cache(number_of(memory + "/memory.usage_in_bytes"),
                      named_number(memory + "/memory.stat", "total_inactive_file"));
  }
  return usage;
}

std::uint64_t ControlGroups::memory_kills(const std::string& replica) const {
  switch (kind_) {
    case LimitKind::kControlGroup2:
      return named_number(folder("memory", replica) + "/memory.events", "oom_kill");
    case LimitKind::kControlGroup1:
      return named_number(folder("memory", replica) + "/memory.oom_control", "oom_kill");
    case LimitKind::kRlimit:
      return 0;
  }
  return 0;
}

std::vector<pid_t> ControlGroups::members(const std::string& replica) const {
  if (kind_ == LimitKind::kRlimit) return {};
  return pids_in(folder("memory", replica) + "/cgroup.procs");
}

void ControlGroups::kill(const std::string& replica) const {
  if (kind_ == LimitKind::kRlimit) return;
  if (kind_ == LimitKind::kControlGroup2 && put(folder("", replica) + "/cgroup.kill", "1")) return;
  // Something in it may start new processes while we go through the list.
  for (int round = 0; round < kKillRounds; ++round) {
    bool any = false;
    for (const pid_t pid : members(replica)) {
      const std::optional<ProcessFacts> facts = read_process(pid);
      if (!facts || facts->state == 'Z') continue;
      any = true;
      ::kill(pid, SIGKILL);
    }
    if (!any) return;
  }
}

bool ControlGroups::remove(const std::string& replica) const {
  bool removed = true;
  for (const std::string& path : folders(replica)) {
    if (::rmdir(path.c_str()) != 0 && errno != ENOENT) removed = false;
  }
  return removed;
}

std::vector<std::string> ControlGroups::groups() const {
  if (kind_ == LimitKind::kRlimit) return {};
  const std::string base = kind_ == LimitKind::kControlGroup2 ? base2_ : base1_.front().second;
  std::vector<std::string> names = names_in(base);
  // Beside the groups lie the kernel's own files.
  std::erase_if(names, [&](const std::string& name) { return !is_folder(base + "/" + name); });
  return names;
}

}  // namespace a67
