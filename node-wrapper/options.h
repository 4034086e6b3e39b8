// The command line of automator67-node, as values. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/fleet/node_protocol.h"
#include "engine/ports/log.h"
#include "node-wrapper/control/command_line.h"

namespace a67 {

struct NodeOptions {
  enum class Verb : std::uint8_t { kRun, kReset, kHelp, kVersion };
  Verb verb = Verb::kRun;
  std::string name;
  std::string data_folder = "automator67-data";
  ListenAddress control{.host = "127.0.0.1", .port = 4601};
  ListenAddress gateway{.host = "127.0.0.1", .port = 4701};
  NodeRole role = NodeRole::kWorker;
  std::string advertise_gateway;  // URL; empty = made from `gateway`
  std::vector<std::string> host_names;
  LogLevel log_level = LogLevel::kInfo;
  bool metrics_open = false;
  bool allow_file_git = false;
  std::string run_as_user;
  std::string forward_to;  // of tests: where relayed requests go instead; from A67_FORWARD_TO
  // Everything at `gateway`, the control API below kControlPrefix (engine/fleet/single_port.h).
  bool single_port = false;
};

// kInvalidInput naming the option. `arguments` are those after the program's name; what they leave
// out the environment may say: A67_NODE_NAME, and with --single-port PORT; A67_FORWARD_TO is of
// tests.
Result<NodeOptions> parse_options(std::span<const std::string> arguments,
                                  const EnvironmentReader& environment = {});

std::string_view usage();

}  // namespace a67
