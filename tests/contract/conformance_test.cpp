// The conformance list against every provider's fake, and chaos against every compute provider's.
#include <catch_amalgamated.hpp>
#include <cstdlib>
#include <fstream>

#include "tests/contract/conformance.h"

using a67::conformance::check_conformance;
using a67::fakes::FakeCloud;

namespace {

// Where the validator looks: A67_EXCHANGES names a folder.
void write_exchanges(const FakeCloud& cloud) {
  const char* folder = std::getenv("A67_EXCHANGES");
  if (folder == nullptr) return;
  std::ofstream out(std::string(folder) + "/" + std::string(cloud.provider().id) + ".jsonl");
  for (const a67::Json& one : cloud.exchanges()) {
    out << one.dump(-1, ' ', false, a67::Json::error_handler_t::replace) << '\n';
  }
}

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
      write_exchanges(cloud);
      CHECK(findings.size() > 5);
      for (const auto& finding : findings) {
        INFO(one.provider->id << " " << finding.operation << " " << finding.check << ": "
                              << finding.fault);
        CHECK(finding.fault.empty());
      }
    }
  }
}
