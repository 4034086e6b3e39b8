#include "cli/table.h"

#include <catch_amalgamated.hpp>
#include <string>

using a67::cli::Table;
using a67::cli::Tone;

TEST_CASE("Table: columns line up and lines end without spaces", "[cli]") {
  Table table({"APP", "STATE"});
  table.add({{.text = "guestbook"}, {.text = "running"}});
  table.add({{.text = "ü"}, {.text = ""}});
  CHECK(table.text({}) ==
        "APP        STATE\n"
        "guestbook  running\n"
        "ü\n");
}

TEST_CASE("Table: a table that is too wide cuts its widest columns", "[cli]") {
  Table table({"A", "B", "C"});
  table.add({{.text = std::string(40, 'x')}, {.text = "short"}, {.text = std::string(20, 'y')}});
  const std::string text = table.text({.columns_max = 50});
  CHECK(text.contains("…"));
  CHECK(text.contains("short"));
  CHECK(text.contains(std::string(20, 'y')));
}

TEST_CASE("Table: colours do not count as width", "[cli]") {
  Table plain({"A", "B"});
  plain.add({{.text = "x", .tone = Tone::kBad}, {.text = "y"}});
  const std::string colored = plain.text({.color = true});
  CHECK(colored.contains("\x1b[31mx\x1b[0m  "));
}
