#include "engine/native/http_call.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/native/connect.h"

namespace a67::native {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

bool is_safe(const std::string& method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

Json to_json(const HttpResponse& response, bool as_bytes_only) {
  Json headers = Json::array();
  for (const auto& [name, value] : response.headers) headers.push_back(Json::array({name, value}));
  Json body = {{"status", response.status}, {"headers", headers}};
  if (as_bytes_only) {
    body["bytes"] = base64url_encode(as_bytes(response.body));
  } else {
    body["body"] = response.body;
  }
  return body;
}

}  // namespace

HttpCall::HttpCall(asio::io_context& context, HttpRequest request, AddressFilter filter,
                   OnAnswer on_answer)
    : context_(context),
      timer_(context),
      exchange_{.request = std::move(request), .filter = filter},
      on_answer_(std::move(on_answer)) {}

HttpCall::HttpCall(asio::io_context& context, HttpRequest request, std::string blob_path,
                   OnChunk on_chunk, OnEnd on_end)
    : context_(context),
      timer_(context),
      exchange_{.request = std::move(request), .blob_path = std::move(blob_path)},
      on_chunk_(std::move(on_chunk)),
      on_answer_([on_end = std::move(on_end),
                  bytes_only = exchange_.request.answer_is_bytes](Result<HttpResponse> answer) {
        if (answer) return on_end(to_json(*answer, bytes_only));
        on_end(std::unexpected(std::move(answer.error())));
      }) {
  exchange_.progress = [this](std::uint64_t sent, std::uint64_t total) {
    on_progress(sent, total);
  };
}

void HttpCall::start() {
  auto url = parse_url(exchange_.request.url);
  if (!url) {
    asio::post(context_, [self = shared_from_this(), error = url.error()] {
      self->end(std::unexpected(error));
    });
    return;
  }
  exchange_.url = std::move(*url);
  restart_timer();
  // The handler holds the call, and with it everything the coroutine points to.
  asio::co_spawn(context_, run(),
                 asio::bind_cancellation_slot(
                     stop_.slot(), [self = shared_from_this()](const std::exception_ptr& fault,
                                                               Result<HttpResponse> answer) {
                       if (fault) {
                         self->end(fail(ErrorCode::kOutcomeUnknown,
                                        "Sending to " + self->exchange_.url.host + " failed."));
                       } else {
                         self->end(std::move(answer));
                       }
                     }));
}

asio::awaitable<Result<HttpResponse>> HttpCall::run() {
  auto socket = co_await open_socket(&context_, exchange_.url, exchange_.filter);
  if (!socket) co_return std::unexpected(socket.error());
  auto answer = exchange_.url.tls ? co_await exchange_tls(std::move(*socket), &exchange_)
                                  : co_await exchange_plain(std::move(*socket), &exchange_);
  // A request that changes nothing was at worst not answered.
  if (!answer && answer.error().code == ErrorCode::kOutcomeUnknown &&
      is_safe(exchange_.request.method)) {
    answer.error().code = ErrorCode::kUnreachable;
  }
  co_return answer;
}

void HttpCall::restart_timer() {
  timer_.expires_after(exchange_.request.timeout);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self) self->on_timeout();
  });
}

void HttpCall::on_timeout() {
  const std::string where = exchange_.url.host + ":" + std::to_string(exchange_.url.port);
  const std::string within =
      " within " + std::to_string(exchange_.request.timeout.count()) + " ms.";
  if (exchange_.sent) {
    end(fail(ErrorCode::kTimeout, "No answer from " + where + within));
  } else {
    end(fail(ErrorCode::kUnreachable, "No connection to " + where + within,
             "Check that it runs and that the address and port are right."));
  }
  stop_.emit(asio::cancellation_type::terminal);
}

void HttpCall::on_progress(std::uint64_t sent, std::uint64_t total) {
  if (ended_) return;
  restart_timer();
  const auto now = std::chrono::steady_clock::now();
  if (sent < total && now - told_at_ < kProgressEvery) return;
  told_at_ = now;
  on_chunk_({{"sent", sent}, {"total", total}});
}

void HttpCall::cancel() {
  ended_ = true;
  timer_.cancel();
  stop_.emit(asio::cancellation_type::terminal);
}

void HttpCall::end(Result<HttpResponse> answer) {
  if (std::exchange(ended_, true)) return;
  timer_.cancel();
  on_answer_(std::move(answer));
}

}  // namespace a67::native
