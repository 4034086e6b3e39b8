#include "sync-server/options.h"

#include <algorithm>

namespace a67 {

Result<SyncOptions> parse_sync_options(std::span<const std::string> arguments,
                                       const EnvironmentReader& environment) {
  SyncOptions options;
  CommandLine line("automator67-sync");
  line.address("--listen", options.listen);
  line.folder("--page", options.page_folder);
  line.flag("--no-forward", [&] { options.forwards = false; });
  const auto given = read_program(line, options, arguments, environment);
  if (!given) return std::unexpected(given.error());
  const std::string port = environment ? environment("PORT") : std::string();
  if (port.empty() || std::ranges::contains(*given, "--listen")) return options;
  const auto address = line.port_of_cloud(port);
  if (!address) return std::unexpected(address.error());
  options.listen = *address;
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
  --no-forward               serve the page, and forward nothing
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
