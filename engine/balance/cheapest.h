// CheapestPolicy picks the healthy candidate whose next request costs least; two policies share it:
//   least-connections  cost = open connections
//   latency            cost = latency x (open connections + 1), the wait to expect. Latency alone
//   would send
//                      everything to one candidate until it is the slowest.
// Equal costs take turns (least recently picked first), then the order of ids decides. A candidate
// whose signal is unknown costs what the others cost on average.
//
// Why a floor: a candidate that keeps long connections, or was slow once, would never be picked
// again and its latency never measured again. One that was passed over 3n times gets the next turn,
// the longest waiting first; as at most n - 1 others can be waiting as well, it is picked within 4n
// picks.
#pragma once

#include <cstdint>

#include "engine/balance/policy.h"
#include "engine/balance/roster.h"

namespace a67::balance {

class CheapestPolicy final : public Policy {
 public:
  enum class Cost : std::uint8_t { kConnections, kLatency };
  explicit CheapestPolicy(Cost cost) : cost_(cost) {}

  [[nodiscard]] std::string_view name() const override {
    return cost_ == Cost::kConnections ? "least-connections" : "latency";
  }
  void refresh(std::span<const Candidate> candidates) override;
  std::optional<std::size_t> pick(std::span<const Candidate> candidates) override;

 private:
  struct State {
    std::uint64_t waiting_since = 0;  // the turn it was picked last, or came (back)
    bool healthy = false;
  };

  // Notes who is healthy now; returns how many.
  std::size_t follow_health(std::span<const Candidate> candidates);
  [[nodiscard]] std::optional<double> cost_of(const Candidate& candidate) const;
  [[nodiscard]] double average_cost(std::span<const Candidate> candidates) const;
  [[nodiscard]] bool waited_longer(std::size_t a, std::size_t b) const;

  Cost cost_;
  Roster<State> roster_;
  std::uint64_t turn_ = 0;
};

}  // namespace a67::balance
