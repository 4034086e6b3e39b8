// Host: what a page's worker or the command line is to the engine, in a simulated world. It owns
// the real a67::Engine, performs its effects, keeps its store with the semantics of a crash, and
// passes a person's commands on.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/api/engine.h"
#include "engine/base/json.h"
#include "tests/sim/network.h"
#include "tests/sim/saboteur.h"

namespace a67::sim {

// Sees everything that passes between the engine and its host.
class HostWitness {
 public:
  virtual ~HostWitness() = default;
  virtual void on_engine_started() = 0;
  virtual void on_engine_gone() = 0;
  // The value is durable from now on.
  virtual void on_kept(const std::string& key, const std::string& value) = 0;
  virtual void on_command(std::int64_t id, const std::string& name, const Json& body) = 0;
  virtual void on_output(const Json& message) = 0;
};

class Host {
 public:
  // How a command ended; nothing: the engine went away before it answered.
  struct End {
    bool ok = false;
    Json body;  // or the error
  };
  using OnEnd = std::function<void(std::optional<End>)>;

  Host(Timeline& timeline, Dice dice, const Faults& faults, Network& network, Saboteur& saboteur,
       Sabotage sabotage, HostWitness& witness)
      : timeline_(timeline),
        dice_(dice),
        faults_(faults),
        network_(network),
        saboteur_(saboteur),
        sabotage_(sabotage),
        witness_(witness) {}

  void start();
  // The engine is gone in this moment; each save under way is kept or lost.
  void crash();
  [[nodiscard]] bool running() const { return engine_ != nullptr; }
  [[nodiscard]] bool ready() const { return ready_; }
  void set_online(bool online);
  void jump_clock(Duration by);

  std::int64_t command(const std::string& name, Json body, OnEnd on_end);
  void cancel(std::int64_t id);

  // Lets the engine do what it can do now.
  void pump();
  [[nodiscard]] std::optional<Instant> next_wake() const;

  [[nodiscard]] const std::map<std::string, std::string>& durable() const { return durable_; }
  // As if a backup was restored.
  void set_durable(const std::string& key, const std::string& value) { durable_[key] = value; }
  [[nodiscard]] std::uint64_t fingerprint() const { return fingerprint_; }
  [[nodiscard]] std::size_t messages() const { return messages_; }
  [[nodiscard]] std::size_t commands_open() const { return commands_.size(); }

 private:
  struct Save {
    std::string key;
    std::string value;
  };

  void push(const Json& message);
  void handle(Json message);
  void end_command(const Json& message);
  void perform(std::int64_t id, const std::string& name, const Json& body);
  void load(std::int64_t id, const std::string& key);
  void save(std::int64_t id, Save save);
  void keep(const Save& save);
  // Pushes `message` for effect `id`, unless the engine is another one by then.
  Network::Answer answer_for(std::int64_t id);
  void answer_later(Duration delay, std::int64_t id, Json message);

  Timeline& timeline_;
  Dice dice_;
  const Faults& faults_;
  Network& network_;
  Saboteur& saboteur_;
  Sabotage sabotage_;
  HostWitness& witness_;

  std::unique_ptr<Engine> engine_;
  std::uint64_t generation_ = 0;  // of the engine
  bool ready_ = false;
  Duration clock_off_{0};
  std::map<std::string, std::string> durable_;
  std::map<std::int64_t, Save> saving_;  // by effect
  std::map<std::int64_t, std::shared_ptr<Network::Exchange>> exchanges_;
  std::map<std::int64_t, OnEnd> commands_;
  std::int64_t next_command_ = 1;

  std::uint64_t fingerprint_ = 0xcbf29ce484222325U;
  std::size_t messages_ = 0;
};

}  // namespace a67::sim
