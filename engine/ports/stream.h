// A WebSocket, seen from the engine: text messages in, one first message out.
#pragma once

#include <memory>
#include <string>

#include "engine/base/result.h"
#include "engine/base/task.h"

namespace a67 {

struct StreamRequest {
  std::string url;    // ws:// or wss://
  std::string first;  // sent as soon as it is open (authentication; never in the URL)
};

// Destroying it closes the connection.
class Stream {
 public:
  virtual ~Stream() = default;
  // The next message. An error ends the stream: kUnreachable when it never opened or was closed.
  // REQUIRES: one call at a time.
  virtual Task<Result<std::string>> next() = 0;
};

class Streams {
 public:
  virtual ~Streams() = default;
  virtual std::unique_ptr<Stream> open(StreamRequest request) = 0;
};

}  // namespace a67
