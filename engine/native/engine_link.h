// EngineLink: an engine, wherever it runs. A command line speaks to its own (host.h) or to that of
// a running `watch` (local_client.h) in the same messages.
#pragma once

#include <functional>

#include "engine/base/json.h"

namespace a67::native {

class EngineLink {
 public:
  // Everything the engine says but effects: hello, ready, reply, failed, progress, event.
  using Sink = std::function<void(const Json& message)>;

  virtual ~EngineLink() = default;
  // A command or a cancel. What comes of it arrives at the sink later, never from within this call.
  virtual void push(const Json& message) = 0;
};

}  // namespace a67::native
