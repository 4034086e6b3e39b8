// Packing folders and reading archives.
#include <sys/stat.h>

#include <catch_amalgamated.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "cli/archive_reader.h"
#include "cli/folder_packer.h"

using namespace a67;       // NOLINT(google-build-using-namespace): a test
using namespace a67::cli;  // NOLINT(google-build-using-namespace): a test
namespace fs = std::filesystem;

namespace {

class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "a67-test-XXXXXX").string();
    root = ::mkdtemp(pattern.data());
    fs::create_directory(root / "app");
  }
  ~Folder() { fs::remove_all(root); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void add(const std::string& path, const std::string& text) const {
    const fs::path full = root / "app" / path;
    fs::create_directories(full.parent_path());
    std::ofstream(full) << text;
  }
  [[nodiscard]] Result<PackedArchive> pack(const Ignore& ignore = {}) const {
    return pack_folder((root / "app").string(), ignore, archive(),
                       [](std::int64_t, std::int64_t) {});
  }
  [[nodiscard]] std::string archive() const { return (root / "out").string(); }

  fs::path root;
};

}  // namespace

TEST_CASE("Packing: what is packed can be listed again, with its texts", "[cli]") {
  const Folder folder;
  folder.add("package.json", "{}");
  folder.add("lib/index.js", "listen()");
  const auto packed = folder.pack();
  REQUIRE(packed);
  CHECK(packed->bytes == static_cast<std::int64_t>(fs::file_size(folder.archive())));
  CHECK(packed->listing.texts() == Json{{"package.json", "{}"}});
  CHECK(archive_format(folder.archive()) == "tar.gz");
  const auto listed = list_archive(folder.archive(), "tar.gz");
  REQUIRE(listed);
  CHECK(listed->files() == packed->listing.files());
  CHECK(listed->texts() == packed->listing.texts());
  CHECK(listed->files() == Json::array({{{"path", "lib/index.js"}, {"bytes", 8}},
                                        {{"path", "package.json"}, {"bytes", 2}}}));
}

TEST_CASE("Packing: the same files give the same bytes, whatever their times", "[cli]") {
  const Folder one;
  one.add("b", "2");
  one.add("a", "1");
  const Folder two;
  two.add("a", "1");
  two.add("b", "2");
  fs::last_write_time(two.root / "app/a", fs::file_time_type{} + std::chrono::hours(24));
  CHECK(one.pack()->sha256 == two.pack()->sha256);
}

TEST_CASE("Packing: programs stay programs", "[cli]") {
  const Folder one;
  one.add("run", "#!/bin/sh\n");
  const std::string plain = one.pack()->sha256;
  fs::permissions(one.root / "app/run", fs::perms::owner_exec, fs::perm_options::add);
  CHECK(one.pack()->sha256 != plain);
}

TEST_CASE("Packing: links inside the folder are kept, those out of it are not", "[cli]") {
  const Folder folder;
  folder.add("real", "x");
  const std::string without = folder.pack()->sha256;
  fs::create_symlink("/etc/passwd", folder.root / "app/out");
  fs::create_symlink("../../outside", folder.root / "app/up");
  CHECK(folder.pack()->sha256 == without);
  fs::create_symlink("real", folder.root / "app/in");
  CHECK(folder.pack()->sha256 != without);
}

TEST_CASE("Packing: a folder of nothing but ignored files is refused", "[cli]") {
  const Folder folder;
  folder.add("node_modules/a/index.js", "x");
  Ignore ignore;
  ignore.add_defaults();
  const auto packed = folder.pack(ignore);
  REQUIRE_FALSE(packed);
  CHECK(packed.error().code == ErrorCode::kInvalidInput);
  CHECK(packed.error().hint.contains("node_modules"));
}

TEST_CASE("Packing: long and unusual names survive", "[cli]") {
  const Folder folder;
  const std::string name = std::string(120, 'n') + "/" + std::string(120, 'm') + "/ü b.txt";
  folder.add(name, "x");
  REQUIRE(folder.pack());
  const auto listed = list_archive(folder.archive(), "tar.gz");
  REQUIRE(listed);
  CHECK(listed->files()[0]["path"] == name);
}

TEST_CASE("Reading: what is no archive, or a broken or empty one, is refused", "[cli]") {
  const Folder folder;
  const std::string path = (folder.root / "x.tar.gz").string();
  SECTION("text") {
    std::ofstream(path) << "plain text";
    CHECK(archive_format(path).error().code == ErrorCode::kBadArchive);
  }
  SECTION("nothing") {
    std::ofstream(path) << "";
    CHECK(archive_format(path).error().code == ErrorCode::kBadArchive);
  }
  SECTION("a cut one") {
    folder.add("a", std::string(100'000, 'x') + "end");
    REQUIRE(folder.pack());
    fs::resize_file(folder.archive(), fs::file_size(folder.archive()) / 2);
    CHECK(list_archive(folder.archive(), "tar.gz").error().code == ErrorCode::kBadArchive);
  }
  SECTION("a zip that is none") {
    std::ofstream(path) << "PK and nothing more";
    REQUIRE(archive_format(path) == "zip");
    CHECK(list_archive(path, "zip").error().code == ErrorCode::kBadArchive);
  }
}

TEST_CASE("Reading: paths are spelled plainly", "[cli]") {
  CHECK(plain_path("./a//b/") == "a/b");
  CHECK(plain_path("") == "");
}
