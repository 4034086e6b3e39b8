#include "engine/deploy/placement.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>
#include <utility>

#include "engine/balance/explain.h"

namespace a67 {
namespace {

constexpr std::size_t kNamesInMessageMax = 5;

std::string mebibytes(std::int64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

std::string count_of(std::size_t count, std::string_view thing) {
  return std::to_string(count) + " " + std::string(thing) + (count == 1 ? "" : "s");
}

// One node in the running: the facts, and how many replicas it has with those placed so far.
struct Seat {
  const PlacementNode* node = nullptr;
  std::size_t of_app = 0;
  std::size_t placed = 0;

  [[nodiscard]] std::size_t in_all() const { return node->replicas + placed; }
  [[nodiscard]] std::int64_t cpus() const { return std::max<std::int64_t>(node->cpus, 1); }
};

bool less_crowded(const Seat& a, const Seat& b) {
  // (in_all + 1) / cpus, without dividing.
  return static_cast<std::int64_t>(a.in_all() + 1) * b.cpus() <
         static_cast<std::int64_t>(b.in_all() + 1) * a.cpus();
}

bool has_memory(const PlacementRequest& request, const PlacementNode& node, std::size_t replicas) {
  if (request.memory_mb == 0 || !node.memory_free_bytes) return true;
  return *node.memory_free_bytes / static_cast<std::int64_t>(replicas) >= request.memory_mb << 20;
}

bool has_disk(const PlacementNode& node) {
  return !node.disk_free_bytes || *node.disk_free_bytes >= kDiskFreeBytesMin;
}

bool is_avoided(const PlacementRequest& request, const NodeId& node) {
  return std::ranges::find(request.avoid, node) != request.avoid.end();
}

bool is_awake_worker(const PlacementNode& node) {
  return node.state == NodeState::kAwake && node.role == NodeRole::kWorker;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size() && i < kNamesInMessageMax; ++i) {
    if (i > 0) text += ", ";
    text += parts[i];
  }
  if (parts.size() > kNamesInMessageMax) {
    text += " and " + std::to_string(parts.size() - kNamesInMessageMax) + " more";
  }
  return text;
}

// "2 dead, 1 gateway": the nodes that can take nothing, by reason.
std::string census(const PlacementRequest& request, std::span<const PlacementNode> nodes) {
  std::size_t gateways = 0;
  std::size_t servers = 0;
  std::size_t avoided = 0;
  std::array<std::size_t, 6> by_state{};
  for (const PlacementNode& node : nodes) {
    if (node.role == NodeRole::kGateway) {
      ++gateways;
    } else if (node.role == NodeRole::kServer) {
      ++servers;
    } else if (node.state == NodeState::kAwake && is_avoided(request, node.id)) {
      ++avoided;
    } else {
      ++by_state[static_cast<std::size_t>(node.state)];
    }
  }
  std::vector<std::string> parts;
  for (std::size_t state = 0; state < by_state.size(); ++state) {
    if (by_state[state] == 0) continue;
    parts.push_back(std::to_string(by_state[state]) + " " +
                    std::string(to_string(static_cast<NodeState>(state))));
  }
  if (avoided > 0) parts.push_back(std::to_string(avoided) + " unable to run this release");
  if (gateways > 0) parts.push_back(count_of(gateways, "gateway") + " that runs no apps");
  if (servers > 0) parts.push_back(count_of(servers, "sync server") + " that runs no apps");
  return joined(parts);
}

std::unexpected<Error> no_node(const PlacementRequest& request,
                               std::span<const PlacementNode> nodes) {
  if (nodes.empty()) {
    return fail(ErrorCode::kNoNodes, "There is no node to run " + request.app + " on.",
                "Start a node (scripts/up starts three on this machine) and claim it.");
  }
  std::vector<std::string> short_of_memory;
  std::vector<std::string> short_of_disk;
  for (const PlacementNode& node : nodes) {
    if (!is_awake_worker(node) || is_avoided(request, node.id)) continue;
    if (!has_disk(node)) {
      short_of_disk.push_back(node.name + " has " + mebibytes(*node.disk_free_bytes));
    } else {
      short_of_memory.push_back(node.name + " has " + mebibytes(*node.memory_free_bytes));
    }
  }
  std::ranges::sort(short_of_memory);
  std::ranges::sort(short_of_disk);
  if (!short_of_memory.empty()) {
    return fail(ErrorCode::kNoMemory,
                "No node has the " + std::to_string(request.memory_mb) +
                    " MiB of memory free that a replica of " + request.app +
                    " needs: " + joined(short_of_memory) + ".",
                "Lower the app's memory, stop another app, or claim one more node.");
  }
  if (!short_of_disk.empty()) {
    return fail(ErrorCode::kDiskFull,
                "No node has the " + mebibytes(kDiskFreeBytesMin) +
                    " of disk free that a release needs: " + joined(short_of_disk) + ".",
                "Free disk space on a node, or claim one more node.");
  }
  return fail(ErrorCode::kNoNodes,
              "None of the " + count_of(nodes.size(), "node") + " can take a replica of " +
                  request.app + ": " + census(request, nodes) + ".",
              "Wake or restart a node, or claim one more.");
}

// The seats that nothing beats by `better`.
template <class Better>
std::vector<const Seat*> best_by(const std::vector<const Seat*>& seats, Better better) {
  std::vector<const Seat*> best;
  for (const Seat* seat : seats) {
    if (!best.empty() && better(*best.front(), *seat)) continue;
    if (!best.empty() && better(*seat, *best.front())) best.clear();
    best.push_back(seat);
  }
  return best;
}

std::vector<balance::Candidate> candidates_of(const std::vector<const Seat*>& seats) {
  std::vector<balance::Candidate> pool;
  pool.reserve(seats.size());
  for (const Seat* seat : seats) {
    pool.push_back({.id = seat->node->id.value, .signals = seat->node->signals});
  }
  return pool;
}

// Chooses among the seats that are open (they can take one more). REQUIRES: not empty.
Placement choose(const PlacementRequest& request, const std::vector<const Seat*>& open,
                 const balance::Weights& weights) {
  const auto pool = candidates_of(open);
  const balance::PoolBest best = balance::best_of(pool);
  const auto score_of = [&](const Seat* seat) {
    return balance::score({.id = {}, .signals = seat->node->signals}, best, weights);
  };
  const auto spread =
      best_by(open, [](const Seat& a, const Seat& b) { return a.of_app < b.of_app; });
  const auto light = best_by(spread, less_crowded);
  const Seat* chosen = light.front();
  double chosen_total = score_of(chosen).total;
  for (const Seat* seat : light) {
    const double total = score_of(seat).total;
    if (total > chosen_total || (total == chosen_total && seat->node->id < chosen->node->id)) {
      chosen = seat;
      chosen_total = total;
    }
  }
  Placement placement{.node = chosen->node->id,
                      .node_name = chosen->node->name,
                      .score = score_of(chosen),
                      .why = {}};
  const std::string scores =
      "; it scores " + std::to_string(std::lround(chosen_total)) + " of 100.";
  const std::string& name = chosen->node->name;
  if (open.size() == 1) {
    placement.why = name + " is the only node that can take one more replica" + scores;
  } else if (spread.size() == 1) {
    placement.why = name + " has the fewest replicas of " + request.app + " (" +
                    std::to_string(chosen->of_app) + ")" + scores;
  } else if (light.size() == 1) {
    placement.why = name + " has the fewest replicas for its size (" +
                    std::to_string(chosen->in_all()) + " on " +
                    count_of(static_cast<std::size_t>(chosen->cpus()), "CPU") + ")" + scores;
  } else {
    std::vector<std::string> names;
    names.reserve(light.size());
    for (const Seat* seat : light) names.push_back(seat->node->name);
    const auto at = static_cast<std::size_t>(std::ranges::find(light, chosen) - light.begin());
    placement.why = balance::explain(candidates_of(light), at, weights, names);
  }
  return placement;
}

std::unexpected<Error> too_many(const PlacementRequest& request, std::size_t fitting) {
  return fail(ErrorCode::kNoMemory,
              "Only " + std::to_string(fitting) + " of " + count_of(request.count, "new replica") +
                  " of " + request.app + " fit: each needs " + std::to_string(request.memory_mb) +
                  " MiB of memory.",
              "Ask for fewer replicas, lower the app's memory, or claim one more node.");
}

}  // namespace

Json to_json(const Placement& placement) {
  Json terms = Json::array();
  for (const balance::Term& term : placement.score.terms) {
    terms.push_back({{"signal", balance::to_string(term.signal)},
                     {"value", term.value},
                     {"weight", term.weight},
                     {"points", term.points}});
  }
  return {{"node", placement.node.value},
          {"nodeName", placement.node_name},
          {"score", placement.score.total},
          {"terms", std::move(terms)},
          {"why", placement.why}};
}

std::optional<std::string> exclusion(const PlacementRequest& request, const PlacementNode& node) {
  if (node.role == NodeRole::kGateway) return node.name + " is a gateway: it runs no apps.";
  if (node.role == NodeRole::kServer) return node.name + " is a sync server: it runs no apps.";
  if (node.state != NodeState::kAwake) {
    return node.name + " is " + std::string(to_string(node.state)) + ".";
  }
  if (is_avoided(request, node.id)) return node.name + " cannot run this release.";
  if (!has_memory(request, node, 1)) {
    return node.name + " has " + mebibytes(*node.memory_free_bytes) +
           " of memory free; a replica of " + request.app + " needs " +
           std::to_string(request.memory_mb) + " MiB.";
  }
  if (!has_disk(node)) {
    return node.name + " has only " + mebibytes(*node.disk_free_bytes) + " of disk free.";
  }
  return std::nullopt;
}

Result<std::vector<Placement>> place(const PlacementRequest& request,
                                     std::span<const PlacementNode> nodes,
                                     const balance::Weights& weights) {
  std::vector<Seat> seats;
  for (const PlacementNode& node : nodes) {
    if (exclusion(request, node)) continue;
    const auto of_app = std::ranges::count(request.existing, node.id);
    seats.push_back({.node = &node, .of_app = static_cast<std::size_t>(of_app)});
  }
  if (seats.empty() && request.count > 0) return no_node(request, nodes);

  std::vector<Placement> placements;
  while (placements.size() < request.count) {
    std::vector<const Seat*> open;
    for (const Seat& seat : seats) {
      if (has_memory(request, *seat.node, seat.placed + 1)) open.push_back(&seat);
    }
    if (open.empty()) {
      if (request.partial) break;
      return too_many(request, placements.size());
    }
    placements.push_back(choose(request, open, weights));
    for (Seat& seat : seats) {
      if (seat.node->id != placements.back().node) continue;
      ++seat.placed;
      ++seat.of_app;
    }
  }
  return placements;
}

std::vector<std::size_t> choose_removals(std::span<const RemovalCandidate> candidates,
                                         std::size_t count) {
  std::vector<std::size_t> left(candidates.size());
  for (std::size_t i = 0; i < left.size(); ++i) left[i] = i;
  const auto crowd = [&](std::size_t i) {
    return std::ranges::count_if(
        left, [&](std::size_t j) { return candidates[j].node == candidates[i].node; });
  };
  std::vector<std::size_t> removals;
  while (removals.size() < count && !left.empty()) {
    const auto first = std::ranges::max_element(
        left, {}, [&](std::size_t i) { return std::tuple(!candidates[i].ready, crowd(i), i); });
    removals.push_back(*first);
    left.erase(first);
  }
  return removals;
}

}  // namespace a67
