// Background runs one Task beside its owner; destroying it cancels the task.
//
// The owner can co_await join(). The task's frame is never destroyed while it runs: join() is
// resumed only after the task has come to rest.
#pragma once

#include <coroutine>
#include <cstdlib>
#include <utility>

#include "engine/base/task.h"

namespace a67::gateway {

class Background {
 public:
  Background() = default;
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  ~Background() { cancel(); }

  // Runs the task until it waits for the first time. REQUIRES: nothing was started, or it was
  // cancelled.
  void start(Task<void> task) {
    root_ = run(std::move(task)).handle;
    root_.resume();
  }
  // REQUIRES: not called from within the task.
  void cancel() {
    if (root_) std::exchange(root_, nullptr).destroy();
  }
  [[nodiscard]] bool is_running() const { return root_ && !root_.done(); }

  // co_await background.join(): until the task ends; at once when none runs.
  auto join() {
    struct Awaiter {
      std::coroutine_handle<Promise> root;
      [[nodiscard]] bool await_ready() const noexcept { return !root || root.done(); }
      void await_suspend(std::coroutine_handle<> waiting) const noexcept {
        root.promise().joiner = waiting;
      }
      void await_resume() const noexcept {}
    };
    return Awaiter{root_};
  }

 private:
  struct Root;
  struct Promise {
    std::coroutine_handle<> joiner = std::noop_coroutine();

    struct Finally {
      [[nodiscard]] bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> root) const noexcept {
        return root.promise().joiner;
      }
      void await_resume() const noexcept {}
    };
    Root get_return_object();
    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
    [[nodiscard]] Finally final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::abort(); }
  };
  struct Root {
    using promise_type = Promise;
    std::coroutine_handle<Promise> handle;
  };

  static Root run(Task<void> task) { co_await std::move(task); }

  std::coroutine_handle<Promise> root_;
};

inline Background::Root Background::Promise::get_return_object() {
  return {std::coroutine_handle<Promise>::from_promise(*this)};
}

}  // namespace a67::gateway
