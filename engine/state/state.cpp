#include "engine/state/state.h"

#include <algorithm>
#include <utility>

namespace a67 {
namespace {

template <class Records, class Key, class Member>
auto* find_in(Records& records, const Key& key, Member member) {
  const auto found = std::ranges::find(records, key, member);
  return found == records.end() ? nullptr : &*found;
}

}  // namespace

NodeRecord* State::find_node(const NodeId& id) { return find_in(nodes, id, &NodeRecord::id); }
const NodeRecord* State::find_node(const NodeId& id) const {
  return find_in(nodes, id, &NodeRecord::id);
}
AppRecord* State::find_app(std::string_view name) { return find_in(apps, name, &AppRecord::name); }
const AppRecord* State::find_app(std::string_view name) const {
  return find_in(apps, name, &AppRecord::name);
}

std::string State::node_name(const NodeId& id) const {
  const NodeRecord* node = find_node(id);
  return node == nullptr ? id.value : node->name;
}

const ActivityLine& State::note(UnixMs at, ActivityLevel level, std::string kind,
                                std::string subject, std::string message) {
  activity.push_back({.seq = next_activity_seq++,
                      .at = at,
                      .level = level,
                      .kind = std::move(kind),
                      .subject = std::move(subject),
                      .message = std::move(message)});
  while (activity.size() > kActivityLinesMax) activity.pop_front();
  return activity.back();
}

void keep_unstored(State& state, const State& before, Instant now) {
  for (NodeRecord& node : state.nodes) {
    const NodeRecord* known = before.find_node(node.id);
    node.leaving = known != nullptr && known->leaving;
  }
  for (AppRecord& app : state.apps) {
    const AppRecord* known = before.find_app(app.name);
    if (known != nullptr) {
      app.placement_error = known->placement_error;
      app.replace_not_before = known->replace_not_before;
      app.replace_backoff = known->replace_backoff;
    }
    for (Assignment& assignment : app.assignments) {
      if (!assignment.draining_since) continue;
      const Assignment* same =
          known == nullptr ? nullptr : find_in(known->assignments, assignment.id, &Assignment::id);
      assignment.draining_since = same == nullptr ? now : same->draining_since.value_or(now);
    }
  }
}

}  // namespace a67
