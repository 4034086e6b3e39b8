// Person: uses the engine through its contract, as the seed says: claims nodes, deploys good and
// bad releases, scales, restarts, stops, rolls back, removes, asks, and loses patience.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "engine/state/state.h"
#include "tests/sim/host.h"

namespace a67::sim {

class Person {
 public:
  using Look = std::function<const State*()>;

  // `look` tells what is durable: what a person would see on the page after a reload.
  Person(Timeline& timeline, Dice dice, Host& host, Archives& archives, const Network::Nodes& nodes,
         bool calm, Look look)
      : timeline_(timeline),
        dice_(dice),
        host_(host),
        archives_(archives),
        nodes_(nodes),
        calm_(calm),
        look_(std::move(look)) {}

  void begin();
  // From now on only mends: claims what is not claimed, forgets what is gone.
  void rest() { resting_ = true; }

 private:
  struct Wish {
    std::string name;
    Json body;
  };

  // One of two hands: sends a command, waits for its end, does the next.
  void act(int hand);
  void act_later(int hand, Duration delay);
  void ask();
  void send(int hand, Wish wish);
  bool mend(int hand);
  Wish choose(const State& state);
  Wish choose_for(const AppRecord& app);
  Wish deploy(const std::string& app, Behaviour behaviour);
  Wish question(const State& state);

  Timeline& timeline_;
  Dice dice_;
  Host& host_;
  Archives& archives_;
  const Network::Nodes& nodes_;
  bool calm_;
  Look look_;
  bool resting_ = false;
  std::set<NodeId> mending_;
};

}  // namespace a67::sim
