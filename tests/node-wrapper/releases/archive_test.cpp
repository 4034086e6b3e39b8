#include "node-wrapper/releases/archive.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch_amalgamated.hpp>
#include <filesystem>

#include "tests/node-wrapper/releases/archive_maker.h"
#include "tests/node-wrapper/releases/temporary_folder.h"

namespace a67 {
namespace {

using Kind = TestEntry::Kind;
using Catch::Matchers::ContainsSubstring;

// One archive and the folder it is unpacked into; beside it a file that nothing may touch.
class Bench {
 public:
  Bench() {
    REQUIRE(make_folders(target_));
    REQUIRE(replace_file(folder_ / "secret", "untouched", false));
  }
  Result<UnpackReport> unpack(const std::vector<TestEntry>& entries,
                              ArchiveFormat format = ArchiveFormat::kTarGz,
                              const UnpackLimits& limits = {}) {
    make_archive(folder_ / "archive", format, entries);
    return unpack_file(format, limits);
  }
  Result<UnpackReport> unpack_file(ArchiveFormat format, const UnpackLimits& limits = {}) {
    return unpack_archive(folder_ / "archive", format, target_, limits);
  }
  [[nodiscard]] std::string text(const std::string& name) const {
    return read_file(target_ + "/" + name, 1 << 20).value_or("<absent>");
  }
  [[nodiscard]] std::string outside() const { return read_file(folder_ / "secret", 100).value(); }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }
  [[nodiscard]] unsigned mode(const std::string& name) const {
    struct stat facts{};
    REQUIRE(::lstat((target_ + "/" + name).c_str(), &facts) == 0);
    return facts.st_mode & 07777;
  }

 private:
  TemporaryFolder folder_;
  std::string target_ = folder_ / "target";
};

void check_refused(const Result<UnpackReport>& report, const std::string& words) {
  REQUIRE_FALSE(report);
  CHECK(report.error().code == ErrorCode::kBadArchive);
  CHECK_THAT(report.error().message, ContainsSubstring(words));
  CHECK_FALSE(report.error().hint.empty());
}

TEST_CASE("archive: files, folders and links of both formats are unpacked", "[releases]") {
  const ArchiveFormat format = GENERATE(ArchiveFormat::kTarGz, ArchiveFormat::kZip);
  Bench bench;
  const auto report =
      bench.unpack({{.name = "app/", .kind = Kind::kFolder, .mode = 0755},
                    {.name = "app/server.js", .text = "listen()"},
                    {.name = "app/run.sh", .text = "#!/bin/sh", .mode = 0755},
                    {.name = "./deep/er/gr\xc3\xbc\xc3\x9f.txt", .text = "hello"},
                    {.name = "app/link", .text = "../deep/er", .kind = Kind::kSymlink}},
                   format);
  REQUIRE(report);
  CHECK(report->entries == 5);
  CHECK(bench.text("app/server.js") == "listen()");
  CHECK(bench.text("deep/er/gr\xc3\xbc\xc3\x9f.txt") == "hello");
  CHECK(bench.text("app/link/gr\xc3\xbc\xc3\x9f.txt") == "hello");
  CHECK(bench.mode("app/run.sh") == 0755);
  CHECK(bench.mode("app/server.js") == 0644);
}

TEST_CASE("archive: set-user-id bits and odd permissions are dropped", "[releases]") {
  Bench bench;
  REQUIRE(bench.unpack(
      {{.name = "tool", .text = "x", .mode = 06777}, {.name = "data", .text = "x", .mode = 0666}}));
  CHECK(bench.mode("tool") == 0755);
  CHECK(bench.mode("data") == 0644);
}

TEST_CASE("archive: a name that leaves the folder is refused", "[releases]") {
  const ArchiveFormat format = GENERATE(ArchiveFormat::kTarGz, ArchiveFormat::kZip);
  Bench bench;
  SECTION("upwards") {
    check_refused(bench.unpack({{.name = "../secret", .text = "owned"}}, format), "../secret");
  }
  SECTION("upwards in the middle") {
    check_refused(bench.unpack({{.name = "a/../../secret", .text = "owned"}}, format),
                  "would leave its folder");
  }
  SECTION("absolute") {
    check_refused(bench.unpack({{.name = bench.path("secret"), .text = "owned"}}, format),
                  "absolute");
  }
  SECTION("with backslashes") {
    // The zip reader turns backslashes into slashes before we see them.
    check_refused(bench.unpack({{.name = "..\\secret", .text = "owned"}}, format), "secret");
  }
  CHECK(bench.outside() == "untouched");
}

TEST_CASE("archive: a symlink that leaves the folder is refused", "[releases]") {
  Bench bench;
  SECTION("absolute") {
    check_refused(bench.unpack({{.name = "l", .text = "/etc", .kind = Kind::kSymlink}}), "\"l\"");
  }
  SECTION("upwards") {
    check_refused(bench.unpack({{.name = "a/l", .text = "../../x", .kind = Kind::kSymlink}}),
                  "would leave its folder");
  }
  SECTION("through another link, climbing where that one points") {
    check_refused(bench.unpack({{.name = "sub/up", .text = "..", .kind = Kind::kSymlink},
                                {.name = "l", .text = "sub/up/../secret", .kind = Kind::kSymlink}}),
                  "would leave its folder");
  }
}

TEST_CASE("archive: nothing is written through a link", "[releases]") {
  Bench bench;
  check_refused(bench.unpack({{.name = "inner", .kind = Kind::kFolder, .mode = 0755},
                              {.name = "l", .text = "inner", .kind = Kind::kSymlink},
                              {.name = "l/file", .text = "owned"}}),
                "behind a link");
  CHECK(bench.text("inner/file") == "<absent>");
}

TEST_CASE("archive: a link in the place of a file is refused, not written through", "[releases]") {
  Bench bench;
  check_refused(bench.unpack({{.name = "a", .text = "b", .kind = Kind::kSymlink},
                              {.name = "a", .text = "owned"}}),
                "twice");
}

TEST_CASE("archive: hard links only to files of the archive", "[releases]") {
  Bench bench;
  SECTION("to a file that came before: fine") {
    REQUIRE(bench.unpack(
        {{.name = "a", .text = "one"}, {.name = "b/c", .text = "a", .kind = Kind::kHardlink}}));
    CHECK(bench.text("b/c") == "one");
  }
  SECTION("outside") {
    check_refused(bench.unpack({{.name = "b", .text = "../secret", .kind = Kind::kHardlink}}),
                  "would leave its folder");
  }
  SECTION("absolute") {
    check_refused(
        bench.unpack({{.name = "b", .text = bench.path("secret"), .kind = Kind::kHardlink}}),
        "absolute");
  }
  SECTION("to a link, which would point elsewhere from there") {
    check_refused(bench.unpack({{.name = "d/e/l", .text = "../../x", .kind = Kind::kSymlink},
                                {.name = "l", .text = "d/e/l", .kind = Kind::kHardlink}}),
                  "no file of the archive");
  }
}

TEST_CASE("archive: devices and pipes are refused", "[releases]") {
  Bench bench;
  const Kind kind = GENERATE(Kind::kDevice, Kind::kPipe);
  check_refused(bench.unpack({{.name = "odd", .kind = kind}}), "neither a file");
}

TEST_CASE("archive: the same name twice is refused", "[releases]") {
  Bench bench;
  check_refused(bench.unpack({{.name = "a", .text = "1"}, {.name = "./a", .text = "2"}}), "twice");
}

TEST_CASE("archive: names that no file system should see are refused", "[releases]") {
  Bench bench;
  check_refused(bench.unpack({{.name = std::string(300, 'n'), .text = "x"}}), "255");
  std::string deep;
  for (int i = 0; i < 80; ++i) deep += "d/";
  check_refused(bench.unpack({{.name = deep + "f", .text = "x"}}), "nested too deep");
  check_refused(bench.unpack({{.name = "bad\xff\xfe", .text = "x"}}), "not UTF-8");
  check_refused(bench.unpack({{.name = "line\nbreak", .text = "x"}}), "control character");
}

TEST_CASE("archive: a bomb is refused while it unpacks", "[releases]") {
  Bench bench;
  const std::string zeros(std::size_t{24} << 20, '\0');
  const ArchiveFormat format = GENERATE(ArchiveFormat::kTarGz, ArchiveFormat::kZip);
  check_refused(bench.unpack({{.name = "zeros", .text = zeros}}, format), "200 times");
  SECTION("ten megabytes of zeros are no bomb yet") {
    Bench other;
    CHECK(other.unpack({{.name = "zeros", .text = zeros.substr(0, 10 << 20)}}, format));
  }
}

TEST_CASE("archive: limits on size and number name the entry that broke them", "[releases]") {
  Bench bench;
  UnpackLimits limits;
  limits.bytes_max = 1000;
  limits.entries_max = 3;
  check_refused(bench.unpack({{.name = "one", .text = std::string(600, 'x')},
                              {.name = "two", .text = std::string(600, 'x')}},
                             ArchiveFormat::kTarGz, limits),
                "\"two\"");
  std::vector<TestEntry> many;
  for (const char* name : {"a", "b", "c", "d"}) many.push_back({.name = name, .text = "x"});
  check_refused(Bench().unpack(many, ArchiveFormat::kTarGz, limits), "more than 3 entries");
}

TEST_CASE("archive: a full disk stops it with disk_full", "[releases]") {
  Bench bench;
  UnpackLimits limits;
  limits.free_space = [](const std::string&) { return std::uint64_t{1} << 20; };
  const auto report = bench.unpack({{.name = "a", .text = "x"}}, ArchiveFormat::kTarGz, limits);
  REQUIRE_FALSE(report);
  CHECK(report.error().code == ErrorCode::kDiskFull);
  CHECK_THAT(report.error().message, ContainsSubstring("\"a\""));
}

TEST_CASE("archive: what is cut off or no archive is refused", "[releases]") {
  Bench bench;
  const std::string noise(100'000, 'q');
  SECTION("cut off") {
    const ArchiveFormat format = GENERATE(ArchiveFormat::kTarGz, ArchiveFormat::kZip);
    std::string random;
    for (std::uint32_t i = 1; random.size() < 50'000; i = i * 1'664'525U + 1'013'904'223U) {
      random += static_cast<char>(i >> 24U);
    }
    std::string bytes = archive_bytes(format, {{.name = "a", .text = random}});
    bytes.resize(bytes.size() / 2);
    REQUIRE(replace_file(bench.path("archive"), bytes, false));
    check_refused(bench.unpack_file(format), "broken");
  }
  SECTION("no archive") {
    REQUIRE(replace_file(bench.path("archive"), noise, false));
    check_refused(bench.unpack_file(ArchiveFormat::kTarGz), "broken");
    check_refused(bench.unpack_file(ArchiveFormat::kZip), "broken");
  }
  SECTION("nothing in it") { check_refused(bench.unpack({}), "empty"); }
  SECTION("no bytes at all") {
    REQUIRE(replace_file(bench.path("archive"), "", false));
    REQUIRE_FALSE(bench.unpack_file(ArchiveFormat::kTarGz));
    REQUIRE_FALSE(bench.unpack_file(ArchiveFormat::kZip));
  }
}

TEST_CASE("archive: unpacking can be stopped from another thread", "[releases]") {
  Bench bench;
  make_archive(bench.path("archive"), ArchiveFormat::kTarGz, {{.name = "a", .text = "x"}});
  const std::atomic<bool> cancelled{true};
  const auto report = unpack_archive(bench.path("archive"), ArchiveFormat::kTarGz,
                                     bench.path("target"), {}, &cancelled);
  REQUIRE_FALSE(report);
  CHECK(report.error().code == ErrorCode::kCancelled);
}

}  // namespace
}  // namespace a67
