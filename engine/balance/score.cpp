#include "engine/balance/score.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace a67::balance {
namespace {

constexpr double kNeutralShare = 0.5;

// A measurement that can be used: finite, and not below zero.
std::optional<double> usable(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return std::nullopt;
  return std::max(*value, 0.0);
}

Term make_term(Signal signal, std::optional<double> value, double neutral_value, int weight,
               double share) {
  return {.signal = signal,
          .value = value.value_or(neutral_value),
          .known = value.has_value(),
          .weight = weight,
          .points = share * weight};
}

// How much is left of something that is used up to 100 %.
Term free_share(Signal signal, const std::optional<double>& percent, int weight) {
  const auto value = usable(percent);
  const double share = value ? 1.0 - std::min(*value, 100.0) / 100.0 : kNeutralShare;
  return make_term(signal, value, 100.0 * kNeutralShare, weight, share);
}

Term latency_term(const std::optional<double>& latency_ms, double best, int weight) {
  const auto value = usable(latency_ms);
  const double floor = std::max(best, kLatencyNoiseMs);
  const double share =
      value ? std::min(1.0, floor / std::max(*value, kLatencyNoiseMs)) : kNeutralShare;
  return make_term(Signal::kLatency, value, floor / kNeutralShare, weight, share);
}

Term connections_term(const std::optional<double>& connections, double best, int weight) {
  const auto value = usable(connections);
  const double share = value ? std::min(1.0, (best + 1.0) / (*value + 1.0)) : kNeutralShare;
  return make_term(Signal::kConnections, value, (best + 1.0) / kNeutralShare - 1.0, weight, share);
}

Term history_term(const std::optional<double>& success_rate, int weight) {
  const auto value = usable(success_rate);
  const double share = value ? std::min(*value, 1.0) : kNeutralShare;
  return make_term(Signal::kHistory, value, kNeutralShare, weight, share);
}

}  // namespace

Result<void> validate(const Weights& weights) {
  const std::array<std::pair<std::string_view, int>, kSignalCount> parts = {{
      {"cpu", weights.cpu},
      {"memory", weights.memory},
      {"latency", weights.latency},
      {"connections", weights.connections},
      {"history", weights.history},
  }};
  int sum = 0;
  for (const auto& [name, percent] : parts) {
    if (percent < 0 || percent > 100) {
      return fail(ErrorCode::kInvalidInput,
                  "The weight " + std::string(name) + " must be from 0 to 100 percent, but is " +
                      std::to_string(percent) + ".",
                  "Give the five weights so that they add up to 100.",
                  "weights." + std::string(name));
    }
    sum += percent;
  }
  if (sum != 100) {
    return fail(ErrorCode::kInvalidInput,
                "The weights add up to " + std::to_string(sum) + " percent instead of 100.",
                "Give the five weights so that they add up to 100.", "weights");
  }
  return {};
}

std::string_view to_string(Signal signal) {
  switch (signal) {
    case Signal::kCpu:
      return "cpu";
    case Signal::kMemory:
      return "memory";
    case Signal::kLatency:
      return "latency";
    case Signal::kConnections:
      return "connections";
    case Signal::kHistory:
      return "history";
  }
  return "cpu";
}

PoolBest best_of(std::span<const Candidate> pool) {
  std::optional<double> latency_ms;
  std::optional<double> connections;
  for (const Candidate& candidate : pool) {
    if (!candidate.healthy) continue;
    if (const auto value = usable(candidate.signals.latency_ms)) {
      latency_ms = std::min(latency_ms.value_or(*value), *value);
    }
    if (const auto value = usable(candidate.signals.connections)) {
      connections = std::min(connections.value_or(*value), *value);
    }
  }
  return {.latency_ms = std::max(latency_ms.value_or(kLatencyNoiseMs), kLatencyNoiseMs),
          .connections = connections.value_or(0.0)};
}

Score score(const Candidate& candidate, const PoolBest& best, const Weights& weights) {
  const Signals& signals = candidate.signals;
  Score result;
  result.terms = {free_share(Signal::kCpu, signals.cpu_percent, weights.cpu),
                  free_share(Signal::kMemory, signals.memory_percent, weights.memory),
                  latency_term(signals.latency_ms, best.latency_ms, weights.latency),
                  connections_term(signals.connections, best.connections, weights.connections),
                  history_term(signals.success_rate, weights.history)};
  for (const Term& term : result.terms) result.total += term.points;
  return result;
}

Score score(const Candidate& candidate, std::span<const Candidate> pool, const Weights& weights) {
  return score(candidate, best_of(pool), weights);
}

}  // namespace a67::balance
