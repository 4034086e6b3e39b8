#include "engine/providers/policy_card.h"

#include <catch_amalgamated.hpp>

#include "engine/providers/catalogue.h"

using namespace a67;

namespace {

Json card() {
  return Json::parse(R"({"provider": "acme", "summary": "Little.", "transports": ["direct"],
    "limits": [{"bucket": "call", "count": 1, "seconds": 2, "source": "s", "date": "2026-01-01"}],
    "values": [{"key": "free.memory", "value": 512, "unit": "MB", "source": "s", "date": "2026-01-01", "trust": "documented"}]})");
}

std::string fault(const std::string& pointer, Json value) {
  Json changed = card();
  changed[Json::json_pointer(pointer)] = std::move(value);
  const auto parsed = parse_policy_card(changed.dump());
  return parsed ? std::string() : parsed.error().field;
}

}  // namespace

TEST_CASE("policy card: what it lacks or has wrong is named with its place", "[providers]") {
  CHECK(parse_policy_card(card().dump()));
  CHECK(fault("/values/0/key", "free.lunch") == "values[0].key");
  CHECK(fault("/values/0/value", "much") == "values[0].value");
  CHECK(fault("/values/0/unit", "") == "values[0].unit");
  CHECK(fault("/values/0/date", "lately") == "values[0].date");
  CHECK(fault("/values/0/trust", "sure") == "values[0].trust");
  CHECK(fault("/values/0/source", 7) == "values[0].source");
  CHECK(fault("/values/1", card()["values"][0]) == "values[1].key");
  CHECK(fault("/transports", Json::array()) == "transports");
  CHECK(fault("/transports/0", "pigeon") == "transports");
  CHECK(fault("/limits/0/count", 0) == "limits[0].count");
  CHECK(fault("/limits/0/source", Json()) == "limits[0].source");
  CHECK_FALSE(parse_policy_card("[]"));
  CHECK_FALSE(parse_policy_card("{"));
}

TEST_CASE("policy card: a person's own value is the one in force, with the card's beside it",
          "[providers]") {
  auto parsed = *parse_policy_card(card().dump());
  CHECK(parsed.value("free.memory") == 512);
  CHECK(parsed.value("card.needed").is_null());
  REQUIRE(parsed.override_value("free.memory", 256, "an old plan"));
  CHECK(parsed.value("free.memory") == 256);
  CHECK(parsed.find("free.memory")->value == 512);
  REQUIRE(parsed.override_value("card.needed", true, ""));
  CHECK(parsed.value("card.needed") == true);
  CHECK_FALSE(parsed.override_value("free.memory", "much", ""));
  CHECK_FALSE(parsed.override_value("free.lunch", 1, ""));
}

TEST_CASE("policy card: a value older than 180 days is stale", "[providers]") {
  const PolicyValue value{.date = "2026-01-01"};
  constexpr UnixMs kRead = 1'767'225'600'000;
  CHECK_FALSE(
      is_stale(value, kRead + std::chrono::milliseconds(std::chrono::hours(24 * 180)).count()));
  CHECK(is_stale(value, kRead + std::chrono::milliseconds(std::chrono::hours(24 * 181)).count()));
  CHECK(is_stale({.date = ""}, kRead));
}

TEST_CASE("policy card: every provider has a sound one, and forwards only to its own hosts",
          "[providers]") {
  for (const BuiltInProvider& one : built_in_providers()) {
    INFO(one.provider->id);
    const auto parsed = parse_policy_card(one.policy_card);
    INFO((parsed ? "" : parsed.error().message));
    REQUIRE(parsed);
    CHECK(parsed->provider == one.provider->id);
    CHECK(parsed->find("card.needed") != nullptr);
    CHECK(parsed->find("cors.api") != nullptr);
    CHECK_FALSE(one.provider->token_page.empty());
    // Without a main host, every account has one of its own, and nothing can be tried before.
    CHECK(one.provider->probe_path.empty() == one.provider->origin("api").empty());
    CHECK_FALSE(one.provider->fields.empty());
    const Json text = Json::parse(one.policy_card);
    for (const Json& forward : array_at(text, "forward")) {
      CHECK(one.provider->origin(string_or(forward, "host")) == string_or(forward, "origin"));
    }
  }
}
