#include "tests/sim/invariants.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/api/contract.h"
#include "engine/base/encoding.h"
#include "engine/state/snapshot.h"

namespace a67::sim {
namespace {

constexpr std::size_t kKeptMax = 3;
constexpr std::size_t kViolationsMax = 20;
// How every order token begins: its header is always the same.
constexpr std::string_view kTokenMark = "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.";
constexpr std::string_view kCodeMark = "C0DE-";

std::string token_of(const Json& request) {
  for (const Json& header : array_at(request, "headers")) {
    if (header[0] == "Authorization") {
      return header[1].get<std::string>().substr(std::string_view("Bearer ").size());
    }
  }
  const auto first = parse_json(string_or(request, "first"));
  return first ? string_or(*first, "token") : std::string();
}

}  // namespace

void Invariants::violated(char letter, const std::string& what) {
  if (violations_.size() >= kViolationsMax) return;
  violations_.push_back(std::string(1, letter) + " at " +
                        std::to_string(timeline_.now().time_since_epoch().count()) +
                        " ms: " + what);
}

// ---- the store

void Invariants::on_kept(const std::string& key, const std::string& value) {
  if (key == "identity") secrets_.push_back(value);
  if (key != "state") return;
  kept_.push_back({.text = value, .state = std::nullopt});
  if (kept_.size() > kKeptMax) kept_.pop_front();
  serving_changed_ = true;
  check_refused();
}

const State& Invariants::read(const Kept& kept) const {
  if (!kept.state) {
    auto state = read_snapshot(kept.text);
    kept.state = state ? std::move(*state) : State{};
  }
  return *kept.state;
}

const State* Invariants::durable() const { return kept_.empty() ? nullptr : &read(kept_.back()); }

// ---- engines and nodes

void Invariants::on_engine_started() {
  epoch_before_ = std::max(epoch_before_, epoch_now_);
  epoch_now_ = 0;
  ordered_.clear();
  dead_.clear();
}

void Invariants::on_engine_gone() { commands_.clear(); }

void Invariants::on_order(const FakeNode& node, std::int64_t epoch) {
  auto& seen = epoch_seen_[node.id()];
  seen = std::max(seen, epoch);
}

void Invariants::on_accepted(const FakeNode& node, const DesiredState& desired) {
  if (desired.epoch < epoch_seen_[node.id()]) {
    violated('B', node.setup().name + " obeys epoch " + std::to_string(desired.epoch) + " after " +
                      std::to_string(epoch_seen_[node.id()]) + ".");
  }
  serving_changed_ = true;
}

void Invariants::on_node_changed(const FakeNode& /*node*/) { serving_changed_ = true; }

const FakeNode* Invariants::find_node(const NodeId& id) const {
  for (const auto& node : nodes_) {
    if (node->id() == id) return node.get();
  }
  return nullptr;
}

// ---- what the engine says

void Invariants::on_output(const Json& message) {
  const std::string kind = string_or(message, "kind");
  if (kind == "reply" || kind == "failed" || kind == "progress") {
    check_answer_of(message);
  } else if (!checking_) {
    return;
  } else if (kind == "event") {
    check_event_of(message);
  } else if (kind == "effect") {
    check_effect(message);
  }
}

void Invariants::check_event_of(const Json& message) {
  const std::string name = string_or(message, "name");
  const Json& body = object_at(message, "body");
  if (const auto valid = check_event(name, body); !valid) {
    violated('c', "event " + name + ": " + valid.error().message);
  }
  search_secrets(body, "event " + name);
  if (name == "node.changed") {
    const std::string id = string_or(body["node"], "id");
    if (body["node"]["state"] == "dead") {
      dead_.insert(id);
    } else {
      dead_.erase(id);
    }
  }
}

// ---- effects

void Invariants::check_effect(const Json& message) {
  const std::string name = string_or(message, "name");
  const Json& body = object_at(message, "body");
  if (name == "log") return search_secrets(body, "log");
  if (name != "http.send" && name != "stream.open") return;
  const std::string url = string_or(body, "url");
  search_text(url, "a URL");
  const std::string token = token_of(body);
  if (token.empty()) return;  // a greeting
  NodeId audience;
  check_token(token, audience);
  if (body.contains("body") && url.ends_with(kDesiredPath)) {
    auto& last = ordered_[audience];
    const auto& text = body["body"].get_ref<const std::string&>();
    if (last == text) return;
    last = text;
    const auto json = parse_json(last);
    const auto desired = desired_state_from_json(*json);
    if (!desired) return violated('A', "an order that no node can read");
    check_order(audience, *desired);
  }
}

void Invariants::check_token(const std::string& token, NodeId& audience) {
  const auto begin = token.find('.') + 1;
  const auto payload = base64url_decode(token.substr(begin, token.rfind('.') - begin));
  const Json claims = Json::parse(payload->begin(), payload->end());
  audience = NodeId(string_or(claims, "aud"));
  const std::int64_t epoch = int_or(claims, "epoch");
  if (epoch <= epoch_before_ || (epoch_now_ != 0 && epoch != epoch_now_)) {
    violated('B', "an engine orders with epoch " + std::to_string(epoch) + "; before it were " +
                      std::to_string(std::max(epoch_before_, epoch_now_)) + ".");
  }
  epoch_now_ = std::max(epoch_now_, epoch);
}

void Invariants::check_order(const NodeId& node, const DesiredState& desired) {
  for (const DesiredReplica& replica : desired.replicas) {
    const auto& owner = owner_.try_emplace(replica.id, node).first->second;
    if (owner != node) {
      violated('C', replica.id.value + " is ordered to " + node.value + " and to " + owner.value);
    }
  }
  const bool follows = std::ranges::any_of(kept_, [&](const Kept& kept) {
    DesiredState expected = desired_for(read(kept), node, desired.epoch);
    expected.revision = desired.revision;
    return expected == desired;
  });
  if (!follows) {
    violated('A', "an order to " + node.value + " (revision " + std::to_string(desired.revision) +
                      ") follows from no durable state.");
  }
  const State* state = durable();
  if (state == nullptr) return;
  for (const AppRecord& app : state->apps) check_count(node, desired, app);
}

// Its replicas serve on until others have taken their place.
bool Invariants::is_given_up(const NodeId& id) const {
  const State* state = durable();
  return std::ranges::any_of(commands_, [&](const auto& entry) {
    if (entry.second.name != "node.remove" || entry.second.ended_at) return false;
    const std::string named = string_or(entry.second.body, "node");
    return named == id.value || named == state->node_name(id);
  });
}

void Invariants::check_count(const NodeId& node, const DesiredState& desired,
                             const AppRecord& app) {
  std::size_t count = 0;
  std::set<ReplicaId> leaving;
  for (const Assignment& assignment : app.assignments) {
    if (assignment.draining_since || is_given_up(assignment.node)) leaving.insert(assignment.id);
    const bool elsewhere = assignment.node != node && !dead_.contains(assignment.node.value);
    if (elsewhere && !leaving.contains(assignment.id)) ++count;
  }
  for (const DesiredReplica& replica : desired.replicas) {
    if (replica.app == app.name && !leaving.contains(replica.id)) ++count;
  }
  std::int64_t wanted = app.wanted;
  if (const DeploymentRecord* newest = app.newest_deployment()) {
    wanted = std::max({wanted, newest->wanted, newest->wanted_before});
  }
  // A rollout adds half as many; one that goes back keeps what is ready until all are back.
  const auto most = static_cast<std::size_t>(wanted + std::max<std::int64_t>(1, wanted));
  if (count > most) {
    violated('D', std::to_string(count) + " replicas of " + app.name + " are ordered, wanted are " +
                      std::to_string(wanted) + ".");
  }
  const ReleaseRecord* serving = app.find_release(app.serving);
  const Archive* archive = serving == nullptr ? nullptr : archives_.find(serving->source.sha256);
  if (archive != nullptr && archive->behaviour != Behaviour::kWell) {
    violated('E', app.serving.value + " serves, but cannot run.");
  }
}

// ---- secrets

void Invariants::search_secrets(const Json& value, const std::string& where) {
  if (value.is_string()) return search_text(value.get_ref<const std::string&>(), where);
  if (!value.is_structured()) return;
  for (const Json& member : value) search_secrets(member, where);
}

void Invariants::search_text(const std::string& text, const std::string& where) {
  const auto leaks = [&](std::string_view secret) {
    if (!secret.empty() && text.contains(secret)) violated('G', "a secret is in " + where);
  };
  leaks(kSecretMark);
  leaks(kCodeMark);
  leaks(kTokenMark);
  for (const std::string& secret : secrets_) leaks(secret);
}

}  // namespace a67::sim
