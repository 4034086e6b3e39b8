// Stream: one connected TCP socket, read and written by coroutines.
//
// co_await gives an IoResult, never throws. What can be done at once is done without suspending. At
// most one read and one write may wait at a time, each with its own deadline. Destroying the stream
// or the waiting coroutine is safe at any time, but for the coroutine that is running.
#pragma once

#include <netinet/in.h>
#include <sys/uio.h>

#include <array>
#include <coroutine>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/time.h"
#include "node-wrapper/gateway/event_loop.h"

namespace a67::gateway {

inline constexpr Instant kNoDeadline = Instant::max();

enum class IoError : std::uint8_t {
  kNone,
  kEof,          // the other side has finished sending
  kReset,        // the connection broke
  kTimeout,      // the deadline passed
  kCancelled,    // cancel() was called
  kRefused,      // connecting: nobody listens there
  kUnreachable,  // connecting: no route, or no socket left
};

struct IoResult {
  std::size_t bytes = 0;
  IoError error = IoError::kNone;
  [[nodiscard]] bool ok() const { return error == IoError::kNone; }
};

class Stream final : public EventLoop::Watcher {
 public:
  class ReadOp;
  class WriteOp;
  static constexpr std::size_t kPiecesMax = 8;

  // Takes a connected, non-blocking socket.
  Stream(EventLoop& loop, int descriptor);
  ~Stream() override;

  // Starts connecting; await connected() next. Nothing when there is no socket left.
  static std::unique_ptr<Stream> start_connect(EventLoop& loop, const sockaddr_storage& address,
                                               socklen_t address_size);

  // Some bytes, at least one; kEof at the end. With room 0: waits until there is something to read
  // (or the end), and reads nothing.
  [[nodiscard]] ReadOp read_some(char* at, std::size_t room, Instant deadline);
  [[nodiscard]] ReadOp readable(Instant deadline);
  // Writes all pieces; `idle` is the longest time without any progress. `bytes` says how much went
  // out. The texts behind the pieces must stay until the end.
  [[nodiscard]] WriteOp write(std::span<const std::string_view> pieces, Duration idle);
  [[nodiscard]] WriteOp write(std::string_view text, Duration idle);
  [[nodiscard]] WriteOp connected(Duration timeout);

  // Ends what waits (soon, not within the call) and whatever is asked for later with kCancelled.
  void cancel();
  // Ends the waiting read with kTimeout (soon) when it is not done by then.
  void set_read_deadline(Instant deadline);
  // No more will be written: sends the end of the stream.
  void shutdown_write();
  // When this socket breaks, `other` is cancelled: whoever waits there works for nobody. Null
  // unlinks.
  void link(Stream* other) { linked_ = other; }

  // True when nothing arrived and nothing broke: what an idle connection must be to be used again.
  [[nodiscard]] bool is_quiet();
  // True when it broke or was cancelled: nothing can be read or written any more.
  [[nodiscard]] bool is_over() const { return broken_ || cancelled_; }
  [[nodiscard]] EventLoop& loop() const { return loop_; }

  class ReadOp {
   public:
    ReadOp(Stream& stream, char* at, std::size_t room, Instant deadline)
        : stream_(&stream), at_(at), room_(room), deadline_(deadline) {}
    ReadOp(const ReadOp&) = delete;
    ReadOp& operator=(const ReadOp&) = delete;
    ~ReadOp();
    bool await_ready() { return !stream_->must_yield() && attempt(); }
    void await_suspend(std::coroutine_handle<> handle);
    IoResult await_resume() const { return result_; }

   private:
    friend class Stream;
    bool attempt();  // true when there is a result
    void finish(IoError error);

    Stream* stream_;
    char* at_;
    std::size_t room_;
    Instant deadline_;
    IoResult result_;
    std::coroutine_handle<> handle_;
  };

  class WriteOp {
   public:
    WriteOp(Stream& stream, std::span<const std::string_view> pieces, Duration idle,
            bool connecting);
    WriteOp(const WriteOp&) = delete;
    WriteOp& operator=(const WriteOp&) = delete;
    ~WriteOp();
    bool await_ready() { return attempt(); }
    void await_suspend(std::coroutine_handle<> handle);
    IoResult await_resume() const { return result_; }

   private:
    friend class Stream;
    bool attempt();
    bool attempt_connect();
    void advance(std::size_t bytes);
    void finish(IoError error);

    Stream* stream_;
    std::array<iovec, kPiecesMax> pieces_{};
    std::size_t first_ = 0;
    std::size_t count_ = 0;
    Duration idle_;
    bool connecting_;
    Instant deadline_ = kNoDeadline;
    IoResult result_;
    std::coroutine_handle<> handle_;
  };

  void on_events(std::uint32_t events) override;
  void on_sweep(Instant now) override;
  void on_wake() override;

 private:
  // True when this stream was read so often in this turn that others must come first.
  bool must_yield();
  // Ends the waits for which `error` is given. REQUIRES: not called from a coroutine.
  void end_waits(std::optional<IoError> read, std::optional<IoError> write);

  EventLoop& loop_;
  int descriptor_;
  Ticket ticket_;
  ReadOp* reader_ = nullptr;
  WriteOp* writer_ = nullptr;
  Stream* linked_ = nullptr;
  bool readable_ = false;
  bool writable_ = true;
  bool ended_ = false;   // the other side sent its end, or all is over: reading never waits again
  bool broken_ = false;  // neither direction works any more
  bool cancelled_ = false;
  std::uint64_t turn_ = 0;  // in which the reads were counted
  std::uint32_t reads_in_turn_ = 0;
  int connect_error_ = 0;  // when connecting failed at once
};

}  // namespace a67::gateway
