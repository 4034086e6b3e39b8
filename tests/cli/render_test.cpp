#include "cli/render.h"

#include <catch_amalgamated.hpp>
#include <string>

#include "cli/progress.h"
#include "cli/verbs.h"

using namespace a67;       // NOLINT(google-build-using-namespace): a test
using namespace a67::cli;  // NOLINT(google-build-using-namespace): a test

namespace {

constexpr View kView{.style = {}, .now_unix_ms = 10'000};

Json node(const char* name, const char* state) {
  return {{"id", "n"},        {"name", name},   {"url", "http://h:1"}, {"gatewayUrl", ""},
          {"role", "worker"}, {"state", state}, {"since", 0},          {"lastSeen", 7'000},
          {"clockSkewMs", 0}, {"replicas", 2}};
}

}  // namespace

TEST_CASE("Render: nodes are a table, with what needs attention below", "[cli]") {
  Json sick = node("two", "suspect");
  sick["attention"] = {
      {"code", "clock_skew"}, {"message", "Its clock is wrong."}, {"hint", "Set it."}};
  const std::string text =
      answer_text("node.list", {{"nodes", Json::array({node("one", "awake"), sick})}}, kView);
  CHECK(text ==
        "NODE  STATE    ROLE    REPLICAS  CPU  MEMORY  LAST WORD  URL\n"
        "one   awake    worker  2         -    -       3 s ago    http://h:1\n"
        "two   suspect  worker  2         -    -       3 s ago    http://h:1\n"
        "! two: Its clock is wrong. Set it.\n");
}

TEST_CASE("Render: an empty list says what to do first", "[cli]") {
  CHECK(answer_text("node.list", {{"nodes", Json::array()}}, kView).contains("automator67 claim"));
  CHECK(answer_text("app.list", {{"apps", Json::array()}}, kView).contains("automator67 deploy"));
}

TEST_CASE("Render: an error tells what, where, what next and the last lines", "[cli]") {
  CHECK(error_text({{"code", "build_failed"},
                    {"message", "The build failed."},
                    {"hint", "Fix it."},
                    {"field", "build"},
                    {"lines", {"npm ERR! 1", "bad \x1b[2J"}}},
                   false) ==
        "automator67: The build failed.\n"
        "  at: build\n"
        "  Fix it.\n"
        "  Last lines:\n"
        "  | npm ERR! 1\n"
        "  | bad ^[[2J\n");
}

TEST_CASE("Render: every verb of the contract has a text of its own", "[cli]") {
  for (const Verb& verb : contract_verbs()) {
    CAPTURE(verb.command);
    // What is not known is printed as JSON, which starts with a brace.
    CHECK_FALSE(answer_text(verb.command, Json::object(), kView).starts_with("{"));
  }
}

TEST_CASE("Render: a deployment is one line", "[cli]") {
  CHECK(deployment_line(
            {{"percent", 50}, {"ready", 1}, {"wanted", 3}, {"step", "Building on two"}}) ==
        "[##########----------] 1/3 ready: Building on two");
}

TEST_CASE("Render: a node being made is one line, and one that failed says why", "[cli]") {
  CHECK(making_line({{"name", "a67-node"}, {"providerName", "Render"}, {"step", "answering"}}) ==
        "a67-node at Render: waiting for its first word");
  const Json made = {{{"id", "render.a67-node"},
                      {"step", "failed"},
                      {"problem", {{"code", "timeout"}, {"message", "It did not answer."}}}}};
  const std::string text = answer_text("node.made", {{"made", made}}, kView);
  CHECK(text.contains("render.a67-node"));
  CHECK(text.contains("It did not answer."));
}

TEST_CASE("Render: a plan shows every node with its reason and every warning", "[cli]") {
  const std::string text = answer_text("deploy.plan",
                                       {{"plan",
                                         {{"app", "guestbook"},
                                          {"creates", true},
                                          {"release", "guestbook-r1"},
                                          {"replicas", 1},
                                          {"runtime", "node"},
                                          {"runtimeWhy", "package.json has a start script."},
                                          {"build", "npm ci"},
                                          {"start", "npm start"},
                                          {"placements",
                                           {{{"node", "n"},
                                             {"nodeName", "one"},
                                             {"score", 91.5},
                                             {"terms", Json::array()},
                                             {"why", "Least loaded."}}}},
                                          {"uploads", {"one"}},
                                          {"uploadBytes", 2048},
                                          {"steps", {"Upload", "Build"}},
                                          {"warnings", {"One node only."}}}}},
                                       kView);
  CHECK(text.contains("Creates guestbook as guestbook-r1: 1 replicas"));
  CHECK(text.contains("one   91.5   Least loaded."));
  CHECK(text.contains("Uploads 2 KiB to 1 node\n"));
  CHECK(text.contains("! One node only."));
}
