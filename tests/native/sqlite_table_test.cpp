#include "engine/native/sqlite_table.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch_amalgamated.hpp>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/base/encoding.h"
#include "engine/native/table_effects.h"
#include "tests/native/support.h"

namespace {

using namespace a67;
using native::SqliteTable;
using native::TableEffects;
using native::test::TemporaryFolder;

std::unique_ptr<SqliteTable> open(const std::string& path) {
  auto table = SqliteTable::open(path);
  if (!table) FAIL(table.error().message);
  return std::move(*table);
}

Error refusal(const std::string& path) {
  const auto table = SqliteTable::open(path);
  REQUIRE_FALSE(table);
  return table.error();
}

void run_sql(const std::string& path, const char* sql) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  REQUIRE(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_close(database) == SQLITE_OK);
}

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("SqliteTable: what was applied is there after closing, whatever its bytes", "[native]") {
  const TemporaryFolder folder;
  const std::string bytes("\0\xff' --\n", 7);
  {
    const auto table = open(folder / "state.db");
    REQUIRE(table->apply({.put = {{"a", "1"}, {"b", bytes}, {"c", ""}}, .erase = {}}));
    REQUIRE(table->apply({.put = {{"a", "2"}}, .erase = {"b", "none"}}));
    REQUIRE(table->apply({.put = {{"b", bytes}}, .erase = {}}));
  }
  const auto table = open(folder / "state.db");
  CHECK(table->get("a") == "2");
  CHECK(table->get("b") == bytes);
  CHECK(table->get("c") == "");
  CHECK(table->get("d")->has_value() == false);
}

TEST_CASE("SqliteTable: a scan goes upwards through a prefix, page by page", "[native]") {
  const TemporaryFolder folder;
  const auto table = open(folder / "state.db");
  TableBatch batch;
  for (const char* key : {"w/a/1", "w/a/2", "w/a/3", "w/a", "w/b/1", "w/a0", "\xff\xff"}) {
    batch.put.emplace_back(key, key);
  }
  REQUIRE(table->apply(batch));
  auto page = table->scan("w/a/", "", 2);
  REQUIRE(page);
  CHECK(page->rows == std::vector<TableRow>{{"w/a/1", "w/a/1"}, {"w/a/2", "w/a/2"}});
  CHECK(page->more);
  page = table->scan("w/a/", "w/a/2", 2);
  REQUIRE(page);
  CHECK(page->rows.size() == 1);
  CHECK_FALSE(page->more);
  CHECK(table->scan("\xff", "", 9)->rows.size() == 1);
  CHECK(table->scan("", "", 1'000)->rows.size() == 7);
  CHECK(table->scan("none", "", 9)->rows.empty());
}

TEST_CASE("SqliteTable: a page ends sooner when its values are large", "[native]") {
  const TemporaryFolder folder;
  const auto table = open(folder / "state.db");
  const std::string large(SqliteTable::kPageBytesMax / 2 + 1, 'x');
  REQUIRE(table->apply({.put = {{"a", large}, {"b", large}, {"c", large}}, .erase = {}}));
  const auto page = table->scan("", "", 1'000);
  REQUIRE(page);
  CHECK(page->rows.size() == 2);
  CHECK(page->more);
}

TEST_CASE("SqliteTable: only its owner can read it", "[native]") {
  const TemporaryFolder folder;
  const auto table = open(folder / "state.db");
  REQUIRE(table->apply({.put = {{"a", "1"}}, .erase = {}}));
  for (const char* name : {"state.db", "state.db-wal"}) {
    CAPTURE(name);
    struct stat facts{};
    REQUIRE(::stat((folder / name).c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777U) == 0600);
  }
}

TEST_CASE("SqliteTable: beyond its limit the disk is full, nothing is half-written, later it works",
          "[native]") {
  const TemporaryFolder folder;
  auto opened = SqliteTable::open(folder / "state.db", std::int64_t{256} << 10);
  REQUIRE(opened);
  SqliteTable& table = **opened;
  REQUIRE(table.apply({.put = {{"a", "1"}}, .erase = {}}));
  const auto full =
      table.apply({.put = {{"a", "2"}, {"b", std::string(1 << 20, 'x')}}, .erase = {}});
  REQUIRE_FALSE(full);
  CHECK(full.error().code == ErrorCode::kDiskFull);
  CHECK(full.error().hint.contains("Free some space"));
  CHECK(table.get("a") == "1");
  CHECK_FALSE(table.get("b")->has_value());
  REQUIRE(table.apply({.put = {{"a", "3"}}, .erase = {}}));
  CHECK(table.get("a") == "3");
}

TEST_CASE("SqliteTable: a file that is no database is refused and left alone", "[native]") {
  const TemporaryFolder folder;
  const std::string text(5'000, 'x');
  std::ofstream(folder / "state.db") << text;
  const Error error = refusal(folder / "state.db");
  CHECK(error.code == ErrorCode::kStoreFailed);
  CHECK(error.message.contains("no database"));
  CHECK(content(folder / "state.db") == text);
}

TEST_CASE("SqliteTable: another program's database is refused and left alone", "[native]") {
  const TemporaryFolder folder;
  run_sql(folder / "state.db", "CREATE TABLE theirs(x)");
  const std::string before = content(folder / "state.db");
  CHECK(refusal(folder / "state.db").message.contains("another program"));
  CHECK(content(folder / "state.db") == before);
}

TEST_CASE("SqliteTable: a newer version's file is refused and left alone", "[native]") {
  const TemporaryFolder folder;
  REQUIRE(open(folder / "state.db")->apply({.put = {{"a", "1"}}, .erase = {}}));
  run_sql(folder / "state.db", "PRAGMA user_version=2");
  const std::string before = content(folder / "state.db");
  const Error error = refusal(folder / "state.db");
  CHECK(error.message.contains("newer Automator67"));
  CHECK(error.hint.contains("Nothing was changed"));
  CHECK(content(folder / "state.db") == before);
}

TEST_CASE("SqliteTable: damage is found when it is opened", "[native]") {
  const TemporaryFolder folder;
  {
    const auto table = open(folder / "state.db");
    TableBatch batch;
    for (int at = 0; at < 500; ++at) {
      batch.put.emplace_back("key/" + std::to_string(at), std::string(300, 'x'));
    }
    REQUIRE(table->apply(batch));
  }
  {
    std::fstream file(folder / "state.db", std::ios::in | std::ios::out | std::ios::binary);
    for (int page = 2; page < 20; ++page) {
      file.seekp(page * 4096);
      file << std::string(2'000, '\x5a');
    }
  }
  CHECK(refusal(folder / "state.db").message.contains("damaged"));
}

TEST_CASE("SqliteTable: one in use is refused, and says so", "[native]") {
  const TemporaryFolder folder;
  const auto table = open(folder / "state.db");
  REQUIRE(table->apply({.put = {{"a", "1"}}, .erase = {}}));
  CHECK(refusal(folder / "state.db").message.contains("another program is using it"));
}

TEST_CASE("SqliteTable: a folder that is not there is told", "[native]") {
  const TemporaryFolder folder;
  CHECK(refusal(folder / "none/state.db").code == ErrorCode::kStoreFailed);
}

TEST_CASE(
    "SqliteTable: killed in the middle of writing, it has every answered batch and no half of one",
    "[native]") {
  constexpr int kAnswersMin = 20;
  const TemporaryFolder folder;
  int answers[2];
  REQUIRE(::pipe(answers) == 0);
  const pid_t writer = ::fork();
  if (writer == 0) {
    auto table = SqliteTable::open(folder / "state.db");
    if (!table) ::_exit(1);
    for (int number = 1;; ++number) {
      const std::string value = std::to_string(number);
      if (!(*table)->apply({.put = {{"a", value}, {"b", value}}, .erase = {}})) ::_exit(1);
      if (::write(answers[1], &number, sizeof number) != sizeof number) ::_exit(1);
    }
  }
  REQUIRE(writer > 0);
  ::close(answers[1]);
  int answered = 0;
  while (answered < kAnswersMin) {
    REQUIRE(::read(answers[0], &answered, sizeof answered) == sizeof answered);
  }
  ::kill(writer, SIGKILL);
  int status = 0;
  ::waitpid(writer, &status, 0);
  for (int later = 0; ::read(answers[0], &later, sizeof later) == sizeof later;) answered = later;
  ::close(answers[0]);
  CHECK(WIFSIGNALED(status));
  const auto table = open(folder / "state.db");
  const auto a = table->get("a");
  REQUIRE(a);
  REQUIRE(*a);
  CHECK(std::stoi(**a) >= answered);
  CHECK(table->get("b") == a);
}

TEST_CASE("TableEffects: values travel as base64url", "[native]") {
  const TemporaryFolder folder;
  TableEffects effects(folder / "state.db");
  const std::string value = base64url_encode(as_bytes(std::string_view("\0\xff", 2)));
  const Json rows = Json::array({Json::array({"k/1", value}), Json::array({"k/2", ""})});
  CHECK(effects.perform("table.apply", {{"put", rows}, {"delete", Json::array()}}) ==
        Json::object());
  CHECK(effects.perform("table.get", {{"key", "k/1"}}) == Json{{"value", value}});
  CHECK(effects.perform("table.get", {{"key", "none"}}) == Json{{"value", nullptr}});
  const auto page = effects.perform("table.scan", {{"prefix", "k/"}, {"after", ""}, {"limit", 1}});
  REQUIRE(page);
  CHECK((*page)["rows"] == Json::array({Json::array({"k/1", value})}));
  CHECK((*page)["more"] == true);
  CHECK(effects.perform("table.apply", {{"put", Json::array()}, {"delete", Json::array({"k/1"})}}));
  CHECK(effects.perform("table.get", {{"key", "k/1"}}) == Json{{"value", nullptr}});
}

TEST_CASE("TableEffects: a wrong body changes nothing", "[native]") {
  const TemporaryFolder folder;
  TableEffects effects(folder / "state.db");
  for (const char* body :
       {R"({"put":[["a"]],"delete":[]})", R"({"put":[["a","!!"]],"delete":[]})",
        R"({"put":[7],"delete":[]})", R"({"put":[],"delete":[7]})", R"({"put":{},"delete":[]})",
        R"({"put":[["a","AAAA"]]})", R"({"delete":[]})", "{}"}) {
    CAPTURE(body);
    CHECK_FALSE(effects.perform("table.apply", Json::parse(body)));
  }
  CHECK_FALSE(effects.perform("table.drop", Json::object()));
  CHECK((*effects.perform("table.scan", {{"prefix", ""}, {"limit", 9}}))["rows"].empty());
}

TEST_CASE("TableEffects: a file that does not open is tried again", "[native]") {
  const TemporaryFolder folder;
  std::ofstream(folder / "state.db") << std::string(5'000, 'x');
  TableEffects effects(folder / "state.db");
  const auto refused = effects.perform("table.get", {{"key", "a"}});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::kStoreFailed);
  REQUIRE(::unlink((folder / "state.db").c_str()) == 0);
  CHECK(effects.perform("table.get", {{"key", "a"}}));
}
