#include "node-wrapper/runtime/static_site.h"

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <catch_amalgamated.hpp>

#include "node-wrapper/runtime/health_probe.h"
#include "node-wrapper/runtime/static_server.h"
#include "tests/node-wrapper/releases/temporary_folder.h"

namespace a67 {
namespace {

class Site {
 public:
  Site() {
    put("secret.txt", "outside");
    put("site/index.html", "home");
    put("site/about.html", "about");
    put("site/data.bin", "0123456789");
    put("site/sub/index.html", "sub");
    put("site/.env", "SECRET=1");
    put("site/.well-known/x", "known");
    put("site/404.html", "own 404");
    put("site/app.js", "plain");
    put("site/app.js.br", "brotli");
    put("site/app.js.gz", "gzip");
    REQUIRE(::symlink("../secret.txt", (folder_ / "site/leak").c_str()) == 0);
    REQUIRE(::symlink("/etc/passwd", (folder_ / "site/passwd").c_str()) == 0);
    REQUIRE(::symlink("data.bin", (folder_ / "site/inside").c_str()) == 0);
    site_ = std::make_unique<StaticSite>(std::move(*StaticSite::open(folder_ / "site")));
  }
  SiteAnswer get(const std::string& target, SiteRequest request = {}) {
    if (request.method.empty()) request.method = "GET";
    request.target = target;
    return site_->answer(request);
  }
  // The body as a client would get it.
  static std::string body(const SiteAnswer& answer) {
    if (answer.head_only) return "";
    if (!answer.file.is_open()) return answer.text;
    std::string text(answer.length, '\0');
    const ssize_t count =
        ::pread(answer.file.get(), text.data(), text.size(), static_cast<off_t>(answer.offset));
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    return text;
  }
  static std::string header(const SiteAnswer& answer, const std::string& name) {
    for (const auto& [key, value] : answer.headers) {
      if (key == name) return value;
    }
    return "";
  }
  std::string root() { return folder_ / "site"; }

 private:
  void put(const std::string& name, const std::string& text) {
    REQUIRE(make_folders(
        folder_ / name.substr(0, name.rfind('/') == std::string::npos ? 0 : name.rfind('/'))));
    REQUIRE(replace_file(folder_ / name, text, false));
  }
  TemporaryFolder folder_;
  std::unique_ptr<StaticSite> site_;
};

TEST_CASE("static site: folders, clean addresses and the site's own 404", "[static]") {
  Site site;
  CHECK(Site::body(site.get("/")) == "home");
  CHECK(Site::body(site.get("/about")) == "about");
  CHECK(Site::body(site.get("/about.html?x=1")) == "about");
  CHECK(Site::body(site.get("/sub/")) == "sub");
  CHECK(Site::body(site.get("/inside")) == "0123456789");
  CHECK(Site::body(site.get("/.well-known/x")) == "known");
  const SiteAnswer missing = site.get("/nothing");
  CHECK(missing.status == 404);
  CHECK(Site::body(missing) == "own 404");
  const SiteAnswer folder = site.get("/sub?x=1");
  CHECK(folder.status == 301);
  CHECK(Site::header(folder, "Location") == "sub/");
}

TEST_CASE("static site: nothing outside the root and no dotfile is served", "[static]") {
  Site site;
  for (const char* target : {"/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt",
                             "/sub/../../secret.txt", "/leak", "/passwd", "/.env", "/%2eenv",
                             "/sub/%00", "/%zz", "secret.txt", "", "//../secret.txt"}) {
    INFO(target);
    CHECK(site.get(target).status == 404);
  }
}

TEST_CASE("static site: an unchanged file is answered with 304", "[static]") {
  Site site;
  const std::string etag = Site::header(site.get("/data.bin"), "ETag");
  REQUIRE_FALSE(etag.empty());
  CHECK(site.get("/data.bin", {.if_none_match = "\"other\", W/" + etag}).status == 304);
  CHECK(site.get("/data.bin", {.if_none_match = "\"other\""}).status == 200);
}

TEST_CASE("static site: ranges are cut, impossible ones refused, odd ones ignored", "[static]") {
  Site site;
  const SiteAnswer part = site.get("/data.bin", {.range = "bytes=2-4"});
  CHECK(part.status == 206);
  CHECK(Site::body(part) == "234");
  CHECK(Site::header(part, "Content-Range") == "bytes 2-4/10");
  CHECK(Site::body(site.get("/data.bin", {.range = "bytes=-3"})) == "789");
  CHECK(Site::body(site.get("/data.bin", {.range = "bytes=8-"})) == "89");
  CHECK(Site::body(site.get("/data.bin", {.range = "bytes=8-99"})) == "89");
  CHECK(site.get("/data.bin", {.range = "bytes=10-"}).status == 416);
  CHECK(site.get("/data.bin", {.range = "bytes=5-2"}).status == 200);
  CHECK(site.get("/data.bin", {.range = "bytes=0-1,3-4"}).status == 200);
  CHECK(site.get("/data.bin", {.range = "lines=1-2"}).status == 200);
  CHECK(site.get("/data.bin", {.if_range = "\"old\"", .range = "bytes=2-4"}).status == 200);
}

TEST_CASE("static site: a packed copy is served to whom takes it", "[static]") {
  Site site;
  const SiteAnswer brotli = site.get("/app.js", {.accept_encoding = "gzip, br;q=1.0"});
  CHECK(Site::body(brotli) == "brotli");
  CHECK(Site::header(brotli, "Content-Encoding") == "br");
  CHECK(Site::header(brotli, "Content-Type") == "text/javascript; charset=utf-8");
  CHECK(Site::header(brotli, "Vary") == "Accept-Encoding");
  CHECK(Site::body(site.get("/app.js", {.accept_encoding = "gzip, br;q=0"})) == "gzip");
  const SiteAnswer plain = site.get("/app.js");
  CHECK(Site::body(plain) == "plain");
  CHECK(Site::header(plain, "Vary") == "Accept-Encoding");
}

TEST_CASE("static site: HEAD has no body, other methods are refused", "[static]") {
  Site site;
  const SiteAnswer head = site.get("/data.bin", {.method = "HEAD"});
  CHECK(head.length == 10);
  CHECK(head.head_only);
  CHECK(site.get("/", {.method = "POST"}).status == 405);
}

TEST_CASE("static site: the server answers over a connection, and stops", "[static]") {
  Site site;
  boost::asio::io_context io;
  auto server = StaticServer::start(io, std::move(*StaticSite::open(site.root())), 0);
  REQUIRE(server);
  std::vector<bool> answers;
  for (const char* path : {"/", "/about", "/nothing"}) {
    HealthProbe::start(io, (*server)->port(), path, Duration(20'000),
                       [&](const Result<void>& result) {
                         answers.push_back(result.has_value());
                         if (answers.size() == 3) (*server)->stop();
                       });
  }
  io.run();
  REQUIRE(answers.size() == 3);
  CHECK(std::ranges::count(answers, true) == 2);
}

}  // namespace
}  // namespace a67
