// Lab: a small world without chance, for tests that want to see one thing happen: the real engine,
// nodes made on demand, and commands that are waited for. The invariants watch here, too.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/invariants.h"

namespace a67::sim {

class Lab final : public HostWitness {
 public:
  Lab();
  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;
  ~Lab() override { host_.crash(); }

  FakeNode& add_node(const std::string& name, NodeRole role = NodeRole::kWorker);
  // Adds and claims so many workers: node-1, node-2 ...
  void claim_workers(int count);
  // A request to deploy something that behaves like this.
  Json release(const std::string& app, Behaviour behaviour, std::int64_t replicas);

  void run_for(Duration time);
  // Sends a command and waits for its end; nothing when it does not come within `patience`.
  std::optional<Host::End> ask(const std::string& name, Json body,
                               Duration patience = Duration{120'000});
  // Sends a command; its end is in `ended(id)`.
  std::int64_t begin(const std::string& name, Json body);
  [[nodiscard]] const Host::End* ended(std::int64_t id) const;

  [[nodiscard]] Host& host() { return host_; }
  [[nodiscard]] Network& network() { return network_; }
  [[nodiscard]] Faults& faults() { return faults_; }
  [[nodiscard]] Timeline& timeline() { return timeline_; }
  [[nodiscard]] Archives& archives() { return archives_; }
  [[nodiscard]] const State& state() const { return *invariants_.durable(); }
  [[nodiscard]] const AppRecord& app(const std::string& name) const;
  [[nodiscard]] const std::vector<Json>& outputs() const { return outputs_; }
  // Ready replicas of an app, on all nodes.
  [[nodiscard]] std::size_t ready(const std::string& app) const;
  // Broken invariants, one per line.
  [[nodiscard]] std::string violations() const;

  void on_engine_started() override { invariants_.on_engine_started(); }
  void on_engine_gone() override { invariants_.on_engine_gone(); }
  void on_kept(const std::string& key, const std::string& value) override {
    invariants_.on_kept(key, value);
  }
  void on_command(std::int64_t id, const std::string& name, const Json& body) override {
    invariants_.on_command(id, name, body);
  }
  void on_output(const Json& message) override {
    invariants_.on_output(message);
    outputs_.push_back(message);
  }

 private:
  Faults faults_;
  Timeline timeline_;
  Dice dice_;
  Archives archives_;
  Network::Nodes nodes_;
  Invariants invariants_;
  Network network_;
  Saboteur saboteur_;
  Host host_;
  std::vector<Json> outputs_;
  std::map<std::int64_t, Host::End> ends_;
};

}  // namespace a67::sim
