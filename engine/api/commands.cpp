#include "engine/api/commands.h"

#include <utility>

#include "engine/api/contract.h"

namespace a67 {

Commands::Commands(Executor& executor, Emit emit)
    : executor_(executor), emit_(std::move(emit)), tasks_(executor) {}

void Commands::add(std::string name, Handler handler, Cancel cancel) {
  handlers_.emplace(std::move(name), Entry{.handler = std::move(handler), .cancel = cancel});
}

void Commands::accept(std::int64_t id, std::string name, Json body) {
  if (closed_) return refuse(id, *closed_);
  if (auto valid = check_request(name, body); !valid) return refuse(id, valid.error());
  if (running_.contains(id)) {
    return refuse(id,
                  {.code = ErrorCode::kInvalidInput,
                   .message = "A command with the number " + std::to_string(id) + " is running."});
  }
  if (others_closed_ && !name.starts_with(open_prefix_)) return refuse(id, *others_closed_);
  if (open_ || others_closed_) {
    return start({.id = id, .name = std::move(name), .body = std::move(body)});
  }
  if (waiting_.size() >= kWaitingMax) {
    return refuse(id, {.code = ErrorCode::kRateLimited,
                       .message = "The engine is still starting and too many commands wait for it.",
                       .hint = "Try again in a moment."});
  }
  waiting_.push_back({.id = id, .name = std::move(name), .body = std::move(body)});
}

void Commands::open_only(std::string prefix, Error reason) {
  open_prefix_ = std::move(prefix);
  others_closed_ = std::move(reason);
  for (; !waiting_.empty(); waiting_.pop_front()) {
    Waiting& command = waiting_.front();
    if (command.name.starts_with(open_prefix_)) {
      start(std::move(command));
    } else {
      refuse(command.id, *others_closed_);
    }
  }
}

void Commands::open() {
  open_ = true;
  others_closed_.reset();
  for (; !waiting_.empty(); waiting_.pop_front()) start(std::move(waiting_.front()));
}

void Commands::close(Error reason) {
  closed_ = std::move(reason);
  for (; !waiting_.empty(); waiting_.pop_front()) refuse(waiting_.front().id, *closed_);
}

void Commands::start(Waiting command) {
  const auto entry = handlers_.find(command.name);
  if (entry == handlers_.end()) {
    return refuse(command.id, {.code = ErrorCode::kNotFound,
                               .message = "There is no command `" + command.name + "`."});
  }
  if (running_.size() >= kRunningMax) {
    return refuse(command.id, {.code = ErrorCode::kRateLimited,
                               .message = "Too many commands are running (" +
                                          std::to_string(kRunningMax) + ").",
                               .hint = "Wait for some of them to end."});
  }
  const std::int64_t id = command.id;
  auto context = std::make_shared<CommandContext>(executor_, [this, id](Json body) {
    emit_({{"kind", "progress"}, {"id", id}, {"body", std::move(body)}});
  });
  const auto key = tasks_.spawn(run(id, std::move(command.name), context, std::move(command.body)));
  running_.emplace(
      id, Running{.context = std::move(context), .cancel = entry->second.cancel, .key = key});
}

Task<void> Commands::run(std::int64_t id, std::string name, Context context, Json body) {
  Task<Result<Json>> task =
      handlers_.find(name)->second.handler(std::move(context), std::move(body));
  Result<Json> result = co_await std::move(task);
  running_.erase(id);
  if (result) {
    reply(id, std::move(*result));
  } else {
    refuse(id, result.error());
  }
}

void Commands::cancel(std::int64_t id) {
  const auto found = running_.find(id);
  if (found == running_.end()) {
    if (std::erase_if(waiting_, [id](const Waiting& waiting) { return waiting.id == id; }) > 0) {
      refuse(id, {.code = ErrorCode::kCancelled, .message = "Cancelled before it began."});
    }
    return;
  }
  Running& running = found->second;
  if (running.cancel == Cancel::kAsk) {
    running.context->cancelled = true;
    running.context->changed.notify_all();
    return;
  }
  tasks_.cancel(running.key);
  running_.erase(found);
  refuse(id, {.code = ErrorCode::kCancelled, .message = "Cancelled."});
}

void Commands::reply(std::int64_t id, Json body) {
  emit_({{"kind", "reply"}, {"id", id}, {"body", std::move(body)}});
}

void Commands::refuse(std::int64_t id, const Error& error) {
  emit_({{"kind", "failed"}, {"id", id}, {"error", to_json_error(error)}});
}

}  // namespace a67
