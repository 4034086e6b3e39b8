#include "node-wrapper/runtime/ports.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "node-wrapper/releases/file_tools.h"

namespace a67 {
namespace {

constexpr int kAttemptsMax = 200;

}  // namespace

bool is_port_free(std::uint16_t port) {
  const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return false;
  // As servers do: connections that are still closing down do not count.
  const int yes = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

Result<std::uint16_t> choose_port(std::uint16_t before, const std::set<std::uint16_t>& reserved,
                                  Random& random, const IsPortFree& is_free) {
  if (before != 0 && !reserved.contains(before) && is_free(before)) return before;
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    const auto port = static_cast<std::uint16_t>(kPortFirst + random.below(kPortCount));
    if (!reserved.contains(port) && is_free(port)) return port;
  }
  return fail(ErrorCode::kCrashed, "The node found no free port for the app.",
              "Stop what uses the ports 20000 to 31999 on the node.");
}

}  // namespace a67
