// Invariants: what must hold in a simulated world at every moment, whatever fails.
//
//   A  saved before ordered: every order follows from a state that was durable when it was given
//   B  epochs: each engine has a higher one, and no node obeys an older one after a newer one
//   C  a replica belongs to one node for ever
//   D  never more replicas are ordered than wanted, and what a rollout may add
//   E  while nothing fails, a rollout never leaves a gateway with fewer ready replicas than wanted;
//      and a release that cannot run never serves
//   F  every command is answered exactly once; what succeeded is durable by then, or a later
//      command has changed it again and that is durable; a deployment that was refused because it
//      could not be saved never comes after all
//   G  no secret in what people, logs and URLs see
//   contract  every reply, progress and event is what contract.json says
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/deploy/orders.h"
#include "engine/state/state.h"
#include "tests/sim/host.h"

namespace a67::sim {

class Invariants final : public NodeWitness, public HostWitness {
 public:
  // `checking` off: only counts what the world itself needs (a second run of the same seed).
  Invariants(const Timeline& timeline, const Network::Nodes& nodes, const Archives& archives,
             bool checking, bool calm)
      : timeline_(timeline), nodes_(nodes), archives_(archives), checking_(checking), calm_(calm) {}

  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
  void violated(char letter, const std::string& what);
  // The newest durable state; null before the first.
  [[nodiscard]] const State* durable() const;
  // What keeps the world from being as it should be once nothing fails; empty: nothing.
  [[nodiscard]] std::string unsettled() const;
  // E, in a calm world. Call when everything of one moment has happened.
  void check_serving();

  void on_order(const FakeNode& node, std::int64_t epoch) override;
  void on_accepted(const FakeNode& node, const DesiredState& desired) override;
  void on_node_changed(const FakeNode& node) override;
  void on_engine_started() override;
  void on_engine_gone() override;
  void on_kept(const std::string& key, const std::string& value) override;
  void on_command(std::int64_t id, const std::string& name, const Json& body) override;
  void on_output(const Json& message) override;

 private:
  struct Kept {
    std::string text;
    mutable std::optional<State> state;  // read when needed
  };
  // Of the engine that runs, in the order in which they came; kept when they have ended, because a
  // later one may change what an earlier one did.
  struct Command {
    std::string name;
    Json body;
    // What was durable when it came: all deployments, and the node it names.
    std::set<DeploymentId> deployments;
    std::optional<NodeRecord> node;
    // The number of the newest command when it ended.
    std::optional<std::int64_t> ended_at;
  };
  using Commands = std::map<std::int64_t, Command>;

  const State& read(const Kept& kept) const;
  void check_answer_of(const Json& message);
  void check_durable(const Commands::value_type& command, const Json& body);
  [[nodiscard]] bool is_removed(const Commands::value_type& command, const AppRecord* app) const;
  void note_refused(const Command& command, const Json& error);
  void check_refused();
  [[nodiscard]] bool is_deployed(const std::string& sha256) const;
  [[nodiscard]] bool is_removed(const Commands::value_type& command, const State& state) const;
  [[nodiscard]] bool is_stopped(const Commands::value_type& command, const AppRecord* app) const;
  [[nodiscard]] bool is_set(const Commands::value_type& command, const Json& answered,
                            const Settings& settings) const;
  // How many commands of this name came after this one, about the same app.
  [[nodiscard]] std::int64_t count_later(const Commands::value_type& command,
                                         std::string_view name) const;
  void check_event_of(const Json& message);
  void check_effect(const Json& message);
  void check_token(const std::string& token, NodeId& audience);
  void check_order(const NodeId& node, const DesiredState& desired);
  [[nodiscard]] bool is_given_up(const NodeId& id) const;
  void check_count(const NodeId& node, const DesiredState& desired, const AppRecord& app);
  void search_secrets(const Json& value, const std::string& where);
  void search_text(const std::string& text, const std::string& where);
  [[nodiscard]] const FakeNode* find_node(const NodeId& id) const;
  void note_lowered(const AppRecord& app);
  [[nodiscard]] std::size_t due(const AppRecord& app) const;
  [[nodiscard]] std::string unsettled(const State& state, const AppRecord& app) const;
  [[nodiscard]] std::string unsettled(const State& state, const FakeNode& node) const;

  const Timeline& timeline_;
  const Network::Nodes& nodes_;
  const Archives& archives_;
  bool checking_;
  bool calm_;
  std::vector<std::string> violations_;

  std::deque<Kept> kept_;  // the newest last
  std::int64_t epoch_before_ = 0;
  std::int64_t epoch_now_ = 0;  // of the engine that runs; 0: not known yet
  std::map<NodeId, std::int64_t> epoch_seen_;
  std::map<NodeId, std::string> ordered_;  // the last order, so that a repeated one costs nothing
  std::map<ReplicaId, NodeId> owner_;
  std::set<std::string> dead_;  // nodes the engine holds to be
  Commands commands_;
  std::set<std::string> refused_;  // archives of deployments that could not be saved
  std::vector<std::string> secrets_;
  bool serving_changed_ = false;
  std::set<std::string> stopped_;               // apps that were, and have not served again since
  std::map<std::string, std::size_t> lowered_;  // to how many, by a rollout
  std::map<std::pair<NodeId, std::string>, std::size_t> reached_;  // by gateway and app
};

}  // namespace a67::sim
