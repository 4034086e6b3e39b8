#include "engine/api/controller.h"

#include <algorithm>
#include <utility>

#include "engine/api/engine.h"
#include "engine/api/views.h"
#include "engine/base/encoding.h"
#include "engine/deploy/orders.h"

namespace a67 {
namespace {

// Statuses of many nodes come in bunches: one pass for all of them.
constexpr Duration kPassEvery{50};
constexpr Duration kSaveRetry{2'000};

ActivityLevel level_of(NodeState state) {
  if (state == NodeState::kAwake || state == NodeState::kAsleep) return ActivityLevel::kInfo;
  return state == NodeState::kDead ? ActivityLevel::kError : ActivityLevel::kWarning;
}

}  // namespace

Controller::Controller(Ports ports, StateStore& store, EmitEvent emit)
    : ports_(ports),
      store_(store),
      emit_(std::move(emit)),
      wake_(ports.executor),
      saved_changed_(ports.executor),
      tasks_(ports.executor) {}

// ---- start

Task<Result<void>> Controller::start() {
  if (auto loaded = co_await load_identity(); !loaded) co_return loaded;
  auto epoch = co_await store_.take_epoch();
  if (!epoch) co_return std::unexpected(epoch.error());
  epoch_ = *epoch;
  if (auto loaded = co_await load_state(); !loaded) co_return loaded;
  for (const NodeRecord& node : state_.nodes) add_link(node);
  work_ = true;
  tasks_.spawn(run());
  tasks_.spawn(sample_metrics());
  co_return Result<void>{};
}

Task<void> Controller::await_first_words(Duration max) {
  const Instant until = ports_.executor.now() + max;
  const auto is_unheard = [](const auto& entry) {
    const NodeLink& link = *entry.second;
    return !link.status() && !link.attention() && link.state() == NodeState::kAwake;
  };
  while (std::ranges::any_of(links_, is_unheard)) {
    if (!co_await wake_.wait_until(until)) co_return;
  }
}

Task<Result<void>> Controller::load_identity() {
  auto saved = co_await store_.load_identity();
  if (!saved) co_return std::unexpected(saved.error());
  if (*saved) {
    key_.emplace(**saved);
    co_return Result<void>{};
  }
  Seed bytes{};
  ports_.random.fill(bytes);
  Sensitive<Seed> seed(bytes);
  wipe(bytes.data(), bytes.size());
  key_.emplace(seed);
  co_return co_await store_.save_identity(std::move(seed));
}

Task<Result<void>> Controller::load_state() {
  auto saved = co_await store_.load();
  if (!saved) co_return std::unexpected(saved.error());
  if (*saved) {
    take(std::move(**saved));
  } else {
    std::array<std::uint8_t, 32> mesh_key{};
    ports_.random.fill(mesh_key);
    state_.mesh_key = MeshKey(mesh_key);
    ++changes_;
  }
  told_activity_ = state_.next_activity_seq - 1;
  co_return Result<void>{};
}

void Controller::take(State state) {
  keep_unstored(state, state_, ports_.executor.now());
  state_ = std::move(state);
}

// ---- another state

Task<Controller::Hold> Controller::hold() {
  while (held_ || saving_) co_await saved_changed_.wait();
  held_ = true;
  co_return Hold(*this);
}

void Controller::let_go() {
  held_ = false;
  saved_changed_.notify_all();
  wake();
}

void Controller::adopt(State state, std::optional<Lead> lead) {
  if (lead) {
    key_.emplace(std::move(lead->key));
    epoch_ = lead->epoch;
    superseded_ = false;
    newer_.reset();
    noted_.newer = false;
  }
  replace(std::move(state), lead.has_value());
  metrics_ = {};
  told_activity_ = state_.next_activity_seq - 1;
  ++changes_;
  wake();
}

// `anew`: every link has to begin again. Else one that stays keeps what it heard of its node.
void Controller::replace(State state, bool anew) {
  const std::vector<NodeRecord> before = state_.nodes;
  take(std::move(state));
  for (const NodeRecord& known : before) {
    const NodeRecord* node = state_.find_node(known.id);
    const bool stays =
        !anew && node != nullptr && node->url == known.url && node->name == known.name;
    if (!stays) remove_link(known.id);
  }
  for (const NodeRecord& node : state_.nodes) {
    if (!links_.contains(node.id)) add_link(node);
  }
  apply_settings();
}

// What was decided since the last save has not happened.
void Controller::go_back(Error why) {
  ports_.log.write(LogLevel::kError, why.message);
  const bool again = lost_ && lost_->through == saved_;
  lost_ = Lost{.after = again ? lost_->after : saved_, .through = changes_, .why = std::move(why)};
  saved_ = changes_;
  auto stored = store_.saved();
  if (stored && *stored) return replace(std::move(**stored), false);
  // Either nothing was ever stored, or it cannot be understood: then what there is stays as it is.
  if (stored) {
    State first;
    first.mesh_key = state_.mesh_key;
    replace(std::move(first), false);
  }
  ++changes_;
}

// ---- the loop

Task<void> Controller::run() {
  std::optional<Instant> due;
  for (;;) {
    while (!work_ && (!due || *due > ports_.executor.now())) {
      if (due) {
        co_await wake_.wait_until(*due);
      } else {
        co_await wake_.wait();
      }
    }
    if (held_) {
      co_await saved_changed_.wait();
      continue;
    }
    work_ = false;
    Noted noted = noted_;
    note_changes();
    const Changes changes = reconcile(state_, observe(), ports_.random);
    due = changes.wake_at;
    if (changes.changed) ++changes_;

    const std::int64_t version = changes_;
    const std::int64_t activity = state_.next_activity_seq - 1;
    const auto orders = desired();
    if (version != saved_) {
      saving_ = true;
      auto saved = co_await store_.save(state_);
      saving_ = false;
      if (saved) {
        saved_ = version;
      } else {
        noted_ = std::move(noted);
        go_back(std::move(saved.error()));
      }
      saved_changed_.notify_all();
      if (!saved) {
        tell(state_.next_activity_seq - 1);
        co_await ports_.executor.sleep(kSaveRetry);
        work_ = true;
        continue;
      }
    }
    order(orders);
    tell(activity);
    co_await ports_.executor.sleep(kPassEvery);
  }
}

Task<void> Controller::sample_metrics() {
  for (;;) {
    co_await ports_.executor.sleep(kSampleEvery);
    std::vector<const NodeStatus*> statuses;
    for (const auto& [id, link] : links_) {
      if (link->status() && link->state() != NodeState::kDead) statuses.push_back(&*link->status());
    }
    metrics_.sample(state_.apps, statuses, ports_.clock.unix_now());
    if (!state_.apps.empty()) wake();
  }
}

void Controller::note_changes() {
  if (newer_ && !std::exchange(noted_.newer, true)) {
    const auto& [node, epoch] = *newer_;
    state_.note(ports_.clock.unix_now(), ActivityLevel::kError, "controller.superseded",
                state_.node_name(node),
                "A newer controller (epoch " + std::to_string(epoch) + ") gives the orders now.");
    ++changes_;
  }
  for (const auto& [id, link] : links_) {
    const auto [entry, is_new] = noted_.states.try_emplace(id, link->state());
    if (!is_new && entry->second != link->state()) {
      const NodeState before = std::exchange(entry->second, link->state());
      const std::string name = state_.node_name(id);
      const bool returned = link->state() == NodeState::kAwake;
      state_.note(ports_.clock.unix_now(), level_of(link->state()), "node.state", name,
                  returned
                      ? name + " is awake again (it was " + std::string(to_string(before)) + ")."
                      : name + " is " + std::string(to_string(link->state())) + ".");
      ++changes_;
    }
  }
}

Facts Controller::observe() const {
  Facts facts{.now = ports_.executor.now(), .unix_now = ports_.clock.unix_now()};
  for (const NodeRecord& node : state_.nodes) {
    const auto link = links_.find(node.id);
    if (link != links_.end()) add_facts(facts, state_, node, *link->second);
  }
  return facts;
}

std::map<NodeId, DesiredState> Controller::desired() const {
  std::map<NodeId, DesiredState> orders;
  for (const NodeRecord& node : state_.nodes) {
    orders.emplace(node.id, desired_for(state_, node.id, epoch_));
  }
  return orders;
}

void Controller::order(const std::map<NodeId, DesiredState>& desired) {
  if (superseded_) return;
  for (const auto& [id, document] : desired) {
    const auto link = links_.find(id);
    if (link != links_.end()) link->second->want(document);
  }
}

// ---- telling the hosts

void Controller::tell(std::int64_t activity) {
  std::map<std::string, bool> seen;
  for (const NodeRecord& node : state_.nodes) {
    seen["node " + node.id.value] = true;
    tell_one("node " + node.id.value, "node.changed", {{"node", view_of(node)}});
  }
  for (const AppRecord& app : state_.apps) {
    seen["app " + app.name] = true;
    tell_one("app " + app.name, "app.changed", {{"app", view_of(app)}});
  }
  std::erase_if(told_, [&](const auto& entry) {
    const std::string& key = entry.first;
    if (seen.contains(key) || key == "controller" || key == "settings") return false;
    const bool node = key.starts_with("node ");
    const std::string name = key.substr(key.find(' ') + 1);
    emit_(node ? "node.removed" : "app.removed", {{node ? "node" : "app", name}});
    return true;
  });
  tell_one("controller", "controller.changed", {{"controller", controller_view()}});
  tell_one("settings", "settings.changed", {{"settings", settings_view(state_.settings)}});
  for (const ActivityLine& line : state_.activity) {
    if (line.seq > told_activity_ && line.seq <= activity) {
      emit_("activity.added", {{"activity", activity_view(line)}});
    }
  }
  told_activity_ = activity;

  std::erase_if(followers_, [](const auto& follower) { return follower.expired(); });
  for (const auto& follower : followers_) {
    if (const auto context = follower.lock()) context->changed.notify_all();
  }
}

void Controller::tell_one(const std::string& key, std::string name, Json body) {
  Json& told = told_[key];
  if (told == body) return;
  told = body;
  emit_(std::move(name), std::move(body));
}

Json Controller::controller_view() const {
  return {{"id", base64url_encode(key_->public_key())},
          {"epoch", epoch_},
          {"state", superseded_ ? "superseded" : "active"},
          {"online", online_},
          {"version", kVersion}};
}

Json Controller::view_of(const NodeRecord& node) const {
  const auto link = links_.find(node.id);
  return node_view(state_, node, link == links_.end() ? nullptr : link->second.get());
}

Json Controller::view_of(const AppRecord& app) const {
  return app_view(state_, app, links_, metrics_.latest(app.name));
}

Json Controller::view() const {
  Json nodes = Json::array();
  for (const NodeRecord& node : state_.nodes) nodes.push_back(view_of(node));
  Json apps = Json::array();
  for (const AppRecord& app : state_.apps) apps.push_back(view_of(app));
  constexpr std::size_t kLinesMax = 200;
  Json activity = Json::array();
  const std::size_t skipped = state_.activity.size() - std::min(state_.activity.size(), kLinesMax);
  for (std::size_t at = skipped; at < state_.activity.size(); ++at) {
    activity.push_back(activity_view(state_.activity[at]));
  }
  return {{"controller", controller_view()},
          {"nodes", std::move(nodes)},
          {"apps", std::move(apps)},
          {"activity", std::move(activity)},
          {"settings", settings_view(state_.settings)}};
}

// ---- for commands

Result<void> Controller::ensure_active() const {
  if (!superseded_) return {};
  return fail(ErrorCode::kStaleEpoch, "A newer controller gives the orders to these nodes now.",
              "Reload this page, or start the command again, to take the lead back.");
}

Task<Result<void>> Controller::commit() {
  const std::int64_t version = ++changes_;
  wake();
  while (saved_ < version) co_await saved_changed_.wait();
  if (lost_ && version > lost_->after && version <= lost_->through) {
    co_return std::unexpected(lost_->why);
  }
  co_return Result<void>{};
}

void Controller::follow(std::weak_ptr<CommandContext> context) {
  followers_.push_back(std::move(context));
}

void Controller::add_link(const NodeRecord& node) {
  auto link = std::make_unique<NodeLink>(
      ports_, *key_,
      NodeLinkOptions{.node = node.id,
                      .url = node.url,
                      .name = node.name,
                      .epoch = epoch_,
                      .heartbeat = Duration(state_.settings.heartbeat_seconds * 1000)},
      *this);
  link->set_online(online_);
  link->start();
  links_.insert_or_assign(node.id, std::move(link));
  noted_.states.erase(node.id);
}

void Controller::remove_link(const NodeId& node) {
  links_.erase(node);
  noted_.states.erase(node);
}

void Controller::apply_settings() {
  for (const auto& [id, link] : links_) {
    link->set_heartbeat(Duration(state_.settings.heartbeat_seconds * 1000));
  }
}

void Controller::set_online(bool online) {
  if (online_ == online) return;
  online_ = online;
  for (const auto& [id, link] : links_) link->set_online(online);
  wake();
}

void Controller::drop_blobs(const std::vector<ReleaseRecord>& removed) {
  for (const ReleaseRecord& release : removed) {
    const std::string& sha256 = release.source.sha256;
    const bool used = std::ranges::any_of(state_.apps, [&](const AppRecord& app) {
      return std::ranges::any_of(
          app.releases, [&](const ReleaseRecord& other) { return other.source.sha256 == sha256; });
    });
    if (!sha256.empty() && !used) ports_.blobs.drop(sha256);
  }
}

void Controller::on_node_changed(const NodeId& /*node*/) { wake(); }

void Controller::on_superseded(const NodeId& node, std::int64_t epoch) {
  if (std::exchange(superseded_, true)) return;
  newer_.emplace(node, epoch);
  wake();
}

Verdict Controller::verdict() const {
  std::vector<const FailureDetector*> fleet;
  fleet.reserve(links_.size());
  for (const auto& [id, link] : links_) fleet.push_back(&link->detector());
  return judge(fleet);
}

void Controller::wake() {
  work_ = true;
  wake_.notify_all();
}

}  // namespace a67
