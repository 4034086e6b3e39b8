#include "node-wrapper/gateway/event_loop.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

namespace a67::gateway {
namespace {

constexpr std::size_t kEventsPerBatch = 256;
// Batches served before the host's other work gets its turn.
constexpr int kBatchesPerTurn = 16;

std::uint64_t pack(Ticket ticket) {
  return (std::uint64_t{ticket.generation} << 32U) | ticket.slot;
}

Ticket unpack(std::uint64_t packed) {
  return {.slot = static_cast<std::uint32_t>(packed),
          .generation = static_cast<std::uint32_t>(packed >> 32U)};
}

}  // namespace

EventLoop::EventLoop(boost::asio::io_context& context, Duration tick)
    : context_(context),
      tick_(tick),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      descriptor_(context.get_executor()),
      timer_(context.get_executor()),
      self_(std::make_shared<EventLoop*>(this)) {
  read_clock();
  if (!is_open()) return;
  boost::system::error_code error;
  descriptor_.assign(epoll_, error);
  wait_for_events();
  wait_for_tick();
}

EventLoop::~EventLoop() {
  self_.reset();
  stop();
  to_bury_.clear();
}

void EventLoop::read_clock() {
  ++turn_;
  const auto since_start = std::chrono::steady_clock::now().time_since_epoch();
  now_us_ = std::chrono::duration_cast<std::chrono::microseconds>(since_start).count();
  now_ = Instant(Duration(now_us_ / 1000));
}

void EventLoop::stop() {
  if (stopped_) return;
  stopped_ = true;
  boost::system::error_code error;
  descriptor_.close(error);
  timer_.cancel();
}

Ticket EventLoop::watch(int descriptor, Watcher* watcher) {
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  slots_[slot].watcher = watcher;
  const Ticket ticket{.slot = slot, .generation = slots_[slot].generation};
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = pack(ticket);
  // Fails only when the kernel is out of memory; the watcher's deadline then ends its wait.
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
  return ticket;
}

void EventLoop::forget(Ticket ticket) {
  if (!is_live(ticket)) return;
  slots_[ticket.slot].watcher = nullptr;
  ++slots_[ticket.slot].generation;
  free_slots_.push_back(ticket.slot);
}

bool EventLoop::is_live(Ticket ticket) const { return watcher_of(ticket) != nullptr; }

EventLoop::Watcher* EventLoop::watcher_of(Ticket ticket) const {
  if (ticket.slot >= slots_.size()) return nullptr;
  const Slot& slot = slots_[ticket.slot];
  return slot.generation == ticket.generation ? slot.watcher : nullptr;
}

void EventLoop::wake(Ticket ticket) {
  to_wake_.push_back(ticket);
  schedule_deferred();
}

void EventLoop::bury(std::shared_ptr<void> garbage) {
  to_bury_.push_back(std::move(garbage));
  schedule_deferred();
}

void EventLoop::schedule_deferred() {
  // While dispatching, the end of the batch takes care of it.
  if (dispatching_ || deferred_posted_) return;
  deferred_posted_ = true;
  boost::asio::post(context_, [weak = std::weak_ptr(self_)] {
    const auto self = weak.lock();
    if (!self) return;
    (*self)->deferred_posted_ = false;
    (*self)->read_clock();
    (*self)->run_deferred();
  });
}

void EventLoop::run_deferred() {
  dispatching_ = true;
  // Those woken may ask for the same again, to let others go first: that is for the next time.
  const std::vector<Ticket> tickets = std::exchange(to_wake_, {});
  for (const Ticket ticket : tickets) {
    if (Watcher* const watcher = watcher_of(ticket)) watcher->on_wake();
  }
  while (!to_bury_.empty()) {
    const std::vector<std::shared_ptr<void>> garbage = std::exchange(to_bury_, {});
  }
  dispatching_ = false;
  if (!to_wake_.empty()) schedule_deferred();
}

void EventLoop::wait_for_events() {
  if (stopped_) return;
  descriptor_.async_wait(Descriptor::wait_read, [weak = std::weak_ptr(self_)](auto error) {
    const auto self = weak.lock();
    if (error || !self) return;
    (*self)->run_batches();
    (*self)->wait_for_events();
  });
}

void EventLoop::run_batches() {
  std::array<epoll_event, kEventsPerBatch> events{};
  for (int batch = 0; batch < kBatchesPerTurn && !stopped_; ++batch) {
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 0);
    if (count <= 0) break;
    read_clock();
    dispatching_ = true;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      if (Watcher* const watcher = watcher_of(unpack(events[i].data.u64))) {
        watcher->on_events(events[i].events);
      }
    }
    dispatching_ = false;
    run_deferred();
  }
}

void EventLoop::wait_for_tick() {
  if (stopped_) return;
  timer_.expires_after(tick_);
  timer_.async_wait([weak = std::weak_ptr(self_)](auto error) {
    const auto self = weak.lock();
    if (error || !self) return;
    EventLoop& loop = **self;
    loop.read_clock();
    loop.dispatching_ = true;
    for (std::size_t slot = 0; slot < loop.slots_.size(); ++slot) {
      if (loop.slots_[slot].watcher != nullptr) loop.slots_[slot].watcher->on_sweep(loop.now_);
    }
    loop.dispatching_ = false;
    loop.run_deferred();
    if (loop.tick_callback_) loop.tick_callback_();
    loop.wait_for_tick();
  });
}

}  // namespace a67::gateway
