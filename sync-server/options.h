// The command line of automator67-sync, as values. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/ports/log.h"
#include "node-wrapper/control/command_line.h"

namespace a67 {

struct SyncOptions {
  enum class Verb : std::uint8_t { kRun, kReset, kHelp, kVersion };
  Verb verb = Verb::kRun;
  std::string name;
  std::string data_folder = "automator67-sync-data";
  std::string page_folder = "web/dist";
  ListenAddress listen{.host = "127.0.0.1", .port = 4800};
  std::vector<std::string> host_names;
  LogLevel log_level = LogLevel::kInfo;
  std::string forward_to;  // of tests: where forwarded requests go instead; from A67_FORWARD_TO
};

// kInvalidInput naming the option. `arguments` are those after the program's name; of the
// environment: A67_NODE_NAME, PORT (of a cloud: listens at 0.0.0.0) unless --listen is given.
Result<SyncOptions> parse_sync_options(std::span<const std::string> arguments,
                                       const EnvironmentReader& environment = {});

std::string_view sync_usage();

}  // namespace a67
