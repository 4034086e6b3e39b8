// The conformance list against every provider's fake, and chaos against every compute provider's.
#include <algorithm>
#include <catch_amalgamated.hpp>
#include <cstdlib>
#include <fstream>

#include "engine/providers/policy_card.h"
#include "node-wrapper/control/relay_rules.h"
#include "tests/contract/conformance.h"

using a67::conformance::check_conformance;
using a67::fakes::FakeCloud;

namespace {

void write(const std::string& file, const std::string& text) { std::ofstream(file) << text; }

std::string line_of(const a67::Json& value) {
  return value.dump(-1, ' ', false, a67::Json::error_handler_t::replace) + "\n";
}

// For the validator and the table: A67_EXCHANGES names a folder.
void write_down(const FakeCloud& cloud, const std::vector<a67::conformance::Finding>& findings) {
  const char* folder = std::getenv("A67_EXCHANGES");
  if (folder == nullptr) return;
  const a67::Provider& provider = cloud.provider();
  const std::string file = std::string(folder) + "/" + std::string(provider.id);
  std::string exchanges;
  for (const a67::Json& one : cloud.exchanges()) exchanges += line_of(one);
  write(file + ".jsonl", exchanges);

  a67::Json result = {{"provider", provider.id},
                      {"name", provider.name},
                      {"capabilities", a67::Json::array()},
                      {"operations", a67::Json::array()},
                      {"findings", a67::Json::array()}};
  for (const auto one : provider.capabilities) result["capabilities"].push_back(to_string(one));
  for (const auto& one : provider.operations) result["operations"].push_back(one.name);
  for (const auto& one : findings) {
    result["findings"].push_back(
        {{"operation", one.operation}, {"check", one.check}, {"fault", one.fault}});
  }
  write(file + ".findings.json", line_of(result));
}

// The rules of a node, and of a sync server.
FakeCloud::Hop hop() {
  return {.permit = [](a67::RelayRequest request) { return permit_relay({}, std::move(request)); },
          .permit_answer = a67::permit_answer};
}

// `limit`: what the way says it does not do.
void expect_no_fault(FakeCloud& cloud, std::string_view limit = "no limit") {
  const auto findings = check_conformance(cloud);
  CHECK(cloud.requests_relayed() > 5);
  for (const auto& finding : findings) {
    INFO(cloud.provider().id << " " << finding.operation << " " << finding.check << ": "
                             << finding.fault);
    CHECK((finding.fault.empty() || finding.fault.contains(limit)));
  }
}

// Its archives go to an address of S3 that is on no list: they cannot be passed on.
bool has_unlisted_address(const a67::Provider& provider) { return provider.id == "heroku"; }

}  // namespace

TEST_CASE("every provider has a fake, and every fake a provider", "[contract]") {
  for (const auto& one : a67::built_in_providers()) {
    INFO(one.provider->id);
    CHECK(a67::fakes::make_fake(one.provider->id) != nullptr);
  }
  for (const std::string_view id : a67::fakes::fake_ids()) {
    INFO(id);
    CHECK(a67::find_provider(id) != nullptr);
  }
}

TEST_CASE("every provider passes the conformance list", "[contract]") {
  for (const auto& one : a67::built_in_providers()) {
    DYNAMIC_SECTION(std::string(one.provider->id)) {
      FakeCloud cloud(one.provider->id);
      const auto findings = check_conformance(cloud);
      write_down(cloud, findings);
      CHECK(findings.size() > 5);
      for (const auto& finding : findings) {
        INFO(one.provider->id << " " << finding.operation << " " << finding.check << ": "
                              << finding.fault);
        CHECK(finding.fault.empty());
      }
    }
  }
}

// Its hosts, paths and headers are on the lists a node obeys, and nothing is lost on the way.
TEST_CASE("every provider that may be relayed passes it through a node, too", "[contract]") {
  for (const auto& one : a67::built_in_providers()) {
    const auto card = a67::parse_policy_card(one.policy_card);
    REQUIRE(card);
    if (!std::ranges::contains(card->transports, std::string_view("relay"))) continue;
    if (has_unlisted_address(*one.provider)) continue;
    DYNAMIC_SECTION(std::string(one.provider->id)) {
      FakeCloud cloud(one.provider->id);
      cloud.go_by_relay(hop());
      expect_no_fault(cloud);
    }
  }
}

// The same lists, by the paths of the page's host. Firebase's Realtime Database has an address of
// the account's own.
TEST_CASE("every provider that a page's host forwards to passes it that way, too", "[contract]") {
  for (const auto& one : a67::built_in_providers()) {
    const auto card = a67::parse_policy_card(one.policy_card);
    REQUIRE(card);
    if (!std::ranges::contains(card->transports, std::string_view("rewrite"))) continue;
    if (has_unlisted_address(*one.provider)) continue;
    DYNAMIC_SECTION(std::string(one.provider->id)) {
      FakeCloud cloud(one.provider->id);
      cloud.go_by_rewrite(hop(), [](std::string_view target, a67::HttpRequest request) {
        return a67::read_via({}, target, std::move(request));
      });
      expect_no_fault(cloud, "forwards fixed addresses only");
    }
  }
}
