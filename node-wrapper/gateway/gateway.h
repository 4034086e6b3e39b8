// Gateway: takes public HTTP/1.1 requests for apps and forwards each to one of the app's replicas,
// here or on another node (docs/node-protocol.md, section Gateway; docs/gateway.md).
//
// It picks with a67::balance, retries elsewhere what may be repeated, and stops sending to replicas
// that fail. It never starts a replica, and never decides which exist: set_routes() says so, as a
// whole, any time.
//
// Everything runs on the one thread that runs the io_context. REQUIRES: the io_context outlives the
// gateway, and only one thread runs it.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/time.h"

namespace a67::gateway {

// A running copy that may get requests. `local`: its app listens at host:port here; otherwise
// host:port is the gateway of `node`.
struct Replica {
  std::string id;
  std::string node;
  bool local = true;
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;

  bool operator==(const Replica&) const = default;
};

// `policy`: one of a67::balance::kPolicyNames; an unknown one counts as `weighted`.
struct App {
  std::string name;
  std::vector<std::string> hosts = {};
  std::string policy = "weighted";
  std::vector<Replica> replicas = {};
};

// `mesh_key` is the secret all nodes of one controller share; without it there is no forwarding
// between nodes.
struct RouteTable {
  std::vector<App> apps;
  std::optional<std::array<std::uint8_t, 32>> mesh_key;
  std::string self_node;
};

struct Options {
  std::size_t connections_max = 4096;       // clients; further ones get 503
  std::size_t idle_per_upstream_max = 128;  // kept open for the next request
  std::size_t held_response_bytes_max =
      std::size_t{64} * 1024;  // read whole before its head is sent on
  std::uint64_t request_body_bytes_max = std::uint64_t{1} << 30U;
  Duration connect_timeout{2'000};
  Duration response_head_timeout{60'000};
  Duration request_head_timeout{10'000};  // from its first byte to its last
  Duration keep_alive_timeout{75'000};    // a client between two requests
  Duration body_idle_timeout{60'000};     // no byte of a body either way
  Duration tunnel_idle_timeout{600'000};  // an upgraded connection without a byte
  // Kept connections to an app: below the 5 s after which Node.js and uvicorn close theirs.
  Duration upstream_idle{4'000};
  // A request that may not be repeated takes only a connection used this recently.
  Duration upstream_idle_unsafe{1'000};
  Duration ejection_base{5'000};  // doubles with each further ejection ...
  Duration ejection_max{60'000};  // ... up to this
  Duration tick{100};             // how exactly all of these are kept
};

struct ReplicaStats {
  std::string id;
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;    // answers of 500 and above
  std::uint64_t failures = 0;  // no usable answer
  std::uint32_t connections = 0;
  double requests_per_second = 0;
  double latency_ms = 0;  // smoothed, to the first byte of the answer
  double p50_ms = 0;
  double p95_ms = 0;
  double success_rate = 1;
  bool ejected = false;
};

struct AppStats {
  std::string name;
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;  // what clients saw: answers of 500 and above, ours included
  double requests_per_second = 0;
  double p50_ms = 0;
  double p95_ms = 0;
  std::vector<ReplicaStats> replicas;
};

// `requests` and `errors` count since the start. The percentiles look at the last minute or so.
struct GatewayStats {
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;
  std::uint32_t connections = 0;
  double requests_per_second = 0;
  double latency_ms = 0;
  double success_rate = 1;  // of the last minute or so
  std::vector<AppStats> apps;
};

class Gateway {
 public:
  explicit Gateway(boost::asio::io_context& context, Options options = {});
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;
  ~Gateway();

  // Starts taking connections; port 0 lets the system choose. The port taken, or kConflict (in
  // use), kForbidden, kInvalidInput (not an address). `host` is an IP address. REQUIRES: called on
  // the io_context's thread, or before it runs.
  Result<std::uint16_t> listen(const std::string& host, std::uint16_t port);

  // Any thread. Replaces all routes at once; requests under way finish where they are.
  void set_routes(RouteTable routes);
  // What is asked for at or below `prefix` ("/.well-known/x"), on any host, goes to this server on
  // this machine as what follows the prefix, before any app. Any thread.
  void set_control(std::string prefix, std::uint16_t port);
  // Any thread. This node's load, told to peers and used to score local replicas.
  void set_own_load(double cpu_percent, double memory_percent);
  // Any thread.
  [[nodiscard]] GatewayStats stats() const;
  // Any thread. Takes no more connections, lets running requests finish for `drain`, then ends
  // them.
  void stop(Duration drain);

 private:
  std::shared_ptr<class Core> core_;
};

}  // namespace a67::gateway
