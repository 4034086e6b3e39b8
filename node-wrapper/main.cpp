// automator67-node: the program.
#include <string>
#include <vector>

#include "node-wrapper/node.h"
#include "node-wrapper/options.h"
#include "node-wrapper/runtime/static_server.h"

int main(int argc, char** argv) {
  using namespace a67;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  // How the runtime serves static sites: this program once more, as a supervised process.
  if (!arguments.empty() && arguments[0] == "serve-static") {
    return serve_static_main({arguments.begin() + 1, arguments.end()});
  }
  const Program program{.name = "automator67-node", .version = node_version(), .usage = usage()};
  const auto claim_code = take_claim_code();
  const auto options = parse_options(arguments, environment_variable);
  if (!options) return refuse_options(program, options.error());
  return run_program(program, *options,
                     [&](const Ready& ready) { return run_node(*options, claim_code, ready); });
}
