// Executor runs coroutines on one thread and on the time it is given.
//
// It never reads a clock: run(now) fires the timers that are due and resumes what is ready, in
// order of time and then of arrival, so that the same inputs always give the same run. Not
// thread-safe; not re-entrant.
#pragma once

#include <algorithm>
#include <coroutine>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/base/task.h"
#include "engine/base/time.h"

namespace a67 {

class Executor {
 public:
  // One suspended coroutine. It leaves whatever queue it is in when it is destroyed.
  class Waiter {
   public:
    explicit Waiter(Executor& executor) : executor_(executor) {}
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter() { executor_.forget(*this); }

    void suspend(std::coroutine_handle<> handle) { handle_ = handle; }
    // Resumes the coroutine in this or the next run(); again before then is harmless.
    void wake() { executor_.make_ready(*this); }
    void wake_at(Instant when) { executor_.set_timer(*this, when); }

   private:
    friend class Executor;
    Executor& executor_;
    std::coroutine_handle<> handle_;
    bool ready_ = false;
    std::optional<std::pair<Instant, std::uint64_t>> timer_;
  };

  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  [[nodiscard]] Instant now() const { return now_; }
  // Moves the time on without running anything. A time before the last one counts as the last one.
  void advance(Instant now) { now_ = std::max(now_, now); }
  // Moves the time on and runs everything that can run then.
  void run(Instant now);
  // When run() has something to do again; nothing when only an outside event can wake it.
  [[nodiscard]] std::optional<Instant> next_wake() const;

  // co_await executor.sleep(5s), or until an instant.
  [[nodiscard]] auto sleep_until(Instant when) {
    struct Awaiter {
      Waiter waiter;
      Instant due;
      [[nodiscard]] bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> handle) {
        waiter.suspend(handle);
        waiter.wake_at(due);
      }
      void await_resume() const noexcept {}
    };
    return Awaiter{Waiter(*this), when};
  }
  [[nodiscard]] auto sleep(Duration duration) { return sleep_until(now_ + duration); }

 private:
  void make_ready(Waiter& waiter);
  void set_timer(Waiter& waiter, Instant when);
  void forget(Waiter& waiter);

  Instant now_{};
  std::uint64_t sequence_ = 0;
  std::deque<Waiter*> ready_;
  std::map<std::pair<Instant, std::uint64_t>, Waiter*> timers_;
};

// Notify wakes every coroutine that waits for "something changed"; each then looks for itself.
class Notify {
 public:
  explicit Notify(Executor& executor) : executor_(executor) {}
  Notify(const Notify&) = delete;
  Notify& operator=(const Notify&) = delete;

  void notify_all();

  // co_await notify.wait(): until the next notify_all().
  [[nodiscard]] auto wait() { return Awaiter{*this, std::nullopt}; }
  // co_await notify.wait_until(when): true when notified, false when the time came first.
  [[nodiscard]] auto wait_until(Instant when) { return Awaiter{*this, when}; }

 private:
  struct Awaiter {
    Awaiter(Notify& owner, std::optional<Instant> until)
        : notify(owner), waiter(owner.executor_), deadline(until) {}
    Awaiter(const Awaiter&) = delete;
    Awaiter& operator=(const Awaiter&) = delete;
    ~Awaiter() { notify.remove(*this); }
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
      waiter.suspend(handle);
      if (deadline) waiter.wake_at(*deadline);
      notify.waiting_.push_back(this);
    }
    bool await_resume() const noexcept { return notified; }

    Notify& notify;
    Executor::Waiter waiter;
    std::optional<Instant> deadline;
    bool notified = false;
  };
  void remove(Awaiter& awaiter) { std::erase(waiting_, &awaiter); }

  Executor& executor_;
  std::vector<Awaiter*> waiting_;
};

// TaskScope owns the tasks it starts: destroying it, or one of them by its key, cancels them.
class TaskScope {
 public:
  using Key = std::uint64_t;

  explicit TaskScope(Executor& executor) : executor_(executor) {}
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;
  ~TaskScope() { cancel_all(); }

  // Starts a task in the next run(); the key names it until it ends.
  Key spawn(Task<void> task);
  // Destroys the task's frame. Harmless when it has ended. REQUIRES: not called from within that
  // task.
  void cancel(Key key);
  void cancel_all();
  [[nodiscard]] std::size_t size() const { return running_.size(); }

 private:
  struct Root;
  Root start(Key key, Task<void> task);

  Executor& executor_;
  Key next_key_ = 1;
  std::map<Key, std::coroutine_handle<>> running_;
};

}  // namespace a67
