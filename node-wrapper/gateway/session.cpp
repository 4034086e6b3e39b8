#include "node-wrapper/gateway/session.h"

#include <utility>

namespace a67::gateway {
namespace {

constexpr Duration kLingerTime{1'000};
constexpr std::size_t kLingerBytesMax = std::size_t{1} << 20;

}  // namespace

Session::Session(Core& core, std::unique_ptr<Stream> client, std::string client_address,
                 bool overflow)
    : core_(core),
      client_(std::move(client)),
      client_address_(std::move(client_address)),
      overflow_(overflow),
      input_(core.blocks) {}

Session::~Session() = default;

void Session::close_if_idle() {
  if (idle_) client_->cancel();
}

Task<void> Session::run() {
  while (co_await serve_one()) {
  }
  if (unread_input_) co_await linger();
  core_.retire(*this);
}

Task<bool> Session::serve_one() {
  if (input_.empty()) {
    input_.release();
    const Duration patience =
        served_any_ ? core_.options.keep_alive_timeout : core_.options.request_head_timeout;
    idle_ = true;
    const IoResult ready = co_await client_->readable(core_.loop.now() + patience);
    idle_ = false;
    if (!ready.ok()) co_return false;
  }
  served_any_ = true;
  input_.compact();
  exchange_ = core_.take_exchange(*this);
  bool keep = co_await read_head(exchange_.get());
  if (keep) keep = co_await exchange_->serve();
  unread_input_ = exchange_->unread_input;
  core_.give_exchange(std::move(exchange_));
  co_return keep;
}

Task<bool> Session::read_head(Exchange* exchange) {
  RequestHead& head = exchange->request;
  const Instant deadline = core_.loop.now() + core_.options.request_head_timeout;
  Progress progress = head.feed(input_.text());
  while (progress == Progress::kNeedMore) {
    const IoResult got = co_await client_->read_some(input_.free_space(), input_.room(), deadline);
    if (!got.ok()) {
      if (got.error == IoError::kTimeout && !input_.empty()) {
        exchange->unread_input = true;
        co_await exchange->answer_problem(
            {.status = 408,
             .message = "The request did not arrive completely within " +
                        std::to_string(core_.options.request_head_timeout.count() / 1000) + " s.",
             .hint = "Send it again."},
            {});
      }
      co_return false;
    }
    input_.added(got.bytes);
    progress = head.feed(input_.text());
  }
  if (progress == Progress::kComplete && !overflow_) co_return true;

  exchange->unread_input = true;
  if (overflow_) {
    co_await exchange->answer_problem(
        {.status = 503,
         .message = "This gateway has as many connections as it can take.",
         .hint = "Try again in a moment."},
        {});
  } else {
    co_await exchange->answer_problem(
        {.status = head.reject().status,
         .message = "The request cannot be forwarded: " + std::string(head.reject().reason) + ".",
         .hint = "Correct the request; sending it again as it is will not help."},
        {});
  }
  co_return false;
}

Task<void> Session::linger() {
  client_->shutdown_write();
  const Instant deadline = core_.loop.now() + kLingerTime;
  std::size_t read = 0;
  while (read < kLingerBytesMax) {
    input_.clear();
    const IoResult got = co_await client_->read_some(input_.free_space(), input_.room(), deadline);
    if (!got.ok()) co_return;
    read += got.bytes;
  }
}

}  // namespace a67::gateway
