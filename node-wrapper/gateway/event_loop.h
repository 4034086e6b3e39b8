// EventLoop: readiness of many sockets on one thread, inside a boost::asio::io_context.
//
// All sockets of the gateway live in one edge-triggered epoll set; Asio watches that set as a
// single descriptor and gives it its turn between the host's other work. So a socket costs one
// registration in its life and no system call per wait, where an Asio socket pays a failed read or
// a re-arming per wait: two in five calls of a proxied request.
//
// It never reads or writes: a Watcher does, when told that it can. Not thread-safe, but for post().
#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "engine/base/time.h"

namespace a67::gateway {

// Names a registration for good: it never names a later one.
struct Ticket {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
};

class EventLoop {
 public:
  class Watcher {
   public:
    Watcher() = default;
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;
    virtual ~Watcher() = default;
    // `events` are EPOLL* bits. May destroy the watcher.
    virtual void on_events(std::uint32_t events) = 0;
    // Called about once a tick: the place to look at deadlines. May destroy the watcher.
    virtual void on_sweep(Instant now) = 0;
    // Called some time after wake(). May destroy the watcher.
    virtual void on_wake() = 0;
  };

  EventLoop(boost::asio::io_context& context, Duration tick);
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  ~EventLoop();

  // False when the system has no epoll instance for us; nothing else may be called then.
  [[nodiscard]] bool is_open() const { return epoll_ >= 0; }

  // Watches `descriptor` for everything, edge-triggered. The watcher must forget() before it goes.
  Ticket watch(int descriptor, Watcher* watcher);
  void forget(Ticket ticket);
  [[nodiscard]] bool is_live(Ticket ticket) const;

  // Calls on_wake() soon, never from within this call: the caller may be a coroutine that the
  // wake-up ends.
  void wake(Ticket ticket);
  // Destroys `garbage` soon, when no coroutine is running on the stack.
  void bury(std::shared_ptr<void> garbage);

  // Called once a tick after the sweep.
  void on_tick(std::function<void()> callback) { tick_callback_ = std::move(callback); }
  // Ends the ticking and the waiting, so that io_context::run() can return.
  void stop();

  // Read once per batch of events: cheap, and exact to a batch.
  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] std::int64_t now_us() const { return now_us_; }
  // Changes with every batch: what happens in one turn keeps all others waiting.
  [[nodiscard]] std::uint64_t turn() const { return turn_; }

 private:
  using Executor = boost::asio::io_context::executor_type;
  using Descriptor = boost::asio::posix::basic_stream_descriptor<Executor>;
  using Timer = boost::asio::basic_waitable_timer<
      std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;
  struct Slot {
    Watcher* watcher = nullptr;
    std::uint32_t generation = 0;
  };

  void read_clock();
  void wait_for_events();
  void wait_for_tick();
  void run_batches();
  void run_deferred();
  void schedule_deferred();
  [[nodiscard]] Watcher* watcher_of(Ticket ticket) const;

  boost::asio::io_context& context_;
  Duration tick_;
  int epoll_ = -1;
  Descriptor descriptor_;
  Timer timer_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::vector<Ticket> to_wake_;
  std::vector<std::shared_ptr<void>> to_bury_;
  std::function<void()> tick_callback_;
  Instant now_{};
  std::int64_t now_us_ = 0;
  std::uint64_t turn_ = 0;
  bool dispatching_ = false;
  bool deferred_posted_ = false;
  bool stopped_ = false;
  // Handlers hold it weakly: one that runs after us sees that we are gone.
  std::shared_ptr<EventLoop*> self_;
};

}  // namespace a67::gateway
