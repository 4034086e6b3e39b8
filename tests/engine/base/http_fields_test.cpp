#include "engine/base/http_fields.h"

#include <catch_amalgamated.hpp>

using a67::accepts_encoding;
using a67::has_etag;

TEST_CASE("an encoding is accepted by its name, unless its weight is nothing", "[http_fields]") {
  CHECK(accepts_encoding("gzip, deflate, br", "br"));
  CHECK(accepts_encoding("br;q=1.0, gzip;q=0.5", "gzip"));
  CHECK(accepts_encoding(" br ", "br"));
  CHECK_FALSE(accepts_encoding("", "br"));
  CHECK_FALSE(accepts_encoding("brotli", "br"));
  CHECK_FALSE(accepts_encoding("gzip, br; q=0", "br"));
  CHECK_FALSE(accepts_encoding("br;q=0.000", "br"));
}

TEST_CASE("an entity tag is known by any of its spellings", "[http_fields]") {
  CHECK(has_etag("\"a\"", "\"a\""));
  CHECK(has_etag("\"b\", W/\"a\"", "\"a\""));
  CHECK(has_etag("*", "\"a\""));
  CHECK_FALSE(has_etag("", "\"a\""));
  CHECK_FALSE(has_etag("\"ab\"", "\"a\""));
}
