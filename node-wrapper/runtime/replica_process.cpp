// The part of Replica that meets its process: starting it, ending it, and telling why it ended.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <utility>

#include "node-wrapper/runtime/clock.h"
#include "node-wrapper/runtime/replica.h"

namespace a67 {
namespace {

constexpr std::chrono::milliseconds kLingerCheck{20};
// Without control groups this is a backstop against a sudden burst between two samples; Node.js
// alone maps some hundred megabytes that it never touches, hence the allowance.
constexpr std::uint64_t kDataAllowance = std::uint64_t{1} << 30;

bool any_has(const std::vector<std::string>& lines, std::string_view words) {
  return std::ranges::any_of(
      lines, [&](const std::string& line) { return line.find(words) != std::string::npos; });
}

std::string crash_hint(const ProcessEnd& end, const std::vector<std::string>& lines) {
  constexpr int kNotFound = 127;
  constexpr int kNotExecutable = 126;
  if (any_has(lines, "EADDRINUSE") || any_has(lines, "Address already in use")) {
    return "It listens on a port of its own choice: let it listen on the port that the variable "
           "PORT names.";
  }
  if (any_has(lines, "Cannot find module") || any_has(lines, "ModuleNotFoundError") ||
      any_has(lines, "ERR_MODULE_NOT_FOUND")) {
    return "A dependency is missing: add it to package.json or requirements.txt.";
  }
  if (end.exit_code == kNotFound) {
    return "The start command names a program that this node does not have, or a file that is not "
           "in the release.";
  }
  if (end.exit_code == kNotExecutable)
    return "The start command names a file that cannot be executed.";
  if (end.exit_code == 0)
    return "It ended by itself: an app must keep running and answer on $PORT.";
  return "Look at its last lines, mend it and deploy it again.";
}

}  // namespace

void Replica::spawn() {
  const Result<std::uint16_t> port = context_->choose_port(port_);
  Result<ProcessIdentity> process = std::unexpected(Error{});
  if (!port) {
    process = std::unexpected(port.error());
  } else if (Result<void> pipes = open_log_pipes(); !pipes) {
    process = std::unexpected(pipes.error());
  } else {
    process = launch_app(*port);
  }
  if (!process) {
    say(process.error().message);
    life_.on_end(process.error(), steady_now());
    return;
  }
  port_ = *port;
  started_at_ = unix_now();
  last_cpu_ = 0;
  watch_ =
      ProcessWatch::start(context_->io, *process, [weak = weak_from_this()](const ProcessEnd& end) {
        if (const auto self = weak.lock()) self->on_end(end);
      });
  life_.on_spawned(steady_now());
  // Written down at once: until then a wrapper that dies could not tell the next one of it.
  context_->changed(wanted_.id);
}

Result<void> Replica::open_log_pipes() {
  if (output_ != nullptr) return {};
  for (const char* part : {"", "/home"}) {
    if (Result<void> made = make_folders(folder_ + part); !made) return made;
  }
  for (const LogStream stream : {LogStream::kStdout, LogStream::kStderr}) {
    Result<Fd> pipe = open_named_pipe(pipe_path(stream));
    if (!pipe) return std::unexpected(pipe.error());
    auto& reader = stream == LogStream::kStdout ? output_ : errors_;
    reader =
        LogPipe::start(context_->io, std::move(*pipe),
                       [weak = weak_from_this(), stream](const std::vector<std::string>& lines) {
                         if (const auto self = weak.lock()) self->add_log(stream, lines);
                       });
  }
  return {};
}

std::string Replica::pipe_path(LogStream stream) const {
  return folder_ + "/" + std::string(to_string(stream)) + ".pipe";
}

Result<ProcessIdentity> Replica::launch_app(std::uint16_t port) {
  const std::string& id = wanted_.id.value;
  const ReplicaSpec& spec = wanted_.spec;
  if (Result<void> made = context_->groups.prepare(id, {spec.memory_mb, spec.cpu_percent}); !made) {
    return std::unexpected(made.error());
  }
  memory_kills_ = context_->groups.memory_kills(id);
  const std::vector<Fd> entries = context_->groups.open_entries(id);
  Result<Fd> output = open_named_pipe(pipe_path(LogStream::kStdout));
  if (!output) return std::unexpected(output.error());
  Result<Fd> errors = open_named_pipe(pipe_path(LogStream::kStderr));
  if (!errors) return std::unexpected(errors.error());
  LaunchPlan plan{.arguments = arguments(),
                  .environment = environment(port),
                  .folder = app_folder(),
                  .output = output->get(),
                  .errors = errors->get(),
                  .control_groups = {},
                  .user = {}};
  for (const Fd& entry : entries) plan.control_groups.push_back(entry.get());
  if (context_->groups.kind() == LimitKind::kRlimit && spec.memory_mb > 0) {
    plan.data_bytes_max = (static_cast<std::uint64_t>(spec.memory_mb) << 20) + kDataAllowance;
  }
  if (context_->user) {
    plan.user = context_->user->user;
    plan.group = context_->user->group;
    const std::string home = folder_ + "/home";
    for (const std::string& path :
         {home, pipe_path(LogStream::kStdout), pipe_path(LogStream::kStderr)}) {
      if (::lchown(path.c_str(), *plan.user, plan.group) != 0) {
        return std::unexpected(file_error(errno, "Cannot hand " + path + " to the app's user"));
      }
    }
    // It must get through to its release and its own folder.
    ::chmod(folder_.c_str(), 0711);
    ::chmod(context_->store.tree_folder(key_).c_str(), 0711);
    ::chmod(context_->store.app_folder(key_).c_str(), 0755);
  }
  return launch(plan);
}

std::vector<std::string> Replica::arguments() const {
  if (!built_.start.empty()) return {"/bin/sh", "-c", built_.start};
  const std::string root =
      app_folder() + (built_.static_root.empty() ? "" : "/" + built_.static_root);
  return {context_->self_program, "serve-static", "--root", root};
}

std::vector<std::string> Replica::environment(std::uint16_t port) const {
  std::vector<std::string> settings;
  for (const auto& [name, value] : wanted_.spec.env)
    settings.push_back(name + "=" + value.expose());
  const std::vector<std::pair<std::string, std::string>> ours = {
      {"PORT", std::to_string(port)},
      {"A67_APP", wanted_.app},
      {"A67_REPLICA", wanted_.id.value},
      {"A67_NODE", context_->node_id},
      {"A67_RELEASE", wanted_.release.value}};
  const std::vector<std::pair<std::string, std::string>> defaults = {{"HOME", folder_ + "/home"},
                                                                     {"PATH", context_->path},
                                                                     {"LANG", "C.UTF-8"},
                                                                     {"PYTHONUNBUFFERED", "1"}};
  for (const auto& [name, value] : defaults) {
    if (!wanted_.spec.env.contains(name)) settings.push_back(name + "=" + value);
  }
  for (const auto& [name, value] : ours) {
    const std::string start = name + "=";
    std::erase_if(settings, [&start](const std::string& text) { return text.starts_with(start); });
    settings.push_back(start + value);
  }
  return settings;
}

std::string Replica::app_folder() const {
  return context_->store.app_folder(key_) + (built_.folder.empty() ? "" : "/" + built_.folder);
}

void Replica::terminate() {
  if (watch_ == nullptr) return;
  watch_->leave_group();
  watch_->signal_group(SIGTERM);
}

void Replica::kill() {
  if (watch_ == nullptr) return;
  watch_->signal_group(SIGKILL);
  context_->groups.kill(wanted_.id.value);
}

// A shell that leads the group dies of SIGTERM at once, while the app it started still finishes its
// requests: the end is the end of the whole group.
void Replica::on_end(const ProcessEnd& end) {
  if (life_.is_terminating() && watch_ != nullptr && is_group_alive(watch_->process().pid)) {
    linger_.expires_after(kLingerCheck);
    linger_.async_wait([weak = weak_from_this(), end](const boost::system::error_code& error) {
      const std::shared_ptr<Replica> self = weak.lock();
      if (!error && self != nullptr) self->on_end(end);
    });
    return;
  }
  kill_leftovers();
  for (const std::shared_ptr<LogPipe>& pipe : {output_, errors_}) {
    if (pipe != nullptr) pipe->drain();
  }
  if (probe_ != nullptr) probe_->abandon();
  const Error error = explain_end(end);
  say("The app " + describe(end) + ".");
  watch_.reset();
  cpu_percent_ = 0;
  memory_bytes_ = 0;
  connections_ = 0;
  life_.on_end(error, steady_now());
  context_->changed(wanted_.id);
  pump();
}

void Replica::kill_leftovers() const {
  if (context_->groups.kind() != LimitKind::kRlimit) {
    context_->groups.kill(wanted_.id.value);
    return;
  }
  for (const OwnedProcess& process : processes_of_node(context_->node_id)) {
    if (process.replica == wanted_.id.value) ::kill(process.pid, SIGKILL);
  }
}

Error Replica::memory_error() const {
  return {.code = ErrorCode::kNoMemory,
          .message = "The app used more than its memory limit of " +
                     std::to_string(wanted_.spec.memory_mb) + " MB and was ended.",
          .hint = "Raise its memory limit, or let it use less.",
          .lines = log_.tail_of_app(kReasonLines)};
}

Error Replica::explain_end(const ProcessEnd& end) const {
  if (context_->groups.memory_kills(wanted_.id.value) > memory_kills_) return memory_error();
  std::vector<std::string> lines = log_.tail_of_app(kReasonLines);
  return {.code = ErrorCode::kCrashed,
          .message = "The app " + describe(end) + ".",
          .hint = crash_hint(end, lines),
          .lines = std::move(lines)};
}

}  // namespace a67
