// Chaos: what happens to a request on its way, drawn from a seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "engine/base/random.h"
#include "engine/base/time.h"
#include "engine/ports/http.h"

namespace a67::fakes {

struct Fate {
  enum class Kind : std::uint8_t {
    kArrives,
    kInstead,    // an answer of something in between; the provider never saw the request
    kHugePage,   // likewise, and 10 MB of it: the host gives up reading
    kCutBefore,  // lost on the way there
    kCutAfter,   // carried out, but its answer was lost
    kCutInside,  // of a blob, only a part had arrived
  };
  Kind kind = Kind::kArrives;
  Duration delay{20};
  HttpResponse instead = {};
  std::uint32_t arrived = 500;  // of a thousand parts, when it was cut inside
};

class Chaos {
 public:
  // Percent of requests.
  struct Rates {
    std::uint32_t busy = 0;    // 429 with Retry-After
    std::uint32_t broken = 0;  // 500 or 503
    std::uint32_t page = 0;    // 502 with a web page of 10 MB
    std::uint32_t cut_before = 0;
    std::uint32_t cut_after = 0;
    std::uint32_t cut_inside = 0;  // of requests with a blob
    std::uint32_t slow = 0;        // up to 20 s
    std::uint32_t odd = 0;         // legal but unusual: doubled headers, white space
  };
  static constexpr Rates kStormy{.busy = 5,
                                 .broken = 5,
                                 .page = 2,
                                 .cut_before = 5,
                                 .cut_after = 5,
                                 .cut_inside = 0,
                                 .slow = 10,
                                 .odd = 20};

  explicit Chaos(std::uint64_t seed) : random_(Random::from_number(seed ^ 0x9e3779b97f4a7c15ULL)) {}
  void set_rates(Rates rates) { rates_ = rates; }
  // What happens to the nth request from now on (0: the next), whatever the rates say.
  void set_fate(std::size_t nth, Fate::Kind kind) { planned_[drawn_ + nth] = kind; }
  Fate draw();
  // Says the same in an odd but legal way, sometimes.
  void disguise(HttpResponse& response);

 private:
  Random random_;
  Rates rates_;
  std::map<std::size_t, Fate::Kind> planned_;
  std::size_t drawn_ = 0;
};

}  // namespace a67::fakes
