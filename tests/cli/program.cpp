#include "tests/cli/program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch_amalgamated.hpp>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <utility>

namespace a67::cli::test {

namespace fs = std::filesystem;

namespace {

int exit_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

int open_new(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  REQUIRE(file >= 0);
  return file;
}

// Calls that change what is stored, or what is told. The program is built for one machine at a
// time, so their numbers are those of this one.
bool changes_something(long call) {
  static constexpr std::array kCalls = {
      SYS_write,  SYS_writev,   SYS_pwrite64, SYS_fsync,     SYS_fdatasync, SYS_ftruncate,
      SYS_fchmod, SYS_unlinkat, SYS_linkat,   SYS_renameat2, SYS_mkdirat,
#ifdef SYS_unlink  // not on every machine
      SYS_unlink, SYS_link,     SYS_rename,   SYS_mkdir,
#endif
  };
  return std::ranges::find(kCalls, call) != kCalls.end();
}

struct Call {
  long number = -1;
  int first = -1;  // argument
};

Call call_of(pid_t child) {
  __ptrace_syscall_info info{};
  const long size = ::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info);
  if (size <= 0 || info.op != PTRACE_SYSCALL_INFO_ENTRY) return {};
  return {.number = static_cast<long>(info.entry.nr),
          .first = static_cast<int>(info.entry.args[0])};
}

}  // namespace

std::string read_all(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_private(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
}

Program::Program() {
  std::string pattern = (fs::temp_directory_path() / "a67-test-XXXXXX").string();
  root_ = ::mkdtemp(pattern.data());
}

Program::~Program() { fs::remove_all(root_); }

pid_t Program::start(std::vector<std::string> words, int in, int out, int err, bool own_session,
                     bool traced) const {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::vector<std::string> variables = {"HOME=" + root_.string(), "COLUMNS=100",
                                        "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"};
  // A leak checker cannot do its work in a program that is traced.
  // And who is killed, or finds no room, would leave half of the counters of coverage.
  if (traced) variables.emplace_back("ASAN_OPTIONS=detect_leaks=0");
  if (traced || file_bytes_max_ != 0) variables.emplace_back("GCOV_PREFIX=" + root_.string());
  variables.insert(variables.end(), extra_.begin(), extra_.end());
  std::vector<char*> environment;
  environment.reserve(variables.size() + 1);
  for (std::string& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);

  const rlimit limit{.rlim_cur = file_bytes_max_, .rlim_max = file_bytes_max_};
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // Nothing here may take memory: only what is safe after a fork.
    if (own_session) ::setsid();
    ::dup2(in, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    if (own_session) ::ioctl(STDIN_FILENO, TIOCSCTTY, 0);
    if (limit.rlim_cur != 0) ::setrlimit(RLIMIT_FSIZE, &limit);
    if (traced) ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::execve(arguments[0], arguments.data(), environment.data());
    ::_exit(127);
  }
  return child;
}

Run Program::run(std::vector<std::string> words) const {
  words.insert(words.begin(), A67_PROGRAM);
  return run_words(std::move(words));
}

Run Program::run_script(const std::string& script) const {
  return run_words({"/bin/sh", "-c", "A67='" A67_PROGRAM "'\n" + script});
}

Run Program::run_words(std::vector<std::string> words) const {
  const std::string out = (root_ / "out").string();
  const std::string err = (root_ / "err").string();
  const std::array files = {::open("/dev/null", O_RDONLY | O_CLOEXEC), open_new(out),
                            open_new(err)};
  const pid_t child = start(std::move(words), files[0], files[1], files[2]);
  for (const int file : files) ::close(file);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return {.exit = exit_of(status), .out = read_all(out), .err = read_all(err)};
}

Program::Stopped Program::run_and_kill(std::vector<std::string> words, std::uint64_t at) const {
  const std::string out = (root_ / "out").string();
  const std::string err = (root_ / "err").string();
  const std::array files = {::open("/dev/null", O_RDONLY | O_CLOEXEC), open_new(out),
                            open_new(err)};
  words.insert(words.begin(), A67_PROGRAM);
  const pid_t child = start(std::move(words), files[0], files[1], files[2], false, true);
  for (const int file : files) ::close(file);
  Stopped stopped;
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSTOPPED(status));  // at its exec
  REQUIRE(::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) ==
          0);
  int pass_on = 0;
  for (;;) {
    // Thousands of times: too often to be told to the test's report.
    const bool moved = ::ptrace(PTRACE_SYSCALL, child, nullptr, pass_on) == 0 &&
                       ::waitpid(child, &status, 0) == child;
    if (!moved) FAIL("the program could not be traced");
    if (!WIFSTOPPED(status)) break;
    pass_on = 0;
    if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
      pass_on = WSTOPSIG(status);
      continue;
    }
    const Call call = call_of(child);
    if (!changes_something(call.number)) continue;
    if (call.number == SYS_write && call.first == STDOUT_FILENO && stopped.answered_at == 0) {
      stopped.answered_at = stopped.changes;
    }
    if (stopped.changes++ != at) continue;
    stopped.killed = true;
    ::kill(child, SIGKILL);
    REQUIRE(::waitpid(child, &status, 0) == child);
    break;
  }
  stopped.run = {.exit = exit_of(status), .out = read_all(out), .err = read_all(err)};
  return stopped;
}

std::vector<std::string> Program::files_with(const std::string& bytes) const {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(data())) {
    if (!entry.is_regular_file()) continue;
    if (read_all(entry.path()).contains(bytes)) names.push_back(entry.path().filename());
  }
  return names;
}

// ---- on a terminal

OnTerminal::OnTerminal(const Program& program, std::vector<std::string> words) {
  master_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  REQUIRE(master_ >= 0);
  REQUIRE(::grantpt(master_) == 0);
  REQUIRE(::unlockpt(master_) == 0);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the test has one thread
  slave_ = ::open(::ptsname(master_), O_RDWR | O_NOCTTY | O_CLOEXEC);
  REQUIRE(slave_ >= 0);
  words.insert(words.begin(), A67_PROGRAM);
  child_ = program.start(std::move(words), slave_, slave_, slave_, true);
}

OnTerminal::~OnTerminal() {
  if (!waited_) {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  ::close(slave_);
  ::close(master_);
}

bool OnTerminal::read_more() {
  std::array<char, 1024> buffer{};
  const ssize_t count = ::read(master_, buffer.data(), buffer.size());
  if (count < 0 && errno == EINTR) return true;
  if (count <= 0) return false;
  all_.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

std::size_t OnTerminal::expect(const std::string& shown) {
  for (;;) {
    const std::size_t at = all_.find(shown, seen_);
    if (at != std::string::npos) {
      seen_ = at + shown.size();
      return seen_;
    }
    INFO("waiting for: " << shown << "\nshown: " << all_);
    REQUIRE(read_more());
  }
}

void OnTerminal::type(const std::string& text) {
  REQUIRE(::write(master_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

void OnTerminal::signal(int number) const { ::kill(child_, number); }

bool OnTerminal::echoes() const {
  termios settings{};
  REQUIRE(::tcgetattr(slave_, &settings) == 0);
  return (settings.c_lflag & ECHO) != 0;
}

int OnTerminal::wait() {
  ::fcntl(master_, F_SETFL, ::fcntl(master_, F_GETFL) | O_NONBLOCK);
  const int end = static_cast<int>(::syscall(SYS_pidfd_open, child_, 0));
  REQUIRE(end >= 0);
  // What is not read would keep it from ending.
  std::array<pollfd, 2> either = {pollfd{.fd = master_, .events = POLLIN, .revents = 0},
                                  pollfd{.fd = end, .events = POLLIN, .revents = 0}};
  while (either[1].revents == 0) {
    REQUIRE(::poll(either.data(), either.size(), -1) > 0);
    while (read_more()) {
    }
  }
  ::close(end);
  int status = 0;
  REQUIRE(::waitpid(child_, &status, 0) == child_);
  waited_ = true;
  while (read_more()) {
  }
  return exit_of(status);
}

void check_golden(const std::string& name, const std::string& text) {
  const fs::path path = fs::path(A67_GOLDEN) / name;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the test has one thread
  if (std::getenv("A67_UPDATE_GOLDEN") != nullptr) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  INFO("golden file " << name);
  CHECK(text == read_all(path));
}

}  // namespace a67::cli::test
