#include "node-wrapper/runtime/machine.h"

#include <array>
#include <charconv>
#include <chrono>
#include <vector>

#include "node-wrapper/releases/file_tools.h"

namespace a67 {
namespace {

constexpr std::chrono::seconds kAnswerTime{10};

}  // namespace

void Machine::find_runtimes(boost::asio::io_context& io, const std::string& path,
                            const std::string& folder, std::function<void()> on_runtimes) {
  constexpr std::array<std::string_view, 3> kPrograms = {"node", "python3", "git"};
  for (const std::string_view program : kPrograms) {
    const std::string name(program);
    if (find_program(name, path).empty()) continue;
    ++unanswered_;
    const CommandPlan plan{.arguments = {name, "--version"},
                           .environment = {"PATH=" + path, "HOME=" + folder, "LC_ALL=C.UTF-8"},
                           .folder = "/",
                           .time_max = kAnswerTime};
    questions_.push_back(
        CommandRun::start(io, plan, {}, [this, name, on_runtimes](const Result<CommandEnd>& end) {
          if (end && end->ok() && !end->last_lines.empty()) {
            const std::string version = version_in(end->last_lines.front());
            answers_[name == "python3" ? "python" : name] = version;
          }
          if (--unanswered_ > 0) return;
          for (const auto& [runtime, version] : answers_)
            runtimes_.push_back(runtime + " " + version);
          on_runtimes();
        }));
  }
}

void Machine::close() {
  for (const std::shared_ptr<CommandRun>& question : questions_) question->abandon();
  questions_.clear();
}

void Machine::sample() {
  const MemoryFacts memory = parse_memory(read_some("/proc/meminfo", 8192));
  memory_bytes_ = memory.total_bytes;
  if (memory.total_bytes > 0) {
    const auto used = static_cast<double>(memory.total_bytes - memory.available_bytes);
    memory_percent_ = 100.0 * used / static_cast<double>(memory.total_bytes);
  }
  const std::optional<CpuTimes> now = parse_cpu_times(read_some("/proc/stat", 4096));
  if (!now) return;
  const std::uint64_t total = now->total - last_.total;
  if (last_.total > 0 && now->total > last_.total && now->busy >= last_.busy) {
    cpu_percent_ = 100.0 * static_cast<double>(now->busy - last_.busy) / static_cast<double>(total);
  }
  last_ = *now;
}

std::string version_in(const std::string& line) {
  const std::size_t first = line.find_first_of("0123456789");
  if (first == std::string::npos) return "";
  return line.substr(first, line.find_first_not_of("0123456789.", first) - first);
}

std::optional<UserIds> find_user(std::string_view passwd, std::string_view name) {
  while (!passwd.empty()) {
    const std::size_t end = std::min(passwd.find('\n'), passwd.size());
    std::string_view line = passwd.substr(0, end);
    passwd.remove_prefix(std::min(end + 1, passwd.size()));
    std::vector<std::string_view> fields;
    for (std::size_t from = 0; from <= line.size();) {
      const std::size_t colon = std::min(line.find(':', from), line.size());
      fields.push_back(line.substr(from, colon - from));
      from = colon + 1;
    }
    if (fields.size() < 4 || fields[0] != name) continue;
    UserIds ids;
    std::from_chars(fields[2].data(), fields[2].data() + fields[2].size(), ids.user);
    std::from_chars(fields[3].data(), fields[3].data() + fields[3].size(), ids.group);
    return ids;
  }
  return std::nullopt;
}

}  // namespace a67
