#include "engine/native/data_dir.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch_amalgamated.hpp>
#include <string>

#include "tests/native/support.h"

using a67::ErrorCode;
using a67::native::DataDirLock;
using a67::native::open_data_dir;
using a67::native::write_atomically;
using a67::native::test::TemporaryFolder;

namespace {

unsigned mode_of(const std::string& path) {
  struct stat facts{};
  REQUIRE(::stat(path.c_str(), &facts) == 0);
  return facts.st_mode & 0777U;
}

}  // namespace

TEST_CASE("DataDir: it is made with its parts, for its owner only", "[native]") {
  const TemporaryFolder folder;
  const auto dir = open_data_dir(folder / "a/b");
  REQUIRE(dir);
  for (const std::string& path : {folder / "a", dir->path, dir->store(), dir->blobs()}) {
    CHECK(mode_of(path) == 0700);
  }
}

TEST_CASE("DataDir: a file in the way is named in the error", "[native]") {
  const TemporaryFolder folder;
  REQUIRE(write_atomically(folder / "file", "x"));
  const auto dir = open_data_dir(folder / "file/data");
  REQUIRE_FALSE(dir);
  CHECK(dir.error().code == ErrorCode::kStoreFailed);
  CHECK(dir.error().message.find(folder / "file") != std::string::npos);
}

TEST_CASE("DataDirLock: a second engine on the folder is refused, naming the process", "[native]") {
  const TemporaryFolder folder;
  const auto dir = open_data_dir(folder.path());
  REQUIRE(dir);
  {
    const auto first = DataDirLock::take(*dir);
    REQUIRE(first);
    const auto second = DataDirLock::take(*dir);
    REQUIRE_FALSE(second);
    CHECK(second.error().code == ErrorCode::kConflict);
    CHECK(second.error().message.find(std::to_string(::getpid())) != std::string::npos);
  }
  CHECK(DataDirLock::take(*dir));
}
