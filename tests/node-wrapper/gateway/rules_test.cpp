// The small rules: ejection, latency figures, mesh proofs, error pages.
#include <catch_amalgamated.hpp>
#include <chrono>
#include <string>

#include "engine/base/json.h"
#include "node-wrapper/gateway/error_page.h"
#include "node-wrapper/gateway/latency.h"
#include "node-wrapper/gateway/mesh.h"
#include "node-wrapper/gateway/replica_health.h"

using namespace a67::gateway;
using namespace std::chrono_literals;
using a67::Instant;

TEST_CASE("ReplicaHealth: two failures in a row eject, doubling up to the limit", "[gateway]") {
  ReplicaHealth health(5s, 60s);
  Instant now{};
  CHECK_FALSE(health.on_failure(now));
  health.on_success(now);
  CHECK_FALSE(health.on_failure(now));
  CHECK(health.on_failure(now));
  CHECK_FALSE(health.is_ejected(now));
  std::vector<std::chrono::seconds> ejections;
  for (int i = 0; i < 6; ++i) {
    health.eject(now);
    CHECK(health.is_ejected(now));
    CHECK_FALSE(health.on_failure(now));
    ejections.push_back(
        std::chrono::duration_cast<std::chrono::seconds>(health.ejected_until() - now));
    now = health.ejected_until();
    CHECK_FALSE(health.is_ejected(now));
    // It is on probation: the first failure is enough.
    CHECK(health.on_failure(now));
  }
  CHECK(ejections == std::vector<std::chrono::seconds>{5s, 10s, 20s, 40s, 60s, 60s});
}

TEST_CASE("ReplicaHealth: a long good spell makes the next ejection short again", "[gateway]") {
  ReplicaHealth health(5s, 60s);
  Instant now{};
  health.eject(now);
  now = health.ejected_until();
  health.eject(now);
  CHECK(health.ejected_until() - now == 10s);
  now = health.ejected_until();
  health.on_success(now);
  health.on_success(now + 30s);
  now += 31s;
  CHECK_FALSE(health.on_failure(now));
  CHECK(health.on_failure(now));
  health.eject(now);
  CHECK(health.ejected_until() - now == 5s);
}

TEST_CASE("LatencyHistogram: percentiles are right to a quarter, and old windows are forgotten",
          "[gateway]") {
  LatencyHistogram histogram;
  CHECK(histogram.percentile_ms(0.5) == 0);
  for (int i = 0; i < 95; ++i) histogram.add(2'000);
  for (int i = 0; i < 5; ++i) histogram.add(500'000);
  CHECK(histogram.percentile_ms(0.5) >= 2.0);
  CHECK(histogram.percentile_ms(0.5) <= 2.5);
  CHECK(histogram.percentile_ms(0.95) <= 2.5);
  CHECK(histogram.percentile_ms(0.96) >= 500);
  CHECK(histogram.percentile_ms(0.96) <= 625);
  histogram.rotate();
  CHECK(histogram.percentile_ms(0.5) >= 2.0);
  histogram.rotate();
  CHECK(histogram.percentile_ms(0.5) == 0);
  histogram.add(3'600'000'000);
  CHECK(histogram.percentile_ms(1) > 60'000);
}

TEST_CASE("RateMeter: comes close to a steady rate and back to nothing", "[gateway]") {
  RateMeter meter;
  for (int second = 0; second < 30; ++second) {
    for (int i = 0; i < 100; ++i) meter.add();
    meter.tick(1.0);
  }
  CHECK(meter.per_second() > 99);
  CHECK(meter.per_second() <= 100);
  for (int second = 0; second < 60; ++second) meter.tick(1.0);
  CHECK(meter.per_second() == 0);
}

TEST_CASE("Mesh: a proof fits one replica, request, method and target only", "[gateway]") {
  MeshKey key{};
  key[0] = 7;
  const std::string mac = derive_mesh_mac(key, "r1", "id", "GET", "/x");
  CHECK(mac.size() == 43);
  CHECK(is_mesh_mac(key, mac, "r1", "id", "GET", "/x"));
  CHECK_FALSE(is_mesh_mac(key, mac, "r2", "id", "GET", "/x"));
  CHECK_FALSE(is_mesh_mac(key, mac, "r1", "ie", "GET", "/x"));
  CHECK_FALSE(is_mesh_mac(key, mac, "r1", "id", "PUT", "/x"));
  CHECK_FALSE(is_mesh_mac(key, mac, "r1", "id", "GET", "/y"));
  CHECK_FALSE(is_mesh_mac(key, "", "r1", "id", "GET", "/x"));
  key[31] = 1;
  CHECK_FALSE(is_mesh_mac(key, mac, "r1", "id", "GET", "/x"));
}

TEST_CASE("Mesh: a node's load survives the way, and nonsense does not", "[gateway]") {
  const auto load =
      parse_node_load(format_node_load({.cpu_percent = 12.34, .memory_percent = 100}));
  REQUIRE(load);
  CHECK(load->cpu_percent > 12.29);
  CHECK(load->cpu_percent < 12.31);
  CHECK(load->memory_percent == 100);
  CHECK(format_node_load({.cpu_percent = -3, .memory_percent = 1e9}) == "0.0 100.0");
  for (const char* bad :
       {"", "1", "1 ", " 1", "1 2 3", "101 1", "-1 1", "1 nan", "1e1 1", "1. 2x"}) {
    INFO(bad);
    CHECK_FALSE(parse_node_load(bad));
  }
}

TEST_CASE("Request ids: only short and harmless ones are kept", "[gateway]") {
  CHECK(is_request_id("a-B_9.:=+/@"));
  CHECK(is_request_id(std::string(128, 'a')));
  CHECK_FALSE(is_request_id(std::string(129, 'a')));
  CHECK_FALSE(is_request_id(""));
  CHECK_FALSE(is_request_id("a b"));
  CHECK_FALSE(is_request_id("a<b"));
  CHECK_FALSE(is_request_id("a\"b"));
}

TEST_CASE("Error pages: names from outside cannot become markup", "[gateway]") {
  const Problem problem{.status = 502,
                        .app = "a<b>",
                        .message = "No \"x\" & 'y'",
                        .hint = "<script>",
                        .request_id = "id1",
                        .tried = {{.replica = "r<1>", .node = "n", .reason = "refused"}}};
  const std::string page = problem_html(problem);
  CHECK_FALSE(page.contains("<script>"));
  CHECK_FALSE(page.contains("a<b>"));
  CHECK(page.contains("a&lt;b&gt;"));
  CHECK(page.contains("r&lt;1&gt;"));
  CHECK(page.contains("&quot;x&quot; &amp; &#39;y&#39;"));
  CHECK(page.contains("502 Bad Gateway"));
  CHECK(page.contains("id1"));
}

TEST_CASE("Error pages: JSON carries what the page shows", "[gateway]") {
  const auto parsed =
      a67::parse_json(problem_json({.status = 504,
                                    .app = "shop",
                                    .message = "m",
                                    .hint = "h",
                                    .request_id = "id1",
                                    .tried = {{.replica = "r", .node = "n", .reason = "x"}}}));
  REQUIRE(parsed);
  CHECK((*parsed)["error"]["code"] == "timeout");
  CHECK((*parsed)["error"]["message"] == "m");
  CHECK((*parsed)["error"]["hint"] == "h");
  CHECK((*parsed)["app"] == "shop");
  CHECK((*parsed)["requestId"] == "id1");
  CHECK((*parsed)["tried"][0]["replica"] == "r");
  CHECK(wants_json("application/json"));
  CHECK(wants_json("application/problem+json, */*"));
  CHECK_FALSE(wants_json("text/html, application/json"));
  CHECK_FALSE(wants_json("*/*"));
}
