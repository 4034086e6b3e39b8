// Accounts on the command line, against the fake providers over real HTTP.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch_amalgamated.hpp>
#include <csignal>
#include <string>

#include "engine/base/json.h"
#include "tests/cli/program.h"

using a67::Json;
using a67::cli::test::Program;
using a67::cli::test::Run;
using a67::cli::test::write_private;

namespace {

// As the fake of Render knows it.
const std::string kToken = "rnd_fakeTokenOfRender0123456789";

// The fakes' server as a process; ends with the test.
class Fakes {
 public:
  Fakes() {
    std::array<int, 2> pipe{};
    REQUIRE(::pipe(pipe.data()) == 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(pipe[1], STDOUT_FILENO);
      ::execl(A67_FAKE_CLOUDS, "fake_clouds", "--deploy-ms", "1", nullptr);
      ::_exit(127);
    }
    ::close(pipe[1]);
    std::array<char, 200> line{};
    const auto count = ::read(pipe[0], line.data(), line.size());
    ::close(pipe[0]);
    REQUIRE(count > 0);
    url_ = Json::parse(std::string(line.data(), static_cast<std::size_t>(count)))["url"];
  }
  ~Fakes() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Fakes(const Fakes&) = delete;
  Fakes& operator=(const Fakes&) = delete;

  [[nodiscard]] std::string of(const std::string& provider) const { return url_ + "/" + provider; }

 private:
  pid_t pid_ = -1;
  std::string url_;
};

struct Desk : Program {
  Fakes fakes;

  Run connect(const std::string& token) {
    write_private(path("token"), token + "\n");
    return run({"connect", "render", "--secret-file", "token=" + path("token").string(),
                "--endpoint", fakes.of("render"), "--name", "mine", "--json"});
  }
};

}  // namespace

TEST_CASE("connect: the token comes from a file, is tried, and is in no file but sealed",
          "[account]") {
  Desk desk;
  const Run connected = desk.connect(kToken);
  INFO(connected.out << connected.err);
  REQUIRE(connected.exit == 0);
  CHECK(Json::parse(connected.out)["account"]["identity"]["email"] == "ada@example.org");
  CHECK_FALSE(connected.out.contains(kToken));
  CHECK(desk.files_with(kToken).empty());

  SECTION("its services are made, listed and removed") {
    write_private(
        desk.path("new.json"),
        R"({"name": "gb", "plan": "starter", "source": {"kind": "image", "image": "nginx"}})");
    const Run made = desk.run({"call", "render", "service.create", "--input",
                               "@" + desk.path("new.json").string(), "--json"});
    INFO(made.out << made.err);
    REQUIRE(made.exit == 0);
    const std::string id = Json::parse(made.out)["output"]["service"]["id"];
    const Run listed = desk.run({"call", "render", "service.list"});
    CHECK(listed.out.contains(id));
    CHECK(desk.run({"call", "render", "service.remove", "--input", R"({"service": ")" + id + "\"}"})
              .exit == 0);
    CHECK_FALSE(desk.run({"call", "render", "service.list"}).out.contains(id));
  }
  SECTION("it is listed, verified and forgotten") {
    CHECK(desk.run({"accounts"}).out.contains("mine"));
    CHECK(desk.run({"verify", "render"}).out.contains("ok"));
    CHECK(desk.run({"account", "render"}).out.contains("Render"));
    CHECK(desk.run({"disconnect", "render", "--yes"}).exit == 0);
    CHECK(desk.run({"accounts"}).out.contains("No account"));
  }
}

TEST_CASE("connect: a wrong token is refused in the provider's words, and nothing is kept",
          "[account]") {
  Desk desk;
  const Run refused = desk.connect("rnd_wrong_0123456789");
  CHECK(refused.exit != 0);
  CHECK(refused.out.contains("Render answered 401"));
  CHECK_FALSE((refused.out + refused.err).contains("rnd_wrong"));
  CHECK(desk.run({"accounts"}).out.contains("No account"));
}

TEST_CASE("connect: a secret among the arguments is refused, and one that nobody can give",
          "[account]") {
  Desk desk;
  const Run shown = desk.run({"connect", "render", "--field", "token=rnd_seen_0123"});
  CHECK(shown.exit == 2);
  CHECK(shown.err.contains("--secret-file"));
  CHECK_FALSE(shown.err.contains("rnd_seen"));
  const Run missing = desk.run({"connect", "render"});
  CHECK(missing.exit != 0);
  CHECK(missing.err.contains("--secret-file token=FILE"));
}

TEST_CASE("call: an input that is no JSON, and an operation that is none, are named", "[account]") {
  Desk desk;
  REQUIRE(desk.connect(kToken).exit == 0);
  CHECK(desk.run({"call", "render", "service.list", "--input", "{"}).err.contains("no JSON"));
  CHECK(desk.run({"call", "render", "service.lst"}).err.contains("service.lst"));
  CHECK(desk.run({"call", "render", "service.get", "--input", R"({"servce": "x"})"})
            .err.contains("did you mean"));
}
