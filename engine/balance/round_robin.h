// RoundRobinPolicy takes the healthy candidates in turn, in the order of their ids.
//
// It remembers the id it picked last, not a position: a candidate that comes or goes does not make
// the others lose or repeat their turn.
#pragma once

#include <string>

#include "engine/balance/policy.h"
#include "engine/balance/roster.h"

namespace a67::balance {

class RoundRobinPolicy final : public Policy {
 public:
  [[nodiscard]] std::string_view name() const override { return "round-robin"; }
  void refresh(std::span<const Candidate> candidates) override;
  std::optional<std::size_t> pick(std::span<const Candidate> candidates) override;

 private:
  struct Nothing {};

  Roster<Nothing> roster_;
  std::string last_;           // picked last, as of the last change of ids
  std::size_t next_rank_ = 0;  // whose turn it is
};

}  // namespace a67::balance
