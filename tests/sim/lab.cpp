#include "tests/sim/lab.h"

#include <algorithm>
#include <utility>

namespace a67::sim {

Lab::Lab()
    : dice_(1),
      invariants_(timeline_, nodes_, archives_, true, false),
      network_(timeline_, dice_.fork(), faults_, archives_),
      saboteur_(Sabotage::kNone, nodes_, timeline_),
      host_(timeline_, dice_.fork(), faults_, network_, saboteur_, Sabotage::kNone, *this) {
  faults_.latency_max = Duration{5};
  faults_.replica_time_max = Duration{300};
  host_.start();
}

FakeNode& Lab::add_node(const std::string& name, NodeRole role) {
  nodes_.push_back(std::make_unique<FakeNode>(
      FakeNode::Setup{.name = name,
                      .role = role,
                      .url = "http://" + name + ".test:4601",
                      .gateway_url = "http://" + name + ".test:4701"},
      timeline_, dice_.fork(), faults_, archives_, Sabotage::kNone, invariants_));
  network_.add(*nodes_.back());
  return *nodes_.back();
}

void Lab::claim_workers(int count) {
  for (int number = 1; number <= count; ++number) {
    FakeNode& node = add_node("node-" + std::to_string(number));
    ask("node.claim", {{"url", node.setup().url}, {"code", node.claim_code()}});
  }
}

Json Lab::release(const std::string& app, Behaviour behaviour, std::int64_t replicas) {
  const Archive& archive = archives_.make(behaviour);
  return {{"name", app},
          {"source",
           {{"kind", "archive"},
            {"sha256", archive.sha256},
            {"bytes", archive.bytes.size()},
            {"format", "tar.gz"},
            {"name", app}}},
          {"runtime", "node"},
          {"start", "node server.js"},
          {"env", {{"GREETING", std::string(kSecretMark) + "hello"}}},
          {"replicas", replicas}};
}

void Lab::run_for(Duration time) {
  const Instant end = timeline_.now() + time;
  for (;;) {
    host_.pump();
    Instant next = end;
    if (const auto action = timeline_.next()) next = std::min(next, *action);
    if (const auto wake = host_.next_wake()) {
      next = std::min(next, std::max(*wake, timeline_.now()));
    }
    timeline_.advance(next);
    const bool ran = timeline_.run_one();
    host_.pump();
    if (next >= end && !ran) return;
  }
}

std::int64_t Lab::begin(const std::string& name, Json body) {
  // The number is known only after the call, the end comes later.
  auto number = std::make_shared<std::int64_t>(0);
  *number =
      host_.command(name, std::move(body), [this, number](const std::optional<Host::End>& end) {
        if (end) ends_.emplace(*number, *end);
      });
  return *number;
}

const Host::End* Lab::ended(std::int64_t id) const {
  const auto found = ends_.find(id);
  return found == ends_.end() ? nullptr : &found->second;
}

std::optional<Host::End> Lab::ask(const std::string& name, Json body, Duration patience) {
  const std::int64_t id = begin(name, std::move(body));
  const Instant until = timeline_.now() + patience;
  while (ended(id) == nullptr && timeline_.now() < until) run_for(Duration{20});
  const Host::End* end = ended(id);
  return end == nullptr ? std::nullopt : std::optional(*end);
}

const AppRecord& Lab::app(const std::string& name) const {
  static const AppRecord kNone;
  const AppRecord* app = state().find_app(name);
  return app == nullptr ? kNone : *app;
}

std::size_t Lab::ready(const std::string& app) const {
  std::size_t count = 0;
  for (const auto& node : nodes_) {
    for (const DesiredReplica& replica : node->desired().replicas) {
      if (replica.app == app && node->up() && node->is_ready(replica.id)) ++count;
    }
  }
  return count;
}

std::string Lab::violations() const {
  std::string text;
  for (const std::string& violation : invariants_.violations()) text += violation + "\n";
  return text;
}

}  // namespace a67::sim
