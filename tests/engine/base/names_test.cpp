#include "engine/base/names.h"

#include <array>
#include <catch_amalgamated.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/random.h"

namespace a67 {
namespace {

using Texts = std::vector<std::string>;

void check_all(Fault (*check)(std::string_view), const Texts& right, const Texts& wrong) {
  for (const std::string& text : right) {
    INFO("right: " << text);
    CHECK_FALSE(check(text));
  }
  for (const std::string& text : wrong) {
    INFO("wrong: " << text);
    const Fault fault = check(text);
    REQUIRE(fault);
    CHECK(fault->starts_with("must "));
  }
}

TEST_CASE("names: app names", "[base]") {
  check_all(app_name_fault, {"a", "guestbook", "a1", "my-app-2", std::string(40, 'a'), "a--b"},
            {"", "A", "1a", "-a", "a-", "a_b", "a.b", "a b", "\xC3\xA4pp", std::string(41, 'a'),
             std::string("a\0", 2)});
  CHECK(app_name_fault("1a") == "must start with a lower-case letter");
}

TEST_CASE("names: environment names", "[base]") {
  check_all(env_name_fault, {std::string(256, 'A'), "A", "_", "a1", "NODE_ENV", "_1"},
            {"", std::string(257, 'A'), "1A", "A-B", "A B", "A=B", "\xC3\x84", "A.B",
             std::string("A\0", 2)});
}

TEST_CASE("names: hosts", "[base]") {
  check_all(host_fault,
            {"localhost", "guestbook.localhost", "a.b-c.de", "1.2.3.4", "xn--bcher-kva.example",
             std::string(63, 'a') + ".de"},
            {"", "A.de", "http://a.de", "a.de:80", "a.de/", "a..b", ".a", "a.", "-a.de", "a-.de",
             "a_b.de", "*.de", "a b", std::string(64, 'a') + ".de", std::string(254, 'a')});
  CHECK(host_fault("https://a.de") == "must be a host name only, without http://");
  CHECK(host_fault("a.de:80") == "must be a host name only, without a port");
}

TEST_CASE("names: URL paths", "[base]") {
  check_all(path_fault, {"/", "/healthz", "/a/b?c=d&e", "/%20", "//"},
            {"", "a", "healthz/", "/a b", "/\xC3\xA4", "/a#b", "/a\n", "/\x7f"});
}

TEST_CASE("names: a path may be left empty where that means none", "[base]") {
  check_all(path_or_empty_fault, {"", "/healthz"}, {"healthz", " "});
}

TEST_CASE("names: paths inside a folder", "[base]") {
  check_all(relative_path_fault,
            {".", "dist", "a/b", "a b/\xC3\xA4", "..a", "a..b", "a/...", "./a"},
            {"", "/", "/etc", "..", "../a", "a/..", "a/../b", "a\\b", "a\nb", "a\xff",
             std::string("a\0", 2)});
}

TEST_CASE("names: Git addresses", "[base]") {
  check_all(git_url_fault,
            {"https://github.com/owner/repository", "https://github.com/owner/repository.git",
             "http://127.0.0.1:8080/x.git", "ssh://git@github.com/a/b", "ssh://git@host:22/a",
             "git://host/a", "file:///srv/git/a", "git@github.com:owner/repository.git",
             "https://[::1]:8080/a", "https://user@host/a"},
            {"",
             "github.com/a/b",
             "ftp://host/a",
             "ext::sh -c id",
             "ext::sh",
             "-uhttps://x/y",
             "--upload-pack=x",
             "https://",
             "https://host",
             "https://host/",
             "https:///a",
             "https://user:secret@host/a",
             "https://host:0/a",
             "https://host:99999/a",
             "https://host:x/a",
             "https://ho st/a",
             "https://host/a#main",
             "file://host/a",
             "file:///",
             "ssh://-oProxyCommand=id/a",
             "ssh://-x@host/a",
             "git@-host:a",
             "@host:a",
             "git@host:",
             "https://[/a",
             "https://[::1/a",
             "https://[]/a",
             "https://host/a\n"});
}

TEST_CASE("names: a password in a Git address is refused and not repeated", "[base]") {
  const Fault fault = git_url_fault("https://user:hunter2@host/a");
  REQUIRE(fault);
  CHECK(fault->contains("password"));
  CHECK_FALSE(fault->contains("hunter2"));
}

TEST_CASE("names: Git refs", "[base]") {
  check_all(git_ref_fault,
            {"main", "v1.2.3", "feature/x", "0123456789abcdef0123456789abcdef01234567", "HEAD",
             "a-b_c", "\xC3\xA4"},
            {"",     "-b", "--all", "a..b",   "a b",      "a~1",   "a^",  "a:b",
             "a?",   "a*", "a[",    "a\\b",   "@",        "a@{1}", "a/",  "/a",
             "a//b", ".a", "a/.b",  "a.lock", "a.lock/b", "a.",    "a\n", "a\x7f"});
}

TEST_CASE("names: web addresses", "[base]") {
  check_all(http_url_fault,
            {"http://127.0.0.1:4601", "https://node.example.org", "http://localhost:4601/",
             "http://[::1]:80/x", "https://NODE.example.org/a?b=c"},
            {"", "127.0.0.1:4601", "ftp://host", "http://", "http:///x", "http://host:0",
             "http://host:65536", "http://host:", "http://a b", "http://user@host",
             "http://user:x@host", "http://host/#x", "ws://host", "http://ho_st", "http://host/@x",
             "http://[::1", "http://[::1]x"});
}

TEST_CASE("names: hex", "[base]") {
  check_all(hex_fault, {"0", "00ff", "abcdef0123456789"}, {"", "g", "AB", "0x1", "0 "});
}

TEST_CASE("names: every format of the contract has its check", "[base]") {
  std::ifstream file(A67_CONTRACT_FILE);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::vector<Json> open = {Json::parse(text)};
  std::size_t formats = 0;
  while (!open.empty()) {
    const Json value = std::move(open.back());
    open.pop_back();
    for (const auto& [key, member] : value.items()) {
      if ((key == "format" || key == "keyFormat") && member.is_string()) {
        ++formats;
        const Fault fault = name_fault(member.get<std::string>(), "\x01");
        INFO(member);
        REQUIRE(fault);
        CHECK(fault->starts_with("must "));
      }
      if (member.is_structured()) open.push_back(member);
    }
  }
  CHECK(formats > 5);
  CHECK(name_fault("zip-code", "1") ==
        "has the format 'zip-code', which nobody knows how to check");
  CHECK_FALSE(name_fault("app-name", "a"));
}

TEST_CASE("suggest_app_name: makes a name of what a person has", "[base]") {
  CHECK(suggest_app_name("My App!") == "my-app");
  CHECK(suggest_app_name("guestbook.tar.gz") == "guestbook");
  CHECK(suggest_app_name("/home/me/Guest Book/") == "guest-book");
  CHECK(suggest_app_name("C:\\Users\\me\\site.zip") == "site");
  CHECK(suggest_app_name("https://github.com/owner/Some_Thing.git") == "some-thing");
  CHECK(suggest_app_name("git@github.com:thing.git") == "thing");
  CHECK(suggest_app_name("2048") == "app-2048");
  CHECK(suggest_app_name("\xC3\xA4\xC3\xB6") == "app");
  CHECK(suggest_app_name("") == "app");
  CHECK(suggest_app_name(".git") == "git");
}

TEST_CASE("suggest_app_name: is always valid", "[base]") {
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    Random random = Random::from_number(seed);
    std::string name(random.below(60), '\0');
    for (char& c : name)
      c = static_cast<char>(random.below(2) == 0 ? random.below(256) : 'a' + random.below(26));
    INFO("seed " << seed);
    REQUIRE_FALSE(app_name_fault(suggest_app_name(name)));
  }
}

TEST_CASE("nearest: finds what was meant", "[base]") {
  constexpr std::array<std::string_view, 5> kChoices = {"replicas", "runtime", "start", "static",
                                                        "env"};
  CHECK(nearest("replica", kChoices) == "replicas");
  CHECK(nearest("Replicas", kChoices) == "replicas");
  CHECK(nearest("sttaic", kChoices) == "static");
  CHECK(nearest("strat", kChoices) == "start");
  CHECK(nearest("evn", kChoices) == "env");
  CHECK_FALSE(nearest("memory", kChoices));
  CHECK_FALSE(nearest("", kChoices));
  CHECK_FALSE(nearest(std::string(65, 'x'), kChoices));
  CHECK_FALSE(nearest("x", {}));
}

}  // namespace
}  // namespace a67
