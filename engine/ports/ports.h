// The only doors outside, in one bundle the composition root keeps alive longest.
#pragma once

#include "engine/base/executor.h"
#include "engine/base/random.h"
#include "engine/ports/clock.h"
#include "engine/ports/http.h"
#include "engine/ports/log.h"
#include "engine/ports/store.h"
#include "engine/ports/stream.h"

namespace a67 {

struct Ports {
  Executor& executor;
  Random& random;
  const WallClock& clock;
  Http& http;
  Streams& streams;
  Store& store;
  Blobs& blobs;
  Log& log;
};

}  // namespace a67
