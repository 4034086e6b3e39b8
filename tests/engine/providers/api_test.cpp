#include <catch_amalgamated.hpp>

#include "tests/fakes/fake_cloud.h"

using a67::ErrorCode;
using a67::fakes::FakeCloud;

TEST_CASE("a name that would lead out of its bucket is not sent", "[providers]") {
  for (const char* key : {"..", ".", "../other/secret", "a/../../other", "a/.", "./a"}) {
    INFO(key);
    FakeCloud cloud("s3");
    const auto got = cloud.run("object.get", {{"bucket", "mine"}, {"key", key}});
    REQUIRE_FALSE(got);
    CHECK(got.error().code == ErrorCode::kInvalidInput);
    CHECK(cloud.requests_sent() == 0);
  }
}

TEST_CASE("dots inside a name are nothing special", "[providers]") {
  FakeCloud cloud("s3");
  REQUIRE(cloud.run("bucket.create", {{"name", "mine"}}));
  for (const char* key : {"a..b", "...", ".hidden", "a/b.c"}) {
    INFO(key);
    CHECK(cloud.run("object.put", {{"bucket", "mine"}, {"key", key}, {"bytes", "YQ"}}));
  }
}

TEST_CASE("a request is signed for the service, whatever the way to it", "[providers]") {
  // The fake answers behind an endpoint of its own and still finds the signature right.
  FakeCloud cloud("s3");
  REQUIRE(cloud.run("account.verify", a67::Json::object()));
  CHECK(cloud.session().route.endpoint != cloud.session().settings["endpoint"].get<std::string>());
}

TEST_CASE("an access token that has run out is exchanged anew", "[providers]") {
  FakeCloud cloud("atlas");
  REQUIRE(cloud.run("account.verify", a67::Json::object()));
  cloud.session().credential.set("accessToken", a67::Sensitive<std::string>("an old token"));
  CHECK(cloud.run("account.verify", a67::Json::object()));
}

TEST_CASE("a database's token that has run out is made anew", "[providers]") {
  FakeCloud cloud("turso");
  auto who = cloud.run("account.verify", a67::Json::object());
  REQUIRE(who);
  cloud.session().settings["organization"] = (*who)["settings"]["organization"];
  REQUIRE(cloud.run("database.create", {{"name", "a67-data"}, {"region", "aws-eu-west-1"}}));
  const a67::Json statement = {{"database", "a67-data"}, {"sql", "SELECT 1"}};
  REQUIRE(cloud.run("sql.query", statement));
  cloud.session().credential.set("token.a67-data", a67::Sensitive<std::string>("an old token"));
  const auto again = cloud.run("sql.query", statement);
  REQUIRE(again);
  CHECK((*again)["rows"][0][0] == 1);
}
