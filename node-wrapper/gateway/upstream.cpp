#include "node-wrapper/gateway/upstream.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cstring>
#include <utility>

namespace a67::gateway {
namespace {

// How long a resolved name is believed.
constexpr Duration kNameLifetime{30'000};

}  // namespace

// Waits until the name is looked up.
class Upstream::ResolveOp {
 public:
  explicit ResolveOp(Upstream& upstream) : upstream_(&upstream) {}
  ResolveOp(const ResolveOp&) = delete;
  ResolveOp& operator=(const ResolveOp&) = delete;
  ~ResolveOp() {
    if (upstream_ != nullptr) std::erase(upstream_->waiting_, this);
  }
  [[nodiscard]] bool await_ready() const { return !upstream_->resolving_; }
  void await_suspend(std::coroutine_handle<> handle) {
    handle_ = handle;
    upstream_->waiting_.push_back(this);
  }
  void await_resume() const {}
  void resume() {
    upstream_ = nullptr;
    handle_.resume();
  }

 private:
  Upstream* upstream_;
  std::coroutine_handle<> handle_;
};

Upstream::Upstream(boost::asio::io_context& context, EventLoop& loop, std::string host,
                   std::uint16_t port, Limits limits)
    : context_(context), loop_(loop), host_(std::move(host)), port_(port), limits_(limits) {
  parse_literal();
}

Upstream::~Upstream() = default;

void Upstream::parse_literal() {
  boost::system::error_code error;
  const auto ip = boost::asio::ip::make_address(host_, error);
  if (error) return;
  const boost::asio::ip::tcp::endpoint endpoint(ip, port_);
  Address address;
  std::memcpy(&address.storage, endpoint.data(), endpoint.size());
  address.size = static_cast<socklen_t>(endpoint.size());
  address_ = address;
  literal_ = true;
}

void Upstream::start_resolving() {
  resolving_ = true;
  auto resolver = std::make_shared<Resolver>(context_.get_executor());
  resolver->async_resolve(
      host_, std::to_string(port_),
      [weak = weak_from_this(), resolver](const boost::system::error_code& error,
                                          const Resolver::results_type& results) {
        const auto self = weak.lock();
        if (!self) return;
        self->address_.reset();
        if (!error && !results.empty()) {
          const auto endpoint = results.begin()->endpoint();
          Address address;
          std::memcpy(&address.storage, endpoint.data(), endpoint.size());
          address.size = static_cast<socklen_t>(endpoint.size());
          self->address_ = address;
        }
        self->finish_resolving();
      });
}

void Upstream::finish_resolving() {
  resolving_ = false;
  resolved_at_ = loop_.now();
  // One at a time: a resumed coroutine may end others that wait here.
  while (!waiting_.empty()) {
    ResolveOp* const op = waiting_.back();
    waiting_.pop_back();
    op->resume();
  }
}

Task<Upstream::Connected> Upstream::connect(Duration timeout) {
  const auto keep_alive = shared_from_this();  // the routes may change while we wait
  const bool known = address_ && (literal_ || loop_.now() - resolved_at_ < kNameLifetime);
  if (!known) {
    if (!resolving_) start_resolving();
    co_await ResolveOp(*this);
  }
  Connected result;
  if (!address_) {
    result.error = IoError::kUnreachable;
    co_return result;
  }
  result.stream = Stream::start_connect(loop_, address_->storage, address_->size);
  if (!result.stream) {
    result.error = IoError::kUnreachable;
    co_return result;
  }
  const IoResult connected = co_await result.stream->connected(timeout);
  if (!connected.ok()) {
    result.stream.reset();
    result.error = connected.error;
  }
  co_return result;
}

std::unique_ptr<Stream> Upstream::take_idle(Duration idle_max) {
  const Instant now = loop_.now();
  while (!idle_.empty()) {
    if (now - idle_.back().since > idle_max) return nullptr;  // all others are older
    Idle idle = std::move(idle_.back());
    idle_.pop_back();
    if (now < idle.until && idle.stream->is_quiet()) return std::move(idle.stream);
  }
  return nullptr;
}

void Upstream::give_back(std::unique_ptr<Stream> stream, std::optional<Duration> keep) {
  const Duration idle = std::min(limits_.idle, keep.value_or(limits_.idle));
  if (limits_.idle_max == 0 || idle <= Duration::zero() || !stream->is_quiet()) return;
  if (idle_.size() >= limits_.idle_max) idle_.erase(idle_.begin());
  idle_.push_back({.stream = std::move(stream), .since = loop_.now(), .until = loop_.now() + idle});
}

void Upstream::sweep() {
  const Instant now = loop_.now();
  std::erase_if(idle_, [now](Idle& idle) { return now >= idle.until || !idle.stream->is_quiet(); });
}

}  // namespace a67::gateway
