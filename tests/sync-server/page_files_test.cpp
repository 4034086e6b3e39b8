#include "sync-server/page_files.h"

#include <catch_amalgamated.hpp>
#include <filesystem>
#include <fstream>

#include "tests/node-wrapper/control/temp_folder.h"

namespace a67::test {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

TEST_CASE("PageFiles: every file is there by its path, and nothing else", "[sync]") {
  const TempFolder folder;
  const fs::path root = folder.path() + "/page";
  write(root / "index.html", "<!doctype html>");
  write(root / "assets/x.js", std::string("a\0b", 3));
  write(folder.path() + "/secret", "not the page's");
  fs::create_symlink("../secret", root / "link");
  fs::create_directory_symlink("..", root / "up");

  const auto page = PageFiles::load(root);
  REQUIRE(page);
  CHECK(page->count() == 2);
  REQUIRE(page->find("/assets/x.js") != nullptr);
  CHECK(page->find("/assets/x.js")->bytes.size() == 3);
  CHECK(page->find("/index.html")->etag != page->find("/assets/x.js")->etag);
  for (const char* path : {"/link", "/up/secret", "/../secret", "/assets", "", "index.html"}) {
    INFO(path);
    CHECK(page->find(path) == nullptr);
  }
}

TEST_CASE("PageFiles: the same bytes have the same tag", "[sync]") {
  const TempFolder folder;
  write(folder.path() + "/index.html", "a");
  write(folder.path() + "/b", "a");
  const auto page = PageFiles::load(folder.path());
  CHECK(page->find("/b")->etag == page->find("/index.html")->etag);
}

TEST_CASE("PageFiles: a folder that is no page is refused, with what to do", "[sync]") {
  const TempFolder folder;
  SECTION("empty") {
    const auto page = PageFiles::load(folder.path());
    CHECK(page.error().code == ErrorCode::kNotFound);
    CHECK(page.error().hint.contains("scripts/build-page"));
  }
  SECTION("missing") {
    CHECK(PageFiles::load(folder.path() + "/none").error().code == ErrorCode::kNotFound);
  }
  SECTION("far too large") {
    write(folder.path() + "/index.html", "a");
    write(folder.path() + "/film", "");
    fs::resize_file(folder.path() + "/film", kPageBytesMax);
    CHECK(PageFiles::load(folder.path()).error().code == ErrorCode::kTooLarge);
  }
}

}  // namespace a67::test
