// A real control server on a free port with a small workload behind it, a controller that makes
// orders, and plain clients. The server runs on its own thread; what the workload saw is asked for
// on that thread.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/encoding.h"
#include "engine/fleet/order_token.h"
#include "node-wrapper/control/control_server.h"
#include "node-wrapper/control/json_log.h"
#include "node-wrapper/control/relay.h"
#include "node-wrapper/releases/release_store.h"
#include "tests/node-wrapper/control/temp_folder.h"

namespace a67::test {

class SettableClock final : public WallClock {
 public:
  [[nodiscard]] UnixMs unix_now() const override { return now; }
  std::atomic<UnixMs> now = 1'700'000'000'000;
};

class CountedLogTap final : public LogTap {
 public:
  std::vector<LogLine> take(std::size_t count_max) override;
  std::vector<LogLine> waiting;
};

// Remembers what it was told; says what it is told to say.
class SmallWorkload final : public Workload {
 public:
  explicit SmallWorkload(const std::string& folder);
  void apply(const DesiredState& desired) override { applied.push_back(desired); }
  void observe(NodeStatus& status) override;
  void on_change(std::function<void()> changed) override { changed_ = std::move(changed); }
  Result<Upload> begin_upload(const std::string& sha256, ArchiveFormat format,
                              std::optional<std::uint64_t> announced_bytes) override;
  void finish_upload(Upload upload, std::function<void(Result<std::uint64_t>)> done) override;
  Result<std::unique_ptr<LogTap>> open_logs(const LogsRequest& request,
                                            std::function<void()> more) override;
  void change() { changed_(); }
  void add_log_line(const LogLine& line);

  std::vector<DesiredState> applied;
  std::vector<ReplicaStatus> replicas;
  std::vector<LogLine> old_lines;

 private:
  ReleaseStore store_;
  std::function<void()> changed_;
  std::function<void()> more_;
  CountedLogTap* tap_ = nullptr;
};

struct Answer {
  int status = 0;
  std::multimap<std::string, std::string> headers;  // names in lower case
  std::string body;
  [[nodiscard]] std::string header(const std::string& name) const;
  [[nodiscard]] Json json() const { return Json::parse(body, nullptr, false); }
  [[nodiscard]] std::string code() const;
};

// One engine with its key.
class Controller {
 public:
  explicit Controller(std::uint8_t number) : key(make_seed(number)) {}
  // A right order; `change` may bend it before it is signed.
  std::string token(const NodeId& node, const std::string& action, std::optional<std::string> body,
                    UnixMs now, const std::function<void(OrderClaims&)>& change = {});
  SigningKey key;
  std::int64_t epoch = 5;

 private:
  static Sensitive<Seed> make_seed(std::uint8_t number);
  std::uint64_t tokens_ = 0;
};

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// Writes raw bytes to a port of this machine and reads until the server closes.
std::string send_raw(std::uint16_t port, const std::string& bytes);
// One request on a connection of its own.
Answer send_request(std::uint16_t port, const std::string& method, const std::string& target,
                    HeaderList headers = {}, const std::string& body = {});
// The same with a right order token for that node.
Answer send_order(std::uint16_t port, const NodeId& node, UnixMs now, Controller& controller,
                  const std::string& method, const std::string& target,
                  const std::string& body = {}, HeaderList headers = {});
std::string claim_body(const Controller& controller, const std::string& code);

class Harness {
 public:
  explicit Harness(ControlApi::Options options = default_options(),
                   ControlServerOptions limits = {}, RelayRules relay = {},
                   const Site* site = nullptr);  // REQUIRES: the site outlives this
  ~Harness();
  Harness(const Harness&) = delete;
  Harness& operator=(const Harness&) = delete;
  static ControlApi::Options default_options();

  // Ends the server and starts another one with the same folder.
  void restart();

  Answer send(const std::string& method, const std::string& target, HeaderList headers = {},
              const std::string& body = {}) {
    return send_request(port_, method, target, std::move(headers), body);
  }
  // The same with a right order token of `controller`.
  Answer order(Controller& controller, const std::string& method, const std::string& target,
               const std::string& body = {}, HeaderList headers = {});
  // Writes raw bytes and reads until the server closes.
  std::string send_raw(const std::string& bytes) { return test::send_raw(port_, bytes); }
  Answer claim(Controller& controller, const std::string& code, HeaderList headers = {});
  // Claims with the right code; REQUIREs success.
  void claimed_by(Controller& controller, HeaderList headers = {});

  // What the API says to a head, without a connection.
  Screening screen(const ControlHead& head);
  // Runs `action` on the control thread and waits for it.
  void on_control(const std::function<void()>& action);
  [[nodiscard]] std::string log() const;
  [[nodiscard]] NodeId node() const { return node_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string claim_code() const;
  [[nodiscard]] const std::string& folder() const { return folder_.path(); }
  SmallWorkload& workload() { return *running_->workload; }
  SettableClock clock;

 private:
  struct Running {
    boost::asio::io_context context;
    std::unique_ptr<NodeRecordFile> file;
    std::unique_ptr<SmallWorkload> workload;
    std::unique_ptr<Authority> authority;
    std::unique_ptr<Relay> relay;
    std::unique_ptr<ControlApi> api;
    std::unique_ptr<ControlServer> server;
    std::thread thread;
  };
  void start();
  void stop();

  TempFolder folder_;
  ControlApi::Options options_;
  ControlServerOptions limits_;
  RelayRules relay_rules_;
  const Site* site_;
  Random random_ = Random::from_number(42);
  mutable std::mutex log_mutex_;
  std::string log_text_;
  JsonLog log_;
  std::unique_ptr<Running> running_;
  NodeId node_;
  std::uint16_t port_ = 0;
};

// A WebSocket client that waits for each message.
class SocketClient {
 public:
  // `origin` is sent unless empty. `status()` is 101 when the upgrade succeeded.
  SocketClient(std::uint16_t port, const std::string& path, const std::string& origin = {});
  ~SocketClient();
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;
  [[nodiscard]] int status() const;
  void send(const std::string& text);
  // Nothing when the server closed.
  std::optional<Json> next();
  [[nodiscard]] int close_code() const;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

Json desired_json(std::int64_t epoch, std::int64_t revision);

}  // namespace a67::test
