#include "engine/api/log_commands.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace a67 {
namespace {

// Nodes answer at different speeds: lines wait this long for older ones from elsewhere.
constexpr Duration kMergeFor{150};
constexpr std::size_t kWaitingMax = 50'000;
constexpr Duration kReopenAfter{1'000};
// A connection that broke without a word never ends: who does not follow is answered without that
// node.
constexpr Duration kSilenceMax{10'000};

// Follows the logs of one app on every node that has, or gets, a replica of it.
class LogMerge {
 public:
  LogMerge(Controller& controller, LogsRequest request)
      : controller_(controller),
        request_(std::move(request)),
        arrived_(controller.ports().executor),
        tasks_(controller.ports().executor) {}

  // Starts reading from nodes that have a replica and are not read yet.
  void open_missing() {
    const AppRecord* app = controller_.state().find_app(request_.app);
    if (app == nullptr) return;
    for (const Assignment& assignment : app->assignments) {
      if (request_.replica && assignment.id != *request_.replica) continue;
      const auto link = controller_.links().find(assignment.node);
      if (link == controller_.links().end() || link->second->state() == NodeState::kDead) continue;
      if (!open_.insert(assignment.node).second) continue;
      tasks_.spawn(read(assignment.node));
    }
  }

  [[nodiscard]] bool all_ended() const { return open_.empty(); }
  [[nodiscard]] bool has_lines() const { return !lines_.empty(); }
  Notify& arrived() { return arrived_; }

  Json take_lines() {
    std::ranges::stable_sort(lines_, {}, [](const Json& line) { return int_or(line, "at"); });
    return Json(std::exchange(lines_, {}));
  }

 private:
  Task<void> read(NodeId node) {
    const NodeRecord* record = controller_.state().find_node(node);
    if (record == nullptr) co_return;
    const OrderContext order{.key = controller_.key(),
                             .random = controller_.ports().random,
                             .node = node,
                             .url = record->url,
                             .epoch = controller_.epoch(),
                             .now = controller_.ports().clock.unix_now()};
    const std::string name = record->name;
    LogsRequest request = request_;
    if (!first_.insert(node).second)
      request.tail = 0;  // these were sent before the connection broke
    auto stream = controller_.ports().streams.open(make_logs_stream(order, request));
    for (;;) {
      auto text = co_await stream->next();
      if (!text) break;
      auto message = read_logs_message(*text);
      if (!message) break;
      for (const LogLine& line : message->lines) add(line, name);
      arrived_.notify_all();
      if (message->end) break;
    }
    stream.reset();
    if (request_.follow) co_await controller_.ports().executor.sleep(kReopenAfter);
    open_.erase(node);
    arrived_.notify_all();
  }

  void add(const LogLine& line, const std::string& node) {
    if (lines_.size() >= kWaitingMax) return;
    lines_.push_back({{"replica", line.replica.value},
                      {"node", node},
                      {"seq", line.seq},
                      {"at", line.at},
                      {"stream", line.stream},
                      {"text", line.text}});
  }

  Controller& controller_;
  LogsRequest request_;
  std::set<NodeId> open_;
  std::set<NodeId> first_;
  std::vector<Json> lines_;
  Notify arrived_;
  TaskScope tasks_;  // last: its tasks use everything above
};

}  // namespace

void LogCommands::add_to(Commands& commands) { commands.add("app.logs", this, &LogCommands::logs); }

Task<Result<Json>> LogCommands::logs(Commands::Context context, Json body) {
  const std::string name = string_or(body, "app");
  if (controller_.state().find_app(name) == nullptr) {
    co_return fail(ErrorCode::kNotFound, "There is no app `" + name + "`.", "`apps` lists them.",
                   "app");
  }
  LogsRequest request{
      .app = name, .tail = int_or(body, "tail", 100), .follow = bool_or(body, "follow")};
  if (body.contains("replica")) request.replica = ReplicaId(string_or(body, "replica"));
  const bool follow = request.follow;
  LogMerge merge(controller_, std::move(request));
  Executor& executor = controller_.ports().executor;
  std::int64_t sent = 0;
  Instant last_word = executor.now();
  merge.open_missing();
  for (;;) {
    if (follow) merge.open_missing();
    if (!merge.has_lines() && !merge.all_ended()) {
      // Also looks for replicas on other nodes now and then.
      co_await merge.arrived().wait_until(executor.now() + kReopenAfter);
    }
    if (merge.has_lines()) {
      co_await executor.sleep(kMergeFor);
      Json lines = merge.take_lines();
      sent += static_cast<std::int64_t>(lines.size());
      last_word = executor.now();
      context->send_progress({{"lines", std::move(lines)}});
    } else if (merge.all_ended()) {
      if (!follow) co_return Json{{"lines", sent}};
      co_await executor.sleep(kReopenAfter);
    } else if (!follow && executor.now() - last_word >= kSilenceMax) {
      co_return Json{{"lines", sent}};
    }
    if (controller_.state().find_app(name) == nullptr) co_return Json{{"lines", sent}};
  }
}

}  // namespace a67
