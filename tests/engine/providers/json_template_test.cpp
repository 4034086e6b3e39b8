#include "engine/providers/json_template.h"

#include <catch_amalgamated.hpp>

using namespace a67;

TEST_CASE("fill: a hole takes its value, of any type, and only as a value", "[providers]") {
  const Json filled = fill(R"({"name": "$name", "count": "$count", "list": ["$name", "plain"]})",
                           {{"name", "$count"}, {"count", 3}});
  CHECK(filled == Json::parse(R"({"name": "$count", "count": 3, "list": ["$count", "plain"]})"));
}

TEST_CASE("fill: a hole without a value goes, with its key", "[providers]") {
  const Json filled =
      fill(R"({"a": "$a", "b": ["$a"], "c": {"a": "$a"}, "d?": {"a": "$a"}, "e?": {"b": "$b"}})",
           {{"a", Json()}, {"b", 1}});
  CHECK(filled == Json::parse(R"({"b": [], "c": {}, "e": {"b": 1}})"));
}

TEST_CASE("fill_path: every part is one segment, whatever is in it", "[providers]") {
  CHECK(fill_path("/v1/apps/{app}/x/{n}", {{"app", "../a b/c?d#e"}, {"n", 7}}) ==
        "/v1/apps/..%2Fa%20b%2Fc%3Fd%23e/x/7");
  CHECK(percent_encode("a/ä", true) == "a/%C3%A4");
}

TEST_CASE("pointer: reads are lenient about everything", "[providers]") {
  const Json document =
      Json::parse(R"({"a": [{"b": "x"}, {"b": 12}], "n": "42", "f": 1.9, "t": true})");
  CHECK(text_at(document, "/a/0/b") == "x");
  CHECK(text_at(document, "/a/1/b") == "12");
  CHECK(text_at(document, "/a/9/b", "none") == "none");
  CHECK(text_at(document, "/a/x/b").empty());
  CHECK(text_at(document, "/n/deeper").empty());
  CHECK(int_at(document, "/n") == 42);
  CHECK(int_at(document, "/f") == 1);
  CHECK(int_at(document, "/t", -1) == -1);
  CHECK(bool_at(document, "/t"));
  CHECK(list_at(document, "/a").size() == 2);
  CHECK(list_at(document, "/n").empty());
  CHECK(at_pointer(document, "") == document);
}

TEST_CASE("dates: RFC 3339 in both directions", "[providers]") {
  CHECK(unix_ms_from("1970-01-01T00:00:00Z") == 0);
  CHECK(unix_ms_from("2026-11-26T10:00:00.123Z") == 1'795'687'200'123);
  CHECK(unix_ms_from("2026-11-26T12:00:00.123456+02:00") == 1'795'687'200'123);
  CHECK(unix_ms_from("2026-11-26T04:30:00-05:30") == 1'795'687'200'000);
  CHECK(unix_ms_from("2026-02-30T00:00:00Z") == 0);
  CHECK(unix_ms_from("yesterday") == 0);
  CHECK(unix_ms_from("2026-11-26T10:00:00+x") == 0);
  CHECK(rfc3339_from(1'795'687'200'123) == "2026-11-26T10:00:00.123Z");
  CHECK(rfc3339_from(-1) == "1969-12-31T23:59:59.999Z");
}
