#include "engine/api/commands.h"

#include <utility>

#include "engine/api/contract.h"

namespace a67 {
namespace {

bool is_recorded(const std::string& name) {
  const Json& commands = contract()["commands"];
  const auto found = commands.find(name);
  return found != commands.end() && string_or(*found, "kind") == "command";
}

// What a command is about, for the audit log: names only.
std::string target_of(std::string_view command, const Json& body) {
  for (const char* kind : {"app", "node", "secret", "method", "made", "account", "provider"}) {
    std::string name = string_or(body, kind);
    if (name.empty()) name = string_or(object_at(body, kind), "name");
    if (!name.empty()) return std::string(kind) + "/" + name;
  }
  // `secret.set` and the like say only `name`; a claim that failed, where it looked.
  const std::string kind(command.substr(0, command.find('.')));
  for (const char* field : {"name", "url"}) {
    if (kind != "vault" && body.contains(field)) return kind + "/" + string_or(body, field);
  }
  return string_or(body, "entity");
}

}  // namespace

Commands::Commands(Executor& executor, Emit emit)
    : executor_(executor), emit_(std::move(emit)), tasks_(executor) {}

void Commands::add(std::string name, Handler handler, Cancel cancel) {
  const bool recorded = is_recorded(name);
  handlers_.emplace(std::move(name),
                    Entry{.handler = std::move(handler), .cancel = cancel, .recorded = recorded});
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
  std::string target = target_of(command.name, command.body);
  const auto key = tasks_.spawn(run(id, command.name, context, std::move(command.body)));
  running_.emplace(id, Running{.context = std::move(context),
                               .cancel = entry->second.cancel,
                               .key = key,
                               .name = std::move(command.name),
                               .target = std::move(target)});
}

Task<void> Commands::run(std::int64_t id, std::string name, Context context, Json body) {
  Task<Result<Json>> task =
      handlers_.find(name)->second.handler(std::move(context), std::move(body));
  Result<Json> result = co_await std::move(task);
  // From here on it cannot be cancelled: it has happened.
  std::string target = std::move(running_.find(id)->second.target);
  running_.erase(id);
  if (target.empty() && result) target = target_of(name, *result);
  co_await record(std::move(name), std::move(target),
                  result ? std::nullopt : std::optional(result.error()));
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
  const Error cancelled{.code = ErrorCode::kCancelled, .message = "Cancelled."};
  tasks_.spawn(record(std::move(running.name), std::move(running.target), cancelled));
  running_.erase(found);
  refuse(id, cancelled);
}

Task<void> Commands::record(std::string name, std::string target, std::optional<Error> error) {
  if (!recorder_ || !handlers_.find(name)->second.recorded) co_return;
  co_await recorder_(std::move(name), std::move(target), error ? &*error : nullptr);
}

Task<Result<Json>> Commands::call(std::string name, Context context, Json body) {
  const auto entry = handlers_.find(name);
  if (entry == handlers_.end()) {
    co_return fail(ErrorCode::kNotFound, "There is no command `" + name + "`.");
  }
  Task<Result<Json>> task = entry->second.handler(std::move(context), std::move(body));
  co_return co_await std::move(task);
}

void Commands::reply(std::int64_t id, Json body) {
  emit_({{"kind", "reply"}, {"id", id}, {"body", std::move(body)}});
}

void Commands::refuse(std::int64_t id, const Error& error) {
  emit_({{"kind", "failed"}, {"id", id}, {"error", to_json_error(error)}});
}

}  // namespace a67
