#include "cli/source.h"

#include <catch_amalgamated.hpp>
#include <filesystem>
#include <fstream>
#include <string>

using namespace a67;       // NOLINT(google-build-using-namespace): a test
using namespace a67::cli;  // NOLINT(google-build-using-namespace): a test
namespace fs = std::filesystem;

namespace {

struct World {
  World() {
    std::string pattern = (fs::temp_directory_path() / "a67-test-XXXXXX").string();
    root = ::mkdtemp(pattern.data());
    fs::create_directories(root / "guestbook");
    fs::create_directories(root / "blobs");
  }
  ~World() { fs::remove_all(root); }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  [[nodiscard]] Result<Json> source(const fs::path& path) const {
    return make_source(path.string(), native::BlobFiles((root / "blobs").string()), {});
  }
  [[nodiscard]] std::size_t blob_count() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(root / "blobs"), fs::directory_iterator()));
  }
  fs::path root;
};

}  // namespace

TEST_CASE("Source: a folder is packed into the blobs under its hash", "[cli]") {
  const World world;
  std::ofstream(world.root / "guestbook/Procfile") << "web: x";
  const auto source = world.source(world.root / "guestbook/");
  REQUIRE(source);
  CHECK((*source)["kind"] == "archive");
  CHECK((*source)["format"] == "tar.gz");
  CHECK((*source)["name"] == "guestbook");
  CHECK((*source)["texts"] == Json{{"Procfile", "web: x"}});
  CHECK(fs::exists(world.root / "blobs" / (*source)["sha256"].get<std::string>()));
  CHECK(world.blob_count() == 1);
}

TEST_CASE("Source: .automator67ignore leaves files out and is itself left out", "[cli]") {
  const World world;
  std::ofstream(world.root / "guestbook/a.txt") << "a";
  std::ofstream(world.root / "guestbook/secret.env") << "b";
  std::ofstream(world.root / "guestbook/.automator67ignore") << "*.env\n";
  const auto source = world.source(world.root / "guestbook");
  REQUIRE(source);
  CHECK((*source)["files"] == Json::array({{{"path", "a.txt"}, {"bytes", 1}}}));
}

TEST_CASE("Source: an archive is kept as it is", "[cli]") {
  const World world;
  std::ofstream(world.root / "guestbook/a.txt") << "a";
  const auto packed = world.source(world.root / "guestbook");
  REQUIRE(packed);
  const std::string sha256 = (*packed)["sha256"];
  fs::copy_file(world.root / "blobs" / sha256, world.root / "app.tgz");
  const auto source = world.source(world.root / "app.tgz");
  REQUIRE(source);
  CHECK((*source)["sha256"] == sha256);
  CHECK((*source)["name"] == "app.tgz");
}

TEST_CASE("Source: a refused folder leaves nothing behind", "[cli]") {
  const World world;
  CHECK_FALSE(world.source(world.root / "guestbook"));
  CHECK(world.blob_count() == 0);
}

TEST_CASE("Source: a path that is not there says what could be given", "[cli]") {
  const World world;
  const auto source = world.source(world.root / "nowhere");
  REQUIRE_FALSE(source);
  CHECK(source.error().code == ErrorCode::kNotFound);
  CHECK(source.error().hint.contains("Git URL"));
}

TEST_CASE("Source: Git URLs are told from paths, with their ref", "[cli]") {
  CHECK(is_git_url("https://example.org/a/b.git"));
  CHECK(is_git_url("git@example.org:a/b.git"));
  CHECK_FALSE(is_git_url("./https"));
  CHECK_FALSE(is_git_url("a@b/c:d"));
  const World world;
  const auto make = [&](const char* text) {
    return *make_source(text, native::BlobFiles(world.root.string()), {});
  };
  CHECK(make("https://example.org/a.git#v1.2") ==
        Json{{"kind", "git"}, {"url", "https://example.org/a.git"}, {"ref", "v1.2"}});
  CHECK(make("https://example.org/a.git") ==
        Json{{"kind", "git"}, {"url", "https://example.org/a.git"}});
}
