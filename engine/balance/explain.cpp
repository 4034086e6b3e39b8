#include "engine/balance/explain.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdio>
#include <optional>

namespace a67::balance {
namespace {

// A difference smaller than this is not a reason.
constexpr double kReasonPointsMin = 1.0;
constexpr std::size_t kReasonsMax = 2;

std::string whole(double number) { return std::to_string(std::lround(number)); }

std::string milliseconds(double number) {
  if (number >= 10) return whole(number) + " ms";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f ms", number);
  return text.data();
}

std::string against(const std::string& own, const std::string& other) {
  return " (" + own + " against " + other + ")";
}

// Why the term `own` earned more than `other`.
std::string advantage(const Term& own, const Term& other) {
  if (!own.known || !other.known) {
    const std::string name(to_string(own.signal));
    return own.known ? "a known good " + name : "no bad news about " + name;
  }
  switch (own.signal) {
    case Signal::kCpu:
      return "more free CPU" +
             against(whole(100 - own.value) + " %", whole(100 - other.value) + " %");
    case Signal::kMemory:
      return "more free memory" +
             against(whole(100 - own.value) + " %", whole(100 - other.value) + " %");
    case Signal::kLatency:
      return "faster answers" + against(milliseconds(own.value), milliseconds(other.value));
    case Signal::kConnections:
      return "fewer connections" + against(whole(own.value), whole(other.value));
    case Signal::kHistory:
      return "fewer failed requests" +
             against(whole(100 - 100 * own.value) + " %", whole(100 - 100 * other.value) + " %");
  }
  return {};
}

// The strongest reasons for which `winner` is ahead of `loser`, joined; empty if there is none.
std::string reasons(const Score& winner, const Score& loser) {
  std::array<std::size_t, kSignalCount> order{};
  for (std::size_t i = 0; i < kSignalCount; ++i) order[i] = i;
  const auto lead = [&](std::size_t i) { return winner.terms[i].points - loser.terms[i].points; };
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return lead(a) > lead(b); });
  std::string text;
  for (std::size_t i = 0; i < kReasonsMax; ++i) {
    if (lead(order[i]) < kReasonPointsMin) break;
    if (!text.empty()) text += " and ";
    text += advantage(winner.terms[order[i]], loser.terms[order[i]]);
  }
  return text;
}

std::optional<std::size_t> runner_up(std::span<const Candidate> pool, std::size_t chosen,
                                     const PoolBest& best, const Weights& weights) {
  std::optional<std::size_t> found;
  double found_total = 0;
  for (std::size_t i = 0; i < pool.size(); ++i) {
    if (i == chosen || !pool[i].healthy) continue;
    const double total = score(pool[i], best, weights).total;
    if (!found || total > found_total || (total == found_total && pool[i].id < pool[*found].id)) {
      found = i;
      found_total = total;
    }
  }
  return found;
}

}  // namespace

std::string explain(std::span<const Candidate> pool, std::size_t chosen, const Weights& weights,
                    std::span<const std::string> names) {
  assert(chosen < pool.size());
  assert(names.empty() || names.size() == pool.size());
  const auto name = [&](std::size_t i) { return names.empty() ? pool[i].id : names[i]; };
  const PoolBest best = best_of(pool);
  const Score own = score(pool[chosen], best, weights);
  std::string text = name(chosen) + " scores " + whole(own.total) + " of 100";
  const auto other = runner_up(pool, chosen, best, weights);
  if (!other) return text + " and is the only one to choose from.";

  const Score next = score(pool[*other], best, weights);
  const double lead = own.total - next.total;
  if (std::abs(lead) < kReasonPointsMin) return text + ", about as much as " + name(*other) + ".";
  const std::string why = lead > 0 ? reasons(own, next) : reasons(next, own);
  text += ", " + whole(std::abs(lead)) + (lead > 0 ? " more than " : " fewer than ") + name(*other);
  if (why.empty()) return text + ".";
  return text + (lead > 0 ? ": " : ", which has ") + why + ".";
}

}  // namespace a67::balance
