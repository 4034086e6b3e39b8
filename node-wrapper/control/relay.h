// Relay carries out requests to providers for the node's controller: by the rules of relay_rules.h,
// to addresses of the public internet only, over verified TLS, a few at a time. It follows no
// redirect, keeps nothing, and logs the provider, the method, the outcome and the request's id:
// never a URL, a header or a body.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "engine/ports/log.h"
#include "node-wrapper/control/control_request.h"
#include "node-wrapper/control/relay_rules.h"

namespace a67 {

class Relay {
 public:
  static constexpr std::size_t kAtOnceMax = 8;

  // REQUIRES: context and log outlive the relay, and the relay outlives the run of the context.
  Relay(boost::asio::io_context& context, RelayRules rules, Log& log)
      : context_(context), rules_(std::move(rules)), log_(log) {}

  // One of the places for requests under way, to be taken before the body is read. May outlive the
  // relay: what is under way when the node ends is let go of with the context.
  using Place = std::shared_ptr<void>;
  // kRateLimited when all are taken.
  Result<Place> enter();

  // Carries out what an accepted order's body asks for; the answer for the controller.
  boost::asio::awaitable<ControlAnswer> run(std::string body);
  // Carries out a request to a path of the page's host (as for read_via): the provider's answer.
  boost::asio::awaitable<Result<HttpResponse>> forward(std::string target, HttpRequest request);

 private:
  boost::asio::awaitable<Result<HttpResponse>> carry(RelayRequest request);
  boost::asio::awaitable<Result<HttpResponse>> perform(HttpRequest request);

  boost::asio::io_context& context_;
  RelayRules rules_;
  Log& log_;
  std::uint64_t forwarded_ = 0;
  std::shared_ptr<std::size_t> under_way_ = std::make_shared<std::size_t>(0);
};

}  // namespace a67
