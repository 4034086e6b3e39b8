// What the conformance list does not ask of document databases and resumable uploads.
#include <algorithm>
#include <catch_amalgamated.hpp>
#include <string>

#include "tests/fakes/fake_cloud.h"

using namespace a67;
using fakes::FakeCloud;

namespace {

constexpr const char* kRealtime = "https://a67-project-default-rtdb.firebaseio.com";

void verify(FakeCloud& cloud) {
  const auto verified = cloud.run("account.verify", Json::object());
  REQUIRE(verified);
  for (const auto& [key, value] : object_at(*verified, "settings").items()) {
    cloud.session().settings[key] = value;
  }
}

Json document(Json value) {
  return {{"database", kRealtime}, {"collection", "things"}, {"id", "one"}, {"value", value}};
}

bool has_asked(const FakeCloud& cloud, std::string_view part) {
  return std::ranges::any_of(
      cloud.exchanges(), [&](const Json& one) { return string_or(one, "path").contains(part); });
}

}  // namespace

TEST_CASE("Firebase: a Realtime Database is given nothing that it would not give back",
          "[providers]") {
  FakeCloud cloud("firebase");
  verify(cloud);
  for (const Json& value : {Json(), Json::object(), Json::array(), Json{{"a", nullptr}},
                            Json{{"a", {{"b", Json::array()}}}}, Json{{"a.b", 1}},
                            Json{{"a", {{"b/c", 1}}}}, Json{{"", 1}}}) {
    INFO(value.dump());
    const auto put = cloud.run("document.put", document(value));
    REQUIRE_FALSE(put);
    CHECK(put.error().code == ErrorCode::kInvalidInput);
  }
  CHECK_FALSE(has_asked(cloud, "firebaseio"));
  CHECK(cloud.run("document.put", document(false)));
  const auto got = cloud.run("document.get", document(false));
  REQUIRE(got);
  CHECK((*got)["value"] == false);
}

TEST_CASE("Firebase: a name that leads elsewhere in a Realtime Database is refused",
          "[providers]") {
  FakeCloud cloud("firebase");
  verify(cloud);
  for (const char* name : {"a/b", "..", "a.json", "$x", "#", "[0]", ""}) {
    Json input = document(1);
    input["id"] = name;
    CHECK_FALSE(cloud.run("document.put", input));
  }
  Json input = document(1);
  input["collection"] = "/.settings/rules";
  CHECK_FALSE(cloud.run("document.put", input));
  CHECK_FALSE(has_asked(cloud, "firebaseio"));
}

TEST_CASE("Firebase: the token goes to no address that is not Firebase's", "[providers]") {
  FakeCloud cloud("firebase");
  verify(cloud);
  for (const char* database : {"https://firebaseio.com.example.org", "https://example.org",
                               "http://x.firebaseio.com", "https://x.firebaseio.com@example.org"}) {
    Json input = document(1);
    input["database"] = database;
    CHECK_FALSE(cloud.run("document.get", input));
  }
  CHECK_FALSE(has_asked(cloud, "example.org"));
  CHECK_FALSE(has_asked(cloud, "/realtime/"));
}

TEST_CASE("Firebase: a conditional write whose answer was lost is not repeated", "[providers]") {
  FakeCloud cloud("firebase");
  verify(cloud);
  for (const bool realtime : {false, true}) {
    Json input = document({{"a", 1}});
    if (!realtime) input.erase("database");
    input["version"] = "";
    cloud.set_fate(0, fakes::Fate::Kind::kCutAfter);
    const auto put = cloud.run("document.put", input);
    REQUIRE_FALSE(put);
    CHECK(put.error().code == ErrorCode::kOutcomeUnknown);
  }
}

TEST_CASE("Supabase: the key that a person gave goes to the account's own project only",
          "[providers]") {
  FakeCloud cloud("supabase");
  cloud.session().credential.put("serviceKey",
                                 Sensitive<std::string>("sb_secret_fakeKeyOfTheProject0123"));
  verify(cloud);
  CHECK(cloud.run("document.query", {{"collection", "things"}}));
  CHECK_FALSE(cloud.run("document.query",
                        {{"database", "zyxwvutsrqponmlkjihg"}, {"collection", "things"}}));
  CHECK_FALSE(has_asked(cloud, "zyxwvutsrqponmlkjihg.supabase.co"));
}

TEST_CASE("Supabase: an upload goes to the project's host wherever its Location points",
          "[providers]") {
  FakeCloud cloud("supabase");
  cloud.session().credential.put("serviceKey",
                                 Sensitive<std::string>("sb_secret_fakeKeyOfTheProject0123"));
  verify(cloud);
  REQUIRE(cloud.run("bucket.create", {{"name", "mine"}}));
  const std::string bytes(std::size_t{7} << 20, 'A');
  cloud.keep_blob("large", bytes);
  const Json put = {{"bucket", "mine"}, {"key", "k"}, {"blob", "large"}, {"size", bytes.size()}};
  for (const char* location : {"https://example.org/storage/v1/upload/resumable/abc",
                               "https://example.org/abc", "", "/storage/v1/upload/resumable/"}) {
    cloud.answer_next_with(
        {.status = 201, .headers = {{"Location", location}, {"Tus-Resumable", "1.0.0"}}});
    cloud.run("object.put", put);
  }
  CHECK_FALSE(has_asked(cloud, "example.org"));
  CHECK(cloud.leaks().empty());
  REQUIRE(cloud.run("object.put", put));
  CHECK(*cloud.fake().stored("mine", "k") == bytes);
}
