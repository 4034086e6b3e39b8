// The command line of automator67-node, as values. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/fleet/node_protocol.h"
#include "node-wrapper/control/program.h"

namespace a67 {

struct NodeOptions : ProgramOptions {
  NodeOptions() { data_folder = "automator67-data"; }

  ListenAddress control{.host = "127.0.0.1", .port = 4601};
  ListenAddress gateway{.host = "127.0.0.1", .port = 4701};
  NodeRole role = NodeRole::kWorker;
  std::string advertise_gateway;  // URL; empty = made from `gateway`
  bool metrics_open = false;
  bool allow_file_git = false;
  std::string run_as_user;
  // Everything at `gateway`, the control API below kControlPrefix (engine/fleet/single_port.h).
  bool single_port = false;
};

// kInvalidInput naming the option. `arguments` are those after the program's name; with
// --single-port the environment may say PORT.
Result<NodeOptions> parse_options(std::span<const std::string> arguments,
                                  const EnvironmentReader& environment = {});

std::string_view usage();

}  // namespace a67
