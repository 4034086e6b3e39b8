// Free plans on a fake's own clock: services fall asleep, wake by a request, stop when what they
// were given is used up, and come back; and what the adapter says of them meanwhile.
#include <catch_amalgamated.hpp>
#include <string>

#include "engine/providers/policy_card.h"
#include "tests/fakes/fake_cloud.h"
#include "tests/fakes/refusals.h"

using namespace a67;
using fakes::FakeCloud;
using fakes::FreePlan;

namespace {

constexpr Duration kMinute = std::chrono::minutes(1);

// A service at one provider's fake, live and on a plan that sleeps.
class Sleeper {
 public:
  explicit Sleeper(const char* provider, Json more = Json::object()) : cloud(provider) {
    REQUIRE(cloud.verify());
    Json input = cloud.sample().create;
    input.update(more);
    input["name"] = "a67-sleeper";
    input["source"] = cloud.sample().sources.front();
    const auto made = cloud.run("service.create", input);
    REQUIRE(made);
    id = string_or((*made)["service"], "id");
    cloud.wait(kMinute);
    REQUIRE(state() == "live");
    cloud.fake().put_on_free_plan("a67-sleeper", now());
    visit();
  }

  std::string state() {
    const auto got = cloud.run("service.get", {{"service", id}});
    REQUIRE(got);
    detail = string_or((*got)["service"], "detail");
    return string_or((*got)["service"], "state");
  }
  FreePlan::Visit visit() { return cloud.fake().visit("a67-sleeper", now()); }
  [[nodiscard]] UnixMs now() const { return cloud.now(); }

  FakeCloud cloud;
  std::string id;
  std::string detail;
};

std::int64_t minutes_of(std::string_view provider) {
  const auto card = parse_policy_card(find_provider(provider)->policy_card);
  REQUIRE(card);
  return card->value("sleep.after").get<std::int64_t>();
}

}  // namespace

TEST_CASE("free plan: a service sleeps without traffic, and is said to", "[contract]") {
  struct Case {
    const char* provider;
    Json more;
  };
  const Case one = GENERATE(Case{"koyeb", {{"plan", "free"}}}, Case{"railway", Json::object()},
                            Case{"heroku", Json::object()});
  INFO(one.provider);
  Sleeper sleeper(one.provider, one.more);
  const Duration after = std::chrono::minutes(minutes_of(one.provider));
  sleeper.cloud.wait(after - kMinute);
  CHECK(sleeper.state() == "live");
  SECTION("traffic keeps it awake") {
    CHECK(sleeper.visit().took == Duration{0});
    sleeper.cloud.wait(after - kMinute);
    CHECK(sleeper.state() == "live");
  }
  SECTION("asleep, it wakes by a request, which waits for it") {
    sleeper.cloud.wait(kMinute * 2);
    CHECK(sleeper.state() == "sleeping");
    const auto woken = sleeper.visit();
    CHECK(woken.status == 200);
    CHECK(woken.took > Duration{0});
    CHECK(sleeper.visit().took > Duration{0});  // not there yet
    sleeper.cloud.wait(woken.took + Duration{1});
    CHECK(sleeper.state() == "live");
    CHECK(sleeper.visit().took == Duration{0});
  }
}

TEST_CASE("free plan: Render's API does not tell who is asleep, and the adapter says just that",
          "[contract]") {
  Sleeper sleeper("render", {{"plan", "free"}});
  sleeper.cloud.wait(std::chrono::minutes(minutes_of("render")) + kMinute);
  CHECK(sleeper.state() == "live");
  CHECK(sleeper.detail.contains("Sleeps without traffic"));
  CHECK(sleeper.visit().took == std::chrono::seconds(60));
}

TEST_CASE("free plan: when the month's hours are used up Render suspends, until the next month",
          "[contract]") {
  Sleeper sleeper("render", {{"plan", "free"}});
  // November 26th: 750 hours do not fit into what is left of it; December has 744, and no month has
  // more. Two services use them up in half the time.
  Json second = sleeper.cloud.sample().create;
  second.update({{"name", "a67-second"},
                 {"plan", "free"},
                 {"source", sleeper.cloud.sample().sources.front()}});
  REQUIRE(sleeper.cloud.run("service.create", second));
  const auto both_awake_for = [&](Duration time) {
    for (Duration spent{0}; spent < time; spent += std::chrono::minutes(14)) {
      sleeper.visit();
      sleeper.cloud.fake().visit("a67-second", sleeper.now());
      sleeper.cloud.wait(std::chrono::minutes(14));
    }
  };
  both_awake_for(std::chrono::hours(24) * 5);  // into December
  CHECK(sleeper.state() == "live");
  both_awake_for(std::chrono::hours(24) * 16);
  CHECK(sleeper.state() == "suspended");
  CHECK(sleeper.detail.contains("hours"));
  CHECK(sleeper.visit().status == 503);
  const auto refused = sleeper.cloud.run("service.resume", {{"service", sleeper.id}});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::kForbidden);
  CHECK(refused.error().message.contains("To add a card"));
  CHECK(refused.error().hint.contains("billing"));
  sleeper.cloud.wait(std::chrono::hours(24) * 15);  // January
  CHECK(sleeper.state() == "live");
}

TEST_CASE("free plan: without credits Railway takes deployments away and says why", "[contract]") {
  Sleeper sleeper("railway");
  // Six days a month: what is left of November, and then six of December.
  for (int at = 0; at < 12 * 24 * 7; ++at) {
    sleeper.visit();
    sleeper.cloud.wait(std::chrono::minutes(9));
  }
  CHECK(sleeper.state() == "stopped");
  const auto refused = sleeper.cloud.run(
      "service.deploy",
      {{"service", sleeper.id}, {"source", sleeper.cloud.sample().sources.front()}});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::kForbidden);
  CHECK(refused.error().message.contains("trial has expired"));
}

TEST_CASE("free plan: machines of Fly's trial stop after minutes, and for good after its hours",
          "[contract]") {
  Sleeper sleeper("fly");
  const Duration after = std::chrono::minutes(minutes_of("fly"));
  sleeper.cloud.wait(after + kMinute);
  CHECK(sleeper.state() == "suspended");
  CHECK(sleeper.detail == "stopped");
  REQUIRE(sleeper.cloud.run("service.resume", {{"service", sleeper.id}}));
  sleeper.cloud.wait(kMinute);
  CHECK(sleeper.state() == "live");
  Result<Json> resumed = Json();
  for (int at = 0; at < 40 && resumed; ++at) {
    sleeper.cloud.wait(after);
    resumed = sleeper.cloud.run("service.resume", {{"service", sleeper.id}});
  }
  REQUIRE_FALSE(resumed);
  CHECK(resumed.error().message.contains("payment method required"));
  CHECK(resumed.error().code == ErrorCode::kForbidden);
}

TEST_CASE("quota: what is counted runs out in the provider's words, and comes back", "[contract]") {
  // Deployments, and new services, in a window: tests/fakes/refusals.json says how many.
  const char* provider = GENERATE("vercel", "netlify", "render");
  INFO(provider);
  FakeCloud cloud(provider);
  REQUIRE(cloud.verify());
  const Json& known = fakes::known_refusals()[provider]["quota"];
  const auto window = std::chrono::seconds(int_or(known, "windowSeconds"));
  const auto count = static_cast<std::uint32_t>(int_or(known, "after"));
  const bool site = string_or(known, "operation") == "site.deploy";
  REQUIRE(window.count() > 0);
  cloud.fake().put_in_the_way({.method = "POST",
                               .path = string_or(known, "path"),
                               .answer = {.status = known["status"], .json = known["answer"]},
                               .after = count,
                               .window = window});
  Json input = cloud.sample().create;
  std::string operation = "service.create";
  if (site) {
    const auto made = cloud.run("site.create", {{"name", "a67-quota"}});
    REQUIRE(made);
    operation = "site.deploy";
    input = {{"site", string_or((*made)["site"], "id")},
             {"files", Json::array({{{"path", "index.html"}, {"text", "hello"}}})}};
  } else {
    input["source"] = cloud.sample().sources.front();
  }
  std::uint32_t done = 0;
  Result<Json> output = Json();
  for (; done < 2 * count; ++done) {
    if (!site) input["name"] = "a67-quota-" + std::to_string(done);
    output = cloud.run(operation, input);
    if (!output) break;
  }
  CHECK(done == count);
  REQUIRE_FALSE(output);
  CHECK(output.error().message.contains(string_or(known, "words")));
  CHECK_FALSE(output.error().hint.empty());
  cloud.wait(window);
  CHECK(cloud.run(operation, input));
}
