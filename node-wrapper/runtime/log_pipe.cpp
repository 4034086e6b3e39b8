#include "node-wrapper/runtime/log_pipe.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <cerrno>
#include <chrono>

namespace a67 {
namespace {

constexpr int kPipeBytes = 1 << 20;
constexpr std::size_t kDrainBytesMax = std::size_t{4} << 20;
constexpr std::chrono::milliseconds kIdle{
    500};  // then a line without an end is shown (a prompt, a progress bar)

}  // namespace

std::shared_ptr<LogPipe> LogPipe::start(boost::asio::io_context& io, Fd reader, OnLines on_lines) {
  auto pipe = std::make_shared<LogPipe>(io, std::move(reader), std::move(on_lines));
  pipe->read();
  return pipe;
}

LogPipe::LogPipe(boost::asio::io_context& io, Fd reader, OnLines on_lines)
    : pipe_(io, reader.release()), idle_(io), on_lines_(std::move(on_lines)) {
  pipe_.native_non_blocking(true);
}

void LogPipe::read() {
  pipe_.async_read_some(
      boost::asio::buffer(buffer_),
      [self = shared_from_this()](const boost::system::error_code& error, std::size_t count) {
        if (error || !self->on_lines_) return;
        self->deliver({self->buffer_.data(), count});
        if (self->pipe_.is_open()) self->read();
      });
}

void LogPipe::deliver(std::string_view bytes) {
  std::vector<std::string> lines = cutter_.add(bytes);
  if (!lines.empty() && on_lines_) on_lines_(std::move(lines));
  flush_later();
}

void LogPipe::flush_later() {
  idle_.expires_after(kIdle);
  idle_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const std::shared_ptr<LogPipe> self = weak.lock();
    if (error || self == nullptr || !self->on_lines_) return;
    std::vector<std::string> rest = self->cutter_.flush();
    if (!rest.empty()) self->on_lines_(std::move(rest));
  });
}

void LogPipe::drain() {
  const std::shared_ptr<LogPipe> self = shared_from_this();
  std::array<char, 16'384> part{};
  for (std::size_t total = 0; total < kDrainBytesMax && pipe_.is_open();) {
    const ssize_t count = ::read(pipe_.native_handle(), part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    total += static_cast<std::size_t>(count);
    deliver({part.data(), static_cast<std::size_t>(count)});
  }
  std::vector<std::string> rest = cutter_.flush();
  if (!rest.empty() && on_lines_) on_lines_(std::move(rest));
}

void LogPipe::stop() {
  on_lines_ = nullptr;
  boost::system::error_code ignored;
  pipe_.close(ignored);
  idle_.cancel();
}

Result<Fd> open_named_pipe(const std::string& path) {
  if (::mkfifo(path.c_str(), 0600) != 0 && errno != EEXIST) {
    return std::unexpected(file_error(errno, "Cannot make the log pipe"));
  }
  Fd pipe(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  struct stat facts{};
  if (!pipe.is_open() || ::fstat(pipe.get(), &facts) != 0 || !S_ISFIFO(facts.st_mode)) {
    return std::unexpected(file_error(errno, "Cannot open the log pipe"));
  }
  ::fcntl(pipe.get(), F_SETPIPE_SZ, kPipeBytes);
  return pipe;
}

Result<PipeEnds> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return std::unexpected(file_error(errno, "Cannot make a pipe"));
  }
  return PipeEnds{Fd(ends[0]), Fd(ends[1])};
}

}  // namespace a67
