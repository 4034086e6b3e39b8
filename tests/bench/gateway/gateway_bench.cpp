// The gateway alone, with routes from the command line: what tests/bench/gateway/run measures.
//   gateway_bench <listen port> <policy> <replica port>...
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "node-wrapper/gateway/gateway.h"

namespace {

std::uint16_t to_port(const char* text) {
  return static_cast<std::uint16_t>(std::strtoul(text, nullptr, 10));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: %s <listen port> <policy> <replica port>...\n", argv[0]);
    return 2;
  }
  boost::asio::io_context context(1);
  a67::gateway::Gateway gateway(context);
  const auto port = gateway.listen("127.0.0.1", to_port(argv[1]));
  if (!port) {
    std::fprintf(stderr, "%s %s\n", port.error().message.c_str(), port.error().hint.c_str());
    return 1;
  }
  a67::gateway::App app{.name = "bench", .hosts = {"127.0.0.1"}, .policy = argv[2]};
  for (int i = 3; i < argc; ++i) {
    app.replicas.push_back({.id = "replica-" + std::to_string(i - 2),
                            .node = "self",
                            .local = true,
                            .host = "127.0.0.1",
                            .port = to_port(argv[i])});
  }
  gateway.set_routes({.apps = {app}, .mesh_key = std::nullopt, .self_node = "self"});
  boost::asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([&](auto, auto) { gateway.stop(a67::Duration(0)); });
  context.run();
  return 0;
}
