// Engine: the whole engine behind one inbox and one outbox.
//
// The same class runs in the page's worker, in the command line and in the simulator. It never
// sends, stores or looks at a clock; what it wants done leaves as effect messages
// (docs/first-deployment.md has every message). Not thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/time.h"

namespace a67 {

inline constexpr std::string_view kVersion = "0.1.0";

class Engine {
 public:
  Engine();
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Takes one message (JSON text). A message that is not understood is answered with a `log`
  // effect.
  void push(std::string_view message);
  // Runs everything that can run at `now` and returns, as one JSON array, every message since the
  // last call. `now` is monotonic; a smaller one than before counts as the one before.
  std::string drain(Instant now);
  // Call drain() again then, even if no message comes; nothing: only a message can cause work.
  [[nodiscard]] std::optional<Instant> next_wake() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace a67
