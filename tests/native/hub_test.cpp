#include "engine/native/hub.h"

#include <catch_amalgamated.hpp>
#include <utility>
#include <vector>

using a67::int_or;
using a67::Json;
using a67::string_or;
using a67::native::Hub;

namespace {

struct World {
  std::vector<Json> engine;
  std::vector<std::pair<Hub::ClientId, Json>> clients;
  Hub hub{{.to_engine = [this](const Json& message) { engine.push_back(message); },
           .to_client = [this](Hub::ClientId id,
                               const Json& message) { clients.emplace_back(id, message); }}};
};

Json command(std::int64_t id, const char* name) {
  return {{"kind", "command"}, {"id", id}, {"name", name}, {"body", Json::object()}};
}

Json reply(std::int64_t id) { return {{"kind", "reply"}, {"id", id}, {"body", Json::object()}}; }

}  // namespace

TEST_CASE("Hub: two clients may use the same number, and each gets its own answer", "[native]") {
  World world;
  world.hub.from_client(1, command(7, "app.list"));
  world.hub.from_client(2, command(7, "node.list"));
  REQUIRE(world.engine.size() == 2);
  const std::int64_t first = int_or(world.engine[0], "id");
  const std::int64_t second = int_or(world.engine[1], "id");
  REQUIRE(first != second);
  CHECK(world.hub.from_engine(reply(second)));
  CHECK(world.hub.from_engine(reply(first)));
  CHECK(world.clients[0] == std::pair<Hub::ClientId, Json>(2, reply(7)));
  CHECK(world.clients[1] == std::pair<Hub::ClientId, Json>(1, reply(7)));
}

TEST_CASE("Hub: an answer ends the route, progress does not", "[native]") {
  World world;
  world.hub.from_client(1, command(1, "app.deploy"));
  const std::int64_t id = int_or(world.engine[0], "id");
  CHECK(world.hub.from_engine({{"kind", "progress"}, {"id", id}, {"body", Json::object()}}));
  CHECK(world.hub.from_engine(reply(id)));
  CHECK_FALSE(world.hub.from_engine(reply(id)));
}

TEST_CASE("Hub: an answer nobody here asked for is left to others", "[native]") {
  World world;
  CHECK_FALSE(world.hub.from_engine(reply(1)));
}

TEST_CASE("Hub: a client can cancel its own commands only", "[native]") {
  World world;
  world.hub.from_client(1, command(1, "app.deploy"));
  world.hub.from_client(2, {{"kind", "cancel"}, {"id", 1}});
  CHECK(world.engine.size() == 1);
  world.hub.from_client(1, {{"kind", "cancel"}, {"id", 1}});
  REQUIRE(world.engine.size() == 2);
  CHECK(world.engine[1] == Json{{"kind", "cancel"}, {"id", int_or(world.engine[0], "id")}});
}

TEST_CASE("Hub: a client may give commands, not speak as the host", "[native]") {
  World world;
  world.hub.from_client(1, {{"kind", "result"}, {"id", 1}, {"body", Json::object()}});
  world.hub.from_client(1, {{"kind", "start"}});
  world.hub.from_client(1, Json::array());
  CHECK(world.engine.empty());
}

TEST_CASE("Hub: when a client goes its log streams end and its deployments go on", "[native]") {
  World world;
  world.hub.from_client(1, command(1, "app.logs"));
  world.hub.from_client(1, command(2, "app.deploy"));
  world.hub.from_client(2, command(1, "app.logs"));
  world.hub.drop_client(1);
  REQUIRE(world.engine.size() == 4);
  CHECK(world.engine[3] == Json{{"kind", "cancel"}, {"id", int_or(world.engine[0], "id")}});
}

TEST_CASE("Hub: more commands than it remembers are refused", "[native]") {
  World world;
  for (std::size_t i = 0; i <= Hub::kRoutesMax; ++i) {
    world.hub.from_client(1, command(static_cast<std::int64_t>(i), "app.list"));
  }
  CHECK(world.engine.size() == Hub::kRoutesMax);
  REQUIRE(world.clients.size() == 1);
  CHECK(world.clients[0].second["error"]["code"] == "rate_limited");
}
