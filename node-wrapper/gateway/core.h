// Core: what all parts of one gateway share, on its one thread: the loop, the routes, the buffers,
// the clients.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "node-wrapper/gateway/block.h"
#include "node-wrapper/gateway/event_loop.h"
#include "node-wrapper/gateway/gateway.h"
#include "node-wrapper/gateway/routing.h"

namespace a67::gateway {

class Exchange;
class Listener;
class Session;

class Core : public std::enable_shared_from_this<Core> {
 public:
  Core(boost::asio::io_context& io_context, const Options& wanted);
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  ~Core();

  Result<std::uint16_t> listen(const std::string& host, std::uint16_t port);
  void set_own_load(NodeLoad load);
  void stop(Duration drain);
  [[nodiscard]] GatewayStats stats() const;

  // A new client; takes the socket.
  void accept(int descriptor, const std::string& client_address);
  // The session's work is done; it is destroyed once nothing of it runs.
  void retire(Session& session);

  std::unique_ptr<Exchange> take_exchange(Session& session);
  void give_exchange(std::unique_ptr<Exchange> exchange);

  // Unique: random for this gateway, then counted. It is a name, not a secret.
  std::string make_request_id();
  // A67-Load of this node; empty while unknown.
  [[nodiscard]] const std::string& own_load_text() const { return own_load_text_; }
  [[nodiscard]] bool is_draining() const { return draining_; }

  boost::asio::io_context& context;
  const Options options;
  EventLoop loop;
  BlockPool blocks;
  Routing routing;

  Gauge<std::uint64_t> requests;
  Gauge<std::uint64_t> errors;
  Gauge<double> latency_ms;
  Gauge<double> error_rate;
  RateMeter rate;

 private:
  void on_tick();
  void end_if_drained();

  std::string request_id_prefix_;
  std::uint64_t request_ids_ = 0;
  std::string own_load_text_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::list<std::shared_ptr<Session>> sessions_;
  std::vector<std::unique_ptr<Exchange>> spare_exchanges_;
  Gauge<std::uint32_t> connections_;
  bool draining_ = false;
  Instant drain_deadline_ = Instant::max();
  std::int64_t last_second_us_ = 0;
  std::int64_t last_rotation_us_ = 0;
};

}  // namespace a67::gateway
