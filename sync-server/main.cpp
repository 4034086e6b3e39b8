// automator67-sync: the program.
#include <string>
#include <vector>

#include "sync-server/options.h"
#include "sync-server/server.h"

int main(int argc, char** argv) {
  using namespace a67;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const Program program{
      .name = "automator67-sync", .version = sync_version(), .usage = sync_usage()};
  const auto claim_code = take_claim_code();
  const auto options = parse_sync_options(arguments, environment_variable);
  if (!options) return refuse_options(program, options.error());
  return run_program(program, *options, [&](const Ready& ready) {
    return run_sync_server(*options, claim_code, ready);
  });
}
