#include "sync-server/options.h"

#include <algorithm>
#include <utility>

#include "node-wrapper/control/relay_rules.h"

namespace a67 {
namespace {

void add_options(CommandLine& line, SyncOptions& options) {
  line.name("--name", options.name);
  line.address("--listen", options.listen);
  line.host_names("--host-name", options.host_names);
  line.log_level("--log-level", options.log_level);
  line.folder("--data-dir", options.data_folder);
  line.folder("--page", options.page_folder);
  line.flag("--help", [&] { options.verb = SyncOptions::Verb::kHelp; });
  line.flag("-h", [&] { options.verb = SyncOptions::Verb::kHelp; });
  line.flag("--version", [&] { options.verb = SyncOptions::Verb::kVersion; });
}

}  // namespace

Result<SyncOptions> parse_sync_options(std::span<const std::string> arguments,
                                       const EnvironmentReader& environment) {
  const auto variable = [&](const char* name) {
    return environment ? environment(name) : std::string();
  };
  SyncOptions options;
  CommandLine line("automator67-sync");
  add_options(line, options);
  if (const std::string name = variable("A67_NODE_NAME"); !name.empty()) {
    if (auto done = line.set("--name", name); !done) return std::unexpected(done.error());
  }
  if (!arguments.empty() && (arguments[0] == "run" || arguments[0] == "reset")) {
    if (arguments[0] == "reset") options.verb = SyncOptions::Verb::kReset;
    arguments = arguments.subspan(1);
  }
  const auto given = line.read(arguments);
  if (!given) return std::unexpected(given.error());
  const std::string port = variable("PORT");
  if (!port.empty() && !std::ranges::contains(*given, "--listen")) {
    const auto address = parse_listen_address("0.0.0.0:" + port);
    if (!address) return line.bad("PORT", address.error().message);
    options.listen = *address;
  }
  options.forward_to = variable("A67_FORWARD_TO");
  if (!options.forward_to.empty() && !is_loopback_origin(options.forward_to)) {
    return line.bad("A67_FORWARD_TO", "is for tests, and must be like http://127.0.0.1:4000");
  }
  return options;
}

std::string_view sync_usage() {
  return R"(automator67-sync: serves the page, and forwards its requests to providers that answer no page.

  automator67-sync [run] [options]     start the server; it prints one line when it is up
  automator67-sync reset [--data-dir DIR]
                                       forget the controller; the next start makes a new claim code

  --page DIR                 the built page (default: web/dist); read once, at the start
  --listen IP:PORT           page, forwarding and control API (default: 127.0.0.1:4800, or 0.0.0.0:$PORT
                             where the variable PORT is set; port 0: any free one)
  --host-name NAME           a host name it answers to, besides IP addresses and localhost; may be given
                             several times
  --name NAME                what people see (default: the server's id)
  --data-dir DIR             where the little it keeps is kept (default: automator67-sync-data)
  --log-level info|warning|error
                             what goes to stderr, one JSON object a line (default: info)
  --help, --version

On this machine it forwards for its page as it is. For anybody else it forwards only once it is claimed, and only for who
claimed it: add it on the page under Nodes, with its address and the code in DIR/claim-code (or the one given in the
variable A67_CLAIM_CODE). It speaks plain HTTP: to be reached from elsewhere, put a TLS proxy in front that passes
the Host header on.
Exit codes: 0 stopped, 1 failed while running, 2 wrong options, 3 could not start.
)";
}

}  // namespace a67
