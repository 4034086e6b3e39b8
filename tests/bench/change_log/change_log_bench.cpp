// How many edits a second the change log acknowledges durably on SQLite, and how long a log of many
// changes takes to open. See ./run.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engine/native/sqlite_table.h"
#include "engine/state/change_log.h"
#include "tests/engine/state/support.h"

namespace {

using namespace a67;
using Clock = std::chrono::steady_clock;

// The file behind the port. Answers come in the next turn, as they do from a host.
class DirectTable final : public Table {
 public:
  DirectTable(Executor& executor, native::SqliteTable& table)
      : executor_(executor), table_(table) {}
  std::size_t applies = 0;

  Task<Result<std::optional<std::string>>> get(std::string key) override {
    co_return table_.get(key);
  }
  Task<Result<TablePage>> scan(std::string prefix, std::string after, std::size_t limit) override {
    co_return table_.scan(prefix, after, limit);
  }
  Task<Result<void>> apply(TableBatch batch) override {
    co_await executor_.sleep(Duration{0});
    ++applies;
    co_return table_.apply(batch);
  }

 private:
  Executor& executor_;
  native::SqliteTable& table_;
};

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "change_log_bench: %s\n", why.c_str());
  std::exit(2);
}

struct Life {
  explicit Life(const std::string& path) {
    auto opened = native::SqliteTable::open(path);
    if (!opened) give_up(opened.error().message);
    file = std::move(*opened);
    table.emplace(executor, *file);
    auto log_opened = test::run(executor, tasks,
                                ChangeLog::open({executor, random, clock, *table, sealer},
                                                {.workspace = "bench", .device = "dev-a"}));
    if (!log_opened || !*log_opened) give_up("the log does not open");
    log = std::move(**log_opened);
  }
  ~Life() { tasks.cancel_all(); }
  Life(const Life&) = delete;
  Life& operator=(const Life&) = delete;

  Executor executor;
  std::unique_ptr<native::SqliteTable> file;
  std::optional<DirectTable> table;
  test::TestSealer sealer;
  test::TestClock clock;
  Random random = Random::from_number(1);
  std::unique_ptr<ChangeLog> log;
  TaskScope tasks{executor};
};

// One person or program: asks for the next edit once the last is acknowledged.
Task<void> editor(Life* life, int who, int edits, int* acknowledged) {
  for (int at = 0; at < edits; ++at) {
    Change change;
    change.note = "bench";
    const std::string app = "app/" + std::to_string((who + at) % 100);
    change.fields.push_back({app, "wanted", at * 1'000 + who});
    change.fields.push_back({app, "serving", "release-" + std::to_string(at)});
    const auto stored = co_await life->log->append(std::move(change));
    if (!stored) give_up(stored.error().message);
    ++*acknowledged;
  }
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Acknowledged edits per second.
double edit(Life& life, int editors, int each) {
  int acknowledged = 0;
  const auto start = Clock::now();
  for (int who = 0; who < editors; ++who) {
    life.tasks.spawn(editor(&life, who, each, &acknowledged));
  }
  test::run_out(life.executor);
  if (acknowledged != editors * each) give_up("not every edit was acknowledged");
  return acknowledged / seconds_since(start);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) give_up("usage: change_log_bench FOLDER");
  const std::string path = std::string(arguments[1]) + "/state.db";
  constexpr int kEditors = 64;
  constexpr int kChanges = 100'000;
  {
    Life life(path);
    std::printf("alone %.0f\n", edit(life, 1, 500));
    const std::size_t before = life.table->applies;
    const double rate = edit(life, kEditors, kChanges / kEditors);
    std::printf("together %.0f\n", rate);
    std::printf("writes %zu\n", life.table->applies - before);
    std::printf("changes %llu\n", static_cast<unsigned long long>(life.log->position()));
  }
  const auto start = Clock::now();
  const std::clock_t cpu = std::clock();
  const Life life(path);
  std::printf("open_ms %.0f\n", seconds_since(start) * 1'000);
  std::printf("open_cpu_ms %.0f\n",
              1'000.0 * static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC);
  if (life.log->position() < kChanges || !life.log->damages().empty()) {
    give_up("the log did not come back whole");
  }
  return 0;
}
