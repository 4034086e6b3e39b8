// LogPipe brings what a program prints into lines.
//
// Apps print into a named pipe that they hold open for reading too. Why: a plain pipe breaks when
// the wrapper dies, and an app that prints into a broken pipe dies of it. A named one keeps what
// was printed meanwhile (up to 1 MiB), and the next wrapper opens it again. Builds, which end with
// the wrapper, print into a plain pipe.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "node-wrapper/releases/file_tools.h"
#include "node-wrapper/runtime/log_ring.h"

namespace a67 {

class LogPipe : public std::enable_shared_from_this<LogPipe> {
 public:
  using OnLines = std::function<void(std::vector<std::string>)>;
  static std::shared_ptr<LogPipe> start(boost::asio::io_context& io, Fd reader, OnLines on_lines);
  LogPipe(boost::asio::io_context& io, Fd reader, OnLines on_lines);

  // Everything that was printed so far, at once; also a last line without an end.
  void drain();
  void stop();

 private:
  void read();
  void deliver(std::string_view bytes);
  void flush_later();

  boost::asio::posix::stream_descriptor pipe_;
  boost::asio::steady_timer idle_;
  OnLines on_lines_;
  LineCutter cutter_;
  std::array<char, 16'384> buffer_{};
};

// Makes the named pipe if it is not there, and opens it for both sides.
Result<Fd> open_named_pipe(const std::string& path);
struct PipeEnds {
  Fd reader;
  Fd writer;
};
Result<PipeEnds> make_pipe();

}  // namespace a67
