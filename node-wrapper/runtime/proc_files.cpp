#include "node-wrapper/runtime/proc_files.h"

#include <dirent.h>
#include <unistd.h>

#include <charconv>
#include <memory>

#include "node-wrapper/releases/file_tools.h"

namespace a67 {
namespace {

constexpr std::size_t kTableBytesMax = std::size_t{4} << 20;
constexpr std::size_t kEnvironmentBytesMax = std::size_t{1} << 20;

std::string_view next_word(std::string_view& text) {
  const std::size_t start = text.find_first_not_of(" \t\n");
  if (start == std::string_view::npos) {
    text = {};
    return {};
  }
  text.remove_prefix(start);
  const std::size_t end = std::min(text.find_first_of(" \t\n"), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

std::uint64_t to_number(std::string_view word, int base = 10) {
  std::uint64_t number = 0;
  std::from_chars(word.data(), word.data() + word.size(), number, base);
  return number;
}

std::string_view next_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

template <class Each>
void each_numbered_entry(const std::string& folder, const Each& each) {
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(folder.c_str()), ::closedir);
  if (listing == nullptr) return;
  while (const dirent* entry = ::readdir(listing.get())) {
    const std::string_view name = entry->d_name;
    if (name.front() >= '0' && name.front() <= '9') each(static_cast<pid_t>(to_number(name)));
  }
}

SocketFacts parse_socket(std::string_view line, bool v6) {
  SocketFacts socket;
  next_word(line);  // number
  const std::string_view local = next_word(line);
  next_word(line);  // remote
  const std::string_view state = next_word(line);
  for (int skipped = 0; skipped < 5; ++skipped) next_word(line);
  socket.inode = to_number(next_word(line));
  const std::size_t colon = local.find(':');
  if (colon == std::string_view::npos) return socket;
  const std::string_view address = local.substr(0, colon);
  socket.v6 = v6;
  socket.local_port = static_cast<std::uint16_t>(to_number(local.substr(colon + 1), 16));
  socket.any_address = address.find_first_not_of('0') == std::string_view::npos;
  // The kernel prints each 32-bit group in the machine's byte order: 127.0.0.1 ends with 7F on
  // little-endian ones.
  socket.loopback_v4 =
      socket.any_address || (!v6 && address.ends_with("7F")) ||
      (v6 && address.starts_with("0000000000000000FFFF0000") && address.ends_with("7F"));
  socket.listening = state == "0A";
  socket.established = state == "01";
  return socket;
}

}  // namespace

std::optional<ProcessFacts> parse_process_stat(std::string_view text) {
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return std::nullopt;
  text.remove_prefix(name_end + 1);
  ProcessFacts facts;
  const std::string_view state = next_word(text);
  if (state.empty()) return std::nullopt;
  facts.state = state.front();
  facts.parent = static_cast<pid_t>(to_number(next_word(text)));
  facts.group = static_cast<pid_t>(to_number(next_word(text)));
  facts.session = static_cast<pid_t>(to_number(next_word(text)));
  for (int skipped = 0; skipped < 7; ++skipped) next_word(text);
  facts.cpu_ticks = to_number(next_word(text));
  facts.cpu_ticks += to_number(next_word(text));
  for (int skipped = 0; skipped < 6; ++skipped) next_word(text);
  const std::string_view start = next_word(text);
  if (start.empty()) return std::nullopt;
  facts.start_ticks = to_number(start);
  next_word(text);  // virtual size
  facts.resident_pages = to_number(next_word(text));
  return facts;
}

std::optional<ProcessFacts> read_process(pid_t pid) {
  return parse_process_stat(read_some("/proc/" + std::to_string(pid) + "/stat", 4096));
}

std::vector<pid_t> all_processes() {
  std::vector<pid_t> list;
  each_numbered_entry("/proc", [&](pid_t pid) { list.push_back(pid); });
  return list;
}

std::vector<pid_t> session_members(pid_t session) {
  std::vector<pid_t> members;
  for (const pid_t pid : all_processes()) {
    const std::optional<ProcessFacts> facts = read_process(pid);
    if (facts && facts->session == session && facts->state != 'Z') members.push_back(pid);
  }
  return members;
}

std::optional<std::string> find_setting(std::string_view environment, std::string_view name) {
  while (!environment.empty()) {
    const std::size_t end = std::min(environment.find('\0'), environment.size());
    const std::string_view setting = environment.substr(0, end);
    if (setting.starts_with(name) && setting.substr(name.size()).starts_with('=')) {
      return std::string(setting.substr(name.size() + 1));
    }
    environment.remove_prefix(std::min(end + 1, environment.size()));
  }
  return std::nullopt;
}

std::vector<OwnedProcess> processes_of_node(const std::string& node_id) {
  std::vector<OwnedProcess> list;
  for (const pid_t pid : all_processes()) {
    if (pid == ::getpid()) continue;
    const std::string text =
        read_some("/proc/" + std::to_string(pid) + "/environ", kEnvironmentBytesMax);
    if (find_setting(text, "A67_NODE") != node_id) continue;
    list.push_back({pid, find_setting(text, "A67_REPLICA").value_or("")});
  }
  return list;
}

std::string read_boot_id() {
  std::string id = read_some("/proc/sys/kernel/random/boot_id", 64);
  while (!id.empty() && id.back() == '\n') id.pop_back();
  return id;
}

std::vector<SocketFacts> parse_tcp_table(std::string_view text, bool v6) {
  std::vector<SocketFacts> sockets;
  next_line(text);  // heading
  while (!text.empty()) {
    const SocketFacts socket = parse_socket(next_line(text), v6);
    if (socket.local_port != 0) sockets.push_back(socket);
  }
  return sockets;
}

std::vector<SocketFacts> read_tcp_tables() {
  std::vector<SocketFacts> sockets =
      parse_tcp_table(read_some("/proc/net/tcp", kTableBytesMax), false);
  for (const SocketFacts& socket :
       parse_tcp_table(read_some("/proc/net/tcp6", kTableBytesMax), true)) {
    sockets.push_back(socket);
  }
  return sockets;
}

std::set<std::uint64_t> socket_inodes(pid_t pid) {
  constexpr std::string_view kPrefix = "socket:[";
  std::set<std::uint64_t> inodes;
  const std::string folder = "/proc/" + std::to_string(pid) + "/fd";
  each_numbered_entry(folder, [&](pid_t number) {
    char target[64];
    const std::string link = folder + "/" + std::to_string(number);
    const ssize_t length = ::readlink(link.c_str(), target, sizeof target);
    if (length <= 0) return;
    const std::string_view text(target, static_cast<std::size_t>(length));
    if (text.starts_with(kPrefix)) inodes.insert(to_number(text.substr(kPrefix.size())));
  });
  return inodes;
}

std::optional<CpuTimes> parse_cpu_times(std::string_view proc_stat) {
  std::string_view line = next_line(proc_stat);
  if (next_word(line) != "cpu") return std::nullopt;
  CpuTimes times;
  constexpr int kIdle = 3;
  constexpr int kWaiting = 4;
  constexpr int kFields = 8;  // guest times, after these, are part of the user times
  for (int field = 0; field < kFields; ++field) {
    const std::uint64_t ticks = to_number(next_word(line));
    times.total += ticks;
    if (field != kIdle && field != kWaiting) times.busy += ticks;
  }
  return times;
}

MemoryFacts parse_memory(std::string_view meminfo) {
  MemoryFacts facts;
  while (!meminfo.empty()) {
    std::string_view line = next_line(meminfo);
    const std::string_view name = next_word(line);
    if (name == "MemTotal:") facts.total_bytes = to_number(next_word(line)) * 1024;
    if (name == "MemAvailable:") facts.available_bytes = to_number(next_word(line)) * 1024;
  }
  return facts;
}

}  // namespace a67
