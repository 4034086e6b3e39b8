#include "node-wrapper/gateway/core.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <charconv>
#include <chrono>
#include <utility>

#include "engine/base/random.h"
#include "node-wrapper/gateway/exchange.h"
#include "node-wrapper/gateway/listener.h"
#include "node-wrapper/gateway/session.h"

namespace a67::gateway {
namespace {

// Connections above the limit that are still told why; beyond, they are closed without a word.
constexpr std::size_t kOverflowMax = 64;
constexpr std::size_t kSpareExchangesMax = 64;
constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kHistogramWindowUs = 30 * kSecondUs;

Sensitive<Seed> make_seed() {
  Seed seed{};
  // getentropy of up to 256 bytes fails only where the system call is forbidden; ids must then
  // still differ.
  if (::getentropy(seed.data(), seed.size()) != 0) {
    const auto ticks = std::chrono::steady_clock::now().time_since_epoch().count();
    for (std::size_t i = 0; i < sizeof ticks; ++i) {
      seed[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(ticks) >> (8 * i));
    }
  }
  return Sensitive<Seed>(seed);
}

}  // namespace

Core::Core(boost::asio::io_context& io_context, const Options& wanted)
    : context(io_context),
      options(wanted),
      loop(io_context, wanted.tick),
      routing(io_context, loop, options),
      request_id_prefix_(Random(make_seed()).make_name(12) + "-"),
      last_second_us_(loop.now_us()),
      last_rotation_us_(loop.now_us()) {
  loop.on_tick([this] { on_tick(); });
}

Core::~Core() {
  // Sessions use everything else.
  sessions_.clear();
}

Result<std::uint16_t> Core::listen(const std::string& host, std::uint16_t port) {
  if (!loop.is_open()) {
    return fail(ErrorCode::kInternal, "The system gave the gateway no epoll instance.",
                "Too many files are open: raise the limit (ulimit -n).");
  }
  auto listener = Listener::open(*this, host, port);
  if (!listener) return std::unexpected(listener.error());
  const std::uint16_t taken = (*listener)->port();
  listeners_.push_back(std::move(*listener));
  return taken;
}

void Core::accept(int descriptor, const std::string& client_address) {
  const bool overflow = sessions_.size() >= options.connections_max;
  if (draining_ || sessions_.size() >= options.connections_max + kOverflowMax) {
    ::close(descriptor);
    return;
  }
  auto session = std::make_shared<Session>(*this, std::make_unique<Stream>(loop, descriptor),
                                           client_address, overflow);
  sessions_.push_front(session);
  session->place = sessions_.begin();
  connections_.set(static_cast<std::uint32_t>(sessions_.size()));
  session->start();
}

void Core::retire(Session& session) {
  loop.bury(*session.place);
  sessions_.erase(session.place);
  connections_.set(static_cast<std::uint32_t>(sessions_.size()));
  end_if_drained();
}

std::string Core::make_request_id() {
  std::array<char, 16> digits{};
  const char* const end =
      std::to_chars(digits.data(), digits.data() + digits.size(), ++request_ids_, 36).ptr;
  return std::string(request_id_prefix_).append(static_cast<const char*>(digits.data()), end);
}

std::unique_ptr<Exchange> Core::take_exchange(Session& session) {
  std::unique_ptr<Exchange> exchange;
  if (spare_exchanges_.empty()) {
    exchange = std::make_unique<Exchange>(*this);
  } else {
    exchange = std::move(spare_exchanges_.back());
    spare_exchanges_.pop_back();
  }
  exchange->begin(session);
  return exchange;
}

void Core::give_exchange(std::unique_ptr<Exchange> exchange) {
  exchange->end();
  if (spare_exchanges_.size() < kSpareExchangesMax) spare_exchanges_.push_back(std::move(exchange));
}

void Core::set_own_load(NodeLoad load) {
  own_load_text_ = format_node_load(load);
  routing.set_own_load(load);
}

void Core::stop(Duration drain) {
  draining_ = true;
  listeners_.clear();
  drain_deadline_ = loop.now() + drain;
  for (const auto& session : sessions_) session->close_if_idle();
  end_if_drained();
}

void Core::end_if_drained() {
  if (!draining_ || !sessions_.empty()) return;
  routing.close_idle();
  loop.stop();
}

void Core::on_tick() {
  const std::int64_t now_us = loop.now_us();
  if (now_us - last_second_us_ >= kSecondUs) {
    const double elapsed_s =
        static_cast<double>(now_us - last_second_us_) / static_cast<double>(kSecondUs);
    last_second_us_ = now_us;
    rate.tick(elapsed_s);
    routing.tick(elapsed_s);
  }
  if (now_us - last_rotation_us_ >= kHistogramWindowUs) {
    last_rotation_us_ = now_us;
    routing.rotate_histograms();
  }
  if (loop.now() >= drain_deadline_) {
    drain_deadline_ = Instant::max();
    for (const auto& session : sessions_) session->cancel();
  }
}

GatewayStats Core::stats() const {
  return {.requests = requests.get(),
          .errors = errors.get(),
          .connections = connections_.get(),
          .requests_per_second = rate.per_second(),
          .latency_ms = latency_ms.get(),
          .success_rate = 1 - error_rate.get(),
          .apps = routing.stats()};
}

}  // namespace a67::gateway
