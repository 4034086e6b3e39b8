// Hub lets many clients share one engine: their commands get numbers of their own, and each answer
// finds its way back to the client that asked. Pure: messages in, messages out.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "engine/base/json.h"

namespace a67::native {

class Hub {
 public:
  using ClientId = std::uint64_t;

  // Commands under way over all clients.
  static constexpr std::size_t kRoutesMax = 256;

  struct Doors {
    std::function<void(const Json&)> to_engine;
    std::function<void(ClientId, const Json&)> to_client;
  };

  explicit Hub(Doors doors) : doors_(std::move(doors)) {}

  // A command or a cancel; anything else is none of a client's business and is dropped.
  void from_client(ClientId client, const Json& message);
  // A reply, failure or progress. False when no client here asked for it.
  bool from_engine(const Json& message);
  // The client is gone: what only told it something ends, what changes something goes on.
  void drop_client(ClientId client);

 private:
  struct Route {
    ClientId client;
    std::int64_t id;
    std::string name;
  };

  Doors doors_;
  // Far from the numbers the program itself uses for its own commands.
  std::int64_t next_id_ = 1'000'000;
  std::map<std::int64_t, Route> routes_;
};

}  // namespace a67::native
