#include "engine/native/device_key.h"

#include <sys/stat.h>

#include <catch_amalgamated.hpp>
#include <filesystem>
#include <fstream>

#include "engine/native/files.h"
#include "tests/native/support.h"

using namespace a67;                // NOLINT(google-build-using-namespace): a test
using namespace a67::native;        // NOLINT(google-build-using-namespace): a test
using namespace a67::native::test;  // NOLINT(google-build-using-namespace): a test

namespace {

unsigned mode_of(const std::string& path) {
  struct stat facts{};
  REQUIRE(::stat(path.c_str(), &facts) == 0);
  return facts.st_mode & 0777U;
}

}  // namespace

TEST_CASE("device key: a new one is random, private and read back", "[native]") {
  const TemporaryFolder folder;
  const auto before = read_device_key(folder / "a");
  REQUIRE(before);
  CHECK_FALSE(*before);
  const auto made = make_device_key(folder / "a");
  REQUIRE(made);
  CHECK(made->expose().size() == 32);
  CHECK(mode_of(folder / "a") == 0600);
  CHECK((*read_device_key(folder / "a"))->expose() == made->expose());
  CHECK(make_device_key(folder / "b")->expose() != made->expose());
  CHECK_FALSE(std::filesystem::exists(folder / "a.new"));
}

TEST_CASE("device key: one that is there is never replaced", "[native]") {
  const TemporaryFolder folder;
  const auto made = make_device_key(folder / "key");
  REQUIRE(made);
  const auto again = make_device_key(folder / "key");
  REQUIRE_FALSE(again);
  CHECK(again.error().code == ErrorCode::kStoreFailed);
  CHECK((*read_device_key(folder / "key"))->expose() == made->expose());
  // What a killed program left of another is no obstacle.
  std::ofstream(folder / "other.new") << "half";
  CHECK(make_device_key(folder / "other"));
}

TEST_CASE("device key: one that others can read, or that is no plain file, is refused",
          "[native]") {
  const TemporaryFolder folder;
  REQUIRE(make_device_key(folder / "key"));
  for (const mode_t mode : {0640U, 0604U, 0660U}) {
    REQUIRE(::chmod((folder / "key").c_str(), mode) == 0);
    const auto read = read_device_key(folder / "key");
    REQUIRE_FALSE(read);
    CHECK(read.error().code == ErrorCode::kForbidden);
    CHECK(read.error().hint.contains("chmod 600"));
  }
  REQUIRE(::chmod((folder / "key").c_str(), 0400) == 0);
  CHECK(read_device_key(folder / "key"));
  std::filesystem::create_symlink(folder / "key", folder / "link");
  CHECK_FALSE(read_device_key(folder / "link"));
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(read_device_key(folder / "pipe").error().code == ErrorCode::kForbidden);
}

TEST_CASE("device key: one of another size is damaged", "[native]") {
  const TemporaryFolder folder;
  for (const std::size_t size : {0U, 31U, 33U, 4096U}) {
    REQUIRE(write_atomically(folder / "key", std::string(size, 'k')));
    const auto read = read_device_key(folder / "key");
    REQUIRE_FALSE(read);
    CHECK(read.error().code == ErrorCode::kStoreFailed);
    CHECK(read.error().message.contains("damaged"));
  }
}

TEST_CASE("device key: it can be dropped, twice", "[native]") {
  const TemporaryFolder folder;
  REQUIRE(make_device_key(folder / "key"));
  CHECK(drop_device_key(folder / "key"));
  CHECK_FALSE(std::filesystem::exists(folder / "key"));
  CHECK(drop_device_key(folder / "key"));
}
