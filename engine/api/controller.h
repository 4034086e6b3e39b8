// Controller: the one that holds the state and may act on it.
//
// It owns the State and a NodeLink per node, and runs the loop of the whole product: observe,
// reconcile, save, order, tell. Nothing is ordered before the state it follows from is durable, so
// an engine that stops at any point finds on its next start a state that is at least as new as any
// order it gave. What cannot be saved has not happened: the state goes back to what is durable, the
// commands that wanted more fail, and what the loop itself saw it decides again.
//
// Each start takes a new epoch, durable before the first order: nodes refuse the orders of an
// engine that was replaced. When a node tells of a newer epoch, this controller is superseded and
// gives no more orders.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/api/app_metrics.h"
#include "engine/api/commands.h"
#include "engine/deploy/reconcile.h"
#include "engine/fleet/node_link.h"
#include "engine/ports/ports.h"
#include "engine/state/state.h"
#include "engine/state/state_store.h"

namespace a67 {

class Controller final : public NodeLinkObserver {
 public:
  using EmitEvent = std::function<void(std::string name, Json body)>;
  using Links = std::map<NodeId, std::unique_ptr<NodeLink>>;

  // REQUIRES: the ports and the store outlive the controller.
  Controller(Ports ports, StateStore& store, EmitEvent emit);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  // Loads identity, epoch and state, then begins the loop. kStoreFailed: nothing was overwritten.
  Task<Result<void>> start();

  // Until every node was heard of, or could not be reached; at most for `max`. For hosts that ask
  // once and end.
  Task<void> await_first_words(Duration max);

  // ---- for commands
  [[nodiscard]] const Ports& ports() const { return ports_; }
  [[nodiscard]] State& state() { return state_; }
  [[nodiscard]] const State& state() const { return state_; }
  [[nodiscard]] const SigningKey& key() const { return *key_; }
  [[nodiscard]] std::int64_t epoch() const { return epoch_; }
  [[nodiscard]] const Links& links() const { return links_; }
  [[nodiscard]] const AppMetrics& metrics() const { return metrics_; }
  [[nodiscard]] bool online() const { return online_; }
  [[nodiscard]] Facts observe() const;

  // kStaleEpoch when a newer controller gives the orders now: nothing may be changed here.
  [[nodiscard]] Result<void> ensure_active() const;
  // Call after changing the state: answers when the change is durable. Errors: the store's
  // (kDiskFull, kStoreFailed, ...): the state is again what was durable before, and whatever was
  // found in it must be looked up anew.
  Task<Result<void>> commit();
  // Everything decided so far is durable.
  [[nodiscard]] bool is_durable() const { return saved_ == changes_; }
  // ---- for what changes the stored state under the controller

  // While it is held, nothing is saved and nothing ordered. What commands change meanwhile stays in
  // the state, and is saved afterwards.
  class Hold {
   public:
    explicit Hold(Controller& controller) : controller_(&controller) {}
    Hold(Hold&& other) noexcept : controller_(std::exchange(other.controller_, nullptr)) {}
    Hold& operator=(Hold&&) = delete;
    ~Hold() {
      if (controller_ != nullptr) controller_->let_go();
    }

   private:
    Controller* controller_;
  };
  // REQUIRES: started; the controller outlives the hold.
  Task<Hold> hold();
  // Who leads, when that changes with the state.
  struct Lead {
    SigningKey key;
    std::int64_t epoch = 0;
  };
  // Another state takes the place of this one: links, metrics and events follow it. REQUIRES: held,
  // and the state is what is stored, or what is to be saved next.
  void adopt(State state, std::optional<Lead> lead = std::nullopt);

  // From now on `context` is notified whenever something changed.
  void follow(std::weak_ptr<CommandContext> context);
  void add_link(const NodeRecord& node);
  void remove_link(const NodeId& node);
  void apply_settings();
  void set_online(bool online);
  // Forgets archives in the host that no release names any more.
  void drop_blobs(const std::vector<ReleaseRecord>& removed);

  // The contract's views of now.
  [[nodiscard]] Json view() const;
  [[nodiscard]] Json view_of(const NodeRecord& node) const;
  [[nodiscard]] Json view_of(const AppRecord& app) const;

  void on_node_changed(const NodeId& node) override;
  void on_superseded(const NodeId& node, std::int64_t epoch) override;
  [[nodiscard]] Verdict verdict() const override;

 private:
  Task<Result<void>> load_identity();
  Task<Result<void>> load_state();
  void take(State state);
  void replace(State state, bool anew);
  void let_go();
  Task<void> run();
  void go_back(Error why);
  Task<void> sample_metrics();
  void note_changes();
  void order(const std::map<NodeId, DesiredState>& desired);
  [[nodiscard]] std::map<NodeId, DesiredState> desired() const;
  // Of the activity, the lines up to this number.
  void tell(std::int64_t activity);
  void tell_one(const std::string& key, std::string name, Json body);
  void wake();
  [[nodiscard]] Json controller_view() const;

  Ports ports_;
  StateStore& store_;
  EmitEvent emit_;
  std::optional<SigningKey> key_;
  std::int64_t epoch_ = 0;
  State state_;
  bool online_ = true;
  bool superseded_ = false;
  std::optional<std::pair<NodeId, std::int64_t>> newer_;  // who told of it, and of which epoch

  Links links_;
  AppMetrics metrics_;
  // What the activity tells of already.
  struct Noted {
    std::map<NodeId, NodeState> states;
    bool newer = false;
  };
  Noted noted_;
  std::map<std::string, Json> told_;  // what the hosts were told last, by entity
  std::int64_t told_activity_ = 0;
  std::vector<std::weak_ptr<CommandContext>> followers_;

  bool work_ = false;
  std::int64_t changes_ = 0;  // counts changes of the state ...
  std::int64_t saved_ = 0;    // ... and up to which they are durable, or were lost:
  struct Lost {
    std::int64_t after = 0;
    std::int64_t through = 0;
    Error why;
  };
  std::optional<Lost> lost_;  // the last time
  bool saving_ = false;
  bool held_ = false;
  Notify wake_;
  Notify saved_changed_;
  TaskScope tasks_;  // last: its tasks use everything above
};

}  // namespace a67
