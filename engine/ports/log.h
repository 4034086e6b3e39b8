// One line for the host's log. Never given a secret.
#pragma once

#include <cstdint>
#include <string>

namespace a67 {

enum class LogLevel : std::uint8_t { kInfo, kWarning, kError };

class Log {
 public:
  virtual ~Log() = default;
  virtual void write(LogLevel level, std::string message) = 0;
};

}  // namespace a67
