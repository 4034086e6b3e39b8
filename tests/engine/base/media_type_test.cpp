#include "engine/base/media_type.h"

#include <catch_amalgamated.hpp>

using a67::media_type_of;

TEST_CASE("a file's kind is told by its ending, in any case", "[media_type]") {
  CHECK(media_type_of("index.html") == "text/html; charset=utf-8");
  CHECK(media_type_of("a.b/App.JS") == "text/javascript; charset=utf-8");
  CHECK(media_type_of("engine.wasm") == "application/wasm");
}

TEST_CASE("an unknown or missing ending is bytes", "[media_type]") {
  for (const char* name : {"", "README", "a.", "x.html5", ".html/readme"}) {
    CAPTURE(name);
    CHECK(media_type_of(name) == "application/octet-stream");
  }
}
