// The command line of automator67-sync, as values. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "node-wrapper/control/program.h"

namespace a67 {

struct SyncOptions : ProgramOptions {
  SyncOptions() { data_folder = "automator67-sync-data"; }

  std::string page_folder = "web/dist";
  ListenAddress listen{.host = "127.0.0.1", .port = 4800};
  bool forwards = true;  // false: the page's host and nothing else
};

// kInvalidInput naming the option. `arguments` are those after the program's name; unless --listen
// is given the environment may say PORT.
Result<SyncOptions> parse_sync_options(std::span<const std::string> arguments,
                                       const EnvironmentReader& environment = {});

std::string_view sync_usage();

}  // namespace a67
