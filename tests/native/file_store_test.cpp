#include "engine/native/file_store.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch_amalgamated.hpp>
#include <fstream>
#include <string>

#include "engine/native/blobs.h"
#include "tests/native/support.h"

using a67::ErrorCode;
using a67::native::BlobFiles;
using a67::native::FileStore;
using a67::native::test::TemporaryFolder;

TEST_CASE("FileStore: a key that was never saved has no value", "[native]") {
  const TemporaryFolder folder;
  const auto value = FileStore(folder.path()).load("epoch");
  REQUIRE(value);
  CHECK_FALSE(value->has_value());
}

TEST_CASE("FileStore: what was saved is read back, whatever its bytes", "[native]") {
  const TemporaryFolder folder;
  const FileStore store(folder.path());
  const std::string bytes("a\0b\r\n\xff", 6);
  REQUIRE(store.save("state", "old"));
  REQUIRE(store.save("state", bytes));
  CHECK(store.load("state") == bytes);
}

TEST_CASE("FileStore: values are readable by their owner only", "[native]") {
  const TemporaryFolder folder;
  // Left behind by an older run, with other rights.
  std::ofstream(folder / "identity.new") << "old";
  REQUIRE(::chmod((folder / "identity.new").c_str(), 0644) == 0);
  REQUIRE(FileStore(folder.path()).save("identity", "secret"));
  struct stat facts{};
  REQUIRE(::stat((folder / "identity").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777U) == 0600);
}

TEST_CASE("FileStore: a key cannot name another folder", "[native]") {
  const TemporaryFolder folder;
  const FileStore store(folder.path());
  const auto* key = GENERATE("", "../x", "a/b", ".", "A", "a.new");
  CAPTURE(key);
  CHECK_FALSE(store.save(key, "x"));
  CHECK_FALSE(store.load(key));
}

TEST_CASE("FileStore: a save that fails leaves the old value", "[native]") {
  const TemporaryFolder folder;
  const FileStore store(folder.path());
  REQUIRE(store.save("state", "old"));
  // A folder where the new file would be written makes every save fail, for root too.
  REQUIRE(::mkdir((folder / "state.new").c_str(), 0700) == 0);
  const auto saved = store.save("state", "new");
  REQUIRE_FALSE(saved);
  CHECK(saved.error().code == ErrorCode::kStoreFailed);
  CHECK(store.load("state") == "old");
}

TEST_CASE("FileStore: a process killed while saving leaves the old or the new value, whole",
          "[native]") {
  constexpr int kReads = 200;
  constexpr std::size_t kBytes = 200'000;
  const TemporaryFolder folder;
  const FileStore store(folder.path());
  const std::string a(kBytes, 'a');
  const std::string b(kBytes, 'b');
  REQUIRE(store.save("state", a));
  const pid_t writer = ::fork();
  if (writer == 0) {
    for (;;) {
      if (!store.save("state", b) || !store.save("state", a)) ::_exit(1);
    }
  }
  REQUIRE(writer > 0);
  int whole = 0;
  for (int i = 0; i < kReads; ++i) {
    const auto value = store.load("state");
    if (value && (*value == a || *value == b)) ++whole;
  }
  ::kill(writer, SIGKILL);
  int status = 0;
  ::waitpid(writer, &status, 0);
  CHECK(WIFSIGNALED(status));
  CHECK(whole == kReads);
  const auto value = store.load("state");
  REQUIRE(value);
  CHECK((*value == a || *value == b));
}

TEST_CASE("BlobFiles: only a SHA-256 names a blob", "[native]") {
  const BlobFiles blobs("/nowhere");
  CHECK(blobs.path_of(std::string(64, 'a')) == "/nowhere/" + std::string(64, 'a'));
  CHECK_FALSE(blobs.path_of("../../etc/passwd"));
  CHECK_FALSE(blobs.path_of(std::string(64, 'A')));
  CHECK_FALSE(blobs.path_of(std::string(63, 'a')));
}

TEST_CASE("BlobFiles: a finished file gets its name and can be dropped, twice", "[native]") {
  const TemporaryFolder folder;
  const BlobFiles blobs(folder.path());
  const std::string name(64, '0');
  std::ofstream(blobs.temporary_path()) << "bytes";
  REQUIRE(blobs.adopt(blobs.temporary_path(), name));
  CHECK(std::filesystem::exists(*blobs.path_of(name)));
  CHECK(blobs.drop(name));
  CHECK(blobs.drop(name));
  CHECK_FALSE(std::filesystem::exists(*blobs.path_of(name)));
}

TEST_CASE("BlobFiles: what a killed program left is removed, what a running one writes is not",
          "[native]") {
  const TemporaryFolder folder;
  const BlobFiles blobs(folder.path());
  const pid_t dead = ::fork();
  if (dead == 0) ::_exit(0);
  int status = 0;
  REQUIRE(::waitpid(dead, &status, 0) == dead);
  std::ofstream(folder / ("new-" + std::to_string(dead))) << "half";
  std::ofstream(blobs.temporary_path()) << "ours";
  std::ofstream(*blobs.path_of(std::string(64, 'a'))) << "whole";
  blobs.remove_leftovers();
  CHECK_FALSE(std::filesystem::exists(folder / ("new-" + std::to_string(dead))));
  CHECK(std::filesystem::exists(blobs.temporary_path()));
  CHECK(std::filesystem::exists(*blobs.path_of(std::string(64, 'a'))));
}
