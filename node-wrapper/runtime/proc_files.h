// Reads what the kernel tells about processes, sockets and the machine (/proc), and parses it. The
// parsers are pure.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace a67 {

struct ProcessFacts {
  char state = '?';
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  std::uint64_t cpu_ticks = 0;    // user and system together
  std::uint64_t start_ticks = 0;  // since boot
  std::uint64_t resident_pages = 0;
};
// The program's name in /proc/<pid>/stat may hold spaces and brackets: everything counts from the
// last `)`.
std::optional<ProcessFacts> parse_process_stat(std::string_view text);
std::optional<ProcessFacts> read_process(pid_t pid);
std::vector<pid_t> all_processes();
// Living processes of a session (our apps: one session each).
std::vector<pid_t> session_members(pid_t session);
// A process that was started by the wrapper of a node, told by its environment: it stays ours even
// when it has left its session (as daemons do) or when the wrapper that started it is gone.
struct OwnedProcess {
  pid_t pid = 0;
  std::string replica;  // A67_REPLICA; empty for a build
};
std::vector<OwnedProcess> processes_of_node(const std::string& node_id);
// The value of a variable in an environment as /proc shows it; nothing when it is not set.
std::optional<std::string> find_setting(std::string_view environment, std::string_view name);
std::string read_boot_id();

// One line of /proc/net/tcp or tcp6.
struct SocketFacts {
  bool v6 = false;
  bool any_address = false;  // bound to all addresses
  bool loopback_v4 = false;  // reachable at 127.0.0.1: bound to it or to all addresses
  std::uint16_t local_port = 0;
  bool listening = false;
  bool established = false;
  std::uint64_t inode = 0;
};
std::vector<SocketFacts> parse_tcp_table(std::string_view text, bool v6);
std::vector<SocketFacts> read_tcp_tables();
// The socket inodes that a process holds open.
std::set<std::uint64_t> socket_inodes(pid_t pid);

struct CpuTimes {
  std::uint64_t busy = 0;
  std::uint64_t total = 0;
};
std::optional<CpuTimes> parse_cpu_times(std::string_view proc_stat);
struct MemoryFacts {
  std::uint64_t total_bytes = 0;
  std::uint64_t available_bytes = 0;
};
MemoryFacts parse_memory(std::string_view meminfo);

}  // namespace a67
