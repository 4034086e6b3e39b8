#include "node-wrapper/control/relay.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "engine/base/sensitive.h"
#include "engine/native/http_call.h"

namespace a67 {
namespace {

namespace net = boost::asio;

constexpr auto kTuple = net::as_tuple(net::use_awaitable);

ControlAnswer refuse(const Error& error) {
  ControlAnswer answer = refusal_answer({.error = error, .now = {}, .epoch = {}});
  // The provider's silence, not the controller's.
  if (error.code == ErrorCode::kTimeout) answer.status = 504;
  return answer;
}

}  // namespace

Result<Relay::Place> Relay::enter() {
  if (*under_way_ < kAtOnceMax) {
    ++*under_way_;
    return Place(nullptr, [count = under_way_](void*) { --*count; });
  }
  return fail(ErrorCode::kRateLimited, "Too many requests are being forwarded at the same time.",
              "Wait for one of them to end.");
}

net::awaitable<ControlAnswer> Relay::run(std::string body) {
  auto request = read_relay_request(body);
  wipe(body.data(), body.size());
  if (!request) co_return refuse(request.error());
  auto answer = co_await carry(std::move(*request));
  if (!answer) co_return refuse(answer.error());
  ControlAnswer told;
  told.type = "application/octet-stream";
  told.body = write_relay_answer(*answer);
  co_return told;
}

net::awaitable<Result<HttpResponse>> Relay::forward(std::string target, HttpRequest request) {
  auto read = read_via(rules_, target, std::move(request));
  if (!read) co_return std::unexpected(std::move(read.error()));
  read->id = "via-" + std::to_string(++forwarded_);
  co_return co_await carry(std::move(*read));
}

net::awaitable<Result<HttpResponse>> Relay::carry(RelayRequest request) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string what = request.provider + " " + request.http.method;
  const std::string id = request.id;
  auto permitted = permit_relay(rules_, std::move(request));
  Result<HttpResponse> answer = std::unexpected(Error{});
  if (permitted) {
    answer = co_await perform(std::move(*permitted));
  } else {
    answer = std::unexpected(permitted.error());
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin);
  const std::string end =
      answer ? std::to_string(answer->status) : std::string(to_string(answer.error().code));
  log_.write(answer ? LogLevel::kInfo : LogLevel::kWarning,
             "Relayed " + what + ": " + end + " in " + std::to_string(took.count()) +
                 " ms, request " + id + ".");
  if (answer) *answer = permit_answer(std::move(*answer));
  co_return answer;
}

net::awaitable<Result<HttpResponse>> Relay::perform(HttpRequest request) {
  // The call goes by callbacks, so that its time ends it even in the middle of a name's look-up.
  struct End {
    explicit End(net::io_context& context) : told(context, net::steady_timer::time_point::max()) {}
    std::optional<Result<HttpResponse>> answer;
    net::steady_timer told;
  };
  const auto end = std::make_shared<End>(context_);
  const auto filter = rules_.elsewhere.empty() ? native::is_public_address : nullptr;
  const auto call = std::make_shared<native::HttpCall>(context_, std::move(request), filter,
                                                       [end](Result<HttpResponse> answer) {
                                                         end->answer = std::move(answer);
                                                         end->told.cancel();
                                                       });
  call->start();
  while (!end->answer) co_await end->told.async_wait(kTuple);
  co_return std::move(*end->answer);
}

}  // namespace a67
