#include <sys/stat.h>

#include <catch_amalgamated.hpp>

#include "tests/node-wrapper/control/harness.h"

namespace a67::test {
namespace {

constexpr const char* kWrongCode = "ZZZZ-ZZZZ-ZZZZ";

bool exists(const std::string& path) {
  struct stat facts{};
  return ::stat(path.c_str(), &facts) == 0;
}

}  // namespace

TEST_CASE("Claim: the right code pins the controller", "[control]") {
  Harness node;
  Controller laptop(1);
  REQUIRE(bool_or(node.send("GET", "/v1/hello").json(), "claimed", true) == false);
  const std::string code = node.claim_code();
  const Answer answer = node.claim(laptop, code);
  REQUIRE(answer.status == 200);
  const auto parsed = claim_answer_from_json(answer.json());
  REQUIRE(parsed);
  CHECK(parsed->node == node.node());
  CHECK(parsed->gateway_url == "http://127.0.0.1:4701");
  CHECK(bool_or(node.send("GET", "/v1/hello").json(), "claimed"));
  CHECK_FALSE(exists(node.folder() + "/claim-code"));
  SECTION("and the same claim again is no error") { CHECK(node.claim(laptop, code).status == 200); }
  SECTION("with another code it is") {
    const Answer again = node.claim(laptop, kWrongCode);
    CHECK(again.status == 403);
    CHECK(again.code() == "forbidden");
  }
  SECTION("another controller is told so, whatever its code") {
    Controller thief(2);
    const Answer refused = node.claim(thief, code);
    CHECK(refused.status == 409);
    CHECK(refused.code() == "conflict");
  }
  SECTION("a restart changes nothing of that") {
    const NodeId before = node.node();
    node.restart();
    CHECK(node.node() == before);
    CHECK(node.order(laptop, "GET", "/v1/status").status == 200);
    CHECK(node.claim(laptop, code).status == 200);
  }
}

TEST_CASE("Claim: a code may be typed as people type", "[control]") {
  Harness node;
  Controller laptop(1);
  std::string typed;
  for (const char c : node.claim_code()) {
    if (c == '-') continue;
    typed += c == '0' ? 'o' : c == '1' ? 'l' : static_cast<char>(std::tolower(c));
  }
  CHECK(node.claim(laptop, typed).status == 200);
}

TEST_CASE("Claim: five wrong codes close the door, also for the right one", "[control]") {
  Harness node;
  Controller laptop(1);
  const std::string code = node.claim_code();
  for (int at = 0; at < 5; ++at) {
    const Answer wrong = node.claim(laptop, kWrongCode);
    REQUIRE(wrong.status == 403);
    REQUIRE(wrong.code() == "forbidden");
  }
  const Answer locked = node.claim(laptop, code);
  REQUIRE(locked.status == 429);
  CHECK(locked.code() == "rate_limited");
  CHECK(locked.header("retry-after") == "60");
  SECTION("a restart does not open it") {
    node.restart();
    CHECK(node.claim(laptop, code).status == 429);
  }
  SECTION("a minute does") {
    node.clock.now += 60'000;
    CHECK(node.claim(laptop, code).status == 200);
  }
  SECTION("five more close it for two minutes") {
    node.clock.now += 60'000;
    for (int at = 0; at < 5; ++at) REQUIRE(node.claim(laptop, kWrongCode).status == 403);
    CHECK(node.claim(laptop, code).header("retry-after") == "120");
  }
}

TEST_CASE("Claim: whoever claims must hold the key", "[control]") {
  Harness node;
  Controller laptop(1);
  Controller thief(2);
  const ClaimRequest request{.code = WireSecret<std::string>(node.claim_code()),
                             .public_key = base64url_encode(laptop.key.public_key()),
                             .controller_name = "laptop"};
  const std::string body = dump_json(to_json(request));
  SECTION("another key's signature") {
    CHECK(node.order(thief, "POST", "/v1/claim", body).status == 401);
  }
  SECTION("no token") { CHECK(node.send("POST", "/v1/claim", {}, body).status == 401); }
  SECTION("a token for another body") {
    const std::string token =
        laptop.token(node.node(), "POST /v1/claim", body + " ", node.clock.now);
    CHECK(node.send("POST", "/v1/claim", {{"Authorization", "Bearer " + token}}, body).status ==
          401);
  }
  SECTION("a body that is not a claim") {
    CHECK(node.order(laptop, "POST", "/v1/claim", "{}").status == 400);
    CHECK(node.order(laptop, "POST", "/v1/claim", "nonsense").status == 400);
  }
  CHECK_FALSE(bool_or(node.send("GET", "/v1/hello").json(), "claimed"));
  // None of that was a wrong code.
  CHECK(node.claim(laptop, node.claim_code()).status == 200);
}

TEST_CASE("Claim: what the node keeps is for its user only", "[control]") {
  Harness node;
  struct stat facts{};
  REQUIRE(::stat((node.folder() + "/claim-code").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
  REQUIRE(::stat((node.folder() + "/node.json").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
  Controller laptop(1);
  node.claimed_by(laptop);
  REQUIRE(node.order(laptop, "PUT", "/v1/desired", dump_json(desired_json(5, 1))).status == 200);
  REQUIRE(::stat((node.folder() + "/desired.json").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
}

TEST_CASE("Unclaim: the node stops everything and is as new, but for its id", "[control]") {
  Harness node;
  Controller laptop(1);
  const std::string old_code = node.claim_code();
  node.claimed_by(laptop);
  REQUIRE(node.order(laptop, "PUT", "/v1/desired", dump_json(desired_json(5, 1))).status == 200);
  REQUIRE(node.order(laptop, "POST", "/v1/unclaim").status == 200);
  node.on_control([&] { CHECK(node.workload().applied.back().replicas.empty()); });
  CHECK_FALSE(exists(node.folder() + "/desired.json"));
  CHECK(node.order(laptop, "GET", "/v1/status").status == 401);
  CHECK(node.claim_code().size() == 14);
  CHECK(node.claim_code() != old_code);
  Controller phone(2);
  phone.epoch = 1;
  node.claimed_by(phone);
  CHECK(node.order(phone, "GET", "/v1/status").status == 200);
}

TEST_CASE("Claim lock: it doubles up to an hour and not further", "[control]") {
  ClaimLock lock;
  UnixMs now = 1'000'000;
  for (const std::int64_t minutes : {1, 2, 4, 8, 16, 32, 60, 60}) {
    for (int at = 0; at < ClaimLock::kFailuresMax; ++at) {
      CHECK(lock.wait(now) == Duration::zero());
      lock.fail(now);
    }
    CHECK(lock.wait(now) == Duration(minutes * 60'000));
    now += minutes * 60'000;
  }
  SECTION("a clock set back does not close it for longer") {
    lock.fail(now);
    CHECK(ClaimLock({.failures = 0, .locks = 1, .locked_until = now + 60'000}).wait(0) ==
          ClaimLock::kLongestLock);
  }
}

TEST_CASE("Claim code: sixty random bits in Crockford's alphabet", "[control]") {
  Random random = Random::from_number(7);
  const std::string code = make_claim_code(random);
  CHECK(code.size() == 14);
  CHECK(normalize_claim_code(code) == code);
  CHECK(make_claim_code(random) != code);
  CHECK_FALSE(normalize_claim_code(""));
  CHECK_FALSE(normalize_claim_code("AAAA-BBBB"));
  CHECK_FALSE(normalize_claim_code("AAAA-BBBB-CCCC-D"));
  CHECK_FALSE(normalize_claim_code("UUUU-UUUU-UUUU"));
  CHECK(normalize_claim_code(" oooo-iIlL aaaa ") == "0000-1111-AAAA");
}

}  // namespace a67::test
