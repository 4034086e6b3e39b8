#include "node-wrapper/control/socket_feeds.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <string>
#include <utility>

namespace a67 {
namespace {

namespace net = boost::asio;

constexpr auto kTuple = net::as_tuple(net::use_awaitable);
constexpr std::uint16_t kClosePolicy = 1008;
constexpr std::uint16_t kCloseNormal = 1000;
constexpr std::size_t kLinesPerMessage = 200;
constexpr std::chrono::seconds kLogWait{30};

struct Connection {
  std::shared_ptr<LiveSocket> socket;
  std::shared_ptr<ServerState> state;
  ControlHead head;
  std::uint64_t id = 0;
};
using ConnectionPtr = std::shared_ptr<Connection>;

NodeRefusal plain_refusal(Error error) {
  return {.error = std::move(error), .now = {}, .epoch = {}};
}

net::awaitable<void> refuse(ConnectionPtr connection, NodeRefusal refusal) {
  if (co_await connection->socket->write(dump_json(to_json(refusal)))) {
    co_await connection->socket->close(kClosePolicy, std::string(to_string(refusal.error.code)));
  }
}

// The first message, or nothing when it did not come in time.
net::awaitable<std::optional<std::string>> read_first(ConnectionPtr connection) {
  net::steady_timer watchdog(connection->socket->executor(),
                             connection->state->options.token_timeout);
  const std::weak_ptr<Connection> weak = connection;
  watchdog.async_wait([weak](const boost::system::error_code& error) {
    const auto slow = weak.lock();
    if (error || !slow) return;
    slow->state->api.log_refusal(
        slow->head, {.code = ErrorCode::kUnauthorized, .message = "No token came in time."});
    slow->socket->cut();
  });
  co_return co_await connection->socket->read();
}

// Reads until the client is gone: without a pending read neither its close nor its pings are seen.
net::awaitable<void> watch(ConnectionPtr connection, std::shared_ptr<Feed> feed) {
  while (co_await connection->socket->read()) {
  }
  feed->end();
}

net::awaitable<void> send_events(ConnectionPtr connection, std::shared_ptr<Feed> feed) {
  const ControlServerOptions& options = connection->state->options;
  while (!feed->ended()) {
    static_cast<void>(feed->take_changed());
    const Json message = {{"type", "status"}, {"status", to_json(connection->state->api.status())}};
    if (!co_await connection->socket->write(dump_json(message))) co_return;
    const auto sent_at = std::chrono::steady_clock::now();
    auto& gap = feed->timer(false);
    gap.expires_at(sent_at + options.status_gap);
    co_await gap.async_wait(kTuple);
    if (feed->ended() || feed->changed()) continue;
    auto& pause = feed->timer(true);
    pause.expires_at(sent_at + options.status_interval);
    co_await pause.async_wait(kTuple);
  }
}

net::awaitable<void> send_logs(ConnectionPtr connection, std::shared_ptr<Feed> feed,
                               LogsRequest request) {
  const std::weak_ptr<Feed> weak = feed;
  auto tap = connection->state->api.workload().open_logs(request, [weak] {
    if (const auto live = weak.lock()) live->wake();
  });
  if (!tap) {
    co_await refuse(connection, plain_refusal(tap.error()));
    co_return;
  }
  while (!feed->ended()) {
    static_cast<void>(feed->take_changed());
    LogsMessage message{.end = false, .lines = (*tap)->take(kLinesPerMessage)};
    if (!message.lines.empty()) {
      if (!co_await connection->socket->write(dump_json(to_json(message)))) co_return;
      continue;
    }
    if (!request.follow) {
      message.end = true;
      if (co_await connection->socket->write(dump_json(to_json(message)))) {
        co_await connection->socket->close(kCloseNormal, "end");
      }
      co_return;
    }
    if (feed->changed()) continue;
    auto& pause = feed->timer(true);
    pause.expires_after(kLogWait);
    co_await pause.async_wait(kTuple);
  }
}

net::awaitable<void> serve(ConnectionPtr connection, Endpoint endpoint) {
  const auto first = co_await read_first(connection);
  if (!first) co_return;
  ControlApi& api = connection->state->api;
  const auto value =
      parse_json(*first, {.bytes_max = LiveSocket::kMessageBytesMax, .depth_max = 4});
  const auto claims =
      api.admit_socket(connection->head, value ? string_or(*value, "token") : std::string{});
  if (!claims) {
    co_await refuse(connection, claims.error());
    co_return;
  }
  LogsRequest request;
  if (endpoint == Endpoint::kLogs) {
    auto parsed = logs_request_from_json(*value);
    if (!parsed) {
      co_await refuse(connection, plain_refusal(parsed.error()));
      co_return;
    }
    request = std::move(*parsed);
  }
  const auto feed = std::make_shared<Feed>(connection->socket->executor(), claims->epoch);
  connection->state->add_feed(feed);
  net::co_spawn(connection->socket->executor(), watch(connection, feed), net::detached);
  if (endpoint == Endpoint::kEvents) {
    co_await send_events(connection, feed);
  } else {
    co_await send_logs(connection, feed, std::move(request));
  }
  if (feed->superseded()) {
    co_await refuse(connection, api.why_superseded());
  }
}

net::awaitable<void> run(ConnectionPtr connection, LiveSocket::Request request, Endpoint endpoint) {
  if (co_await connection->socket->accept(std::move(request))) {
    co_await serve(connection, endpoint);
  }
  connection->socket->cut();
  connection->state->remove_connection(connection->id);
}

}  // namespace

void start_socket(net::ip::tcp::socket socket, LiveSocket::Request request, ControlHead head,
                  Endpoint endpoint, std::shared_ptr<ServerState> state) {
  const auto connection = std::make_shared<Connection>();
  connection->socket = std::make_shared<LiveSocket>(std::move(socket));
  connection->state = std::move(state);
  connection->head = std::move(head);
  const std::weak_ptr<LiveSocket> weak = connection->socket;
  connection->id = connection->state->add_connection([weak] {
    if (const auto live = weak.lock()) live->cut();
  });
  net::co_spawn(connection->socket->executor(), run(connection, std::move(request), endpoint),
                net::detached);
}

}  // namespace a67
