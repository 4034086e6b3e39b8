// The command line without room: what cannot be kept is named, and nothing of it is there
// afterwards.
#include <catch_amalgamated.hpp>
#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/base/json.h"
#include "tests/cli/program.h"

using a67::Json;
using a67::cli::test::Program;
using a67::cli::test::Run;

namespace {

constexpr int kDiskFull = 9;  // the exit code of `disk_full`
// Room for what is said, and less than the first write needs.
constexpr std::uint64_t kFirstBytes = 4'096;
constexpr std::uint64_t kStepBytes = 2'048;
constexpr std::uint64_t kLastBytes = std::uint64_t{2} << 20;

std::int64_t heartbeat(const Program& program) {
  const Run run = program.run({"settings", "--json"});
  INFO(run.out << run.err);
  REQUIRE(run.exit == 0);
  return (*a67::parse_json(run.out))["settings"]["heartbeatSeconds"].get<std::int64_t>();
}

// Tries with more and more room until it succeeds; how often it failed before. Each time
// `when_failed` looks at what is there, with room again.
template <class F>
int try_with_more_and_more_room(Program& program, const std::vector<std::string>& words,
                                F when_failed) {
  int failed = 0;
  for (std::uint64_t bytes = kFirstBytes;; bytes += kStepBytes) {
    REQUIRE(bytes < kLastBytes);
    CAPTURE(bytes);
    program.limit_files(bytes);
    const Run run = program.run(words);
    program.limit_files(0);
    INFO(run.out << run.err);
    if (run.exit == 0) return failed;
    ++failed;
    CHECK(run.exit == kDiskFull);
    CHECK(run.out.empty());
    CHECK(run.err.contains(program.data().string()));
    CHECK((run.err.contains("is full") || run.err.contains("File too large")));
    CHECK(run.err.contains("Free some space"));
    when_failed();
  }
}

}  // namespace

TEST_CASE("full disk: a change that finds no room is refused by name, and has not happened",
          "[cli]") {
  Program program;
  REQUIRE(program.run({"settings", "--heartbeat-seconds", "9"}).exit == 0);
  const int failed = try_with_more_and_more_room(program, {"settings", "--heartbeat-seconds", "77"},
                                                 [&] { CHECK(heartbeat(program) == 9); });
  CHECK(failed > 1);
  CHECK(heartbeat(program) == 77);
}

TEST_CASE("full disk: a first use that finds no room leaves a folder that can be used later",
          "[cli]") {
  Program program;
  const int failed = try_with_more_and_more_room(program, {"settings", "--heartbeat-seconds", "77"},
                                                 [&] { CHECK(heartbeat(program) == 30); });
  CHECK(failed > 0);
  CHECK(heartbeat(program) == 77);
}

TEST_CASE("full disk: a program that reads JSON is told the code", "[cli]") {
  Program program;
  REQUIRE(program.run({"settings", "--heartbeat-seconds", "9"}).exit == 0);
  program.limit_files(kFirstBytes);
  const Run run = program.run({"settings", "--heartbeat-seconds", "77", "--json"});
  CHECK(run.exit == kDiskFull);
  const auto said = a67::parse_json(run.out);
  REQUIRE(said);
  CHECK((*said)["error"]["code"] == "disk_full");
  CHECK_FALSE((*said)["error"]["hint"].get<std::string>().empty());
}

// A file system of 1 MiB that is filled up, where a person may have one without being root.
TEST_CASE("full disk: on a real file system", "[cli]") {
  const Program program;
  const std::string as_root = "unshare --user --map-root-user --mount sh -ec '";
  const std::string mounted = "mount -t tmpfs -o size=1m none \"$HOME\"; cd \"$HOME\"; ";
  if (program.run_script(as_root + mounted + "'").exit != 0) {
    SKIP("no user namespaces here, so no file system of its own");
  }
  const Run run =
      program.run_script("export A67; exec " + as_root + mounted +
                         "\"$A67\" settings --heartbeat-seconds 9 >/dev/null;"
                         "code=0; dd if=/dev/zero of=filler bs=4k >/dev/null 2>&1 || true;"
                         "\"$A67\" settings --heartbeat-seconds 77 || code=$?; echo \"exit $code\";"
                         "rm filler; \"$A67\" settings'");
  INFO(run.out << run.err);
  CHECK(run.exit == 0);
  CHECK(run.out.starts_with("exit 9\nHeartbeat every 9 s\n"));
  CHECK(run.err.contains("The disk of "));
  CHECK(run.err.contains(" is full. Nothing was saved."));
}
