#include "node-wrapper/control/control_server.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

#include "node-wrapper/control/http_session.h"

namespace a67 {
namespace {

namespace net = boost::asio;
using net::ip::tcp;

constexpr std::chrono::milliseconds kPauseAfterError{100};

net::awaitable<void> accept_all(tcp::acceptor* acceptor, std::shared_ptr<ServerState> state) {
  const auto executor = co_await net::this_coro::executor;
  while (!state->stopping) {
    auto [error, socket] = co_await acceptor->async_accept(net::as_tuple(net::use_awaitable));
    if (state->stopping || error == net::error::operation_aborted) co_return;
    if (error) {
      // Out of file descriptors, most likely: others will end, so wait instead of spinning.
      net::steady_timer pause(executor, kPauseAfterError);
      co_await pause.async_wait(net::as_tuple(net::use_awaitable));
      continue;
    }
    if (state->connections() >= state->options.connections_max) continue;  // closes the socket
    start_http_session(std::move(socket), state);
  }
}

Error listen_error(const boost::system::error_code& error, const std::string& where) {
  if (error == net::error::address_in_use) {
    return {.code = ErrorCode::kConflict,
            .message = where + " is taken by another program.",
            .hint = "Give another port with --control, or 0 for any."};
  }
  if (error == net::error::access_denied) {
    return {.code = ErrorCode::kForbidden,
            .message = "This user may not listen on " + where + ".",
            .hint = "Give a port above 1023 with --control."};
  }
  return {.code = ErrorCode::kInvalidInput,
          .message = "Cannot listen on " + where + ": " + error.message() + "."};
}

}  // namespace

ControlServer::ControlServer(net::io_context& context, ControlApi& api,
                             ControlServerOptions options)
    : context_(context), acceptor_(context), state_(std::make_shared<ServerState>(api, options)) {
  const std::weak_ptr<ServerState> weak = state_;
  api.workload().on_change([weak] {
    if (const auto state = weak.lock()) state->each_feed([](Feed& feed) { feed.wake(); });
  });
  api.on_new_epoch([weak](std::int64_t epoch) {
    if (const auto state = weak.lock()) {
      state->each_feed([epoch](Feed& feed) { feed.supersede(epoch); });
    }
  });
}

Result<std::uint16_t> ControlServer::listen(const std::string& host, std::uint16_t port) {
  const std::string where = host + ":" + std::to_string(port);
  boost::system::error_code error;
  const auto address = net::ip::make_address(host, error);
  if (error) return std::unexpected(listen_error(error, where));
  const tcp::endpoint endpoint(address, port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(net::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(net::socket_base::max_listen_connections, error);
  if (error) return std::unexpected(listen_error(error, where));
  net::co_spawn(context_, accept_all(&acceptor_, state_), net::detached);
  return acceptor_.local_endpoint().port();
}

void ControlServer::stop() {
  state_->stopping = true;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  state_->each_feed([](Feed& feed) { feed.end(); });
  state_->cut_all();
}

}  // namespace a67
