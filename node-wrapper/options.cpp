#include "node-wrapper/options.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <functional>
#include <map>
#include <utility>

#include "node-wrapper/control/json_log.h"

namespace a67 {
namespace {

constexpr std::size_t kNameLengthMax = 40;
constexpr const char* kSinglePort = "8080";

std::unexpected<Error> bad(std::string_view option, const std::string& rule) {
  return fail(ErrorCode::kInvalidInput, std::string(option) + " " + rule + ".",
              "See automator67-node --help.", std::string(option));
}

Result<void> set_name(NodeOptions& options, const std::string& value) {
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) return bad("--name", "must be plain text");
  }
  if (value.empty() || value.size() > kNameLengthMax) {
    return bad("--name", "must have 1 to 40 characters");
  }
  options.name = value;
  return {};
}

Result<void> set_address(std::string_view option, ListenAddress& out, const std::string& value) {
  auto address = parse_listen_address(value);
  if (!address) return bad(option, address.error().message);
  out = std::move(*address);
  return {};
}

Result<void> set_url(NodeOptions& options, const std::string& value) {
  const bool http = value.starts_with("http://") || value.starts_with("https://");
  const std::size_t host = value.find("//") + 2;
  if (!http || value.size() <= host || value.size() > 300 ||
      value.find_first_of("/?# ", host) != std::string::npos) {
    return bad("--advertise-gateway", "must be like http://node.example:4701");
  }
  options.advertise_gateway = value;
  return {};
}

using Setter = std::function<Result<void>(NodeOptions&, const std::string&)>;

const std::map<std::string, Setter, std::less<>>& setters() {
  static const std::map<std::string, Setter, std::less<>> kSetters = {
      {"--name", set_name},
      {"--data-dir",
       [](NodeOptions& options, const std::string& value) -> Result<void> {
         if (value.empty()) return bad("--data-dir", "must name a folder");
         options.data_folder = value;
         return {};
       }},
      {"--control",
       [](NodeOptions& options, const std::string& value) {
         return set_address("--control", options.control, value);
       }},
      {"--gateway",
       [](NodeOptions& options, const std::string& value) {
         return set_address("--gateway", options.gateway, value);
       }},
      {"--role",
       [](NodeOptions& options, const std::string& value) -> Result<void> {
         const auto role = node_role_from(value);
         if (!role) return bad("--role", "must be worker or gateway");
         options.role = *role;
         return {};
       }},
      {"--advertise-gateway", set_url},
      {"--host-name",
       [](NodeOptions& options, const std::string& value) -> Result<void> {
         if (value.empty() || options.host_names.size() >= 20) {
           return bad("--host-name", "must be a name, at most 20 times");
         }
         options.host_names.push_back(value);
         return {};
       }},
      {"--log-level",
       [](NodeOptions& options, const std::string& value) -> Result<void> {
         const auto level = log_level_from(value);
         if (!level) return bad("--log-level", "must be info, warning or error");
         options.log_level = *level;
         return {};
       }},
      {"--run-as",
       [](NodeOptions& options, const std::string& value) -> Result<void> {
         options.run_as_user = value;
         return {};
       }},
  };
  return kSetters;
}

// True when it was one of the options without a value.
bool set_flag(NodeOptions& options, std::string_view argument) {
  if (argument == "--metrics-open") {
    options.metrics_open = true;
  } else if (argument == "--allow-file-git") {
    options.allow_file_git = true;
  } else if (argument == "--single-port") {
    options.single_port = true;
  } else if (argument == "--help" || argument == "-h") {
    options.verb = NodeOptions::Verb::kHelp;
  } else if (argument == "--version") {
    options.verb = NodeOptions::Verb::kVersion;
  } else {
    return false;
  }
  return true;
}

}  // namespace

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const auto wrong = [] {
    return fail(ErrorCode::kInvalidInput,
                "must be an IP address and a port, like 127.0.0.1:4601 or [::1]:4601");
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong();
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.contains(':')) {
    return wrong();
  }
  boost::system::error_code error;
  boost::asio::ip::make_address(std::string(host), error);
  const std::string_view port = text.substr(colon + 1);
  ListenAddress address{.host = std::string(host), .port = 0};
  const auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error || problem != std::errc{} || end != port.data() + port.size()) return wrong();
  return address;
}

std::string to_text(const ListenAddress& address) {
  const bool wide = address.host.contains(':');
  return (wide ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

Result<NodeOptions> parse_options(std::span<const std::string> arguments,
                                  const EnvironmentReader& environment) {
  const auto variable = [&](const char* name) {
    return environment ? environment(name) : std::string();
  };
  NodeOptions options;
  if (const std::string name = variable("A67_NODE_NAME"); !name.empty()) {
    if (auto done = set_name(options, name); !done) return std::unexpected(done.error());
  }
  std::vector<std::string> given;
  std::size_t at = 0;
  if (!arguments.empty() && (arguments[0] == "run" || arguments[0] == "reset")) {
    if (arguments[0] == "reset") options.verb = NodeOptions::Verb::kReset;
    at = 1;
  }
  for (; at < arguments.size(); ++at) {
    std::string name = arguments[at];
    if (set_flag(options, name)) continue;
    std::string value;
    if (const std::size_t equals = name.find('='); equals != std::string::npos) {
      value = name.substr(equals + 1);
      name.resize(equals);
    } else if (at + 1 < arguments.size()) {
      value = arguments[++at];
    } else {
      return bad(name, "needs a value, or is no option");
    }
    const auto setter = setters().find(name);
    if (setter == setters().end()) return bad(name, "is no option");
    if (auto done = setter->second(options, value); !done) return std::unexpected(done.error());
    given.push_back(std::move(name));
  }
  if (!options.single_port) return options;
  // The control API is reached through the gateway, whose port is all that has to be known.
  if (!std::ranges::contains(given, "--control")) options.control.port = 0;
  if (!std::ranges::contains(given, "--gateway")) {
    std::string port = variable("PORT");
    if (port.empty()) port = kSinglePort;
    auto done = set_address("PORT", options.gateway, "0.0.0.0:" + port);
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
