#include "node-wrapper/gateway/stream.h"

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <utility>

namespace a67::gateway {
namespace {

void disable_nagle(int descriptor) {
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

// A fast sender must not keep the loop for itself: 16 reads are half a megabyte.
constexpr std::uint32_t kReadsPerTurn = 16;

bool must_wait(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

Stream::Stream(EventLoop& loop, int descriptor)
    : loop_(loop), descriptor_(descriptor), ticket_(loop.watch(descriptor, this)) {
  disable_nagle(descriptor);
}

Stream::~Stream() {
  if (reader_ != nullptr) reader_->stream_ = nullptr;
  if (writer_ != nullptr) writer_->stream_ = nullptr;
  loop_.forget(ticket_);
  ::close(descriptor_);
}

std::unique_ptr<Stream> Stream::start_connect(EventLoop& loop, const sockaddr_storage& address,
                                              socklen_t address_size) {
  const int descriptor =
      ::socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (descriptor < 0) return nullptr;
  // The sockets interface takes every family through this cast.
  const auto* const generic = reinterpret_cast<const sockaddr*>(&address);
  const int started = ::connect(descriptor, generic, address_size);
  const int error = started == 0 ? 0 : errno;
  auto stream = std::make_unique<Stream>(loop, descriptor);
  stream->writable_ = started == 0;
  if (error != 0 && error != EINPROGRESS) {
    // The error was given to this call; SO_ERROR will not tell it again.
    stream->connect_error_ = error;
    stream->writable_ = true;
  }
  return stream;
}

Stream::ReadOp Stream::read_some(char* at, std::size_t room, Instant deadline) {
  return ReadOp(*this, at, room, deadline);
}

Stream::ReadOp Stream::readable(Instant deadline) { return ReadOp(*this, nullptr, 0, deadline); }

Stream::WriteOp Stream::write(std::span<const std::string_view> pieces, Duration idle) {
  return WriteOp(*this, pieces, idle, /*connecting=*/false);
}

Stream::WriteOp Stream::write(std::string_view text, Duration idle) {
  return WriteOp(*this, {&text, 1}, idle, /*connecting=*/false);
}

Stream::WriteOp Stream::connected(Duration timeout) {
  return WriteOp(*this, {}, timeout, /*connecting=*/true);
}

void Stream::cancel() {
  if (cancelled_) return;
  cancelled_ = true;
  loop_.wake(ticket_);
  if (linked_ != nullptr) linked_->cancel();
}

void Stream::set_read_deadline(Instant deadline) {
  if (reader_ != nullptr) reader_->deadline_ = deadline;
}

void Stream::shutdown_write() { ::shutdown(descriptor_, SHUT_WR); }

bool Stream::is_quiet() {
  if (broken_ || ended_ || cancelled_) return false;
  if (readable_) {
    // Not known to be empty: the last read took exactly what it wanted.
    char byte = 0;
    if (::recv(descriptor_, &byte, 1, MSG_PEEK) >= 0 || !must_wait(errno)) return false;
    readable_ = false;
  }
  return true;
}

void Stream::on_events(std::uint32_t events) {
  const Ticket ticket = ticket_;
  EventLoop& loop = loop_;
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) readable_ = true;
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) ended_ = true;
  if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) writable_ = true;
  // EPOLLHUP alone only says that both sides have finished sending: there may be bytes left to
  // read.
  if ((events & EPOLLERR) != 0) {
    broken_ = true;
    if (linked_ != nullptr) linked_->cancel();
  }
  if (reader_ != nullptr && reader_->attempt()) {
    std::exchange(reader_, nullptr)->handle_.resume();
    if (!loop.is_live(ticket)) return;
  }
  if (writer_ != nullptr && writable_ && writer_->attempt()) {
    std::exchange(writer_, nullptr)->handle_.resume();
  }
}

void Stream::on_sweep(Instant now) {
  const auto when_due = [now](Instant deadline) {
    return deadline <= now ? std::optional(IoError::kTimeout) : std::nullopt;
  };
  end_waits(reader_ != nullptr ? when_due(reader_->deadline_) : std::nullopt,
            writer_ != nullptr ? when_due(writer_->deadline_) : std::nullopt);
}

void Stream::on_wake() {
  if (cancelled_) {
    end_waits(IoError::kCancelled, IoError::kCancelled);
  } else if (reader_ != nullptr && reader_->attempt()) {
    std::exchange(reader_, nullptr)->handle_.resume();
  }
}

bool Stream::must_yield() {
  if (turn_ != loop_.turn()) {
    turn_ = loop_.turn();
    reads_in_turn_ = 0;
  }
  if (++reads_in_turn_ <= kReadsPerTurn) return false;
  loop_.wake(ticket_);
  return true;
}

void Stream::end_waits(std::optional<IoError> read, std::optional<IoError> write) {
  const Ticket ticket = ticket_;
  EventLoop& loop = loop_;
  if (read && reader_ != nullptr) {
    reader_->finish(*read);
    std::exchange(reader_, nullptr)->handle_.resume();
    if (!loop.is_live(ticket)) return;
  }
  if (write && writer_ != nullptr) {
    writer_->finish(*write);
    std::exchange(writer_, nullptr)->handle_.resume();
  }
}

Stream::ReadOp::~ReadOp() {
  if (stream_ != nullptr && stream_->reader_ == this) stream_->reader_ = nullptr;
}

void Stream::ReadOp::finish(IoError error) { result_.error = error; }

bool Stream::ReadOp::attempt() {
  if (stream_->cancelled_) {
    finish(IoError::kCancelled);
    return true;
  }
  if (!stream_->readable_) return false;
  if (room_ == 0) return true;
  const ssize_t got = ::recv(stream_->descriptor_, at_, room_, 0);
  if (got > 0) {
    result_.bytes = static_cast<std::size_t>(got);
    // A short read emptied the socket. The end may already be known, and is not announced twice.
    if (result_.bytes < room_ && !stream_->ended_) stream_->readable_ = false;
    return true;
  }
  if (got < 0 && must_wait(errno)) {
    stream_->readable_ = false;
    return false;
  }
  if (got < 0 && errno == EINTR) return attempt();
  stream_->ended_ = true;
  finish(got == 0 ? IoError::kEof : IoError::kReset);
  return true;
}

void Stream::ReadOp::await_suspend(std::coroutine_handle<> handle) {
  assert(stream_->reader_ == nullptr);
  handle_ = handle;
  stream_->reader_ = this;
}

Stream::WriteOp::WriteOp(Stream& stream, std::span<const std::string_view> pieces, Duration idle,
                         bool connecting)
    : stream_(&stream), idle_(idle), connecting_(connecting) {
  assert(pieces.size() <= kPiecesMax);
  for (const std::string_view piece : pieces) {
    if (piece.empty()) continue;
    // iovec serves reading too, hence not const; sendmsg does not write there.
    pieces_[count_++] = {.iov_base = const_cast<char*>(piece.data()), .iov_len = piece.size()};
  }
}

Stream::WriteOp::~WriteOp() {
  if (stream_ != nullptr && stream_->writer_ == this) stream_->writer_ = nullptr;
}

void Stream::WriteOp::finish(IoError error) { result_.error = error; }

void Stream::WriteOp::advance(std::size_t bytes) {
  result_.bytes += bytes;
  while (bytes > 0) {
    iovec& piece = pieces_[first_];
    const std::size_t step = std::min(bytes, piece.iov_len);
    piece.iov_base = static_cast<char*>(piece.iov_base) + step;
    piece.iov_len -= step;
    bytes -= step;
    if (piece.iov_len == 0) ++first_;
  }
}

bool Stream::WriteOp::attempt_connect() {
  int error = stream_->connect_error_;
  if (error == 0) {
    if (!stream_->writable_) return false;
    socklen_t size = sizeof error;
    ::getsockopt(stream_->descriptor_, SOL_SOCKET, SO_ERROR, &error, &size);
  }
  if (error != 0) finish(error == ECONNREFUSED ? IoError::kRefused : IoError::kUnreachable);
  return true;
}

bool Stream::WriteOp::attempt() {
  if (stream_->cancelled_) {
    finish(IoError::kCancelled);
    return true;
  }
  if (connecting_) return attempt_connect();
  while (first_ < count_) {
    if (!stream_->writable_) return false;
    msghdr message{};
    message.msg_iov = &pieces_[first_];
    message.msg_iovlen = count_ - first_;
    const ssize_t sent = ::sendmsg(stream_->descriptor_, &message, MSG_NOSIGNAL);
    if (sent >= 0) {
      advance(static_cast<std::size_t>(sent));
      deadline_ = stream_->loop_.now() + idle_;
    } else if (must_wait(errno)) {
      stream_->writable_ = false;
    } else if (errno != EINTR) {
      stream_->broken_ = true;
      finish(IoError::kReset);
      return true;
    }
  }
  return true;
}

void Stream::WriteOp::await_suspend(std::coroutine_handle<> handle) {
  assert(stream_->writer_ == nullptr);
  handle_ = handle;
  deadline_ = stream_->loop_.now() + idle_;
  stream_->writer_ = this;
}

}  // namespace a67::gateway
