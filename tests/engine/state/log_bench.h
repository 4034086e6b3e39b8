// A change log on a table in memory, opened as often as a test likes.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "engine/state/change_log.h"
#include "tests/engine/state/support.h"

namespace a67::test {

inline Change set(std::string entity, std::string field, Json value, std::string note = {}) {
  Change change;
  change.fields.push_back({std::move(entity), std::move(field), std::move(value)});
  change.note = std::move(note);
  return change;
}

inline Change erase(std::string entity) {
  Change change;
  change.tombstones.push_back(std::move(entity));
  return change;
}

// One life of a program; what is in the rows outlives it.
class LogLife {
 public:
  explicit LogLife(Rows& rows, ChangeLog::Options options = {.workspace = "w1", .device = "dev-a"},
                   std::uint8_t key = 1)
      : table(executor, rows), sealer(key), options_(std::move(options)) {}
  ~LogLife() { tasks.cancel_all(); }
  LogLife(const LogLife&) = delete;
  LogLife& operator=(const LogLife&) = delete;

  Executor executor;
  MemoryTable table;
  TestSealer sealer;
  TestClock clock;
  Random random = Random::from_number(7);
  TaskScope tasks{executor};
  std::unique_ptr<ChangeLog> log;

  Task<Result<std::unique_ptr<ChangeLog>>> opening() {
    return ChangeLog::open({executor, random, clock, table, sealer}, options_);
  }
  // Nothing, or why it did not open.
  std::optional<Error> open() {
    auto opened = run(executor, tasks, opening());
    if (!opened) return Error{.message = "no answer"};
    if (!*opened) return opened->error();
    log = std::move(**opened);
    return std::nullopt;
  }
  Result<std::uint64_t> append(Change change) { return answer(log->append(std::move(change))); }

  template <class T>
  Result<T> answer(Task<Result<T>> task) {
    auto end = run(executor, tasks, std::move(task));
    if (!end) return fail(ErrorCode::kTimeout, "no answer");
    return std::move(*end);
  }

 private:
  ChangeLog::Options options_;
};

}  // namespace a67::test
