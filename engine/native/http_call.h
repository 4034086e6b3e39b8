// HttpCall performs one `http.send`: connects, sends, reads the answer, and says how it went.
//
// What it must get right is the difference between "nothing was done" (kUnreachable: no byte of the
// request had left, or the method changes nothing) and "it may have been done" (kTimeout,
// kOutcomeUnknown): the engine repeats the first and never the second. A redirect is an answer like
// any other: a token must not follow it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "engine/base/time.h"
#include "engine/native/connect.h"
#include "engine/native/effect_end.h"
#include "engine/native/url.h"
#include "engine/ports/http.h"

namespace a67::native {

// One request on one connection, as the code that moves its bytes sees it.
struct HttpExchange {
  Url url;
  HttpRequest request;
  std::string blob_path;  // instead of request.body, when not empty
  bool sent = false;      // a byte of the request may have left
  AddressFilter filter = nullptr;
  std::function<void(std::uint64_t sent, std::uint64_t total)> progress;
};

// Moves one request and its answer over a connection. REQUIRES: the exchange outlives the
// coroutine.
boost::asio::awaitable<Result<HttpResponse>> exchange_plain(boost::asio::ip::tcp::socket socket,
                                                            HttpExchange* exchange);
boost::asio::awaitable<Result<HttpResponse>> exchange_tls(boost::asio::ip::tcp::socket socket,
                                                          HttpExchange* exchange);

class HttpCall : public std::enable_shared_from_this<HttpCall> {
 public:
  // Progress of an upload is told at most this often.
  static constexpr Duration kProgressEvery{200};
  using OnAnswer = std::function<void(Result<HttpResponse>)>;

  // Tells the answer as it is. `filter` says which addresses may be connected to.
  HttpCall(boost::asio::io_context& context, HttpRequest request, AddressFilter filter,
           OnAnswer on_answer);
  // Tells it as the effect `http.send` does.
  // `blob_path` is where request.blob lies; it limits the silence, not the whole, when set.
  HttpCall(boost::asio::io_context& context, HttpRequest request, std::string blob_path,
           OnChunk on_chunk, OnEnd on_end);

  void start();
  // Nothing is told any more.
  void cancel();

 private:
  boost::asio::awaitable<Result<HttpResponse>> run();
  void restart_timer();
  void on_timeout();
  void on_progress(std::uint64_t sent, std::uint64_t total);
  void end(Result<HttpResponse> answer);

  boost::asio::io_context& context_;
  boost::asio::steady_timer timer_;
  boost::asio::cancellation_signal stop_;
  HttpExchange exchange_;
  OnChunk on_chunk_;
  OnAnswer on_answer_;
  std::chrono::steady_clock::time_point told_at_{};
  bool ended_ = false;
};

}  // namespace a67::native
