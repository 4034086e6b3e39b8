#include "node-wrapper/options.h"

#include <algorithm>

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
  line.address("--control", options.control);
  line.address("--gateway", options.gateway);
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
}

}  // namespace

Result<NodeOptions> parse_options(std::span<const std::string> arguments,
                                  const EnvironmentReader& environment) {
  NodeOptions options;
  CommandLine line("automator67-node");
  add_options(line, options);
  const auto given = read_program(line, options, arguments, environment);
  if (!given) return std::unexpected(given.error());
  if (!options.single_port) return options;
  // The control API is reached through the gateway, whose port is all that has to be known.
  if (!std::ranges::contains(*given, "--control")) options.control.port = 0;
  if (std::ranges::contains(*given, "--gateway")) return options;
  const std::string port = environment ? environment("PORT") : std::string();
  const auto address = line.port_of_cloud(port.empty() ? kSinglePort : port);
  if (!address) return std::unexpected(address.error());
  options.gateway = *address;
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
