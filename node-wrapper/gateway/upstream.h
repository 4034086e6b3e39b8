// Upstream: one address that requests are forwarded to, and its open connections that wait for the
// next request.
//
// It decides which kept connection is safe to use again. It knows nothing of HTTP but what
// keep-alive needs.
#pragma once

#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/task.h"
#include "engine/base/time.h"
#include "node-wrapper/gateway/event_loop.h"
#include "node-wrapper/gateway/stream.h"

namespace a67::gateway {

class Upstream : public std::enable_shared_from_this<Upstream> {
 public:
  struct Limits {
    std::size_t idle_max = 128;
    Duration idle{4'000};
  };

  Upstream(boost::asio::io_context& context, EventLoop& loop, std::string host, std::uint16_t port,
           Limits limits);
  Upstream(const Upstream&) = delete;
  Upstream& operator=(const Upstream&) = delete;
  ~Upstream();

  // The connection used last, if it was used within `idle_max` and nothing happened on it since.
  std::unique_ptr<Stream> take_idle(Duration idle_max);
  // Keeps a connection whose last answer is complete. `keep` is what the other side promised
  // (Keep-Alive: timeout).
  void give_back(std::unique_ptr<Stream> stream, std::optional<Duration> keep);

  struct Connected {
    std::unique_ptr<Stream> stream;  // null on failure
    IoError error = IoError::kNone;
  };
  Task<Connected> connect(Duration timeout);

  // Closes what is too old or was closed by the other side. Call it about once a second.
  void sweep();
  void close_idle() { idle_.clear(); }
  [[nodiscard]] std::size_t idle_count() const { return idle_.size(); }

 private:
  using Resolver =
      boost::asio::ip::basic_resolver<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
  struct Idle {
    std::unique_ptr<Stream> stream;
    Instant since;
    Instant until;
  };
  struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
  };
  class ResolveOp;

  void parse_literal();
  void start_resolving();
  void finish_resolving();

  boost::asio::io_context& context_;
  EventLoop& loop_;
  std::string host_;
  std::uint16_t port_;
  Limits limits_;
  std::vector<Idle> idle_;  // oldest first
  std::optional<Address> address_;
  bool literal_ = false;
  bool resolving_ = false;
  Instant resolved_at_ = Instant::min();
  std::vector<ResolveOp*> waiting_;
};

}  // namespace a67::gateway
