#include "engine/state/audit_log.h"

#include <catch_amalgamated.hpp>
#include <string>

#include "tests/engine/state/support.h"

namespace {

using namespace a67;
using test::Rows;

struct AuditLife {
  explicit AuditLife(Rows& rows, std::size_t kept_max = 100'000) : table(executor, rows) {
    auto opened =
        test::run(executor, tasks, AuditLog::open({executor, table, sealer}, "w1", kept_max));
    REQUIRE(opened);
    REQUIRE(*opened);
    log = std::move(**opened);
  }
  ~AuditLife() { tasks.cancel_all(); }
  AuditLife(const AuditLife&) = delete;
  AuditLife& operator=(const AuditLife&) = delete;

  Result<std::uint64_t> append(const std::string& command) {
    return *test::run(
        executor, tasks,
        log->append(
            {.at = 5, .command = command, .actor = "dev-a", .target = "app/x", .outcome = "done"}));
  }
  AuditLog::Verdict verify() {
    auto verdict = test::run(executor, tasks, log->verify());
    REQUIRE(verdict);
    REQUIRE(*verdict);
    return **verdict;
  }
  AuditLog::Page page(std::uint64_t after, std::size_t limit) {
    auto found = test::run(executor, tasks, log->page(after, limit));
    REQUIRE(found);
    REQUIRE(*found);
    return **found;
  }

  Executor executor;
  test::MemoryTable table;
  test::TestSealer sealer;
  TaskScope tasks{executor};
  std::unique_ptr<AuditLog> log;
};

std::string key(int number) {
  static constexpr const char* kDigits = "0123456789abcdef";
  return std::string("w/w1/audit/000000000000000") + kDigits[number];
}

}  // namespace

TEST_CASE("AuditLog: the chain goes on after a restart and holds", "[audit]") {
  Rows rows;
  for (int life = 0; life < 3; ++life) {
    AuditLife audit(rows);
    CHECK(audit.log->last() == static_cast<std::uint64_t>(life) * 4);
    for (int at = 0; at < 4; ++at) REQUIRE(audit.append("app.deploy"));
  }
  AuditLife audit(rows);
  const auto verdict = audit.verify();
  CHECK(verdict.records == 12);
  CHECK(verdict.first == 1);
  CHECK(verdict.last == 12);
  CHECK_FALSE(verdict.broken);
}

TEST_CASE("AuditLog: an empty one is whole", "[audit]") {
  Rows rows;
  AuditLife audit(rows);
  CHECK_FALSE(audit.verify().broken);
  CHECK(audit.page(0, 10).records.empty());
}

TEST_CASE("AuditLog: the first broken link is named", "[audit]") {
  Rows rows;
  Rows other;
  {
    AuditLife audit(rows);
    for (int at = 0; at < 6; ++at) REQUIRE(audit.append("app.scale"));
    AuditLife another(other);
    for (int at = 0; at < 6; ++at) REQUIRE(another.append("app.remove"));
  }
  std::uint64_t expected = 0;
  SECTION("changed") {
    rows[key(3)].back() ^= 1;
    expected = 3;
  }
  SECTION("left out") {
    rows.erase(key(4));
    expected = 4;
  }
  SECTION("left out at the beginning") {
    rows.erase(key(1));
    expected = 1;
  }
  SECTION("moved") {
    std::swap(rows[key(2)], rows[key(5)]);
    expected = 2;
  }
  SECTION("replaced by one of another history") {
    rows[key(3)] = other[key(3)];
    expected = 3;
  }
  SECTION("of a newer version") {
    rows[key(6)][4] = 9;
    expected = 6;
  }
  AuditLife audit(rows);
  const auto verdict = audit.verify();
  REQUIRE(verdict.broken);
  CHECK(verdict.broken->number == expected);
  CHECK_FALSE(verdict.broken->what.empty());
}

TEST_CASE("AuditLog: pages go upwards, and leave out what cannot be read", "[audit]") {
  Rows rows;
  AuditLife audit(rows);
  for (int at = 1; at <= 5; ++at) REQUIRE(audit.append("c" + std::to_string(at)));
  rows[key(2)] = "rubbish";
  const auto first = audit.page(0, 3);
  REQUIRE(first.records.size() == 2);
  CHECK(first.records[1].event.command == "c3");
  CHECK(first.last == 3);
  CHECK(first.more);
  const auto second = audit.page(first.last, 3);
  CHECK(second.records.size() == 2);
  CHECK_FALSE(second.more);
  CHECK(audit_lines({second.records[0]}) ==
        "{\"actor\":\"dev-a\",\"at\":5,\"command\":\"c4\",\"number\":4,\"outcome\":\"done\","
        "\"target\":\"app/x\"}\n");
}

TEST_CASE("AuditLog: what cannot be stored is not acknowledged and leaves no gap", "[audit]") {
  Rows rows;
  AuditLife audit(rows);
  REQUIRE(audit.append("one"));
  audit.table.failures = {{.code = ErrorCode::kDiskFull, .message = "full"}};
  CHECK(audit.append("two").error().code == ErrorCode::kDiskFull);
  CHECK(audit.append("three") == 2);
  CHECK(audit.verify().records == 2);
  CHECK_FALSE(audit.verify().broken);
}

TEST_CASE("AuditLog: the oldest go beyond the limit, and the chain says so", "[audit]") {
  Rows rows;
  {
    AuditLife audit(rows, 50);
    for (int at = 0; at < 1'100; ++at) REQUIRE(audit.append("c"));
  }
  AuditLife audit(rows, 50);
  CHECK(rows.size() < 110);
  const auto verdict = audit.verify();
  CHECK(verdict.first > 1);
  CHECK_FALSE(verdict.broken);
  // One more of the oldest gone is not explained by it.
  rows.erase(rows.begin());
  CHECK(audit.verify().broken);
}

TEST_CASE("AuditLog: a bad workspace name is refused", "[audit]") {
  Rows rows;
  Executor executor;
  TaskScope tasks(executor);
  test::MemoryTable table(executor, rows);
  test::TestSealer sealer;
  const auto opened = test::run(executor, tasks, AuditLog::open({executor, table, sealer}, "A/B"));
  REQUIRE(opened);
  CHECK_FALSE(*opened);
}

TEST_CASE("AuditRecord: only what it wrote is read, and long texts are cut", "[audit]") {
  AuditRecord record{.number = 3, .event = {.at = -5, .command = std::string(9'000, 'x')}};
  record.previous.fill(7);
  const auto read = decode_audit(encode_audit(record));
  REQUIRE(read);
  CHECK(read->event.command.size() == kAuditTextBytesMax);
  CHECK(read->previous == record.previous);
  CHECK(decode_audit("{}").error().kind == RecordFault::Kind::kDamaged);
  CHECK(decode_audit("{\"v\":2}").error().kind == RecordFault::Kind::kNewer);
  CHECK(decode_audit("{\"v\":1,\"n\":1}").error().kind == RecordFault::Kind::kDamaged);
  CHECK(decode_audit("no json").error().kind == RecordFault::Kind::kDamaged);
}
