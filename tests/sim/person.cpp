#include "tests/sim/person.h"

#include <algorithm>
#include <utility>

namespace a67::sim {
namespace {

constexpr Duration kPauseMax{6'000};
constexpr Duration kAskEvery{8'000};
constexpr std::int64_t kReplicasMax = 4;

}  // namespace

void Person::begin() {
  act_later(0, Duration{100});
  act_later(1, Duration{3'000});
  timeline_.after(kAskEvery, [this] { ask(); });
}

void Person::act_later(int hand, Duration delay) {
  timeline_.after(delay, [this, hand] { act(hand); });
}

void Person::act(int hand) {
  if (!host_.ready()) return act_later(hand, Duration{500});
  if (mend(hand)) return;
  const State* state = look_();
  if (resting_ || state == nullptr) return act_later(hand, Duration{1'000});
  send(hand, choose(*state));
}

void Person::send(int hand, Wish wish) {
  const std::int64_t id = host_.command(
      wish.name, std::move(wish.body), [this, hand](const std::optional<Host::End>& /*end*/) {
        mending_.clear();
        act_later(hand,
                  resting_ ? Duration{200} : dice_.between(Duration{200}, kPauseMax * (hand + 1)));
      });
  if (dice_.chance(0.15)) {
    timeline_.after(dice_.between(Duration{50}, Duration{8'000}), [this, id] { host_.cancel(id); });
  }
}

// True when there was something to mend.
bool Person::mend(int hand) {
  const State* state = look_();
  for (const auto& node : nodes_) {
    const bool known = state != nullptr && state->find_node(node->id()) != nullptr;
    if ((known && node->is_claimed()) || mending_.contains(node->id())) continue;
    if (!resting_ && !node->up()) continue;
    mending_.insert(node->id());
    const bool wrong = !resting_ && dice_.chance(0.1);
    send(hand, {.name = "node.claim",
                .body = {{"url", node->setup().url},
                         {"code", wrong ? "C0DE-0000-00000" : node->claim_code()}}});
    return true;
  }
  if (state == nullptr) return false;
  for (const NodeRecord& record : state->nodes) {
    const bool exists =
        std::ranges::any_of(nodes_, [&](const auto& node) { return node->id() == record.id; });
    if (exists || mending_.contains(record.id)) continue;
    mending_.insert(record.id);
    send(hand, {.name = "node.remove", .body = {{"node", record.id.value}, {"force", true}}});
    return true;
  }
  return false;
}

Person::Wish Person::choose(const State& state) {
  const std::vector<std::string> names = {"guestbook", "notes"};
  const std::string& name = dice_.pick(names);
  const AppRecord* app = state.find_app(name);
  const auto roll = dice_.below(100);
  if (app == nullptr) return deploy(name, Behaviour::kWell);
  if (roll < 6 && state.nodes.size() > 2) {
    const NodeRecord& node = dice_.pick(state.nodes);
    Json body = {{"node", dice_.chance(0.5) ? node.id.value : node.name}};
    if (!calm_ && dice_.chance(0.3)) body["force"] = true;
    return {.name = "node.remove", .body = std::move(body)};
  }
  if (roll < 9) {
    return {.name = "settings.set",
            .body = {{"heartbeatSeconds", static_cast<std::int64_t>(5 + dice_.below(30))}}};
  }
  return choose_for(*app);
}

Person::Wish Person::choose_for(const AppRecord& app) {
  const auto roll = dice_.below(100);
  const Json named = {{"app", app.name}};
  if (app.rollout() != nullptr && dice_.chance(0.3)) return {.name = "app.cancel", .body = named};
  if (app.stopped) {
    return roll < 70 ? Wish{.name = "app.start", .body = named}
                     : deploy(app.name, Behaviour::kWell);
  }
  if (roll < 25) return deploy(app.name, Behaviour::kWell);
  if (roll < 40) {
    const std::vector<Behaviour> bad = {Behaviour::kBuildFails, Behaviour::kNeverHealthy,
                                        Behaviour::kCrashes};
    return deploy(app.name, dice_.pick(bad));
  }
  if (roll < 65) {
    const auto count = static_cast<std::int64_t>(1 + dice_.below(kReplicasMax));
    return {.name = "app.scale", .body = {{"app", app.name}, {"replicas", count}}};
  }
  if (roll < 78) return {.name = "app.restart", .body = named};
  if (roll < 86) return {.name = "app.rollback", .body = named};
  if (roll < 95) return {.name = "app.stop", .body = named};
  return {.name = "app.remove", .body = named};
}

Person::Wish Person::deploy(const std::string& app, Behaviour behaviour) {
  const Archive& archive = archives_.make(behaviour);
  Json body = {{"name", app},
               {"source",
                {{"kind", "archive"},
                 {"sha256", archive.sha256},
                 {"bytes", archive.bytes.size()},
                 {"format", "tar.gz"},
                 {"name", app}}},
               {"runtime", "node"},
               {"start", "node server.js"},
               {"env", {{"GREETING", std::string(kSecretMark) + app}}}};
  if (dice_.chance(0.6)) {
    body["replicas"] = static_cast<std::int64_t>(1 + dice_.below(kReplicasMax));
  }
  return {.name = "app.deploy", .body = std::move(body)};
}

// ---- questions, beside everything else

void Person::ask() {
  if (resting_) return;
  const State* state = look_();
  if (host_.ready() && state != nullptr) {
    Wish wish = question(*state);
    const bool follows = bool_or(wish.body, "follow");
    const std::int64_t id =
        host_.command(wish.name, std::move(wish.body), [](const std::optional<Host::End>&) {});
    if (follows) {
      timeline_.after(dice_.between(Duration{10}, Duration{5'000}),
                      [this, id] { host_.cancel(id); });
    }
  }
  timeline_.after(dice_.between(Duration{1'000}, kAskEvery * 2), [this] { ask(); });
}

Person::Wish Person::question(const State& state) {
  const Json named = {{"app", state.apps.empty() ? "nothing" : dice_.pick(state.apps).name}};
  switch (dice_.below(9)) {
    case 0:
      return {.name = "app.list", .body = Json::object()};
    case 1:
      return {.name = "node.list", .body = Json::object()};
    case 2:
      return {.name = "app.get", .body = named};
    case 3:
      return {.name = "activity.list", .body = {{"text", "r"}, {"limit", 20}}};
    case 4:
      return {.name = "app.metrics", .body = named};
    case 5: {
      Wish plan = deploy("guestbook", Behaviour::kWell);
      plan.name = "deploy.plan";
      return plan;
    }
    case 6: {
      Json body = named;
      body["follow"] = dice_.chance(0.5);
      return {.name = "app.logs", .body = std::move(body)};
    }
    case 7:
      return {.name = "app.scale", .body = {{"app", "guestbook"}, {"replica", 3}}};  // a typo
    default:
      return {.name = "engine.state", .body = Json::object()};
  }
}

}  // namespace a67::sim
