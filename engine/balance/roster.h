// Roster keeps what a policy knows about each candidate while the candidates come, go and change
// places.
//
// Entries stand in the order of the caller's span, so a pick needs no look-up; they are matched by
// id only when the ids changed. `rank` is the candidate's place in the order of ids: comparing
// ranks is comparing ids.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/balance/score.h"

namespace a67::balance {

template <class State>
class Roster {
 public:
  struct Entry {
    std::string id;
    std::size_t rank = 0;
    State state = {};
  };

  // True when the candidates have the ids of the entries, in the same order.
  [[nodiscard]] bool matches(std::span<const Candidate> candidates) const {
    return std::ranges::equal(candidates, entries_, {}, &Candidate::id, &Entry::id);
  }

  // Takes the candidates as they are now. Known ids keep their state, new ones get `fresh`.
  void adopt(std::span<const Candidate> candidates, const State& fresh) {
    std::vector<std::size_t> known = order_of(entries_);
    std::vector<Entry> next;
    next.reserve(candidates.size());
    for (const Candidate& candidate : candidates) {
      const auto at = std::ranges::lower_bound(
          known, candidate.id, {}, [&](std::size_t i) -> auto& { return entries_[i].id; });
      const bool found = at != known.end() && entries_[*at].id == candidate.id;
      next.push_back({.id = candidate.id, .state = found ? entries_[*at].state : fresh});
    }
    entries_ = std::move(next);
    by_rank_ = order_of(entries_);
    for (std::size_t rank = 0; rank < by_rank_.size(); ++rank) entries_[by_rank_[rank]].rank = rank;
  }

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  Entry& operator[](std::size_t i) { return entries_[i]; }
  const Entry& operator[](std::size_t i) const { return entries_[i]; }
  // The index of the entry whose id has this place in the order of ids.
  [[nodiscard]] std::size_t at_rank(std::size_t rank) const { return by_rank_[rank]; }

  auto begin() { return entries_.begin(); }
  auto end() { return entries_.end(); }

 private:
  static std::vector<std::size_t> order_of(const std::vector<Entry>& entries) {
    std::vector<std::size_t> order(entries.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) -> auto& { return entries[i].id; });
    return order;
  }

  std::vector<Entry> entries_;
  std::vector<std::size_t> by_rank_;
};

}  // namespace a67::balance
