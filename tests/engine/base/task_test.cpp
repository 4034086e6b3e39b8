#include "engine/base/task.h"

#include <catch_amalgamated.hpp>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/executor.h"

namespace {

using a67::Executor;
using a67::Instant;
using a67::Task;
using a67::TaskScope;
using namespace std::chrono_literals;

using Flag = std::shared_ptr<int>;

Task<int> count_up(Flag flag) {
  ++*flag;
  co_return *flag;
}

Task<int> add(Flag flag) {
  const int first = co_await count_up(flag);
  const int second = co_await count_up(flag);
  co_return first * 10 + second;
}

// No stack grows, however deep they are nested.
Task<int> nest(int depth) {
  if (depth == 0) co_return 0;
  co_return 1 + co_await nest(depth - 1);
}

Task<std::unique_ptr<std::string>> make_text() {
  co_return std::make_unique<std::string>("moved, not copied");
}

template <class T>
Task<void> keep(Task<T> task, std::shared_ptr<std::optional<T>> result) {
  result->emplace(co_await std::move(task));
}

template <class T>
std::shared_ptr<std::optional<T>> run(Task<T> task) {
  Executor executor;
  TaskScope scope(executor);
  auto result = std::make_shared<std::optional<T>>();
  scope.spawn(keep(std::move(task), result));
  executor.run(Instant{});
  return result;
}

}  // namespace

TEST_CASE("Task: nothing runs until it is awaited", "[task]") {
  const auto flag = std::make_shared<int>(0);
  {
    const Task<int> unused = count_up(flag);
    CHECK(*flag == 0);
  }
  CHECK(*flag == 0);
  CHECK(flag.use_count() == 1);  // the frame and its arguments are gone
}

TEST_CASE("Task: awaiting runs it and gives its value", "[task]") {
  const auto flag = std::make_shared<int>(0);
  CHECK(run(add(flag))->value() == 12);
  CHECK(flag.use_count() == 1);
}

TEST_CASE("Task: values are moved out", "[task]") {
  CHECK(*run(make_text())->value() == "moved, not copied");
}

TEST_CASE("Task: many nested tasks do not grow the stack on their way back", "[task]") {
  CHECK(run(nest(1000))->value() == 1000);
}

TEST_CASE("Task: assigning another cancels the first", "[task]") {
  const auto first = std::make_shared<int>(0);
  const auto second = std::make_shared<int>(5);
  Task<int> task = count_up(first);
  task = count_up(second);
  CHECK(first.use_count() == 1);
  CHECK(run(std::move(task))->value() == 6);
  CHECK(*first == 0);
}
