// The claim code and its lock-out: what stands between a fresh node and a stranger.
//
// Pure: randomness and time come in. A code has 60 random bits; five wrong ones close the door for
// a minute, the next five for two, and so on up to an hour, so that guessing is hopeless even for
// somebody with months.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/random.h"
#include "engine/base/sensitive.h"
#include "engine/base/time.h"
#include "engine/fleet/claim_code.h"

namespace a67 {

// What a person typed, as make_claim_code writes it: case, blanks and hyphens do not matter, O is
// 0, I and L are 1. Nothing when it cannot be a code.
std::optional<std::string> normalize_claim_code(std::string_view text);

// Of a normalized code that somebody gave: not made of the same few symbols.
bool is_claim_code_strong(std::string_view code);

// Compares without telling by its time how much was right.
bool same_claim_code(std::string_view a, std::string_view b);

class ClaimLock {
 public:
  static constexpr std::int64_t kFailuresMax = 5;
  static constexpr Duration kFirstLock{60'000};
  static constexpr Duration kLongestLock{3'600'000};

  // What is kept over a restart: otherwise a restart would open the door.
  struct Memory {
    std::int64_t failures = 0;  // since the last lock
    std::int64_t locks = 0;
    UnixMs locked_until = 0;
    bool operator==(const Memory&) const = default;
  };
  ClaimLock() = default;
  explicit ClaimLock(Memory memory) : memory_(memory) {}

  // How long claiming stays closed; zero when it is open. A clock set back cannot close it for
  // longer than an hour.
  [[nodiscard]] Duration wait(UnixMs now) const;
  // Notes a wrong code.
  void fail(UnixMs now);
  [[nodiscard]] std::int64_t tries_left() const { return kFailuresMax - memory_.failures; }
  [[nodiscard]] const Memory& memory() const { return memory_; }

 private:
  Memory memory_;
};

}  // namespace a67
