// Score says how good a candidate (a node to place on, a replica to send to) is, and of what the
// sum is made.
//
// Five signals, each worth at most its weight in points, so a total is 0..100:
//   cpu, memory    the free share
//   latency        best / own, within the pool; below kLatencyNoiseMs all are equally fast
//   connections    (best + 1) / (own + 1), within the pool
//   history        the share of requests that succeeded
//
// Why relative to the pool's best: 40 ms is slow beside 4 ms and fast beside 400 ms, and no fixed
// scale knows which. The ratio does not change when everything becomes slower together.
//
// A better signal never lowers a candidate's own score. An unknown signal earns half its weight, so
// that a new candidate is neither favoured nor shunned. Numbers that are not finite count as
// unknown; others are clamped.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace a67::balance {

// Nothing = unknown.
struct Signals {
  std::optional<double> cpu_percent;     // 0..100 of the whole machine
  std::optional<double> memory_percent;  // 0..100 used
  std::optional<double> latency_ms;
  std::optional<double> connections;   // open now
  std::optional<double> success_rate;  // 0..1
};

// `id` is the key under which a policy remembers a candidate; unique within a pool.
struct Candidate {
  std::string id;
  Signals signals = {};
  bool healthy = true;
};

// Percent each; valid weights add up to 100.
struct Weights {
  int cpu = 30;
  int memory = 25;
  int latency = 20;
  int connections = 15;
  int history = 10;

  bool operator==(const Weights&) const = default;
};

// `kInvalidInput` with the field (`weights.cpu`, or `weights` for a wrong sum).
Result<void> validate(const Weights& weights);

enum class Signal : std::uint8_t { kCpu, kMemory, kLatency, kConnections, kHistory };
inline constexpr std::size_t kSignalCount = 5;
std::string_view to_string(Signal signal);

// `value` is as measured (percent, percent, ms, connections, 0..1). When it is not `known`, it is
// the value that would have earned the same points.
struct Term {
  Signal signal = Signal::kCpu;
  double value = 0;
  bool known = false;
  int weight = 0;
  double points = 0;  // 0..weight
};

struct Score {
  double total = 0;  // 0..100
  std::array<Term, kSignalCount> terms = {};
};

// Differences below this are noise of the machine, not of the candidate.
inline constexpr double kLatencyNoiseMs = 1.0;

// The pool's best values, to score many candidates without looking at the pool for each.
struct PoolBest {
  double latency_ms = kLatencyNoiseMs;
  double connections = 0;
};
// Of the healthy candidates whose signal is known.
PoolBest best_of(std::span<const Candidate> pool);

Score score(const Candidate& candidate, const PoolBest& best, const Weights& weights);
Score score(const Candidate& candidate, std::span<const Candidate> pool, const Weights& weights);

}  // namespace a67::balance
