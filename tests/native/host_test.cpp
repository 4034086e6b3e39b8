// The real engine behind the native host: started, asked, stopped, started again.
#include "engine/native/host.h"

#include <catch_amalgamated.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/native/support.h"

using namespace a67;                // NOLINT(google-build-using-namespace): a test
using namespace a67::native;        // NOLINT(google-build-using-namespace): a test
using namespace a67::native::test;  // NOLINT(google-build-using-namespace): a test
namespace asio = boost::asio;

namespace {

// One life of an engine on a data folder.
class Life {
 public:
  explicit Life(const DataDir& dir)
      : host_(
            context_, dir, [this](const Json& message) { take(message); },
            [](const std::string&, const std::string&) {}) {
    host_.start();
    const Json vault = ask("vault.status", Json::object())["body"]["vault"];
    const std::int64_t secret =
        host_.keys().offer(Sensitive<std::string>(std::string(32, 'd')))->number;
    const Json opened = vault["state"] == "absent"
                            ? ask("vault.create", {{"name", "Test"}, {"device", secret}})
                            : ask("vault.unlock", {{"kind", "device"}, {"secret", secret}});
    REQUIRE(opened["kind"] == "reply");
  }

  Json ask(const std::string& name, const Json& body) {
    answer_.reset();
    host_.push({{"kind", "command"}, {"id", ++id_}, {"name", name}, {"body", body}});
    context_.restart();
    context_.run();
    REQUIRE(answer_);
    return *answer_;
  }

  std::vector<std::string> kinds;

 private:
  void take(const Json& message) {
    kinds.push_back(string_or(message, "kind"));
    if (int_or(message, "id") != id_ || string_or(message, "kind") == "progress") return;
    answer_ = message;
    context_.stop();
  }

  asio::io_context context_;
  std::int64_t id_ = 0;
  std::optional<Json> answer_;
  NativeHost host_;
};

}  // namespace

TEST_CASE("NativeHost: the engine says hello, becomes ready and answers", "[native]") {
  const TemporaryFolder folder;
  Life life(*open_data_dir(folder.path()));
  const Json answer = life.ask("engine.state", Json::object());
  CHECK(answer["kind"] == "reply");
  CHECK(answer["body"]["nodes"] == Json::array());
  REQUIRE(life.kinds.size() >= 2);
  CHECK(life.kinds[0] == "hello");
}

TEST_CASE("NativeHost: the identity outlives the program", "[native]") {
  const TemporaryFolder folder;
  const DataDir dir = *open_data_dir(folder.path());
  const auto identity = [&] {
    Life life(dir);
    return string_or(life.ask("engine.state", Json::object())["body"]["controller"], "id");
  };
  const std::string first = identity();
  CHECK(first.size() == 43);
  CHECK(identity() == first);
}

TEST_CASE("NativeHost: settings outlive the program", "[native]") {
  const TemporaryFolder folder;
  const DataDir dir = *open_data_dir(folder.path());
  {
    Life life(dir);
    CHECK(life.ask("settings.set", {{"heartbeatSeconds", 7}})["kind"] == "reply");
  }
  Life life(dir);
  CHECK(life.ask("settings.get", Json::object())["body"]["settings"]["heartbeatSeconds"] == 7);
}

TEST_CASE("NativeHost: a node that is not there is unreachable", "[native]") {
  const TemporaryFolder folder;
  asio::io_context context;
  const std::string url = "http://127.0.0.1:" + std::to_string(free_port(context));
  Life life(*open_data_dir(folder.path()));
  const Json answer = life.ask("node.claim", {{"url", url}, {"code", "AAAA-AAAA-AAAA"}});
  CHECK(answer["kind"] == "failed");
  CHECK(answer["error"]["code"] == "unreachable");
}
