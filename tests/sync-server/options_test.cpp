#include "sync-server/options.h"

#include <catch_amalgamated.hpp>

namespace a67::test {
namespace {

Result<SyncOptions> parse(std::vector<std::string> arguments,
                          std::map<std::string, std::string> environment = {}) {
  return parse_sync_options(arguments, [&](const char* name) { return environment[name]; });
}

}  // namespace

TEST_CASE("SyncOptions: without any it listens on this machine only", "[sync]") {
  const auto options = parse({});
  REQUIRE(options);
  CHECK(options->verb == SyncOptions::Verb::kRun);
  CHECK(to_text(options->listen) == "127.0.0.1:4800");
  CHECK(options->page_folder == "web/dist");
  CHECK(options->forwards);
}

TEST_CASE("SyncOptions: every one is taken", "[sync]") {
  const auto options = parse({"run", "--name", "attic", "--page=/srv/page", "--data-dir", "/tmp/x",
                              "--listen", "[::1]:0", "--host-name", "a.example",
                              "--host-name=b.example", "--log-level=error", "--no-forward"});
  REQUIRE(options);
  CHECK(options->name == "attic");
  CHECK(options->page_folder == "/srv/page");
  CHECK(options->data_folder == "/tmp/x");
  CHECK(to_text(options->listen) == "[::1]:0");
  CHECK(options->host_names == std::vector<std::string>{"a.example", "b.example"});
  CHECK(options->log_level == LogLevel::kError);
  CHECK_FALSE(options->forwards);
}

TEST_CASE("SyncOptions: verbs and flags", "[sync]") {
  CHECK(parse({"reset", "--data-dir", "x"})->verb == SyncOptions::Verb::kReset);
  CHECK(parse({"--help"})->verb == SyncOptions::Verb::kHelp);
  CHECK(parse({"-h"})->verb == SyncOptions::Verb::kHelp);
  CHECK(parse({"--version"})->verb == SyncOptions::Verb::kVersion);
  CHECK(sync_usage().contains("--host-name NAME"));
}

TEST_CASE("SyncOptions: a cloud's port and name come from the environment", "[sync]") {
  const auto options = parse({}, {{"PORT", "10000"}, {"A67_NODE_NAME", "sync"}});
  REQUIRE(options);
  CHECK(to_text(options->listen) == "0.0.0.0:10000");
  CHECK(options->name == "sync");
  CHECK(to_text(parse({"--listen", "127.0.0.1:1"}, {{"PORT", "10000"}})->listen) == "127.0.0.1:1");
}

TEST_CASE("SyncOptions: what is wrong is named", "[sync]") {
  CHECK(parse({"--listen", "localhost:1"}).error().field == "--listen");
  CHECK(parse({"--page="}).error().message == "--page must name a folder.");
  CHECK(parse({"--nonsense", "1"}).error().message == "--nonsense is no option.");
  CHECK(parse({"--name"}).error().hint == "See automator67-sync --help.");
  CHECK(parse({}, {{"PORT", "many"}}).error().field == "PORT");
  CHECK(parse({}, {{"A67_FORWARD_TO", "https://evil.example"}}).error().field == "A67_FORWARD_TO");
}

}  // namespace a67::test
