#include "engine/providers/transport.h"

#include <array>
#include <catch_amalgamated.hpp>

#include "engine/providers/catalogue.h"

using namespace a67;

namespace {

constexpr std::array kHosts = {ProviderHost{"api", "https://api.acme.example"},
                               ProviderHost{"data", "https://*.acme.example"},
                               ProviderHost{"sql", "https://*.sql.test", true}};
const Provider kProvider = {.id = "acme", .name = "Acme", .hosts = kHosts, .probe_path = "/v1/me"};

std::string url(const Route& route, std::string_view host) {
  const auto made = url_of(kProvider, route, host, "/v1/x");
  return made ? *made : std::string(to_string(made.error().code));
}

}  // namespace

TEST_CASE("url_of: directly, by the page's host, by a node, and to a service of one's own",
          "[providers]") {
  const Route rewrite{.transport = Transport::kRewrite, .base = "https://page.example/"};
  const Route relay{.transport = Transport::kRelay, .base = "n-1"};
  const Route own{.endpoint = "http://127.0.0.1:4000/acme/"};
  CHECK(url({}, "api") == "https://api.acme.example/v1/x");
  CHECK(url(rewrite, "api") == "https://page.example/via/acme/api/v1/x");
  CHECK(url(relay, "api") == "https://api.acme.example/v1/x");  // what the node asks
  CHECK(url(own, "api") == "http://127.0.0.1:4000/acme/api/v1/x");
  CHECK(url({}, "https://db-1.acme.example") == "https://db-1.acme.example/v1/x");
  CHECK(url(relay, "https://db-1.acme.example") == "https://db-1.acme.example/v1/x");
  CHECK(url(own, "https://db-1.acme.example") ==
        "http://127.0.0.1:4000/acme/data/db-1.acme.example/v1/x");
  CHECK(url(rewrite, "https://db-1.acme.example") == "forbidden");
  // What answers any page needs no way.
  CHECK(url(rewrite, "https://db-1.sql.test") == "https://db-1.sql.test/v1/x");
  CHECK(url(relay, "https://db-1.sql.test") == "https://db-1.sql.test/v1/x");
  CHECK(url(own, "https://db-1.sql.test") == "http://127.0.0.1:4000/acme/sql/db-1.sql.test/v1/x");
}

TEST_CASE("url_of: a credential goes to the provider, encrypted, or nowhere", "[providers]") {
  CHECK(url({}, "nothing") == "invalid_input");
  CHECK(url({}, "https://acme.example.evil.test") == "invalid_input");
  CHECK(url({}, "https://evil.test/.acme.example") == "invalid_input");
  CHECK(url({}, "https://evil.test@x.acme.example") == "invalid_input");
  CHECK(url({}, "http://db-1.acme.example") == "invalid_input");
  CHECK(url({.endpoint = "http://acme.test"}, "api") == "invalid_input");
  CHECK(url({.endpoint = "http://localhost.evil.test"}, "api") == "invalid_input");
  CHECK(url({.endpoint = "http://127.0.0.1.evil.test"}, "api") == "invalid_input");
  CHECK(url({.endpoint = "http://[::1]:80"}, "api") == "http://[::1]:80/api/v1/x");
}

TEST_CASE("way_to: the account's own, but directly to what answers any page", "[providers]") {
  const Route relay{.transport = Transport::kRelay, .base = "n-1"};
  CHECK(way_to(kProvider, relay, "api") == Transport::kRelay);
  CHECK(way_to(kProvider, relay, "https://db-1.acme.example") == Transport::kRelay);
  CHECK(way_to(kProvider, relay, "https://db-1.sql.test") == Transport::kDirect);
  CHECK(way_to(kProvider, {}, "api") == Transport::kDirect);
}

TEST_CASE("forwards: every card's are there, and are the adapter's own hosts", "[providers]") {
  CHECK(forwards().size() >= 16);
  for (const Forward& one : forwards()) {
    INFO(one.provider << " " << one.host);
    CHECK(one.origin.starts_with("https://"));
    CHECK_FALSE(one.paths.empty());
    const BuiltInProvider* known = find_provider(one.provider);
    REQUIRE(known != nullptr);
    CHECK(known->provider->origin(one.host) == one.origin);
  }
  CHECK(find_forward(forwards(), "render", "https://api.render.com/v1/services") != nullptr);
  CHECK(find_forward(forwards(), "render", "https://api.render.com/v2/services") == nullptr);
  CHECK(is_forwarded_header("authorization"));
  CHECK(is_forwarded_header("x-amz-date"));
  CHECK_FALSE(is_forwarded_header("cookie"));
  CHECK(is_returned_header("x-ratelimit-reset"));
  CHECK_FALSE(is_returned_header("set-cookie"));
}

TEST_CASE("probe: any answer proves that answers can be read, only a network error disproves it",
          "[providers]") {
  const ApiRequest request = probe_request(kProvider);
  CHECK(request.auth == Auth::kNone);
  CHECK(request.path == "/v1/me");
  CHECK(probe_verdict(HttpResponse{.status = 401}) == ProbeVerdict::kWorks);
  CHECK(probe_verdict(fail(ErrorCode::kUnreachable, "")) == ProbeVerdict::kBlocked);
  CHECK(probe_verdict(fail(ErrorCode::kTimeout, "")) == ProbeVerdict::kUnknown);
  CHECK(probe_verdict(fail(ErrorCode::kOffline, "")) == ProbeVerdict::kUnknown);
}

TEST_CASE("transport: names in both directions, and what each can see", "[providers]") {
  for (const Transport one : {Transport::kDirect, Transport::kRewrite, Transport::kRelay}) {
    CHECK(transport_from(to_string(one)) == one);
    CHECK_FALSE(what_it_sees(one).empty());
  }
  CHECK(what_it_sees(Transport::kRelay, "attic").starts_with("attic forwards your requests"));
  CHECK_FALSE(transport_from("carrier pigeon"));
}
