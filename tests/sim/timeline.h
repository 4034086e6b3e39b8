// Timeline: virtual time. A minute costs nothing; what is due at the same millisecond happens in
// the order in which it was asked for.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "engine/base/time.h"

namespace a67::sim {

class Timeline {
 public:
  using Action = std::function<void()>;

  [[nodiscard]] Instant now() const { return now_; }
  // Unix time of a clock that is right.
  [[nodiscard]] UnixMs unix_now() const { return kUnixStart + now_.time_since_epoch().count(); }

  void after(Duration delay, Action action) {
    actions_.emplace(std::pair(now_ + delay, sequence_++), std::move(action));
  }
  [[nodiscard]] std::optional<Instant> next() const {
    if (actions_.empty()) return std::nullopt;
    return actions_.begin()->first.first;
  }
  // REQUIRES: `when` is not before now, nor after next().
  void advance(Instant when) { now_ = when; }
  // Runs one action that is due; false when there is none.
  bool run_one() {
    if (actions_.empty() || actions_.begin()->first.first > now_) return false;
    auto entry = actions_.extract(actions_.begin());
    entry.mapped()();
    return true;
  }

 private:
  static constexpr UnixMs kUnixStart = 1'790'000'000'000;

  Instant now_{};
  std::uint64_t sequence_ = 0;
  std::map<std::pair<Instant, std::uint64_t>, Action> actions_;
};

}  // namespace a67::sim
