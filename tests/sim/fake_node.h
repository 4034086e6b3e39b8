// FakeNode: a node of the simulated world that follows docs/node-protocol.md to the letter, and is
// stricter than the real one where that finds more: it checks every order token, remembers every
// epoch, and tells a witness of everything it accepts.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "engine/fleet/order_token.h"
#include "tests/sim/fake_replica.h"
#include "tests/sim/sabotage.h"

namespace a67::sim {

struct NodeRequest {
  std::string method;
  std::string path;  // without the query
  std::string token;
  std::string body;
  const Archive* blob = nullptr;  // instead of a body
};

struct NodeReply {
  int status = 200;
  Json body = Json::object();
};

class FakeNode;

// Sees everything a node does.
class NodeWitness {
 public:
  virtual ~NodeWitness() = default;
  // A right token of this epoch arrived.
  virtual void on_order(const FakeNode& node, std::int64_t epoch) = 0;
  virtual void on_accepted(const FakeNode& node, const DesiredState& desired) = 0;
  // A replica, or what the node knows of routes, changed.
  virtual void on_node_changed(const FakeNode& node) = 0;
};

class FakeNode final : public Surroundings {
 public:
  struct Setup {
    std::string name;
    NodeRole role = NodeRole::kWorker;
    std::string url;
    std::string gateway_url;
  };
  // Gets every message; nothing: the connection was closed.
  using Sink = std::function<void(std::optional<std::string>)>;

  FakeNode(Setup setup, Timeline& timeline, Dice dice, const Faults& faults,
           const Archives& archives, Sabotage sabotage, NodeWitness& witness);
  FakeNode(const FakeNode&) = delete;
  FakeNode& operator=(const FakeNode&) = delete;
  ~FakeNode() override { *alive_ = false; }

  // ---- over the network
  NodeReply handle(const NodeRequest& request);
  // A WebSocket whose first message is `first`; the number names it until it is closed.
  std::int64_t connect(const std::string& path, const std::string& first, Sink sink);
  void disconnect(std::int64_t connection);

  // ---- what happens to it
  // The process ends; its replicas live on or are killed.
  void crash(bool replicas_survive);
  void come_back();
  // Loses its desired state and its archives; with `identity`, also who it is.
  void lose_disk(bool identity);
  void set_disk_full(bool full) { disk_full_ = full; }
  void set_clock_skew(Duration skew) { skew_ = skew; }
  void lack_runtime(std::string app) { lacks_.insert(std::move(app)); }

  // ---- what the world may know of it
  [[nodiscard]] const Setup& setup() const { return setup_; }
  [[nodiscard]] const NodeId& id() const { return id_; }
  [[nodiscard]] const std::string& claim_code() const { return code_; }
  [[nodiscard]] bool up() const { return up_; }
  [[nodiscard]] bool is_claimed() const { return pinned_.has_value(); }
  [[nodiscard]] const DesiredState& desired() const { return desired_; }
  [[nodiscard]] bool is_ready(const ReplicaId& replica) const;
  [[nodiscard]] std::set<ReplicaId> running() const;

  [[nodiscard]] bool has_archive(const std::string& sha256) const override;
  [[nodiscard]] bool disk_is_full() const override { return disk_full_; }
  [[nodiscard]] bool has_runtime(const std::string& app) const override;
  void on_replica_changed() override;

 private:
  NodeReply hello() const;
  NodeReply claim(const NodeRequest& request);
  NodeReply unclaim();
  NodeReply take_desired(const NodeRequest& request, const OrderClaims& claims);
  NodeReply take_archive(const NodeRequest& request);
  // The claims of a right token, or the refusal.
  std::expected<OrderClaims, NodeReply> authorise(const NodeRequest& request, bool has_sum);
  std::expected<OrderClaims, NodeReply> check_token(const std::string& token,
                                                    const OrderExpectation& expected,
                                                    const PublicKey& key);
  NodeReply refuse(int status, Error error) const;
  void apply();
  void be_new();
  void close_connections();
  void tell_soon();
  void tell();
  void tick();
  void send_logs(const Json& first, const Sink& sink);
  [[nodiscard]] NodeStatus status() const;
  [[nodiscard]] UnixMs unix_now() const { return timeline_.unix_now() + skew_.count(); }

  Setup setup_;
  Timeline& timeline_;
  Dice dice_;
  const Faults& faults_;
  const Archives& archives_;
  Sabotage sabotage_;
  NodeWitness& witness_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);

  NodeId id_;
  std::string code_;
  std::optional<PublicKey> pinned_;
  int wrong_codes_ = 0;
  std::int64_t epoch_ = 0;  // the newest seen
  ReplayGuard guard_;
  DesiredState desired_{.epoch = 0};
  std::set<std::string> stored_;
  std::map<ReplicaId, std::unique_ptr<FakeReplica>> replicas_;

  bool up_ = true;
  bool disk_full_ = false;
  Duration skew_{0};
  std::set<std::string> lacks_;
  std::int64_t boots_ = 1;
  mutable std::int64_t statuses_told_ = 0;
  std::int64_t next_connection_ = 1;
  std::map<std::int64_t, Sink> watchers_;
  bool telling_ = false;  // a status is about to be sent
  bool ticking_ = false;
};

}  // namespace a67::sim
