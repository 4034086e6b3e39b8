#include "engine/deploy/placement.h"

#include <algorithm>
#include <catch_amalgamated.hpp>
#include <map>
#include <ranges>
#include <set>
#include <string>

#include "engine/base/random.h"

namespace a67 {
namespace {

constexpr std::uint64_t kSeeds = 300;
constexpr std::int64_t kMebibyte = 1 << 20;

PlacementNode node(std::string name, NodeState state = NodeState::kAwake) {
  return {.id = NodeId("n-" + name), .name = name, .state = state, .cpus = 2};
}

std::vector<std::string> names(const std::vector<Placement>& placements) {
  std::vector<std::string> result;
  for (const Placement& placement : placements) result.push_back(placement.node_name);
  return result;
}

std::vector<Placement> placed(const PlacementRequest& request,
                              const std::vector<PlacementNode>& nodes) {
  auto placements = place(request, nodes, {});
  if (!placements) FAIL(placements.error().message);
  return *placements;
}

Error error_of(const PlacementRequest& request, const std::vector<PlacementNode>& nodes) {
  const auto placements = place(request, nodes, {});
  REQUIRE_FALSE(placements);
  return placements.error();
}

using Names = std::vector<std::string>;

TEST_CASE("place: one replica on each of three equal nodes, in the order of ids", "[deploy]") {
  CHECK(names(placed({.app = "web", .count = 3}, {node("c"), node("a"), node("b")})) ==
        Names{"a", "b", "c"});
}

TEST_CASE("place: the fewest replicas of the app come first, whatever the scores", "[deploy]") {
  std::vector<PlacementNode> nodes = {node("a"), node("b")};
  nodes[0].signals = {.cpu_percent = 0, .memory_percent = 0, .success_rate = 1};
  nodes[1].signals = {.cpu_percent = 99, .memory_percent = 99, .success_rate = 0};
  const auto placements = placed({.app = "web", .existing = {NodeId("n-a")}}, nodes);
  CHECK(names(placements) == Names{"b"});
  CHECK(placements[0].why == "b has the fewest replicas of web (0); it scores 18 of 100.");
}

TEST_CASE("place: then the fewest replicas in all, for the node's size", "[deploy]") {
  std::vector<PlacementNode> nodes = {node("a"), node("b")};
  nodes[0].replicas = 3;  // 4 on 2 CPUs
  nodes[1].replicas = 5;  // 6 on 8 CPUs
  nodes[1].cpus = 8;
  const auto placements = placed({.app = "web"}, nodes);
  CHECK(names(placements) == Names{"b"});
  CHECK(placements[0].why ==
        "b has the fewest replicas for its size (5 on 8 CPUs); it scores 50 of 100.");
}

TEST_CASE("place: then the best score, explained against the next best", "[deploy]") {
  std::vector<PlacementNode> nodes = {node("a"), node("b"), node("c")};
  nodes[0].signals.cpu_percent = 80;
  nodes[1].signals.cpu_percent = 20;
  nodes[2].signals.cpu_percent = 50;
  const auto placements = placed({.app = "web"}, nodes);
  CHECK(names(placements) == Names{"b"});
  CHECK(placements[0].why ==
        "b scores 59 of 100, 9 more than c: more free CPU (80 % against 50 %).");
  CHECK(placements[0].score.total == Catch::Approx(59));
}

TEST_CASE("place: only awake workers that are not avoided", "[deploy]") {
  std::vector<PlacementNode> nodes = {node("asleep", NodeState::kAsleep),
                                      node("paused", NodeState::kPaused),
                                      node("throttled", NodeState::kThrottled),
                                      node("suspect", NodeState::kSuspect),
                                      node("dead", NodeState::kDead),
                                      node("gateway"),
                                      node("server"),
                                      node("bad"),
                                      node("good")};
  nodes[5].role = NodeRole::kGateway;
  nodes[6].role = NodeRole::kServer;
  const PlacementRequest request{.app = "web", .count = 3, .avoid = {NodeId("n-bad")}};
  const auto placements = placed(request, nodes);
  CHECK(names(placements) == Names{"good", "good", "good"});
  CHECK(placements[0].why ==
        "good is the only node that can take one more replica; it scores 50 of 100.");
  for (const PlacementNode& other : nodes)
    CHECK(exclusion(request, other).has_value() == (other.name != "good"));
}

TEST_CASE("place: without nodes it says how to get one", "[deploy]") {
  const Error error = error_of({.app = "web"}, {});
  CHECK(error.code == ErrorCode::kNoNodes);
  CHECK(error.message == "There is no node to run web on.");
  CHECK(error.hint.contains("scripts/up"));
}

TEST_CASE("place: when no node can take one, it counts them by state", "[deploy]") {
  std::vector<PlacementNode> nodes = {node("a", NodeState::kDead),
                                      node("b", NodeState::kDead),
                                      node("c", NodeState::kAsleep),
                                      node("d"),
                                      node("e"),
                                      node("f")};
  nodes[3].role = NodeRole::kGateway;
  nodes[5].role = NodeRole::kServer;
  const Error error = error_of({.app = "web", .avoid = {NodeId("n-e")}}, nodes);
  CHECK(error.code == ErrorCode::kNoNodes);
  CHECK(error.message ==
        "None of the 6 nodes can take a replica of web: 1 asleep, 2 dead, 1 unable to run this "
        "release, 1 gateway that runs no apps, 1 sync server that runs no apps.");
  CHECK_FALSE(error.hint.empty());
}

TEST_CASE("place: memory that does not fit leaves a node out", "[deploy]") {
  std::vector<PlacementNode> nodes = {node("small"), node("large"), node("unknown")};
  nodes[0].memory_free_bytes = 100 * kMebibyte;
  nodes[1].memory_free_bytes = 1024 * kMebibyte;
  CHECK(names(placed({.app = "web", .count = 2, .memory_mb = 256}, nodes)) ==
        Names{"large", "unknown"});
  nodes.pop_back();
  const auto four = placed({.app = "web", .count = 4, .memory_mb = 256}, nodes);
  CHECK(names(four) == Names{"large", "large", "large", "large"});

  SECTION("too many for the memory are refused as a whole") {
    const Error error = error_of({.app = "web", .count = 5, .memory_mb = 256}, nodes);
    CHECK(error.code == ErrorCode::kNoMemory);
    CHECK(error.message == "Only 4 of 5 new replicas of web fit: each needs 256 MiB of memory.");
  }
  SECTION("or placed as far as they fit, if that is asked for") {
    CHECK(placed({.app = "web", .count = 5, .memory_mb = 256, .partial = true}, nodes).size() == 4);
  }
  SECTION("when none fits, each node's free memory is told") {
    const Error error = error_of({.app = "web", .memory_mb = 2048, .partial = true}, nodes);
    CHECK(error.code == ErrorCode::kNoMemory);
    CHECK(error.message ==
          "No node has the 2048 MiB of memory free that a replica of web needs: large has 1024 "
          "MiB, small has 100 MiB.");
  }
  SECTION("without a limit there is nothing to check") {
    CHECK(placed({.app = "web", .count = 9}, nodes).size() == 9);
  }
}

TEST_CASE("place: a full disk leaves a node out", "[deploy]") {
  std::vector<PlacementNode> nodes = {node("full"), node("fine")};
  nodes[0].disk_free_bytes = 10 * kMebibyte;
  nodes[1].disk_free_bytes = kDiskFreeBytesMin;
  CHECK(names(placed({.app = "web", .count = 2}, nodes)) == Names{"fine", "fine"});
  nodes.pop_back();
  const Error error = error_of({.app = "web"}, nodes);
  CHECK(error.code == ErrorCode::kDiskFull);
  CHECK(error.message ==
        "No node has the 128 MiB of disk free that a release needs: full has 10 MiB.");
}

TEST_CASE("place: long lists of nodes are cut", "[deploy]") {
  std::vector<PlacementNode> nodes;
  for (char name = 'a'; name <= 'h'; ++name) {
    nodes.push_back(node(std::string(1, name)));
    nodes.back().memory_free_bytes = 0;
  }
  CHECK(
      error_of({.app = "web", .memory_mb = 1}, nodes).message.ends_with("e has 0 MiB and 3 more."));
}

TEST_CASE("place: nothing asked, nothing placed, whatever nodes came", "[deploy]") {
  CHECK(placed({.app = "web", .count = 0, .existing = {NodeId("n-a"), NodeId("n-a")}},
               {node("a"), node("b")})
            .empty());
  CHECK(placed({.app = "web", .count = 0}, {}).empty());
}

TEST_CASE("place: the view has the contract's fields", "[deploy]") {
  const Json view = to_json(placed({.app = "web"}, {node("a")})[0]);
  CHECK(view["node"] == "n-a");
  CHECK(view["nodeName"] == "a");
  CHECK(view["score"] == 50.0);
  CHECK(view["why"].get<std::string>().ends_with("."));
  REQUIRE(view["terms"].size() == 5);
  CHECK(view["terms"][0] ==
        Json{{"signal", "cpu"}, {"value", 50.0}, {"weight", 30}, {"points", 15.0}});
}

// ---- properties

std::vector<PlacementNode> draw_nodes(Random& random) {
  std::vector<PlacementNode> nodes;
  const std::size_t count = 1 + random.below(8);
  for (std::size_t i = 0; i < count; ++i) {
    PlacementNode drawn = node(random.make_name(6), static_cast<NodeState>(random.below(6)));
    if (random.below(2) == 0) drawn.state = NodeState::kAwake;
    drawn.signals.cpu_percent = static_cast<double>(random.below(101));
    drawn.signals.memory_percent = static_cast<double>(random.below(101));
    drawn.replicas = random.below(10);
    drawn.cpus = static_cast<std::int64_t>(random.below(9));
    nodes.push_back(std::move(drawn));
  }
  return nodes;
}

TEST_CASE("place: counts differ by at most one where everything fits", "[deploy]") {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Random random = Random::from_number(seed);
    const auto nodes = draw_nodes(random);
    std::map<NodeId, std::size_t> counts;
    for (const PlacementNode& each : nodes) {
      if (each.state == NodeState::kAwake) counts[each.id] = 0;
    }
    const std::size_t wanted = 1 + random.below(20);
    const auto placements = place({.app = "web", .count = wanted}, nodes, {});
    INFO("seed " << seed);
    REQUIRE(placements.has_value() == !counts.empty());
    if (!placements) continue;
    REQUIRE(placements->size() == wanted);
    for (const Placement& placement : *placements) {
      REQUIRE(counts.contains(placement.node));  // awake
      ++counts[placement.node];
    }
    const auto [least, most] = std::ranges::minmax(counts | std::views::values);
    CHECK(most - least <= 1);
  }
}

TEST_CASE("place: a skewed app is evened out by what is added, not by moving", "[deploy]") {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Random random = Random::from_number(seed);
    const std::vector<PlacementNode> nodes = {node("a"), node("b"), node("c")};
    PlacementRequest request{.app = "web", .count = random.below(12)};
    std::map<NodeId, std::size_t> before;
    for (const PlacementNode& each : nodes) {
      for (std::size_t i = random.below(5); i > 0; --i) {
        request.existing.push_back(each.id);
        ++before[each.id];
      }
    }
    auto after = before;
    for (const Placement& placement : placed(request, nodes)) {
      // Always onto a node that has the fewest.
      for (const PlacementNode& other : nodes) CHECK(after[placement.node] <= after[other.id]);
      ++after[placement.node];
    }
    for (const auto& [id, count] : before) CHECK(after[id] >= count);
  }
}

TEST_CASE("place: the order of the nodes does not matter", "[deploy]") {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Random random = Random::from_number(seed);
    auto nodes = draw_nodes(random);
    nodes.push_back(node("awake"));
    const PlacementRequest request{.app = "web", .count = 7};
    const auto before = placed(request, nodes);
    for (std::size_t i = nodes.size(); i > 1; --i) std::swap(nodes[i - 1], nodes[random.below(i)]);
    const auto after = placed(request, nodes);
    INFO("seed " << seed);
    REQUIRE(names(before) == names(after));
    for (std::size_t i = 0; i < before.size(); ++i) CHECK(before[i].why == after[i].why);
  }
}

// ---- removals

RemovalCandidate replica(std::string id, std::string on, bool ready = true) {
  return {.id = ReplicaId(std::move(id)), .node = NodeId(std::move(on)), .ready = ready};
}

using Indices = std::vector<std::size_t>;

TEST_CASE("choose_removals: those not ready go first", "[deploy]") {
  const std::vector<RemovalCandidate> replicas = {replica("1", "a"), replica("2", "a"),
                                                  replica("3", "b", false), replica("4", "c")};
  CHECK(choose_removals(replicas, 1) == Indices{2});
}

TEST_CASE("choose_removals: then from the most crowded node, newest first", "[deploy]") {
  const std::vector<RemovalCandidate> replicas = {replica("1", "a"), replica("2", "a"),
                                                  replica("3", "a"), replica("4", "b"),
                                                  replica("5", "c")};
  CHECK(choose_removals(replicas, 1) == Indices{2});
  CHECK(choose_removals(replicas, 2) == Indices{2, 1});
  CHECK(choose_removals(replicas, 3) == Indices{2, 1, 4});
}

TEST_CASE("choose_removals: all of them when there are fewer", "[deploy]") {
  const std::vector<RemovalCandidate> replicas = {replica("1", "a"), replica("2", "b")};
  CHECK(choose_removals(replicas, 5).size() == 2);
  CHECK(choose_removals(replicas, 0).empty());
  CHECK(choose_removals({}, 3).empty());
}

TEST_CASE("choose_removals: what stays is as spread as it can be", "[deploy]") {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Random random = Random::from_number(seed);
    std::vector<RemovalCandidate> replicas;
    for (std::size_t i = random.below(15); i > 0; --i) {
      replicas.push_back(
          replica(std::to_string(i), std::string(1, static_cast<char>('a' + random.below(4)))));
    }
    const std::size_t count = random.below(replicas.size() + 1);
    const auto removals = choose_removals(replicas, count);
    CHECK(std::set(removals.begin(), removals.end()).size() == count);
    std::map<NodeId, std::size_t> left;
    for (const RemovalCandidate& each : replicas) ++left[each.node];
    for (const std::size_t at : removals) {
      const auto most = std::ranges::max(left | std::views::values);
      CHECK(left[replicas[at].node] == most);
      --left[replicas[at].node];
    }
  }
}

}  // namespace
}  // namespace a67
