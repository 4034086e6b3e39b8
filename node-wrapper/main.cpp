// automator67-node: the program. Reads the command line, runs the node, tells a person what went
// wrong.
#include <string>
#include <vector>

#include "node-wrapper/control/node_record.h"
#include "node-wrapper/control/system.h"
#include "node-wrapper/node.h"
#include "node-wrapper/options.h"
#include "node-wrapper/runtime/static_server.h"

int main(int argc, char** argv) {
  using namespace a67;
  constexpr std::string_view kProgram = "automator67-node";
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  // How the runtime serves static sites: this program once more, as a supervised process.
  if (!arguments.empty() && arguments[0] == "serve-static") {
    return serve_static_main({arguments.begin() + 1, arguments.end()});
  }
  const Sensitive<std::string> claim_code = take_secret("A67_CLAIM_CODE");
  const auto options = parse_options(arguments, environment_variable);
  if (!options) return report(kProgram, options.error(), kWrongOptions);
  switch (options->verb) {
    case NodeOptions::Verb::kHelp:
      print(usage());
      return 0;
    case NodeOptions::Verb::kVersion:
      print("automator67-node " + std::string(node_version()) + "\n");
      return 0;
    case NodeOptions::Verb::kReset: {
      const auto done = forget_controller(options->data_folder);
      if (!done) return report(kProgram, done.error(), kCouldNotStart);
      print("The node has forgotten its controller. Its next start makes a new claim code.\n");
      return 0;
    }
    case NodeOptions::Verb::kRun:
      break;
  }
  const auto ran =
      run_node(*options, claim_code, [](const std::string& line) { print(line + "\n"); });
  return ran ? 0 : report(kProgram, ran.error(), kCouldNotStart);
}
