// State: everything that must survive a reload, and the small rules of changing it.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "engine/state/records.h"

namespace a67 {

// Percent; together 100. The rules of use are engine/balance's.
struct WeightSettings {
  std::int64_t cpu = 30;
  std::int64_t memory = 25;
  std::int64_t latency = 20;
  std::int64_t connections = 15;
  std::int64_t history = 10;
  bool operator==(const WeightSettings&) const = default;
};

struct Settings {
  std::int64_t heartbeat_seconds = 30;
  WeightSettings weights;
  bool operator==(const Settings&) const = default;
};

struct State {
  std::vector<NodeRecord> nodes;
  std::vector<AppRecord> apps;
  std::deque<ActivityLine> activity;  // oldest first, at most kActivityLinesMax
  std::int64_t next_activity_seq = 1;
  Settings settings;
  MeshKey mesh_key;

  [[nodiscard]] NodeRecord* find_node(const NodeId& id);
  [[nodiscard]] const NodeRecord* find_node(const NodeId& id) const;
  [[nodiscard]] AppRecord* find_app(std::string_view name);
  [[nodiscard]] const AppRecord* find_app(std::string_view name) const;
  // The name of a node for people; its id when it is gone.
  [[nodiscard]] std::string node_name(const NodeId& id) const;

  // Appends a line and forgets the oldest beyond the limit.
  const ActivityLine& note(UnixMs at, ActivityLevel level, std::string kind, std::string subject,
                           std::string message);
};

// `state` was stored and takes the place of `before`: what is never stored goes on in it, of those
// nodes, apps and replicas that both have. What drains and is only in `state` drains since `now`.
void keep_unstored(State& state, const State& before, Instant now);

}  // namespace a67
