// JsonLog writes one line of JSON per event to a file descriptor (stderr):
// {"time","level","node","message"}.
//
// Whoever writes must not hand it a secret; it only makes sure that a line stays one line, whatever
// bytes an app or a stranger put into it. A flood (somebody hammering on the control API) is cut to
// `lines_per_second_max` and counted. Safe to use from several threads.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/time.h"
#include "engine/ports/clock.h"
#include "engine/ports/log.h"

namespace a67 {

std::optional<LogLevel> log_level_from(std::string_view name);  // info, warning, error

class JsonLog final : public Log {
 public:
  static constexpr std::uint32_t kLinesPerSecondMax = 200;
  static constexpr std::size_t kMessageBytesMax = 4096;
  using Sink = std::function<void(std::string_view line)>;

  // REQUIRES: `clock` outlives the log. `sink` gets whole lines with their line break.
  JsonLog(LogLevel lowest, std::string node_name, const WallClock& clock, Sink sink);
  void write(LogLevel level, std::string message) override;

 private:
  void emit(LogLevel level, std::string_view message, UnixMs now);

  const LogLevel lowest_;
  const std::string node_name_;
  const WallClock& clock_;
  const Sink sink_;
  std::mutex mutex_;
  UnixMs second_ = 0;
  std::uint32_t lines_ = 0;
  std::uint64_t dropped_ = 0;
};

// Whole lines to stderr, however many calls that takes.
void write_to_stderr(std::string_view line);

// 2026-11-23T18:05:00.123Z
std::string iso_time(UnixMs time);

}  // namespace a67
