#include "node-wrapper/gateway/listener.h"

#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstring>

#include "node-wrapper/gateway/core.h"

namespace a67::gateway {
namespace {

constexpr int kBacklog = 1024;
// Clients taken before the others get their turn.
constexpr int kAcceptsPerTurn = 64;

using Endpoint = boost::asio::ip::tcp::endpoint;

std::string address_text(const sockaddr_storage& storage) {
  Endpoint endpoint;
  const std::size_t size =
      storage.ss_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  std::memcpy(endpoint.data(), &storage, size);
  auto address = endpoint.address();
  // An IPv4 client of a dual-stack socket is known by its IPv4 address.
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
  }
  return address.to_string();
}

Error listen_error(int error, const std::string& where) {
  if (error == EADDRINUSE) {
    return {.code = ErrorCode::kConflict,
            .message = "The gateway cannot listen at " + where + ": another program does.",
            .hint = "Stop that program, or choose another port."};
  }
  if (error == EACCES || error == EPERM) {
    return {.code = ErrorCode::kForbidden,
            .message = "The gateway may not listen at " + where + ".",
            .hint = "Choose a port above 1023, or give it the permission."};
  }
  return {.code = ErrorCode::kInvalidInput,
          .message = "The gateway cannot listen at " + where + ": " + std::strerror(error) + ".",
          .hint = "Give an address of this machine."};
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::open(Core& core, const std::string& host,
                                                 std::uint16_t port) {
  const std::string where = host + ":" + std::to_string(port);
  boost::system::error_code not_an_address;
  const auto ip = boost::asio::ip::make_address(host, not_an_address);
  if (not_an_address) {
    return fail(ErrorCode::kInvalidInput, "\"" + host + "\" is not an IP address.",
                "Give one to listen at, for example 127.0.0.1.");
  }
  const Endpoint endpoint(ip, port);
  const int descriptor = ::socket(endpoint.protocol().family(),
                                  SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (descriptor < 0) return std::unexpected(listen_error(errno, where));
  const int on = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(descriptor, endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0 ||
      ::listen(descriptor, kBacklog) != 0) {
    const int error = errno;
    ::close(descriptor);
    return std::unexpected(listen_error(error, where));
  }
  return std::make_unique<Listener>(core, descriptor);
}

Listener::Listener(Core& core, int descriptor)
    : core_(core), descriptor_(descriptor), ticket_(core.loop.watch(descriptor, this)) {}

Listener::~Listener() {
  core_.loop.forget(ticket_);
  ::close(descriptor_);
}

std::uint16_t Listener::port() const {
  Endpoint endpoint;
  auto size = static_cast<socklen_t>(endpoint.capacity());
  ::getsockname(descriptor_, endpoint.data(), &size);
  return endpoint.port();
}

void Listener::on_events(std::uint32_t /*events*/) { accept_some(); }

void Listener::on_sweep(Instant /*now*/) {
  if (more_waiting_) accept_some();
}

void Listener::on_wake() { accept_some(); }

void Listener::accept_some() {
  more_waiting_ = false;
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const int client = ::accept4(descriptor_, reinterpret_cast<sockaddr*>(&address), &size,
                                 SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client < 0) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      // Out of descriptors or memory: the edge is spent, so look again at the next tick.
      more_waiting_ = errno != EAGAIN && errno != EWOULDBLOCK;
      return;
    }
    core_.accept(client, address_text(address));
  }
  core_.loop.wake(ticket_);
}

}  // namespace a67::gateway
