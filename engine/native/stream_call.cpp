#include "engine/native/stream_call.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

#include "engine/native/connect.h"

namespace a67::native {

namespace asio = boost::asio;

StreamCall::StreamCall(asio::io_context& context, StreamRequest request, OnChunk on_chunk,
                       OnEnd on_end)
    : context_(context),
      timer_(context),
      url_text_(std::move(request.url)),
      session_{.first = std::move(request.first)},
      on_chunk_(std::move(on_chunk)),
      on_end_(std::move(on_end)) {
  session_.on_open = [this] {
    timer_.cancel();
    if (!ended_) on_chunk_({{"open", true}});
  };
  session_.on_text = [this](std::string text) {
    if (!ended_) on_chunk_({{"text", std::move(text)}});
  };
}

void StreamCall::start() {
  auto url = parse_url(url_text_);
  if (!url) {
    asio::post(context_, [self = shared_from_this(), error = url.error()] {
      self->end(std::unexpected(error));
    });
    return;
  }
  session_.url = std::move(*url);
  timer_.expires_after(kOpenTimeout);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (error || !self) return;
    self->end(fail(ErrorCode::kUnreachable,
                   self->session_.url.host + " did not accept a stream in time."));
    self->stop_.emit(asio::cancellation_type::terminal);
  });
  asio::co_spawn(
      context_, run(),
      asio::bind_cancellation_slot(
          stop_.slot(),
          [self = shared_from_this()](const std::exception_ptr& fault, Result<void> closed) {
            if (fault) closed = fail(ErrorCode::kUnreachable, "The stream failed.");
            self->end(closed ? Result<Json>(Json::object()) : std::unexpected(closed.error()));
          }));
}

asio::awaitable<Result<void>> StreamCall::run() {
  auto socket = co_await open_socket(&context_, session_.url);
  if (!socket) co_return std::unexpected(socket.error());
  co_return session_.url.tls ? co_await stream_tls(std::move(*socket), &session_)
                             : co_await stream_plain(std::move(*socket), &session_);
}

void StreamCall::cancel() {
  ended_ = true;
  timer_.cancel();
  stop_.emit(asio::cancellation_type::terminal);
}

void StreamCall::end(Result<Json> answer) {
  if (std::exchange(ended_, true)) return;
  timer_.cancel();
  on_end_(std::move(answer));
}

}  // namespace a67::native
