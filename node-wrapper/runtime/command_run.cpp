#include "node-wrapper/runtime/command_run.h"

#include <boost/asio/post.hpp>
#include <csignal>

namespace a67 {

std::shared_ptr<CommandRun> CommandRun::start(boost::asio::io_context& io, const CommandPlan& plan,
                                              OnLines on_lines, OnEnd on_end) {
  auto run = std::make_shared<CommandRun>(io);
  run->on_lines_ = std::move(on_lines);
  run->on_end_ = std::move(on_end);
  run->begin(plan);
  return run;
}

CommandRun::CommandRun(boost::asio::io_context& io) : io_(io), limit_(io) {}

void CommandRun::begin(const CommandPlan& plan) {
  const auto fail_later = [this](Error error) {
    boost::asio::post(io_, [self = shared_from_this(), error = std::move(error)] {
      self->finish(std::unexpected(error));
    });
  };
  Result<PipeEnds> pipe = make_pipe();
  if (!pipe) return fail_later(pipe.error());
  const Result<ProcessIdentity> process = launch({.arguments = plan.arguments,
                                                  .environment = plan.environment,
                                                  .folder = plan.folder,
                                                  .output = pipe->writer.get(),
                                                  .errors = pipe->writer.get(),
                                                  .control_groups = {},
                                                  .file_bytes_max = plan.file_bytes_max,
                                                  .user = {}});
  if (!process) return fail_later(process.error());
  pipe->writer.reset();
  output_ = LogPipe::start(io_, std::move(pipe->reader),
                           [weak = weak_from_this()](std::vector<std::string> lines) {
                             if (const auto self = weak.lock()) self->take(std::move(lines));
                           });
  watch_ = ProcessWatch::start(io_, *process, [self = shared_from_this()](ProcessEnd end) {
    self->output_->drain();
    self->finish(CommandEnd{.end = end,
                            .timed_out = self->timed_out_,
                            .last_lines = {self->last_lines_.begin(), self->last_lines_.end()}});
  });
  if (watch_.expired()) {
    return fail_later({.code = ErrorCode::kCrashed, .message = "The program was gone at once."});
  }
  limit_.expires_after(plan.time_max);
  limit_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const std::shared_ptr<CommandRun> self = weak.lock();
    const auto watch = self == nullptr ? nullptr : self->watch_.lock();
    if (error || watch == nullptr) return;
    self->timed_out_ = true;
    watch->signal_group(SIGKILL);
  });
}

void CommandRun::take(std::vector<std::string> lines) {
  if (on_lines_) on_lines_(lines);
  for (std::string& line : lines) last_lines_.push_back(std::move(line));
  while (last_lines_.size() > kCommandLinesKept) last_lines_.pop_front();
}

void CommandRun::finish(Result<CommandEnd> end) {
  limit_.cancel();
  if (output_ != nullptr) output_->stop();
  watch_.reset();
  on_lines_ = nullptr;
  if (const OnEnd on_end = std::exchange(on_end_, nullptr)) on_end(std::move(end));
}

void CommandRun::abandon() {
  on_lines_ = nullptr;
  on_end_ = nullptr;
  // The watch stays until the process is gone, so that nothing is left unreaped.
  if (const auto watch = watch_.lock()) watch->signal_group(SIGKILL);
}

}  // namespace a67
