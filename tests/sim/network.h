// Network: carries the engine's requests and streams to the fake nodes, as badly as the faults say.
//
// What can happen to a request: it never leaves (`unreachable`), never arrives or its answer never
// does (`timeout`, `outcome_unknown`), arrives late, even after its sender gave up, or twice. What
// can happen to a stream: it closes, or falls silent without closing.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/fake_node.h"

namespace a67::sim {

class Network {
 public:
  // Gets `result`, `error` and `chunk` messages, without their `id`.
  using Answer = std::function<void(Json)>;
  using Nodes = std::vector<std::unique_ptr<FakeNode>>;

  Network(Timeline& timeline, Dice dice, const Faults& faults, const Archives& archives)
      : timeline_(timeline), dice_(dice), faults_(faults), archives_(archives) {}

  // REQUIRES: the nodes outlive the network.
  void add(FakeNode& node) { nodes_[authority_of_url(node.setup().url)] = {.node = &node}; }
  // Nothing reaches the node and nobody says so, or: connections are refused again.
  void cut_off(const FakeNode& node, bool cut);
  // The engine's device has no network.
  void set_online(bool online) { online_ = online; }

  // An effect under way: when it goes, no answer comes any more.
  class Exchange {
   public:
    virtual ~Exchange() = default;
  };
  std::shared_ptr<Exchange> send(const Json& request, Answer answer);
  std::shared_ptr<Exchange> open(const Json& request, Answer answer);

 private:
  struct Place {
    FakeNode* node = nullptr;
    bool cut_off = false;
  };
  struct Call;
  struct Pipe;

  static std::string authority_of_url(const std::string& url);
  Place* find(const std::string& url);
  void arrive(const std::shared_ptr<Call>& call, bool answered);
  void connect(const std::shared_ptr<Pipe>& pipe);
  void carry(const std::shared_ptr<Pipe>& pipe, Json message);
  Duration draw_latency();

  Timeline& timeline_;
  Dice dice_;
  const Faults& faults_;
  const Archives& archives_;
  bool online_ = true;
  std::map<std::string, Place> nodes_;
};

// {"kind":"error", ...} as a host would say it.
Json effect_error(ErrorCode code, std::string message);

}  // namespace a67::sim
