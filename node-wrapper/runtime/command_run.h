// CommandRun runs one command to its end: a build, git, `node --version`. Its output comes as
// lines; it is killed, with everything it started, when its time is over.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/time.h"
#include "node-wrapper/runtime/log_pipe.h"
#include "node-wrapper/runtime/process.h"

namespace a67 {

struct CommandPlan {
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::string folder;
  Duration time_max{600'000};
  std::uint64_t file_bytes_max = 0;
};

struct CommandEnd {
  ProcessEnd end;
  bool timed_out = false;
  std::vector<std::string> last_lines;  // the newest kCommandLinesKept
  [[nodiscard]] bool ok() const { return end.known && end.signal == 0 && end.exit_code == 0; }
};
inline constexpr std::size_t kCommandLinesKept = 30;

class CommandRun : public std::enable_shared_from_this<CommandRun> {
 public:
  using OnLines = std::function<void(const std::vector<std::string>&)>;
  using OnEnd = std::function<void(Result<CommandEnd>)>;
  // `on_end` is called once, later, never from within start(). `on_lines` may be empty.
  static std::shared_ptr<CommandRun> start(boost::asio::io_context& io, const CommandPlan& plan,
                                           OnLines on_lines, OnEnd on_end);
  explicit CommandRun(boost::asio::io_context& io);

  // Kills it and calls nobody back.
  void abandon();

 private:
  void begin(const CommandPlan& plan);
  void take(std::vector<std::string> lines);
  void finish(Result<CommandEnd> end);

  boost::asio::io_context& io_;
  boost::asio::steady_timer limit_;
  OnLines on_lines_;
  OnEnd on_end_;
  std::shared_ptr<LogPipe> output_;
  // Weak: the watch holds us until the process is gone; two owners of each other would never go.
  std::weak_ptr<ProcessWatch> watch_;
  std::deque<std::string> last_lines_;
  bool timed_out_ = false;
};

}  // namespace a67
