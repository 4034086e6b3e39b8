#include "engine/providers/operation_runner.h"

#include <catch_amalgamated.hpp>

#include "tests/fakes/fake_cloud.h"

using namespace a67;
using fakes::FakeCloud;

namespace {

Json service(const char* name) {
  return {{"name", name},
          {"plan", "starter"},
          {"source", {{"kind", "image"}, {"image", "docker.io/library/nginx:1.27"}}}};
}

void open(FakeCloud& cloud) {
  const auto verified = cloud.run("account.verify", Json::object());
  REQUIRE(verified);
  cloud.session().settings.update((*verified)["settings"]);
}

}  // namespace

TEST_CASE("run_operation: what the provider has not is not found", "[providers]") {
  FakeCloud cloud("render");
  const auto answer = cloud.run("sql.query", Json::object());
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::kNotFound);
}

TEST_CASE("run_operation: a creation whose answer was lost is looked for, not repeated",
          "[providers]") {
  FakeCloud cloud("render");
  open(cloud);
  cloud.set_chaos({.cut_after = 60});
  std::size_t made = 0;
  for (int at = 0; at < 20; ++at) {
    const std::string name = "lost-" + std::to_string(at);
    const auto answer = cloud.run("service.create", service(name.c_str()));
    CHECK(cloud.fake().count_named(name) <= 1);
    if (answer) made += cloud.fake().count_named(name);
    cloud.wait(std::chrono::hours(1));
  }
  CHECK(made > 0);
}

TEST_CASE("run_operation: a page of 10 MB instead of an answer may have come after the deed",
          "[providers]") {
  FakeCloud cloud("render");
  open(cloud);
  cloud.set_chaos({.page = 50});
  std::size_t made = 0;
  for (int at = 0; at < 10; ++at) {
    const std::string name = "paged-" + std::to_string(at);
    if (cloud.run("service.create", service(name.c_str()))) ++made;
    CHECK(cloud.fake().count_named(name) <= 1);
    cloud.wait(std::chrono::hours(1));
  }
  CHECK(made > 0);
}

TEST_CASE("run_operation: when nobody can say whether it was made, that is said", "[providers]") {
  FakeCloud cloud("render");
  open(cloud);
  const auto before = cloud.requests_sent();
  cloud.set_chaos({.cut_before = 100});
  const auto answer = cloud.run("service.create", service("never"));
  REQUIRE_FALSE(answer);
  // Not even the look before went through.
  CHECK(answer.error().lines.empty());
  CHECK(cloud.requests_sent() - before == Api::kAttemptsMax);
  CHECK(cloud.fake().count_named("never") == 0);
}

TEST_CASE("api: the rate limit of a card is waited for, and a long wait is refused with its time",
          "[providers]") {
  FakeCloud cloud("render");
  open(cloud);
  cloud.session().schedule.set_limits(
      Json::parse(R"([{"bucket": "create", "count": 1, "seconds": 3600}])"));
  REQUIRE(cloud.run("service.create", service("first")));
  const auto second = cloud.run("service.create", service("second"));
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::kRateLimited);
  CHECK(second.error().message.contains("s."));
  cloud.wait(std::chrono::hours(1));
  CHECK(cloud.run("service.create", service("second")));
}

TEST_CASE("api: the trace holds what was asked, bounded, and no secret", "[providers]") {
  FakeCloud cloud("render");
  open(cloud);
  for (int at = 0; at < 150; ++at) REQUIRE(cloud.run("service.list", Json::object()));
  const auto& trace = cloud.session().trace;
  CHECK(trace.size() <= AccountSession::kTraceLinesMax);
  CHECK(trace.back().operation == "service.list");
  CHECK(trace.back().path == "/v1/services");
  CHECK(trace.back().status == 200);
  CHECK(cloud.leaks().empty());
}
