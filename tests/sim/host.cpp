#include "tests/sim/host.h"

#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include "engine/base/encoding.h"
#include "tests/sim/trace.h"

namespace a67::sim {
namespace {

constexpr Duration kKeptLate{3'000};  // by a saboteur

std::uint64_t mix(std::uint64_t hash, std::string_view bytes) {
  constexpr std::uint64_t kPrime = 0x100000001b3U;
  while (bytes.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof word);
    hash = (hash ^ word) * kPrime;
    hash ^= hash >> 29U;
    bytes.remove_prefix(sizeof word);
  }
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  return hash;
}

}  // namespace

// ---- life of the engine

void Host::start() {
  trace(timeline_, "the engine starts");
  ++generation_;
  engine_ = std::make_unique<Engine>();
  std::array<std::uint8_t, 32> seed{};
  for (auto& byte : seed) byte = static_cast<std::uint8_t>(dice_.below(256));
  witness_.on_engine_started();
  push({{"kind", "start"},
        {"seed", hex_encode(seed)},
        {"unixMs", timeline_.unix_now() + clock_off_.count()},
        {"host", "browser"}});
}

void Host::crash() {
  trace(timeline_, "the engine is gone");
  engine_.reset();
  ready_ = false;
  exchanges_.clear();
  const auto saving = std::exchange(saving_, {});
  for (const auto& [id, save] : saving) {
    if (dice_.chance(0.5) && sabotage_ != Sabotage::kAckEarly) keep(save);
  }
  witness_.on_engine_gone();
  const auto commands = std::exchange(commands_, {});
  for (const auto& [id, on_end] : commands) on_end(std::nullopt);
}

void Host::set_online(bool online) {
  network_.set_online(online);
  if (!engine_) return;
  // The host hears of it a moment later than requests do.
  timeline_.after(Duration{200}, [this, generation = generation_, online] {
    if (engine_ && generation == generation_) push({{"kind", "network"}, {"online", online}});
  });
}

void Host::jump_clock(Duration by) {
  clock_off_ += by;
  if (engine_) {
    push({{"kind", "clock"}, {"unixMs", timeline_.unix_now() + clock_off_.count()}});
  }
}

// ---- commands

std::int64_t Host::command(const std::string& name, Json body, OnEnd on_end) {
  const std::int64_t id = next_command_++;
  trace(timeline_, "> " + std::to_string(id) + " " + name + " " + body.dump());
  witness_.on_command(id, name, body);
  commands_.emplace(id, std::move(on_end));
  push({{"kind", "command"}, {"id", id}, {"name", name}, {"body", std::move(body)}});
  return id;
}

void Host::cancel(std::int64_t id) {
  if (commands_.contains(id)) push({{"kind", "cancel"}, {"id", id}});
}

void Host::end_command(const Json& message) {
  const auto found = commands_.find(int_or(message, "id"));
  if (found == commands_.end()) return;
  const OnEnd on_end = std::move(found->second);
  commands_.erase(found);
  const bool ok = message["kind"] == "reply";
  trace(timeline_, "< " + std::to_string(int_or(message, "id")) + " " +
                       (ok ? "done" : object_at(message, "error").dump()));
  on_end(End{.ok = ok, .body = ok ? message["body"] : message["error"]});
}

// ---- messages

void Host::push(const Json& message) {
  if (engine_) engine_->push(message.dump());
}

std::optional<Instant> Host::next_wake() const {
  if (!engine_) return std::nullopt;
  return engine_->next_wake();
}

void Host::pump() {
  // What is answered may ask at once for more.
  while (engine_) {
    const auto wake = engine_->next_wake();
    if (!wake || *wake > timeline_.now()) return;
    const std::string text = engine_->drain(timeline_.now());
    const auto now = timeline_.now().time_since_epoch().count();
    fingerprint_ = mix(mix(fingerprint_, std::to_string(now)), text);
    Json messages = Json::parse(text);
    for (Json& message : messages) {
      ++messages_;
      saboteur_.bend(message, durable_);
      handle(std::move(message));
    }
  }
}

void Host::handle(Json message) {
  const bool lists_nodes =
      string_or(message, "kind") == "reply" && object_at(message, "body").contains("nodes");
  if (sabotage_ == Sabotage::kNeverAnswer && lists_nodes) return;
  witness_.on_output(message);
  const std::string kind = string_or(message, "kind");
  if (kind == "event" && message["name"] == "activity.added") {
    trace(timeline_, string_or(message["body"]["activity"], "message"));
  }
  if (kind == "ready") {
    ready_ = true;
  } else if (kind == "effect") {
    perform(int_or(message, "id"), string_or(message, "name"), object_at(message, "body"));
  } else if (kind == "effect.cancel") {
    exchanges_.erase(int_or(message, "id"));
  } else if (kind == "reply" || kind == "failed") {
    if (sabotage_ == Sabotage::kAnswerTwice) witness_.on_output(message);
    end_command(message);
  } else if (kind == "fatal") {
    // A store that could not be read: the person reloads the page.
    timeline_.after(Duration{2'000}, [this, generation = generation_] {
      if (generation != generation_) return;
      crash();
      start();
    });
  }
}

Network::Answer Host::answer_for(std::int64_t id) {
  return [this, id, generation = generation_](Json message) {
    if (!engine_ || generation != generation_) return;
    message["id"] = id;
    push(message);
    if (message["kind"] != "chunk") {
      // Later: the one who answers is still at work.
      timeline_.after(Duration{0}, [this, id, generation] {
        if (generation == generation_) exchanges_.erase(id);
      });
    }
  };
}

void Host::answer_later(Duration delay, std::int64_t id, Json message) {
  timeline_.after(delay, [answer = answer_for(id), message = std::move(message)]() mutable {
    answer(std::move(message));
  });
}

void Host::perform(std::int64_t id, const std::string& name, const Json& body) {
  if (name == "http.send") {
    exchanges_[id] = network_.send(body, answer_for(id));
  } else if (name == "stream.open") {
    exchanges_[id] = network_.open(body, answer_for(id));
  } else if (name == "store.load") {
    load(id, string_or(body, "key"));
  } else if (name == "store.save") {
    save(id, {.key = string_or(body, "key"), .value = string_or(body, "value")});
  } else if (name == "blob.drop") {
    answer_later(Duration{1}, id, {{"kind", "result"}, {"body", Json::object()}});
  }
}

// ---- the store

void Host::load(std::int64_t id, const std::string& key) {
  if (dice_.chance(faults_.save_fails / 4)) {
    return answer_later(Duration{1}, id,
                        effect_error(ErrorCode::kStoreFailed, "The store cannot be read."));
  }
  const auto found = durable_.find(key);
  Json value;
  if (found != durable_.end()) value = found->second;
  if (key == "epoch" && sabotage_ == Sabotage::kOldEpoch && value == "3") value = "1";
  answer_later(Duration{1}, id, {{"kind", "result"}, {"body", {{"value", std::move(value)}}}});
}

void Host::save(std::int64_t id, Save save) {
  const Json done = {{"kind", "result"}, {"body", Json::object()}};
  if (dice_.chance(faults_.save_fails)) {
    if (sabotage_ == Sabotage::kKeepRefused && save.key == "state") {
      timeline_.after(Duration{100}, [this, save] { keep(save); });
    }
    return answer_later(dice_.between(Duration{1}, Duration{30}), id,
                        effect_error(ErrorCode::kStoreFailed, "The device is full."));
  }
  const bool is_state = save.key == "state";
  if (is_state && sabotage_ == Sabotage::kForgetAnswered && dice_.chance(0.3)) {
    return answer_later(Duration{1}, id, done);
  }
  const bool ack_early = is_state && sabotage_ == Sabotage::kAckEarly;
  if (ack_early) answer_later(Duration{0}, id, done);
  saving_.emplace(id, std::move(save));
  const Duration delay = ack_early ? kKeptLate : dice_.between(Duration{1}, Duration{40});
  timeline_.after(delay, [this, id, generation = generation_, ack_early, done] {
    if (generation != generation_ || !engine_) return;
    const auto entry = saving_.extract(id);
    keep(entry.mapped());
    // Kept, but the engine does not know it yet: it may crash in between.
    if (!ack_early) answer_later(dice_.between(Duration{0}, Duration{10}), id, done);
  });
}

void Host::keep(const Save& save) {
  durable_[save.key] = save.value;
  witness_.on_kept(save.key, save.value);
}

}  // namespace a67::sim
