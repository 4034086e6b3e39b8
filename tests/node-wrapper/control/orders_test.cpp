#include <catch_amalgamated.hpp>

#include "tests/node-wrapper/control/harness.h"

namespace a67::test {
namespace {

HeaderList bearer(const std::string& token) { return {{"Authorization", "Bearer " + token}}; }

}  // namespace

TEST_CASE("Orders: every wrong token is a 401 that is logged with its reason", "[control]") {
  Harness node;
  Controller laptop(1);
  Controller thief(2);
  node.claimed_by(laptop);
  const std::string action = "GET /v1/status";
  const UnixMs now = node.clock.now;
  std::string token = laptop.token(node.node(), action, {}, now);
  std::string reason;
  SECTION("none") {
    token.clear();
    reason = "There is no token";
  }
  SECTION("another key's") {
    token = thief.token(node.node(), action, {}, now);
    reason = "signature is wrong";
  }
  SECTION("another node's") {
    token = laptop.token(NodeId("n-other"), action, {}, now);
    reason = "another node";
  }
  SECTION("another action's") {
    token = laptop.token(node.node(), "GET /v1/hello", {}, now);
    reason = "another action";
  }
  SECTION("with a body named") {
    token = laptop.token(node.node(), action, "", now);
    reason = "names a body";
  }
  SECTION("alg none") {
    token =
        base64url_encode(as_bytes(R"({"alg":"none","typ":"JWT"})")) + token.substr(token.find('.'));
    reason = "header";
  }
  SECTION("used before") {
    REQUIRE(node.send("GET", "/v1/status", bearer(token)).status == 200);
    reason = "used before";
  }
  const Answer answer = node.send("GET", "/v1/status", bearer(token));
  CHECK(answer.status == 401);
  CHECK(answer.code() == "unauthorized");
  CHECK(node.log().contains(reason));
  if (!token.empty()) {
    CHECK_FALSE(node.log().contains(token));
    CHECK_FALSE(node.log().contains(token.substr(token.rfind('.') + 1)));
    CHECK_FALSE(answer.body.contains(token.substr(token.rfind('.') + 1)));
  }
}

TEST_CASE("Orders: a clock that is off gets the node's time", "[control]") {
  Harness node;
  Controller laptop(1);
  node.claimed_by(laptop);
  const UnixMs skew = GENERATE(-120'000, 120'000);
  const std::string token = laptop.token(node.node(), "GET /v1/status", {}, node.clock.now + skew);
  const Answer answer = node.send("GET", "/v1/status", bearer(token));
  CHECK(answer.status == 401);
  CHECK(answer.code() == "clock_skew");
  CHECK(int_or(answer.json(), "now") == node.clock.now);
}

TEST_CASE("Orders: a token for another body is refused after the body was read", "[control]") {
  Harness node;
  Controller laptop(1);
  node.claimed_by(laptop);
  const std::string body = dump_json(desired_json(5, 1));
  const std::string token =
      laptop.token(node.node(), "PUT /v1/desired", "another body", node.clock.now);
  const Answer answer = node.send("PUT", "/v1/desired", bearer(token), body);
  CHECK(answer.status == 401);
  CHECK(node.log().contains("another body"));
  node.on_control([&] { CHECK(node.workload().applied.size() == 1); });
}

TEST_CASE("Orders: an unclaimed node takes none", "[control]") {
  Harness node;
  Controller laptop(1);
  CHECK(node.order(laptop, "GET", "/v1/status").status == 401);
  CHECK(node.order(laptop, "PUT", "/v1/desired", dump_json(desired_json(5, 1))).status == 401);
  CHECK(node.order(laptop, "POST", "/v1/unclaim").status == 401);
}

TEST_CASE("Epoch: the newest controller is obeyed, an older one is told so", "[control]") {
  Harness node;
  Controller laptop(1);
  node.claimed_by(laptop);
  laptop.epoch = 7;
  REQUIRE(node.order(laptop, "GET", "/v1/status").status == 200);
  laptop.epoch = 6;
  const auto check_stale = [&] {
    const Answer answer = node.order(laptop, "PUT", "/v1/desired", dump_json(desired_json(6, 1)));
    CHECK(answer.status == 409);
    CHECK(answer.code() == "stale_epoch");
    CHECK(int_or(answer.json(), "epoch") == 7);
  };
  check_stale();
  SECTION("also after a restart") {
    node.restart();
    check_stale();
  }
}

TEST_CASE("Desired: it is taken over, kept, and given again after a restart", "[control]") {
  Harness node;
  Controller laptop(1);
  node.claimed_by(laptop);
  const Answer answer = node.order(laptop, "PUT", "/v1/desired", dump_json(desired_json(5, 3)));
  REQUIRE(answer.status == 200);
  CHECK(desired_answer_from_json(answer.json()) == DesiredAnswer{.epoch = 5, .revision = 3});
  node.on_control([&] {
    CHECK(node.workload().applied.back().replicas.at(0).spec.env.at("PASSWORD").expose() ==
          "planted-env-secret");
  });
  node.restart();
  node.on_control([&] {
    REQUIRE(node.workload().applied.size() == 1);
    CHECK(to_json(node.workload().applied[0]) == desired_json(5, 3));
  });
  SECTION("an older revision is still refused") {
    const Answer stale = node.order(laptop, "PUT", "/v1/desired", dump_json(desired_json(5, 2)));
    CHECK(stale.status == 409);
    CHECK(stale.code() == "stale_revision");
  }
  SECTION("the same revision is harmless") {
    CHECK(node.order(laptop, "PUT", "/v1/desired", dump_json(desired_json(5, 3))).status == 200);
    node.on_control([&] { CHECK(node.workload().applied.size() == 1); });
  }
  SECTION("a newer epoch starts its own count") {
    laptop.epoch = 6;
    CHECK(node.order(laptop, "PUT", "/v1/desired", dump_json(desired_json(6, 1))).status == 200);
  }
}

TEST_CASE("Desired: what is wrong is named and nothing changes", "[control]") {
  Harness node;
  Controller laptop(1);
  node.claimed_by(laptop);
  Json value = desired_json(5, 1);
  std::string body;
  std::string field;
  SECTION("not JSON") { body = "{"; }
  SECTION("a wrong type") {
    value["replicas"][0]["generation"] = "1";
    field = "replicas[0].generation";
  }
  SECTION("an epoch the token was not made for") {
    value["epoch"] = 6;
    field = "epoch";
  }
  if (body.empty()) body = dump_json(value);
  const Answer answer = node.order(laptop, "PUT", "/v1/desired", body);
  CHECK(answer.status == 400);
  CHECK(answer.code() == "invalid_input");
  CHECK(string_or(object_at(answer.json(), "error"), "field") == field);
  node.on_control([&] { CHECK(node.workload().applied.size() == 1); });
}

TEST_CASE("Desired: a gateway runs no replicas", "[control]") {
  auto options = Harness::default_options();
  options.role = NodeRole::kGateway;
  Harness node(options);
  Controller laptop(1);
  node.claimed_by(laptop);
  Json value = desired_json(5, 1);
  CHECK(node.order(laptop, "PUT", "/v1/desired", dump_json(value)).status == 400);
  value["replicas"] = Json::array();
  CHECK(node.order(laptop, "PUT", "/v1/desired", dump_json(value)).status == 200);
}

TEST_CASE("Status: it has the page's shape", "[control]") {
  Harness node;
  Controller laptop(1);
  node.claimed_by(laptop);
  REQUIRE(node.order(laptop, "PUT", "/v1/desired", dump_json(desired_json(5, 3))).status == 200);
  const Answer answer = node.order(laptop, "GET", "/v1/status");
  REQUIRE(answer.status == 200);
  const auto status = node_status_from_json(answer.json());
  REQUIRE(status);
  CHECK(status->node.id == node.node());
  CHECK(status->node.name == "node-1");
  CHECK(status->node.boot_id == "boot-1");
  CHECK(status->node.now == node.clock.now);
  CHECK(status->epoch == 5);
  CHECK(status->revision == 3);
  for (const char* key :
       {"node", "gatewayUrl", "epoch", "revision", "load", "missing", "replicas", "gateway"}) {
    CHECK(answer.json().contains(key));
  }
}

TEST_CASE("Releases: an archive is streamed, checked and kept", "[control]") {
  Harness node;
  Controller laptop(1);
  node.claimed_by(laptop);
  const std::string bytes(3'000'000, 'x');
  const std::string hash = hex_encode(sha256(bytes));
  const std::string target = "/v1/releases/" + hash + "?format=tar.gz";
  const Answer answer = node.order(laptop, "PUT", target, bytes);
  REQUIRE(answer.status == 200);
  CHECK(release_answer_from_json(answer.json()) ==
        ReleaseAnswer{.sha256 = hash, .bytes = 3'000'000});
  CHECK(std::filesystem::file_size(node.folder() + "/releases/archives/" + hash + ".tar.gz") ==
        bytes.size());
  SECTION("again is harmless") { CHECK(node.order(laptop, "PUT", target, bytes).status == 200); }
}

TEST_CASE("Releases: what is wrong is refused and leaves nothing behind", "[control]") {
  Harness node;
  Controller laptop(1);
  node.claimed_by(laptop);
  const std::string bytes = "some bytes";
  const std::string hash = hex_encode(sha256(bytes));
  SECTION("another hash") {
    const std::string other = hex_encode(sha256("other"));
    const Answer answer = node.order(laptop, "PUT", "/v1/releases/" + other + "?format=zip", bytes);
    CHECK(answer.status == 400);
    CHECK(answer.code() == "invalid_input");
  }
  SECTION("no format") {
    CHECK(node.order(laptop, "PUT", "/v1/releases/" + hash, bytes).status == 400);
  }
  SECTION("another format") {
    CHECK(node.order(laptop, "PUT", "/v1/releases/" + hash + "?format=rar", bytes).status == 400);
  }
  SECTION("no hash") {
    CHECK(node.order(laptop, "PUT", "/v1/releases/..%2f..?format=zip", bytes).status == 400);
  }
  SECTION("too large, announced") {
    const std::string token =
        laptop.token(node.node(), "PUT /v1/releases/" + hash, {}, node.clock.now);
    const std::string text =
        node.send_raw("PUT /v1/releases/" + hash +
                      "?format=zip HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
                      "Bearer " +
                      token + "\r\nContent-Length: 99999999999\r\n\r\nx");
    CHECK(text.starts_with("HTTP/1.1 413"));
  }
  SECTION("no order") {
    CHECK(node.send("PUT", "/v1/releases/" + hash + "?format=zip", {}, bytes).status == 401);
  }
  CHECK(std::filesystem::is_empty(node.folder() + "/releases/archives"));
  CHECK(std::filesystem::is_empty(node.folder() + "/releases/incoming"));
}

TEST_CASE("Secrets: none is in the log, the metrics, the status or an answer", "[control]") {
  Harness node;
  Controller laptop(1);
  const std::string code = node.claim_code();
  node.claimed_by(laptop);
  const std::string token = laptop.token(node.node(), "GET /v1/status", {}, node.clock.now);
  std::string said;
  said += node.send("GET", "/v1/status", bearer(token)).body;
  said += node.order(laptop, "PUT", "/v1/desired", dump_json(desired_json(5, 1))).body;
  Json wrong = desired_json(5, 2);
  wrong["replicas"][0]["spec"]["env"]["bad name"] = "planted-env-secret";
  said += node.order(laptop, "PUT", "/v1/desired", dump_json(wrong)).body;
  said += node.order(laptop, "GET", "/v1/status").body;
  said += node.send("GET", "/metrics").body;
  said += node.send("GET", "/v1/hello").body;
  said += node.send("GET", "/v1/status?token=" + token).body;
  said += node.log();
  for (const std::string& secret :
       {std::string("planted-env-secret"), token, code, token.substr(token.rfind('.') + 1)}) {
    CHECK_FALSE(said.contains(secret));
  }
}

}  // namespace a67::test
