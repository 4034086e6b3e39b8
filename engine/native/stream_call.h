// StreamCall performs one `stream.open`: a WebSocket as a client. The first message is sent on
// opening, every text that comes is a chunk, and the effect ends when the connection does.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>

#include "engine/base/time.h"
#include "engine/native/effect_end.h"
#include "engine/native/url.h"
#include "engine/ports/stream.h"

namespace a67::native {

inline constexpr std::size_t kStreamMessageBytesMax = std::size_t{4} << 20;

struct StreamSession {
  Url url;
  std::string first;
  std::function<void()> on_open;
  std::function<void(std::string)> on_text;
};

// Ends without an error when the other side closed an open stream. REQUIRES: the session outlives
// the coroutine.
boost::asio::awaitable<Result<void>> stream_plain(boost::asio::ip::tcp::socket socket,
                                                  StreamSession* session);
boost::asio::awaitable<Result<void>> stream_tls(boost::asio::ip::tcp::socket socket,
                                                StreamSession* session);

class StreamCall : public std::enable_shared_from_this<StreamCall> {
 public:
  static constexpr Duration kOpenTimeout{10'000};

  StreamCall(boost::asio::io_context& context, StreamRequest request, OnChunk on_chunk,
             OnEnd on_end);

  void start();
  // Closes the connection; nothing is told any more.
  void cancel();

 private:
  boost::asio::awaitable<Result<void>> run();
  void end(Result<Json> answer);

  boost::asio::io_context& context_;
  boost::asio::steady_timer timer_;
  boost::asio::cancellation_signal stop_;
  std::string url_text_;
  StreamSession session_;
  OnChunk on_chunk_;
  OnEnd on_end_;
  bool ended_ = false;
};

}  // namespace a67::native
