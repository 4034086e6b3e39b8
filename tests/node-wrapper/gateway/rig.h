// Rig for tests over real sockets: a gateway on its own thread, clients and scripted replicas that
// block.
//
// Every blocking call gives up after ten seconds, so that a hanging gateway fails a test instead of
// stopping it.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "node-wrapper/gateway/gateway.h"

namespace a67::gateway::testing {

// One end of a TCP connection, blocking.
class Peer {
 public:
  explicit Peer(int descriptor) : descriptor_(descriptor) {}
  Peer(Peer&& other) noexcept;
  Peer& operator=(Peer&&) = delete;
  ~Peer() { close(); }
  static Peer connect(std::uint16_t port);

  void send(std::string_view text) const;
  // Up to and with `mark`; what came before the end if it never comes.
  std::string read_until(std::string_view mark);
  std::string read_head() { return read_until("\r\n\r\n"); }
  std::string read_exactly(std::size_t bytes);
  std::string read_to_end();
  // True when the other side has ended the connection, or does within ten seconds, without sending
  // more.
  bool at_end() { return read_to_end().empty(); }
  void finish_sending() const;
  void close();
  // Ends the connection with a reset.
  void reset();

 private:
  bool fill();  // false at the end

  int descriptor_;
  std::string buffer_;
};

struct Response {
  int status = 0;
  std::string head;
  std::string body;
  // The value of a header, or "" without it.
  [[nodiscard]] std::string header(std::string_view name) const;
};

// Reads one answer; `method` because HEAD has no body.
Response read_response(Peer& peer, std::string_view method = "GET");
// Reads the body that belongs to a head already read, a request's as well.
Response read_body_of(Peer& peer, std::string head);
// One request on a connection of its own.
Response fetch(std::uint16_t port, std::string_view request);
// GET with Host.
std::string get(std::string_view target, std::string_view headers = {},
                std::string_view host = "app");

// A replica whose connections all follow one script, each on its own thread.
class Upstream {
 public:
  using Script = std::function<void(Peer&)>;
  explicit Upstream(Script script);
  Upstream(const Upstream&) = delete;
  Upstream& operator=(const Upstream&) = delete;
  ~Upstream();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void accept_all();

  Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

// Answers every request on a connection with that text.
Upstream::Script always(std::string response);
// `HTTP/1.1 200 OK` with that body.
std::string ok(std::string_view body, std::string_view headers = {});
// A port where nobody listens.
std::uint16_t closed_port();

// True as soon as `condition` is; false when it is not within ten seconds.
bool eventually(const std::function<bool()>& condition);

// Short timeouts, so that a test of one takes no time.
Options quick();

class Rig {
 public:
  explicit Rig(Options options = quick());
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;
  ~Rig();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  Gateway& gateway() { return *gateway_; }
  // One app named `app`, with the host `app`; replicas r1, r2, ... on nodes n1, n2, ... at these
  // ports.
  void route(const std::vector<std::uint16_t>& ports, std::string policy = "round-robin");
  // Returns once the routes are in force.
  void route(RouteTable table);
  // Waits until the gateway's thread has done everything asked of it before.
  void settle();
  [[nodiscard]] ReplicaStats replica(std::string_view id) const;
  // Returns once the loop has ended by itself, or after ten seconds; true when it has.
  bool wait_for_end();

 private:
  boost::asio::io_context context_{1};
  std::unique_ptr<Gateway> gateway_;
  std::uint16_t port_ = 0;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

}  // namespace a67::gateway::testing
