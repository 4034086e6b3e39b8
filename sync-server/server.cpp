#include "sync-server/server.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <memory>
#include <utility>

#include "node-wrapper/control/control_server.h"
#include "node-wrapper/control/json_log.h"
#include "node-wrapper/control/relay.h"
#include "node-wrapper/control/system.h"
#include "sync-server/no_workload.h"
#include "sync-server/page_site.h"

namespace a67 {
namespace {

namespace net = boost::asio;

// A page asks for its files by several connections of each browser.
constexpr ControlServerOptions kLimits{.connections_max = 1'024};

// Everything that lives as long as the server runs, in order of construction.
class RunningServer {
 public:
  RunningServer(const SyncOptions& options, PageFiles page, NodeIdentity identity)
      : options_(options),
        site_(std::move(page)),
        folder_(std::move(identity.folder)),
        record_(std::move(identity.record)),
        random_(std::move(identity.random)),
        log_(options.log_level, record_.record().name, clock_, write_to_stderr),
        authority_(record_, clock_, random_),
        relay_(context_, {.elsewhere = options.forward_to}, log_),
        workload_(folder_.path()),
        api_({.role = NodeRole::kServer,
              .version = std::string(sync_version()),
              .boot_id = random_.make_name(16),
              .gateway_url = {},
              .own_names = options.host_names},
             {.authority = authority_,
              .workload = workload_,
              .clock = clock_,
              .log = log_,
              .relay = options.forwards ? &relay_ : nullptr,
              .site = &site_},
             DesiredFile(folder_.path())),
        server_(context_, api_, kLimits) {}

  Result<void> start(const Ready& ready) {
    const auto port = server_.listen(options_.listen.host, options_.listen.port);
    if (!port) {
      Error error = port.error();
      error.hint = "Give another address with --listen, or port 0 for any.";
      return std::unexpected(std::move(error));
    }
    if (auto resumed = api_.resume(); !resumed) return resumed;
    const std::string url = "http://" + to_text({.host = options_.listen.host, .port = *port});
    log_.write(LogLevel::kInfo, "Server " + record_.record().id.value + " is up at " + url + ", " +
                                    (authority_.is_claimed() ? "claimed." : "unclaimed."));
    if (!net::ip::make_address(options_.listen.host).is_loopback()) {
      log_.write(
          LogLevel::kWarning,
          "It is open to other machines without encryption: put a TLS proxy in front of it.");
    }
    if (!options_.forward_to.empty()) {
      log_.write(LogLevel::kWarning, "Requests to providers go to " + options_.forward_to +
                                         " instead: this server is for tests.");
    }
    ready("ready " + url);
    return {};
  }

  void run() {
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      log_.write(LogLevel::kInfo, "Stopped.");
      server_.stop();
      context_.stop();
    });
    context_.run();
    // Connections that were cut get their last word now, while what they refer to still exists.
    context_.restart();
    context_.poll();
  }

 private:
  SyncOptions options_;
  PageSite site_;
  DataFolder folder_;
  NodeRecordFile record_;
  Random random_;
  SystemClock clock_;
  JsonLog log_;
  Authority authority_;
  net::io_context context_{1};
  Relay relay_;
  NoWorkload workload_;
  ControlApi api_;
  ControlServer server_;
  net::signal_set signals_{context_, SIGTERM, SIGINT, SIGHUP};
};

}  // namespace

Result<void> run_sync_server(const SyncOptions& options, const Sensitive<std::string>& claim_code,
                             const Ready& ready) {
  std::signal(SIGPIPE, SIG_IGN);
  auto page = PageFiles::load(options.page_folder);
  if (!page) return std::unexpected(page.error());
  auto identity = open_identity(options.data_folder, options.name, claim_code);
  if (!identity) return std::unexpected(identity.error());
  const auto server =
      std::make_unique<RunningServer>(options, std::move(*page), std::move(*identity));
  if (auto started = server->start(ready); !started) return started;
  server->run();
  return {};
}

std::string_view sync_version() { return A67_VERSION; }

}  // namespace a67
