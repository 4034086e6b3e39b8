#include "sync-server/page_site.h"

#include <algorithm>
#include <catch_amalgamated.hpp>
#include <filesystem>
#include <fstream>

#include "tests/node-wrapper/control/temp_folder.h"

namespace a67::test {
namespace {

class Page {
 public:
  Page() {
    for (const auto& [name, text] : std::initializer_list<std::pair<std::string, std::string>>{
             {"index.html", "<!doctype html>"},
             {"index.html.br", "small"},
             {"index.html.gz", "smaller than plain"},
             {"sw.js", "worker"},
             {"assets/engine-1a2b.wasm", "wasm"}}) {
      const std::filesystem::path path = folder_.path() + "/" + name;
      std::filesystem::create_directories(path.parent_path());
      std::ofstream(path, std::ios::binary) << text;
    }
  }
  ControlAnswer get(std::string path, ControlHead head = {}) const {
    const PageSite site(*PageFiles::load(folder_.path()));
    if (head.method.empty()) head.method = "GET";
    head.path = std::move(path);
    return site.answer(head);
  }

 private:
  TempFolder folder_;
};

// The last one: what a client is told.
std::string header(const ControlAnswer& answer, std::string_view name) {
  std::string value;
  for (const auto& [one, text] : answer.headers) {
    if (one == name) value = text;
  }
  return value;
}

}  // namespace

TEST_CASE("PageSite: a path of the page is the page, with the headers of a static host", "[sync]") {
  const Page page;
  for (const char* path : {"/", "/index.html", "/apps/guestbook", "/accounts/",
                           "/accounts/s3/objects/my.bucket", "/../secret.txt"}) {
    INFO(path);
    const ControlAnswer answer = page.get(path);
    CHECK(answer.status == 200);
    CHECK(answer.body == "<!doctype html>");
    CHECK(answer.type == "text/html; charset=utf-8");
    CHECK(header(answer, "Content-Security-Policy").starts_with("default-src 'none'; script-src"));
    CHECK(header(answer, "Cross-Origin-Opener-Policy") == "same-origin");
    CHECK(header(answer, "X-Content-Type-Options") == "nosniff");
    CHECK(header(answer, "Cache-Control") == "public, max-age=0, must-revalidate");
    CHECK(header(answer, "Vary") == "Accept-Encoding");
  }
}

TEST_CASE("PageSite: files keep their own rules, and a missing one is missing", "[sync]") {
  const Page page;
  const ControlAnswer asset = page.get("/assets/engine-1a2b.wasm");
  CHECK(asset.type == "application/wasm");
  CHECK(header(asset, "Cache-Control") == "public, max-age=31536000, immutable");
  CHECK(header(page.get("/sw.js"), "Cache-Control") == "no-cache");
  for (const char* path : {"/assets/engine-old.wasm", "/assets/"}) {
    INFO(path);
    CHECK(page.get(path).status == 404);
  }
}

TEST_CASE("PageSite: the smallest form a browser takes", "[sync]") {
  const Page page;
  const ControlAnswer best = page.get("/", {.accept_encoding = "gzip, br"});
  CHECK(best.body == "small");
  CHECK(header(best, "Content-Encoding") == "br");
  CHECK(best.type == "text/html; charset=utf-8");
  const ControlAnswer second = page.get("/", {.accept_encoding = "gzip, br;q=0"});
  CHECK(header(second, "Content-Encoding") == "gzip");
  CHECK(header(best, "ETag") != header(second, "ETag"));
  CHECK(header(page.get("/sw.js", {.accept_encoding = "br"}), "Content-Encoding").empty());
}

TEST_CASE("PageSite: what a browser has is not sent again", "[sync]") {
  const Page page;
  const std::string tag = header(page.get("/"), "ETag");
  const ControlAnswer again = page.get("/", {.if_none_match = tag});
  CHECK(again.status == 304);
  CHECK(again.body.empty());
  CHECK(header(again, "ETag") == tag);
  CHECK(page.get("/", {.if_none_match = "\"another\""}).status == 200);
}

TEST_CASE("PageSite: it only gives", "[sync]") {
  const ControlAnswer answer = Page().get("/", {.method = "POST"});
  CHECK(answer.status == 405);
  CHECK(header(answer, "Allow") == "GET, HEAD");
}

}  // namespace a67::test
