#include "node-wrapper/runtime/log_ring.h"

#include <catch_amalgamated.hpp>
#include <filesystem>

#include "tests/node-wrapper/releases/temporary_folder.h"

namespace a67 {
namespace {

void add(LogRing& ring, const std::string& text, LogStream stream = LogStream::kStdout) {
  const std::vector<std::string> lines = {text};
  ring.append(stream, lines, 1'000);
}

TEST_CASE("LogRing: lines come back numbered, with their stream, text untouched", "[runtime]") {
  const TemporaryFolder folder;
  LogRing ring(folder / "log", ReplicaId("app-1"), {});
  add(ring, "plain");
  add(ring, "\x1b[31mred\x1b[0m and \xff bytes", LogStream::kStderr);
  add(ring, "", LogStream::kSystem);
  const auto lines = ring.tail(10);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == LogLine{ReplicaId("app-1"), 1, 1'000, "stdout", "plain"});
  CHECK(lines[1].text == "\x1b[31mred\x1b[0m and \xff bytes");
  CHECK(lines[1].stream == "stderr");
  CHECK(lines[2].text.empty());
  CHECK(ring.tail(1).front().seq == 3);
  CHECK(ring.tail(0).empty());
}

TEST_CASE("LogRing: it keeps the newest, never more than two segments", "[runtime]") {
  const TemporaryFolder folder;
  LogRing ring(folder / "log", ReplicaId("app-1"), {.segment_bytes_max = 10'000});
  for (int i = 1; i <= 5'000; ++i) add(ring, "line " + std::to_string(i));
  CHECK(tree_bytes(folder / "log", 100) <= 20'000);
  const auto lines = ring.tail(5'000);
  CHECK(lines.size() > 300);
  CHECK(lines.back().text == "line 5000");
  for (std::size_t i = 1; i < lines.size(); ++i) REQUIRE(lines[i].seq == lines[i - 1].seq + 1);
  // Over the border between the two.
  CHECK(ring.tail(lines.size()).front() == lines.front());
}

TEST_CASE("LogRing: numbers go on after a restart, and half a line is dropped", "[runtime]") {
  const TemporaryFolder folder;
  {
    LogRing ring(folder / "log", ReplicaId("app-1"), {});
    add(ring, "one");
    add(ring, "two");
  }
  std::string text = read_file(folder / "log/current.log", 1'000).value();
  REQUIRE(replace_file(folder / "log/current.log", text + "3 1000 o thr", false));
  LogRing ring(folder / "log", ReplicaId("app-1"), {});
  CHECK(ring.last_seq() == 2);
  add(ring, "after");
  const auto lines = ring.tail(10);
  REQUIRE(lines.size() == 3);
  CHECK(lines.back().seq == 3);
  CHECK(lines.back().text == "after");
}

TEST_CASE("LogRing: a reason shows what the app printed, not what we did", "[runtime]") {
  const TemporaryFolder folder;
  LogRing ring(folder / "log", ReplicaId("app-1"), {});
  add(ring, "npm says", LogStream::kBuild);
  add(ring, "out");
  add(ring, "we say", LogStream::kSystem);
  add(ring, "err", LogStream::kStderr);
  CHECK(ring.tail_of_app(20) == std::vector<std::string>{"out", "err"});
  CHECK(ring.tail_of_app(1) == std::vector<std::string>{"err"});
}

TEST_CASE("LineCutter: lines are put together and too long ones are split", "[runtime]") {
  LineCutter cutter;
  CHECK(cutter.add("he").empty());
  CHECK(cutter.add("llo\r\nwor") == std::vector<std::string>{"hello"});
  CHECK(cutter.add("ld\n\n") == std::vector<std::string>{"world", ""});
  CHECK(cutter.flush().empty());
  const auto pieces = cutter.add(std::string(kLogLineBytesMax * 2 + 5, 'x'));
  REQUIRE(pieces.size() == 2);
  CHECK(pieces.front().size() == kLogLineBytesMax);
  CHECK(cutter.flush() == std::vector<std::string>{"xxxxx"});
}

}  // namespace
}  // namespace a67
