// Commands takes the contract's commands from a host and answers each exactly once.
//
// It checks a request against the contract before its handler sees it, runs handlers as tasks, and
// keeps commands that come before the engine is ready. A cancelled command is answered with
// `cancelled`.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/executor.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

namespace a67 {

// What a handler knows of its command besides the request.
struct CommandContext {
  CommandContext(Executor& executor, std::function<void(Json)> progress)
      : changed(executor), send_progress(std::move(progress)) {}

  bool cancelled = false;  // a person pressed cancel: end soon, with the truth
  Notify changed;          // notified when `cancelled` becomes true
  std::function<void(Json)> send_progress;
};

class Commands {
 public:
  using Context = std::shared_ptr<CommandContext>;
  using Handler = std::function<Task<Result<Json>>(Context, Json)>;
  using Emit = std::function<void(Json)>;
  // Told of every command (not of queries) once it has ended, before it is answered; `error` is
  // null when it was carried out.
  using Recorder =
      std::function<Task<void>(std::string name, std::string target, const Error* error)>;

  // Whether a cancelled command's task is simply destroyed, or told and left to end by itself.
  enum class Cancel : bool { kDestroy, kAsk };

  static constexpr std::size_t kRunningMax = 256;
  static constexpr std::size_t kWaitingMax = 256;

  Commands(Executor& executor, Emit emit);

  void add(std::string name, Handler handler, Cancel cancel = Cancel::kDestroy);
  // A method of `owner` is the handler. REQUIRES: it outlives the commands.
  template <typename Owner>
  void add(std::string name, Owner* owner, Task<Result<Json>> (Owner::*method)(Context, Json),
           Cancel cancel = Cancel::kDestroy) {
    const auto call = [owner, method](Context context, Json body) {
      return (owner->*method)(std::move(context), std::move(body));
    };
    add(std::move(name), call, cancel);
  }
  // REQUIRES: called before the first command comes.
  void record_with(Recorder recorder) { recorder_ = std::move(recorder); }
  // Carries one command out for another, which has checked it: nothing is recorded or answered.
  Task<Result<Json>> call(std::string name, Context context, Json body);
  [[nodiscard]] bool has(const std::string& name) const { return handlers_.contains(name); }

  void accept(std::int64_t id, std::string name, Json body);
  void cancel(std::int64_t id);
  // From now on commands run; those that waited start in their order.
  void open();
  // Only those whose name begins with `prefix` run, until open(); the others fail with `reason`.
  void open_only(std::string prefix, Error reason);
  // From now on every command fails with this.
  void close(Error reason);
  // Ends every running command without an answer: the engine goes away.
  void cancel_all() { tasks_.cancel_all(); }

 private:
  struct Entry {
    Handler handler;
    Cancel cancel;
    bool recorded;
  };
  struct Running {
    Context context;
    Cancel cancel;
    TaskScope::Key key;
    std::string name;
    std::string target;
  };
  struct Waiting {
    std::int64_t id;
    std::string name;
    Json body;
  };

  void start(Waiting command);
  Task<void> run(std::int64_t id, std::string name, Context context, Json body);
  Task<void> record(std::string name, std::string target, std::optional<Error> error);
  void reply(std::int64_t id, Json body);
  void refuse(std::int64_t id, const Error& error);

  Executor& executor_;
  Emit emit_;
  Recorder recorder_;
  bool open_ = false;
  std::string open_prefix_;             // while only some are open ...
  std::optional<Error> others_closed_;  // ... why the others are not
  std::optional<Error> closed_;
  std::map<std::string, Entry, std::less<>> handlers_;
  std::deque<Waiting> waiting_;
  std::map<std::int64_t, Running> running_;
  TaskScope tasks_;  // last: its tasks use everything above
};

}  // namespace a67
