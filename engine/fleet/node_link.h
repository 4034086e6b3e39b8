// NodeLink keeps one claimed node told and heard: it watches the node's status, sends it the newest
// desired state until the node has accepted it, and gives it the archives it misses.
//
// It decides nothing about deployment. Orders are level-triggered, so it may send one again
// whenever it is in doubt; each attempt carries a fresh token. Whether the node is awake or dead is
// the FailureDetector's word.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/executor.h"
#include "engine/fleet/failure_detector.h"
#include "engine/fleet/node_client.h"
#include "engine/ports/ports.h"

namespace a67 {

// What the owner wants to hear. Called from within the link's tasks: note it and return, do not
// destroy the link.
class NodeLinkObserver {
 public:
  virtual ~NodeLinkObserver() = default;
  // Status, state, attention or upload progress changed.
  virtual void on_node_changed(const NodeId& node) = 0;
  // The node obeys a controller with a newer epoch.
  virtual void on_superseded(const NodeId& node, std::int64_t epoch) = 0;
  // Whose fault failures are at the moment, seen over the whole fleet (judge()).
  [[nodiscard]] virtual Verdict verdict() const = 0;
};

struct NodeLinkOptions {
  NodeId node;
  std::string url;
  std::string name;  // for people
  std::int64_t epoch = 1;
  Duration heartbeat{30'000};
  NodeState known = NodeState::kAwake;  // what it was when last heard of
};

class NodeLink {
 public:
  struct Upload {
    std::uint64_t sent = 0;
    std::uint64_t total = 0;
  };

  // REQUIRES: everything given outlives the link.
  NodeLink(Ports ports, const SigningKey& key, NodeLinkOptions options, NodeLinkObserver& observer);
  NodeLink(const NodeLink&) = delete;
  NodeLink& operator=(const NodeLink&) = delete;

  void start();

  // What the node shall run from now on. `epoch` and `revision` are the link's.
  void want(DesiredState desired);
  // The network of this device is there or gone.
  void set_online(bool online);
  void set_heartbeat(Duration heartbeat);

  [[nodiscard]] const std::optional<NodeStatus>& status() const { return status_; }
  [[nodiscard]] const FailureDetector& detector() const { return detector_; }
  [[nodiscard]] NodeState state() const { return detector_.state(); }
  [[nodiscard]] UnixMs state_since() const { return state_since_; }
  [[nodiscard]] UnixMs last_seen() const { return last_seen_; }
  // The node's clock minus ours.
  [[nodiscard]] std::int64_t clock_skew_ms() const { return clock_skew_ms_; }
  // Something a person must look at, if anything.
  [[nodiscard]] const std::optional<Error>& attention() const { return attention_; }
  // By SHA-256 of the archive.
  [[nodiscard]] const std::map<std::string, Upload>& uploads() const { return uploads_; }
  // Archives the node could not be given, by SHA-256. Forgotten when something else is wanted.
  [[nodiscard]] const std::map<std::string, Error>& upload_errors() const { return upload_errors_; }
  // The node runs what was last wanted, as far as it told.
  [[nodiscard]] bool is_settled() const;

 private:
  Task<void> watch();
  Task<void> probe();
  Task<void> deliver();
  // True when the node accepted it.
  Task<bool> send_desired();
  Task<void> upload(std::string sha256, ArchiveFormat format);

  [[nodiscard]] bool is_overtaken(const NodeStatus& status) const;
  void hear(NodeStatus status);
  void note_failure(const Error& error, Instant sent);
  void refused(const NodeRefusal& refusal);
  void start_uploads();
  void follow_state();
  void set_attention(std::optional<Error> attention);
  [[nodiscard]] bool needs_order() const;
  [[nodiscard]] const Source* find_archive(const std::string& sha256) const;
  [[nodiscard]] bool is_asked_anew(const std::optional<DesiredState>& before,
                                   const std::string& sha256) const;
  [[nodiscard]] OrderContext order() const;

  Ports ports_;
  const SigningKey& key_;
  NodeLinkOptions options_;
  NodeLinkObserver& observer_;

  FailureDetector detector_;
  NodeState told_state_ = NodeState::kAwake;
  UnixMs state_since_ = 0;
  UnixMs last_seen_ = 0;
  std::int64_t clock_skew_ms_ = 0;
  std::optional<NodeStatus> status_;
  std::optional<Error> attention_;
  bool superseded_ = false;
  bool online_ = true;
  bool stream_open_ = false;

  std::optional<DesiredState> desired_;
  std::int64_t revision_ = 0;           // of desired_
  std::int64_t accepted_revision_ = 0;  // 0: none in this epoch
  std::map<std::string, Upload> uploads_;
  std::map<std::string, Error> upload_errors_;

  Notify heard_;   // a word from the node, or a reason to look again
  Notify wanted_;  // something to deliver
  TaskScope::Key watch_ = 0;
  TaskScope tasks_;  // last: its tasks use everything above
};

}  // namespace a67
