#include "tests/node-wrapper/node/node_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch_amalgamated.hpp>
#include <chrono>
#include <fstream>
#include <iterator>
#include <utility>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX wants it so

namespace a67::test {
namespace {

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// stdout becomes a pipe, stderr goes to the end of a file.
pid_t spawn(const std::vector<std::string>& arguments, const std::string& err_path, int& out) {
  std::array<int, 2> pipe_ends{};
  REQUIRE(::pipe2(pipe_ends.data(), O_CLOEXEC) == 0);
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err_path.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0600);
  std::vector<std::string> all = {A67_NODE_PROGRAM};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& argument : all) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  pid_t pid = -1;
  REQUIRE(::posix_spawn(&pid, A67_NODE_PROGRAM, &actions, nullptr, pointers.data(), environ) == 0);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe_ends[1]);
  out = pipe_ends[0];
  return pid;
}

std::string read_line(int descriptor) {
  std::string line;
  char c = 0;
  while (::read(descriptor, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

int exit_code_of(pid_t pid) {
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::uint16_t port_after(const std::string& line, const std::string& key) {
  const std::size_t at = line.find(key + "=http://127.0.0.1:");
  REQUIRE(at != std::string::npos);
  return static_cast<std::uint16_t>(std::stoi(line.substr(at + key.size() + 18)));
}

UnixMs unix_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

ProgramEnd run_program(const std::vector<std::string>& arguments) {
  const TempFolder temp;
  ProgramEnd end;
  int out = -1;
  const pid_t pid = spawn(arguments, temp.path() + "/err", out);
  std::array<char, 4096> piece{};
  for (ssize_t count = 0; (count = ::read(out, piece.data(), piece.size())) > 0;) {
    end.out.append(piece.data(), static_cast<std::size_t>(count));
  }
  ::close(out);
  end.exit_code = exit_code_of(pid);
  end.err = read_text(temp.path() + "/err");
  return end;
}

NodeProcess::NodeProcess(std::string folder, std::vector<std::string> arguments)
    : folder_(std::move(folder)) {
  arguments.insert(arguments.end(), {"--data-dir", folder_ + "/data", "--control", "127.0.0.1:0",
                                     "--gateway", "127.0.0.1:0"});
  pid_ = spawn(arguments, folder_ + "/err", out_);
  const std::string ready = read_line(out_);
  INFO(log());
  REQUIRE(ready.starts_with("ready "));
  control_ = port_after(ready, "control");
  gateway_ = port_after(ready, "gateway");
  const std::string control = ready.substr(0, ready.find(" gateway="));
  if (const auto path = control.find('/', control.rfind(':')); path != std::string::npos) {
    prefix_ = control.substr(path);
  }
  const Answer hello = send("GET", "/v1/hello");
  node_ = NodeId(string_or(hello.json(), "nodeId"));
}

NodeProcess::~NodeProcess() {
  if (pid_ > 0) end(SIGTERM);
}

int NodeProcess::end(int signal) {
  ::kill(pid_, signal);
  const int code = exit_code_of(pid_);
  pid_ = -1;
  ::close(out_);
  return code;
}

std::string NodeProcess::claim_code() const {
  const std::string text = read_text(folder_ + "/data/claim-code");
  return text.substr(0, text.find('\n'));
}

std::string NodeProcess::log() const { return read_text(folder_ + "/err"); }

Answer NodeProcess::order(Controller& controller, const std::string& method,
                          const std::string& target, const std::string& body, HeaderList headers) {
  // An order is for the path below the prefix.
  const std::string path = target.substr(0, target.find('?'));
  std::optional<std::string> signed_body;
  if (method != "GET" && !path.starts_with("/v1/releases/")) signed_body = body;
  headers.emplace_back("Authorization", "Bearer " + controller.token(node_, method + " " + path,
                                                                     signed_body, unix_now()));
  return send_request(control_, method, prefix_ + target, std::move(headers), body);
}

void NodeProcess::claimed_by(Controller& controller) {
  REQUIRE(order(controller, "POST", "/v1/claim", claim_body(controller, claim_code())).status ==
          200);
}

NodeStatus NodeProcess::wait_for(Controller& controller,
                                 const std::function<bool(const NodeStatus&)>& is_enough) {
  SocketClient events(control_, prefix_ + "/v1/events");
  const std::string token = controller.token(node_, "GET /v1/events", {}, unix_now());
  events.send(dump_json({{"token", token}}));
  for (int count = 0; count < 600; ++count) {  // at least one message every 2 s
    const auto message = events.next();
    INFO(log());
    REQUIRE(message);
    const auto status = node_status_from_json(object_at(*message, "status"));
    REQUIRE(status);
    if (is_enough(*status)) return *status;
  }
  FAIL("the node never came to the state waited for: " << log());
  return {};
}

}  // namespace a67::test
