// trace: with A67_TRACE=1 a run tells what happens in it, to find out why a seed fails.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/sim/timeline.h"

namespace a67::sim {

inline void trace(const Timeline& timeline, const std::string& what) {
  static const bool kOn = std::getenv("A67_TRACE") != nullptr;
  if (!kOn) return;
  const auto now = static_cast<long long>(timeline.now().time_since_epoch().count());
  (void)std::printf("%9lld  %s\n", now, what.c_str());
}

}  // namespace a67::sim
