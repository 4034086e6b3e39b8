#include "cli/claim_link.h"

#include <catch_amalgamated.hpp>
#include <string>

#include "engine/base/encoding.h"

using a67::Json;
using a67::cli::read_claim_link;

namespace {

std::string link_of(const std::string& json) {
  return "http://localhost:3000/#claim=" + a67::base64url_encode(a67::as_bytes(json));
}

}  // namespace

TEST_CASE("ClaimLink: every node of the link becomes a claim", "[cli]") {
  const auto claims = read_claim_link(
      link_of(R"([{"url":"http://127.0.0.1:4601","code":"A"},{"url":"u","code":"B"}])"));
  REQUIRE(claims);
  CHECK(*claims == Json::array({{{"url", "http://127.0.0.1:4601"}, {"code", "A"}},
                                {{"url", "u"}, {"code", "B"}}}));
}

TEST_CASE("ClaimLink: a cut or foreign link is refused and not repeated", "[cli]") {
  for (const std::string& link :
       {link_of("[{\"url\":"), link_of("{}"), link_of("[]"),
        std::string("http://x/#claim=planted!!"), std::string("http://x")}) {
    const auto claims = read_claim_link(link);
    REQUIRE_FALSE(claims);
    CHECK_FALSE(claims.error().message.contains("planted"));
  }
}
