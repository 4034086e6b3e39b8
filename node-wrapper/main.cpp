// automator67-node: the program. Reads the command line, runs the node, tells a person what went
// wrong.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/sensitive.h"
#include "node-wrapper/control/relay_rules.h"
#include "node-wrapper/node.h"
#include "node-wrapper/options.h"
#include "node-wrapper/runtime/static_server.h"

namespace {

constexpr int kWrongOptions = 2;
constexpr int kCouldNotStart = 3;

int report(const a67::Error& error, int exit_code) {
  std::fprintf(stderr, "automator67-node: %s\n", error.message.c_str());
  if (!error.hint.empty()) std::fprintf(stderr, "  %s\n", error.hint.c_str());
  return exit_code;
}

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

// Out of the environment, which apps and whoever looks at this process could read.
a67::Sensitive<std::string> take_secret(const char* name) {
  char* value = std::getenv(name);
  if (value == nullptr) return {};
  a67::Sensitive<std::string> secret{std::string(value)};
  a67::wipe(value, secret.expose().size());
  ::unsetenv(name);
  return secret;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  // How the runtime serves static sites: this program once more, as a supervised process.
  if (!arguments.empty() && arguments[0] == "serve-static") {
    return a67::serve_static_main({arguments.begin() + 1, arguments.end()});
  }
  const a67::Sensitive<std::string> claim_code = take_secret("A67_CLAIM_CODE");
  auto options = a67::parse_options(arguments, [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  });
  if (!options) return report(options.error(), kWrongOptions);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread yet
  if (const char* elsewhere = std::getenv("A67_FORWARD_TO")) {
    if (!a67::is_loopback_origin(elsewhere)) {
      return report({.code = a67::ErrorCode::kInvalidInput,
                     .message = "A67_FORWARD_TO must be like http://127.0.0.1:4000.",
                     .hint = "It is for tests. Unset it."},
                    kWrongOptions);
    }
    options->forward_to = elsewhere;
  }
  switch (options->verb) {
    case a67::NodeOptions::Verb::kHelp:
      print(a67::usage());
      return 0;
    case a67::NodeOptions::Verb::kVersion:
      print("automator67-node " + std::string(a67::node_version()) + "\n");
      return 0;
    case a67::NodeOptions::Verb::kReset: {
      const auto done = a67::reset_node(*options);
      if (!done) return report(done.error(), kCouldNotStart);
      print("The node has forgotten its controller. Its next start makes a new claim code.\n");
      return 0;
    }
    case a67::NodeOptions::Verb::kRun:
      break;
  }
  const auto ran =
      a67::run_node(*options, claim_code, [](const std::string& line) { print(line + "\n"); });
  return ran ? 0 : report(ran.error(), kCouldNotStart);
}
