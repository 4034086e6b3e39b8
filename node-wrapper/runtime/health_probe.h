// One health probe of a replica on this machine: an HTTP GET that must answer 200..399, or, without
// a path, a TCP connection that must be accepted.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "engine/base/result.h"
#include "engine/base/time.h"

namespace a67 {

class HealthProbe {
 public:
  using OnEnd =
      std::function<void(Result<void>)>;  // the error is kUnhealthy and says what was seen
  // `on_end` is called once, later.
  static std::shared_ptr<HealthProbe> start(boost::asio::io_context& io, std::uint16_t port,
                                            const std::string& path, Duration time_max,
                                            OnEnd on_end);
  virtual ~HealthProbe() = default;
  // Calls nobody back any more.
  virtual void abandon() = 0;
};

// The status of an HTTP answer's first line; 0 when it is not one.
int parse_status_line(std::string_view line);

// What a person should look at when a replica that should listen on `port` does not: the other port
// it listens on, or that it listens where nobody can reach it. `processes` are those of the
// replica.
std::string listening_hint(std::uint16_t port, const std::vector<int>& processes);

}  // namespace a67
