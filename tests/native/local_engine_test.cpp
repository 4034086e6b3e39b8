// The unix socket by which other invocations use a running engine.
#include <sys/stat.h>

#include <boost/asio/write.hpp>
#include <catch_amalgamated.hpp>
#include <string>
#include <vector>

#include "engine/native/local_client.h"
#include "engine/native/local_server.h"
#include "tests/native/support.h"

using namespace a67;                // NOLINT(google-build-using-namespace): a test
using namespace a67::native;        // NOLINT(google-build-using-namespace): a test
using namespace a67::native::test;  // NOLINT(google-build-using-namespace): a test
namespace asio = boost::asio;

namespace {

class FakeEngine final : public EngineLink {
 public:
  void push(const Json& message) override { received.push_back(message); }
  std::vector<Json> received;
};

// A server with a fake engine, in a data folder of its own.
struct World {
  explicit World(const std::string& name = "data") : dir(*open_data_dir(folder / name)) {
    REQUIRE(server.listen());
  }

  // Runs until the condition holds.
  template <class Condition>
  void run_until(Condition condition) {
    context.restart();
    while (!condition()) REQUIRE(context.run_one() == 1);
  }

  TemporaryFolder folder;
  DataDir dir;
  asio::io_context context;
  FakeEngine engine;
  LocalServer server{context, dir, engine};
};

struct Listener {
  explicit Listener(World& world)
      : link(LocalClient::connect(
            world.context, world.dir, [this](const Json& message) { heard.push_back(message); },
            [this] { lost = true; })) {
    REQUIRE(link);
  }
  std::vector<Json> heard;
  bool lost = false;
  std::unique_ptr<LocalClient> link;
};

const Json kHello = {{"kind", "hello"}, {"protocol", 1}, {"version", "0.1.0"}};
const Json kReady = {{"kind", "ready"}};

}  // namespace

TEST_CASE("LocalServer: a client hears hello and ready, whenever it comes", "[native]") {
  World world;
  Listener early(world);
  world.server.on_message(kHello);
  world.server.on_message(kReady);
  Listener late(world);
  world.run_until([&] { return early.heard.size() >= 2 && late.heard.size() >= 2; });
  CHECK(late.heard == std::vector<Json>{kHello, kReady});
}

TEST_CASE("LocalServer: a command reaches the engine and its answer the one who asked",
          "[native]") {
  World world;
  Listener asker(world);
  Listener other(world);
  // Both are taken in once they have heard something.
  world.server.on_message(kHello);
  world.run_until([&] { return !asker.heard.empty() && !other.heard.empty(); });
  asker.heard.clear();
  other.heard.clear();
  asker.link->push(
      {{"kind", "command"}, {"id", 1}, {"name", "app.list"}, {"body", Json::object()}});
  world.run_until([&] { return world.engine.received.size() == 1; });
  const Json& command = world.engine.received[0];
  CHECK(command["name"] == "app.list");
  world.server.on_message(
      {{"kind", "reply"}, {"id", command["id"]}, {"body", {{"apps", Json::array()}}}});
  world.server.on_message({{"kind", "event"}, {"name", "app.removed"}, {"body", {{"app", "a"}}}});
  world.run_until([&] { return asker.heard.size() == 2 && other.heard.size() == 1; });
  CHECK(asker.heard[0] == Json{{"kind", "reply"}, {"id", 1}, {"body", {{"apps", Json::array()}}}});
  CHECK(other.heard[0]["kind"] == "event");
}

TEST_CASE("LocalServer: a client that goes ends its log streams", "[native]") {
  World world;
  {
    Listener follower(world);
    follower.link->push(
        {{"kind", "command"}, {"id", 1}, {"name", "app.logs"}, {"body", {{"app", "a"}}}});
    world.run_until([&] { return world.engine.received.size() == 1; });
  }
  world.run_until([&] { return world.engine.received.size() == 2; });
  CHECK(world.engine.received[1]["kind"] == "cancel");
}

TEST_CASE("LocalServer: a client that speaks nonsense is let go, the others stay", "[native]") {
  World world;
  Listener good(world);
  asio::local::stream_protocol::socket socket(world.context);
  socket.connect(asio::local::stream_protocol::endpoint(world.dir.socket()));
  asio::write(socket, asio::buffer(std::string("this is no JSON\n")));
  bool closed = false;
  char buffer[16];
  socket.async_read_some(asio::buffer(buffer), [&](const boost::system::error_code& error,
                                                   std::size_t) { closed = error.failed(); });
  world.run_until([&] { return closed; });
  world.server.on_message(kReady);
  world.run_until([&] { return !good.heard.empty(); });
  CHECK_FALSE(good.lost);
}

TEST_CASE("LocalServer: the socket is its owner's alone, and gone when the server is", "[native]") {
  const TemporaryFolder folder;
  const DataDir dir = *open_data_dir(folder.path());
  asio::io_context context;
  FakeEngine engine;
  {
    LocalServer server(context, dir, engine);
    REQUIRE(server.listen());
    struct stat facts{};
    REQUIRE(::stat(dir.socket().c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777U) == 0600);
  }
  CHECK_FALSE(std::filesystem::exists(dir.socket()));
}

TEST_CASE("LocalServer: a socket that a killed program left is replaced", "[native]") {
  const TemporaryFolder folder;
  const DataDir dir = *open_data_dir(folder.path());
  asio::io_context context;
  {
    asio::local::stream_protocol::acceptor dead(
        context, asio::local::stream_protocol::endpoint(dir.socket()));
  }
  REQUIRE(std::filesystem::exists(dir.socket()));
  CHECK(LocalClient::connect(context, dir, [](const Json&) {}, [] {}) == nullptr);
  FakeEngine engine;
  LocalServer server(context, dir, engine);
  REQUIRE(server.listen());
  CHECK(LocalClient::connect(context, dir, [](const Json&) {}, [] {}) != nullptr);
}

TEST_CASE("LocalServer: a data folder with a very long path works too", "[native]") {
  World world(std::string(120, 'x'));
  Listener listener(world);
  world.server.on_message(kReady);
  world.run_until([&] { return !listener.heard.empty(); });
  CHECK(listener.heard[0] == kReady);
}

TEST_CASE("LocalClient: the end of the server is told", "[native]") {
  const TemporaryFolder folder;
  const DataDir dir = *open_data_dir(folder.path());
  asio::io_context context;
  FakeEngine engine;
  auto server = std::make_unique<LocalServer>(context, dir, engine);
  REQUIRE(server->listen());
  bool lost = false;
  const auto client = LocalClient::connect(context, dir, [](const Json&) {}, [&] { lost = true; });
  REQUIRE(client);
  while (context.poll_one() != 0) {
  }
  server.reset();
  context.restart();
  while (!lost) REQUIRE(context.run_one() == 1);
  CHECK(lost);
}
