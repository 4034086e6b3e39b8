#include "node-wrapper/options.h"

#include <algorithm>
#include <utility>

#include "node-wrapper/control/relay_rules.h"

namespace a67 {
namespace {

constexpr const char* kSinglePort = "8080";

bool is_gateway_url(const std::string& text) {
  const bool http = text.starts_with("http://") || text.starts_with("https://");
  const std::size_t host = text.find("//") + 2;
  return http && text.size() > host && text.size() <= 300 &&
         text.find_first_of("/?# ", host) == std::string::npos;
}

void add_options(CommandLine& line, NodeOptions& options) {
  line.name("--name", options.name);
  line.address("--control", options.control);
  line.address("--gateway", options.gateway);
  line.host_names("--host-name", options.host_names);
  line.log_level("--log-level", options.log_level);
  line.folder("--data-dir", options.data_folder);
  line.option("--role", [&](const std::string& value) -> Result<void> {
    const auto role = node_role_from(value);
    if (!role || *role == NodeRole::kServer) {
      return line.bad("--role", "must be worker or gateway");
    }
    options.role = *role;
    return {};
  });
  line.option("--advertise-gateway", [&](const std::string& value) -> Result<void> {
    if (!is_gateway_url(value)) {
      return line.bad("--advertise-gateway", "must be like http://node.example:4701");
    }
    options.advertise_gateway = value;
    return {};
  });
  line.option("--run-as", [&](const std::string& value) -> Result<void> {
    options.run_as_user = value;
    return {};
  });
  line.flag("--metrics-open", [&] { options.metrics_open = true; });
  line.flag("--allow-file-git", [&] { options.allow_file_git = true; });
  line.flag("--single-port", [&] { options.single_port = true; });
  line.flag("--help", [&] { options.verb = NodeOptions::Verb::kHelp; });
  line.flag("-h", [&] { options.verb = NodeOptions::Verb::kHelp; });
  line.flag("--version", [&] { options.verb = NodeOptions::Verb::kVersion; });
}

// The control API is reached through the gateway, whose port is all that has to be known.
Result<void> set_single_port(const CommandLine& line, NodeOptions& options, std::string port,
                             const std::vector<std::string>& given) {
  if (!std::ranges::contains(given, "--control")) options.control.port = 0;
  if (std::ranges::contains(given, "--gateway")) return {};
  if (port.empty()) port = kSinglePort;
  const auto address = parse_listen_address("0.0.0.0:" + port);
  if (!address) return line.bad("PORT", address.error().message);
  options.gateway = *address;
  return {};
}

}  // namespace

Result<NodeOptions> parse_options(std::span<const std::string> arguments,
                                  const EnvironmentReader& environment) {
  const auto variable = [&](const char* name) {
    return environment ? environment(name) : std::string();
  };
  NodeOptions options;
  CommandLine line("automator67-node");
  add_options(line, options);
  if (const std::string name = variable("A67_NODE_NAME"); !name.empty()) {
    if (auto done = line.set("--name", name); !done) return std::unexpected(done.error());
  }
  if (!arguments.empty() && (arguments[0] == "run" || arguments[0] == "reset")) {
    if (arguments[0] == "reset") options.verb = NodeOptions::Verb::kReset;
    arguments = arguments.subspan(1);
  }
  const auto given = line.read(arguments);
  if (!given) return std::unexpected(given.error());
  options.forward_to = variable("A67_FORWARD_TO");
  if (!options.forward_to.empty() && !is_loopback_origin(options.forward_to)) {
    return line.bad("A67_FORWARD_TO", "is for tests, and must be like http://127.0.0.1:4000");
  }
  if (options.single_port) {
    auto done = set_single_port(line, options, variable("PORT"), *given);
    if (!done) return std::unexpected(done.error());
  }
  return options;
}

std::string_view usage() {
  return R"(automator67-node: runs apps on this machine and forwards requests to them.

  automator67-node [run] [options]     start the node; it prints one line when it is up
  automator67-node reset [--data-dir DIR]
                                       forget the controller; the next start makes a new claim code

  --name NAME                what people see (default: the node's id)
  --data-dir DIR             where everything is kept (default: automator67-data)
  --control IP:PORT          control API (default: 127.0.0.1:4601; port 0: any free one)
  --gateway IP:PORT          requests for the apps (default: 127.0.0.1:4701)
  --single-port              everything on one port, as clouds want it: the gateway at 0.0.0.0:$PORT (or
                             8080, or --gateway), the control API below /.well-known/automator67 there
  --role worker|gateway      a gateway routes but runs nothing (default: worker)
  --advertise-gateway URL    where other nodes and browsers reach the gateway
  --host-name NAME           a host name the control API answers to, besides IP addresses and localhost;
                             may be given several times
  --log-level info|warning|error
                             what goes to stderr, one JSON object a line (default: info)
  --metrics-open             /metrics for clients on other machines too
  --allow-file-git           take Git addresses that are files on this machine
  --run-as USER              run apps as this user, when the node runs as root
  --help, --version

The claim code is in DIR/claim-code until somebody has claimed the node. A new node takes the one in the variable
A67_CLAIM_CODE instead of making it, and its name from A67_NODE_NAME, where they are set.
Exit codes: 0 stopped, 1 failed while running, 2 wrong options, 3 could not start.
)";
}

}  // namespace a67
