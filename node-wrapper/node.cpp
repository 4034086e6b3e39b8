#include "node-wrapper/node.h"

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <memory>
#include <thread>
#include <utility>

#include "engine/fleet/single_port.h"
#include "node-wrapper/control/access.h"
#include "node-wrapper/control/control_server.h"
#include "node-wrapper/control/json_log.h"
#include "node-wrapper/control/relay.h"
#include "node-wrapper/control/system.h"
#include "node-wrapper/node_workload.h"

namespace a67 {
namespace {

namespace net = boost::asio;

constexpr Duration kDrain{5'000};
constexpr Duration kLoadInterval{2'000};

bool is_any_address(const std::string& host) {
  return net::ip::make_address(host).is_unspecified();
}

std::string gateway_url(const NodeOptions& options, std::uint16_t port) {
  if (!options.advertise_gateway.empty()) return options.advertise_gateway;
  // "Any address" is nowhere to go to.
  const bool any = is_any_address(options.gateway.host);
  return "http://" + to_text({.host = any ? "127.0.0.1" : options.gateway.host, .port = port});
}

std::vector<std::string> own_names(const NodeOptions& options) {
  auto names = options.host_names;
  // Which name the provider gave it, a node cannot know.
  if (options.single_port && names.empty()) names.emplace_back(kAnyHost);
  return names;
}

Error with_option(Error error, std::string_view option) {
  error.hint = "Give another address with " + std::string(option) + ", or port 0 for any.";
  return error;
}

// Everything that lives as long as the node runs, in order of construction.
class RunningNode {
 public:
  RunningNode(const NodeOptions& options, NodeIdentity identity)
      : options_(options),
        folder_(std::move(identity.folder)),
        record_(std::move(identity.record)),
        random_(std::move(identity.random)),
        log_(options.log_level, record_.record().name, clock_, write_to_stderr),
        authority_(record_, clock_, random_),
        relay_(control_context_, {.elsewhere = options.forward_to}, log_),
        gateway_(gateway_context_) {}

  Result<void> start(const Ready& ready) {
    auto runtime = Runtime::open(control_context_, runtime_options());
    if (!runtime) return std::unexpected(runtime.error());
    runtime_ = std::move(*runtime);
    workload_ = std::make_unique<NodeWorkload>(record_.record().id, *runtime_, gateway_);

    const auto gateway_port = gateway_.listen(options_.gateway.host, options_.gateway.port);
    if (!gateway_port) return std::unexpected(with_option(gateway_port.error(), "--gateway"));
    ControlApi::Options api_options{.role = options_.role,
                                    .version = std::string(node_version()),
                                    .boot_id = random_.make_name(16),
                                    .gateway_url = gateway_url(options_, *gateway_port),
                                    .own_names = own_names(options_),
                                    .metrics_open = options_.metrics_open};
    const std::string url = api_options.gateway_url;
    api_ = std::make_unique<ControlApi>(std::move(api_options),
                                        ControlApi::Parts{.authority = authority_,
                                                          .workload = *workload_,
                                                          .clock = clock_,
                                                          .log = log_,
                                                          .relay = &relay_},
                                        DesiredFile(folder_.path()));
    server_ = std::make_unique<ControlServer>(control_context_, *api_);
    // Listening comes first: a node that cannot be reached must not start replicas.
    const auto control_port = server_->listen(options_.control.host, options_.control.port);
    if (!control_port) return std::unexpected(with_option(control_port.error(), "--control"));
    if (auto resumed = api_->resume(); !resumed) return resumed;

    const std::string gateway = to_text({.host = options_.gateway.host, .port = *gateway_port});
    std::string control = to_text({.host = options_.control.host, .port = *control_port});
    if (options_.single_port) {
      gateway_.set_control(std::string(kControlPrefix), *control_port);
      control = gateway + std::string(kControlPrefix);
    }
    log_.write(LogLevel::kInfo, "Node " + record_.record().id.value + " is up: control http://" +
                                    control + ", gateway " + url + ", " +
                                    (authority_.is_claimed() ? "claimed." : "unclaimed."));
    warn_about_addresses();
    if (!options_.forward_to.empty()) {
      log_.write(LogLevel::kWarning, "Requests to providers go to " + options_.forward_to +
                                         " instead: this node is for tests.");
    }
    ready("ready control=http://" + control + " gateway=http://" + gateway);
    return {};
  }

  void run() {
    wait_for_signal();
    report_load();
    gateway_thread_ = std::thread([this] {
      gateway_context_.run();
      net::post(control_context_, [this] { stop_replicas(); });
    });
    control_context_.run();
    gateway_thread_.join();
    // Connections that were cut get their last word now, while what they refer to still exists.
    control_context_.restart();
    control_context_.poll();
  }

 private:
  RuntimeOptions runtime_options() const {
    RuntimeOptions runtime;
    runtime.data_folder = folder_.path();
    runtime.node_id = record_.record().id.value;
    runtime.run_as_user = options_.run_as_user;
    runtime.allow_file_git = options_.allow_file_git;
    return runtime;
  }

  void warn_about_addresses() {
    if (!net::ip::make_address(options_.control.host).is_loopback()) {
      log_.write(
          LogLevel::kWarning,
          "The control API is open to other machines without encryption: put a TLS proxy or a "
          "private network in front of it.");
    }
    // Behind a provider's proxy the controller knows the address, the node does not.
    if (options_.single_port) return;
    if (is_any_address(options_.gateway.host) && options_.advertise_gateway.empty()) {
      log_.write(LogLevel::kWarning,
                 "Other nodes are told to reach this gateway at 127.0.0.1: give its real address "
                 "with --advertise-gateway.");
    }
  }

  void wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      if (stopping_) ::_exit(1);  // asked twice: at once
      stopping_ = true;
      log_.write(LogLevel::kInfo, "Stopping: requests may finish, then the replicas are ended.");
      server_->stop();
      gateway_.stop(kDrain);
      wait_for_signal();
    });
  }

  // The gateway has ended, so nothing needs the replicas any more.
  void stop_replicas() {
    runtime_->stop_all([this] {
      log_.write(LogLevel::kInfo, "Stopped.");
      control_context_.stop();
    });
  }

  void report_load() {
    workload_->report_load();
    load_timer_.expires_after(kLoadInterval);
    load_timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) report_load();
    });
  }

  NodeOptions options_;
  DataFolder folder_;
  NodeRecordFile record_;
  Random random_;
  SystemClock clock_;
  JsonLog log_;
  Authority authority_;
  net::io_context gateway_context_{1};
  net::io_context control_context_{1};
  Relay relay_;
  gateway::Gateway gateway_;
  std::unique_ptr<Runtime> runtime_;
  std::unique_ptr<NodeWorkload> workload_;
  std::unique_ptr<ControlApi> api_;
  std::unique_ptr<ControlServer> server_;
  net::signal_set signals_{control_context_, SIGTERM, SIGINT, SIGHUP};
  net::steady_timer load_timer_{control_context_};
  std::thread gateway_thread_;
  bool stopping_ = false;
};

}  // namespace

Result<void> run_node(const NodeOptions& options, const Sensitive<std::string>& claim_code,
                      const Ready& ready) {
  std::signal(SIGPIPE, SIG_IGN);
  auto identity = open_identity(options.data_folder, options.name, claim_code);
  if (!identity) return std::unexpected(identity.error());
  const auto node = std::make_unique<RunningNode>(options, std::move(*identity));
  if (auto started = node->start(ready); !started) return started;
  node->run();
  return {};
}

std::string_view node_version() { return A67_VERSION; }

}  // namespace a67
