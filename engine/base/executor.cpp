#include "engine/base/executor.h"

namespace a67 {

void Executor::run(Instant now) {
  advance(now);
  for (;;) {
    while (!timers_.empty() && timers_.begin()->first.first <= now_) {
      make_ready(*timers_.begin()->second);
    }
    if (ready_.empty()) return;
    Waiter* waiter = ready_.front();
    ready_.pop_front();
    waiter->ready_ = false;
    waiter->handle_.resume();
  }
}

std::optional<Instant> Executor::next_wake() const {
  if (!ready_.empty()) return now_;
  if (timers_.empty()) return std::nullopt;
  return timers_.begin()->first.first;
}

void Executor::make_ready(Waiter& waiter) {
  if (waiter.timer_) {
    timers_.erase(*waiter.timer_);
    waiter.timer_.reset();
  }
  if (waiter.ready_) return;
  waiter.ready_ = true;
  ready_.push_back(&waiter);
}

void Executor::set_timer(Waiter& waiter, Instant when) {
  if (waiter.timer_) timers_.erase(*waiter.timer_);
  waiter.timer_ = {when, sequence_++};
  timers_.emplace(*waiter.timer_, &waiter);
}

void Executor::forget(Waiter& waiter) {
  if (waiter.timer_) timers_.erase(*waiter.timer_);
  if (waiter.ready_) std::erase(ready_, &waiter);
}

void Notify::notify_all() {
  for (Awaiter* awaiter : waiting_) {
    awaiter->notified = true;
    awaiter->waiter.wake();
  }
  waiting_.clear();
}

// The outermost frame of a spawned task. It ends by itself and takes its entry in `running_` along.
struct TaskScope::Root {
  struct promise_type {
    TaskScope& scope;
    Key key;

    // The coroutine's own arguments: this is how the promise learns whose it is.
    promise_type(TaskScope& owner, Key its_key, Task<void>& /*task*/)
        : scope(owner), key(its_key) {}
    promise_type(const promise_type&) = delete;
    promise_type& operator=(const promise_type&) = delete;
    ~promise_type() { scope.running_.erase(key); }

    Root get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
    [[nodiscard]] std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::abort(); }
  };
  std::coroutine_handle<> handle;
};

TaskScope::Root TaskScope::start(Key /*key*/, Task<void> task) {
  co_await executor_.sleep(Duration{0});  // begins in run(), never inside the caller
  co_await std::move(task);
}

TaskScope::Key TaskScope::spawn(Task<void> task) {
  const Key key = next_key_++;
  const Root root = start(key, std::move(task));
  running_.emplace(key, root.handle);
  root.handle.resume();
  return key;
}

void TaskScope::cancel(Key key) {
  const auto found = running_.find(key);
  if (found != running_.end()) found->second.destroy();  // the promise removes the entry
}

void TaskScope::cancel_all() {
  while (!running_.empty()) running_.begin()->second.destroy();
}

}  // namespace a67
