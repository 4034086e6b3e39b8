// Chaos: every way of making and removing something, under lost, slow, refused and half-done
// requests, seed by seed. Never two things for one order; in the end nothing, or it is named.
#include <catch_amalgamated.hpp>
#include <cstdlib>
#include <iterator>
#include <string>

#include "tests/fakes/fake_cloud.h"

using namespace a67;
using fakes::Chaos;
using fakes::FakeCloud;

namespace {

constexpr std::uint64_t kRunsDefault = 10'000;
constexpr const char* kName = "a67-chaos";

std::uint64_t runs() {
  const char* text = std::getenv("A67_CHAOS_RUNS");
  return text == nullptr ? kRunsDefault : std::strtoull(text, nullptr, 10);
}

bool makes_services(const Provider& provider) { return provider.find("service.create") != nullptr; }

Json create_input(const FakeCloud& cloud, std::uint64_t seed) {
  const auto sample = cloud.sample();
  Json input = sample.create;
  input["name"] = kName;
  auto source = sample.sources.begin();
  std::advance(source, static_cast<std::ptrdiff_t>(seed % sample.sources.size()));
  input["source"] = *source;
  return input;
}

// What is under the name, once the weather is fine again.
std::vector<std::string> ids_of(FakeCloud& cloud) {
  std::vector<std::string> ids;
  auto all = cloud.run("service.list", Json::object());
  REQUIRE(all);
  for (const Json& one : (*all)["services"]) {
    if (string_or(one, "name") == kName) ids.push_back(string_or(one, "id"));
  }
  return ids;
}

struct Seen {
  bool made = false;
  std::string error;
  std::size_t requests = 0;
  bool operator==(const Seen&) const = default;
};

Seen run(std::string_view provider, std::uint64_t seed) {
  FakeCloud cloud(provider, seed);
  REQUIRE(cloud.verify());
  cloud.set_chaos(Chaos::kStormy);
  if (seed % 7 == 0) cloud.fake().fail_next_deployment();
  const auto made = cloud.run("service.create", create_input(cloud, seed));
  CHECK(cloud.fake().count_named(kName) <= 1);
  Seen seen{.made = made.has_value(),
            .error = made ? "" : std::string(to_string(made.error().code))};
  if (made) {
    CHECK(cloud.fake().count_named(kName) == 1);
    const std::string id = string_or((*made)["service"], "id");
    cloud.run("service.deploy", {{"service", id}, {"source", create_input(cloud, seed)["source"]}});
    CHECK(cloud.fake().count_named(kName) == 1);
    cloud.run("service.remove", {{"service", id}});
  } else if (cloud.fake().count_named(kName) != 0) {
    CHECK_FALSE(made.error().lines.empty());  // what is left is named
  }
  cloud.set_chaos({});
  for (const std::string& id : ids_of(cloud)) CHECK(cloud.run("service.remove", {{"service", id}}));
  CHECK(cloud.fake().is_empty());
  CHECK(cloud.leaks().empty());
  seen.requests = cloud.requests_sent();
  return seen;
}

}  // namespace

TEST_CASE("chaos: one order makes one service or names what is left, at every compute provider",
          "[chaos]") {
  for (const auto& one : built_in_providers()) {
    if (!makes_services(*one.provider)) continue;
    DYNAMIC_SECTION(std::string(one.provider->id)) {
      std::uint64_t made = 0;
      for (std::uint64_t seed = 0; seed < runs(); ++seed) {
        INFO(one.provider->id << " seed " << seed);
        const Seen seen = run(one.provider->id, seed);
        made += seen.made ? 1 : 0;
        if (seed % 100 == 0) CHECK(run(one.provider->id, seed) == seen);
      }
      CHECK(made * 2 > runs());  // the storm must not have stopped everything
    }
  }
}

TEST_CASE("chaos: a creation that is repeated without looking is caught making two", "[chaos]") {
  std::size_t doubled = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    FakeCloud cloud("render", seed);
    REQUIRE(cloud.run("account.verify", Json::object()));
    cloud.session().settings["owner"] = "tea-000001";
    cloud.set_chaos({.cut_after = 50});
    // What a careless caller would do: the operation's own function, again after each lost answer.
    for (int attempt = 0; attempt < 3; ++attempt) {
      if (cloud.run_bare("service.create", create_input(cloud, 0))) break;
    }
    if (cloud.fake().count_named(kName) > 1) ++doubled;
  }
  CHECK(doubled > 20);
}
