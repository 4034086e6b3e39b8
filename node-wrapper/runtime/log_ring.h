// LogRing keeps the newest 5 to 10 MB of one replica's log in two files, and nothing in memory.
//
// Lines go to `current.log`; when that is full it becomes `previous.log`, whose old lines go. A
// line on disk is
// `<seq> <unix ms> <stream letter> <text>`, so a person can read the files too. Sequence numbers
// only grow, also over a restart of the wrapper; a line that was cut off by one is dropped.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/fleet/node_protocol.h"
#include "node-wrapper/releases/file_tools.h"

namespace a67 {

inline constexpr std::size_t kLogLineBytesMax = 16'384;  // longer ones are split

enum class LogStream : std::uint8_t { kStdout, kStderr, kBuild, kSystem };
std::string_view to_string(LogStream stream);

class LogRing {
 public:
  struct Options {
    std::uint64_t segment_bytes_max = 5'000'000;
    std::size_t tail_bytes_max = std::size_t{2} << 20;  // what tail() reads at most
  };
  // `folder` is created. Logs that cannot be written are lost silently: an app must not die of its
  // log.
  LogRing(std::string folder, ReplicaId replica, Options options);

  // Adds lines (without line ends) and returns them numbered.
  std::vector<LogLine> append(LogStream stream, std::span<const std::string> lines, UnixMs now);
  // The newest lines, oldest first.
  [[nodiscard]] std::vector<LogLine> tail(std::size_t lines_max) const;
  // Of the newest lines, what the app itself printed, oldest first.
  [[nodiscard]] std::vector<std::string> tail_of_app(std::size_t lines_max) const;
  [[nodiscard]] std::int64_t last_seq() const { return last_seq_; }

 private:
  void open_current();
  void turn();

  std::string folder_;
  ReplicaId replica_;
  Options options_;
  Fd current_;
  std::uint64_t current_bytes_ = 0;
  std::int64_t last_seq_ = 0;
};

// One stored line; nothing when it is not whole.
bool parse_log_line(std::string_view text, LogLine& line);

// Cuts a stream of bytes into lines of at most kLogLineBytesMax, without their line ends.
class LineCutter {
 public:
  std::vector<std::string> add(std::string_view bytes);
  // What is there without a line end.
  std::vector<std::string> flush();

 private:
  std::string rest_;
};

}  // namespace a67
