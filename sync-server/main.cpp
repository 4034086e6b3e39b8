// automator67-sync: the program. Reads the command line, runs the server, tells a person what went
// wrong.
#include <string>
#include <vector>

#include "node-wrapper/control/node_record.h"
#include "node-wrapper/control/system.h"
#include "sync-server/options.h"
#include "sync-server/server.h"

int main(int argc, char** argv) {
  using namespace a67;
  constexpr std::string_view kProgram = "automator67-sync";
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const Sensitive<std::string> claim_code = take_secret("A67_CLAIM_CODE");
  const auto options = parse_sync_options(arguments, environment_variable);
  if (!options) return report(kProgram, options.error(), kWrongOptions);
  switch (options->verb) {
    case SyncOptions::Verb::kHelp:
      print(sync_usage());
      return 0;
    case SyncOptions::Verb::kVersion:
      print("automator67-sync " + std::string(sync_version()) + "\n");
      return 0;
    case SyncOptions::Verb::kReset: {
      const auto done = forget_controller(options->data_folder);
      if (!done) return report(kProgram, done.error(), kCouldNotStart);
      print("The server has forgotten its controller. Its next start makes a new claim code.\n");
      return 0;
    }
    case SyncOptions::Verb::kRun:
      break;
  }
  const auto ran =
      run_sync_server(*options, claim_code, [](const std::string& line) { print(line + "\n"); });
  return ran ? 0 : report(kProgram, ran.error(), kCouldNotStart);
}
