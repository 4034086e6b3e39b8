#include "node-wrapper/runtime/process.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <set>
#include <system_error>

#include "node-wrapper/runtime/proc_files.h"

namespace a67 {
namespace {

constexpr std::size_t kOrphansPerCallMax = 64;

std::set<pid_t>& watched_pids() {
  static std::set<pid_t> pids;
  return pids;
}

// Everything the child needs, made before fork(): after it, in a program with threads, only calls
// that are safe in a signal handler may be made, and allocation is not one of them.
struct ChildPlan {
  const char* program;
  char* const* arguments;
  char* const* environment;
  const char* folder;
  int input, output, errors, report;
  const LaunchPlan* plan;
};

[[noreturn]] void give_up(int report) {
  const int error_number = errno;
  [[maybe_unused]] const ssize_t ignored = ::write(report, &error_number, sizeof error_number);
  ::_exit(127);
}

void reset_signals() {
  struct sigaction action{};
  action.sa_handler = SIG_DFL;  // NOLINT(cppcoreguidelines-pro-type-union-access)
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void set_limit(int resource, std::uint64_t value) {
  const rlimit limit{.rlim_cur = value, .rlim_max = value};
  ::setrlimit(static_cast<__rlimit_resource>(resource), &limit);
}

[[noreturn]] void run_child(const ChildPlan& child) {
  const LaunchPlan& plan = *child.plan;
  ::setsid();
  reset_signals();
  for (const int group : plan.control_groups) {
    if (::write(group, "0", 1) != 1) give_up(child.report);
  }
  // The app goes first when the machine runs out of memory, never the wrapper that watches it.
  const int badness = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (badness >= 0) [[maybe_unused]]
    const ssize_t ignored = ::write(badness, "500", 3);
  if (::dup2(child.input, 0) < 0 || ::dup2(child.output, 1) < 0 || ::dup2(child.errors, 2) < 0) {
    give_up(child.report);
  }
  ::syscall(SYS_close_range, 3U, ~0U, static_cast<unsigned>(CLOSE_RANGE_CLOEXEC));
  set_limit(RLIMIT_CORE, 0);
  if (plan.file_bytes_max > 0) set_limit(RLIMIT_FSIZE, plan.file_bytes_max);
  ::umask(022);
  if (plan.user &&
      (::setgroups(0, nullptr) != 0 || ::setgid(plan.group) != 0 || ::setuid(*plan.user) != 0)) {
    give_up(child.report);
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) give_up(child.report);
  if (::chdir(child.folder) != 0) give_up(child.report);
  // Last: until the program is another one the limit would hold for our own memory.
  if (plan.data_bytes_max > 0) set_limit(RLIMIT_DATA, plan.data_bytes_max);
  // As a bare system call: before the library's function, a build that counts coverage writes its
  // counts out, which takes memory that the limit no longer grants.
  ::syscall(SYS_execve, child.program, child.arguments, child.environment);
  give_up(child.report);
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> list;
  list.reserve(texts.size() + 1);
  for (const std::string& text : texts) list.push_back(const_cast<char*>(text.c_str()));
  list.push_back(nullptr);
  return list;
}

std::string path_of(const std::vector<std::string>& environment) {
  constexpr std::string_view kName = "PATH=";
  for (const std::string& variable : environment) {
    if (variable.starts_with(kName)) return variable.substr(kName.size());
  }
  return "/usr/local/bin:/usr/bin:/bin";
}

}  // namespace

std::string find_program(const std::string& name, const std::string& path) {
  const auto is_program = [](const std::string& file) {
    struct stat facts{};
    return ::stat(file.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) &&
           ::access(file.c_str(), X_OK) == 0;
  };
  if (name.find('/') != std::string::npos) return is_program(name) ? name : "";
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t end = std::min(path.find(':', from), path.size());
    const std::string file = path.substr(from, end - from) + "/" + name;
    if (end > from && is_program(file)) return file;
    from = end + 1;
  }
  return "";
}

Result<ProcessIdentity> launch(const LaunchPlan& plan) {
  const std::string program = find_program(plan.arguments.at(0), path_of(plan.environment));
  if (program.empty()) {
    return fail(ErrorCode::kMissingRuntime,
                "The node has no program \"" + plan.arguments.at(0) + "\".",
                "Install it on the node, or deploy to a node that has it.");
  }
  const Fd input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  std::array<int, 2> report{};
  if (!input.is_open() || ::pipe2(report.data(), O_CLOEXEC) != 0) {
    return std::unexpected(file_error(errno, "Cannot start the program"));
  }
  const Fd report_read(report[0]);
  Fd report_write(report[1]);
  const std::vector<char*> arguments = pointers(plan.arguments);
  const std::vector<char*> environment = pointers(plan.environment);
  const ChildPlan child{.program = program.c_str(),
                        .arguments = arguments.data(),
                        .environment = environment.data(),
                        .folder = plan.folder.c_str(),
                        .input = input.get(),
                        .output = plan.output,
                        .errors = plan.errors,
                        .report = report_write.get(),
                        .plan = &plan};
  const pid_t pid = ::fork();
  if (pid == 0) run_child(child);
  if (pid < 0) return std::unexpected(file_error(errno, "Cannot start the program"));
  report_write.reset();
  int error_number = 0;
  ssize_t count = 0;
  do {
    count = ::read(report_read.get(), &error_number, sizeof error_number);
  } while (count < 0 && errno == EINTR);
  if (count == sizeof error_number) {
    ::waitpid(pid, nullptr, 0);
    return fail(ErrorCode::kCrashed, "The program \"" + plan.arguments.at(0) +
                                         "\" could not be started: " +
                                         std::generic_category().message(error_number) + ".");
  }
  return ProcessIdentity{pid, read_process(pid).value_or(ProcessFacts{}).start_ticks};
}

std::string describe(const ProcessEnd& end) {
  if (!end.known) return "ended while the node wrapper was restarting";
  if (end.signal != 0) {
    const char* name = sigabbrev_np(end.signal);
    return "was ended by signal SIG" + std::string(name == nullptr ? "?" : name);
  }
  return "ended with exit code " + std::to_string(end.exit_code);
}

bool is_group_alive(pid_t group) { return ::kill(-group, 0) == 0 || errno == EPERM; }

std::shared_ptr<ProcessWatch> ProcessWatch::start(boost::asio::io_context& io,
                                                  ProcessIdentity process, OnEnd on_end) {
  Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
  if (!pidfd.is_open()) return nullptr;
  // After the descriptor is open the pid cannot come to mean another process: now the check is
  // worth something.
  const std::optional<ProcessFacts> facts = read_process(process.pid);
  if (!facts || facts->start_ticks != process.start_ticks) return nullptr;
  auto watch = std::make_shared<ProcessWatch>(io, process, std::move(on_end));
  watch->pidfd_.assign(pidfd.release());
  watch->wait();
  return watch;
}

ProcessWatch::ProcessWatch(boost::asio::io_context& io, ProcessIdentity process, OnEnd on_end)
    : process_(process), on_end_(std::move(on_end)), pidfd_(io) {
  watched_pids().insert(process_.pid);
}

ProcessWatch::~ProcessWatch() { watched_pids().erase(process_.pid); }

void ProcessWatch::signal_group(int signal) const { ::kill(-process_.pid, signal); }

void ProcessWatch::forget() {
  on_end_ = nullptr;
  boost::system::error_code ignored;
  pidfd_.close(ignored);
}

void ProcessWatch::wait() {
  pidfd_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                    [self = shared_from_this()](const boost::system::error_code& error) {
                      if (!error) self->collect();
                    });
}

void ProcessWatch::collect() {
  siginfo_t info{};
  const auto id = static_cast<id_t>(process_.pid);
  ProcessEnd end;
  // WNOWAIT first: as long as the ended leader is not taken away its pid names only this group.
  if (::waitid(P_PID, id, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == process_.pid) {
    if (!leave_group_) signal_group(SIGKILL);
    ::waitid(P_PID, id, &info, WEXITED | WNOHANG);
    end.known = true;
    if (info.si_code == CLD_EXITED) {
      end.exit_code = info.si_status;
    } else {
      end.signal = info.si_status;
    }
  } else if (!leave_group_) {
    for (const pid_t member : session_members(process_.pid)) ::kill(member, SIGKILL);
  }
  boost::system::error_code ignored;
  pidfd_.close(ignored);
  if (const OnEnd on_end = std::exchange(on_end_, nullptr)) on_end(end);
}

void reap_orphans() {
  int is_subreaper = 0;
  ::prctl(PR_GET_CHILD_SUBREAPER, &is_subreaper);
  if (::getpid() != 1 && is_subreaper == 0) return;
  for (std::size_t i = 0; i < kOrphansPerCallMax; ++i) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
    // The kernel always shows the same one first, so a watched one ends this round; its watch takes
    // it soon.
    if (watched_pids().contains(info.si_pid)) return;
    ::waitid(P_PID, static_cast<id_t>(info.si_pid), &info, WEXITED | WNOHANG);
  }
}

}  // namespace a67
