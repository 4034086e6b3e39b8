#include <algorithm>
#include <catch_amalgamated.hpp>
#include <set>

#include "tests/sim/lab.h"

using namespace a67;
using a67::sim::Behaviour;
using a67::sim::Lab;

namespace {

std::vector<Json> lines_of(const Lab& lab, std::int64_t id) {
  std::vector<Json> lines;
  for (const Json& message : lab.outputs()) {
    if (message["kind"] != "progress" || message["id"] != id) continue;
    for (const Json& line : message["body"]["lines"]) lines.push_back(line);
  }
  return lines;
}

}  // namespace

TEST_CASE("app.logs: the lines of all replicas, each with its node, and then the end", "[logs]") {
  Lab lab;
  lab.claim_workers(3);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 3))->ok);
  const auto id = lab.begin("app.logs", {{"app", "book"}, {"tail", 10}});
  lab.run_for(Duration{3'000});
  REQUIRE(lab.ended(id) != nullptr);
  CHECK(lab.ended(id)->body["lines"] == 3);
  const auto lines = lines_of(lab, id);
  REQUIRE(lines.size() == 3);
  std::set<std::string> nodes;
  for (const Json& line : lines) nodes.insert(line["node"].get<std::string>());
  CHECK(nodes.size() == 3);
  CHECK(std::ranges::is_sorted(lines, {}, [](const Json& line) { return int_or(line, "at"); }));
  CHECK(lab.violations().empty());
}

TEST_CASE("app.logs: following goes on until cancelled, over broken connections", "[logs]") {
  Lab lab;
  lab.claim_workers(1);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 1))->ok);
  const auto id = lab.begin("app.logs", {{"app", "book"}, {"follow", true}});
  lab.run_for(Duration{10'000});  // the node closes after each line
  CHECK(lab.ended(id) == nullptr);
  CHECK(lines_of(lab, id).size() > 2);
  lab.host().cancel(id);
  lab.run_for(Duration{100});
  REQUIRE(lab.ended(id) != nullptr);
  CHECK(lab.ended(id)->body["code"] == "cancelled");
}

TEST_CASE("app.logs: it ends with its app, and needs one", "[logs]") {
  Lab lab;
  lab.claim_workers(1);
  CHECK(lab.ask("app.logs", {{"app", "book"}})->body["code"] == "not_found");
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 1))->ok);
  const auto id = lab.begin("app.logs", {{"app", "book"}, {"follow", true}});
  lab.run_for(Duration{2'000});
  REQUIRE(lab.ask("app.remove", {{"app", "book"}})->ok);
  lab.run_for(Duration{5'000});
  REQUIRE(lab.ended(id) != nullptr);
  CHECK(lab.ended(id)->ok);
}

TEST_CASE("app.logs: only one replica, when asked for one", "[logs]") {
  Lab lab;
  lab.claim_workers(2);
  REQUIRE(lab.ask("app.deploy", lab.release("book", Behaviour::kWell, 2))->ok);
  const std::string replica = lab.app("book").assignments[0].id.value;
  const auto id = lab.begin("app.logs", {{"app", "book"}, {"replica", replica}});
  lab.run_for(Duration{3'000});
  REQUIRE(lab.ended(id) != nullptr);
  for (const Json& line : lines_of(lab, id)) CHECK(line["replica"] == replica);
  CHECK(lines_of(lab, id).size() == 1);
}
