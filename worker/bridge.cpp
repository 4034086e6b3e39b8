// Bridge: the engine's three calls for JavaScript. The only file that knows Embind.
//
// It moves messages and decides nothing. The module is built without exceptions: what would throw,
// or breaks an assertion, traps, and the worker ends on that.
#include <emscripten/bind.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "engine/api/engine.h"

namespace a67 {
namespace {

class Bridge {
 public:
  void push(const std::string& message) { engine_.push(message); }

  // `now_ms` is performance.now(): milliseconds with a fraction, never going backwards.
  std::string drain(double now_ms) { return engine_.drain(instant(now_ms)); }

  // Whole milliseconds, so a timer that fires at this time finds its work due.
  [[nodiscard]] double next_wake_ms() const {
    const auto wake = engine_.next_wake();
    if (!wake) return std::numeric_limits<double>::infinity();
    return static_cast<double>(wake->time_since_epoch().count());
  }

 private:
  static Instant instant(double now_ms) {
    return Instant(Duration(static_cast<std::int64_t>(std::floor(now_ms))));
  }

  Engine engine_;
};

}  // namespace
}  // namespace a67

EMSCRIPTEN_BINDINGS(automator67) {
  emscripten::class_<a67::Bridge>("Engine")
      .constructor<>()
      .function("push", &a67::Bridge::push)
      .function("drain", &a67::Bridge::drain)
      .function("nextWakeMs", &a67::Bridge::next_wake_ms);
}
