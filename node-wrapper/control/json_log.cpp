#include "node-wrapper/control/json_log.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <utility>

#include "engine/base/json.h"

namespace a67 {
namespace {

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

}  // namespace

std::optional<LogLevel> log_level_from(std::string_view name) {
  for (const LogLevel level : {LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    if (level_name(level) == name) return level;
  }
  return std::nullopt;
}

JsonLog::JsonLog(LogLevel lowest, std::string node_name, const WallClock& clock, Sink sink)
    : lowest_(lowest), node_name_(std::move(node_name)), clock_(clock), sink_(std::move(sink)) {}

void JsonLog::write(LogLevel level, std::string message) {
  if (level < lowest_) return;
  const UnixMs now = clock_.unix_now();
  const std::scoped_lock lock(mutex_);
  if (now / 1000 != second_) {
    second_ = now / 1000;
    lines_ = 0;
    if (dropped_ > 0) {
      const std::uint64_t dropped = std::exchange(dropped_, 0);
      emit(LogLevel::kWarning, std::to_string(dropped) + " lines were left out: too many a second.",
           now);
    }
  }
  if (++lines_ > kLinesPerSecondMax) {
    ++dropped_;
    return;
  }
  if (message.size() > kMessageBytesMax) message.resize(kMessageBytesMax);
  emit(level, message, now);
}

void JsonLog::emit(LogLevel level, std::string_view message, UnixMs now) {
  nlohmann::ordered_json line = {{"time", iso_time(now)},
                                 {"level", level_name(level)},
                                 {"node", node_name_},
                                 {"message", message}};
  sink_(line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

void write_to_stderr(std::string_view line) {
  while (!line.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    if (written <= 0) return;  // nobody reads our log: nothing better to do than to go on
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string iso_time(UnixMs time) {
  const auto seconds = static_cast<std::time_t>(time / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 16> tail{};
  std::snprintf(tail.data(), tail.size(), ".%03dZ", static_cast<int>(time % 1000));
  return std::string(text.data(), length) + tail.data();
}

}  // namespace a67
