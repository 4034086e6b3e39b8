#include "tests/node-wrapper/gateway/rig.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <catch_amalgamated.hpp>
#include <cctype>
#include <chrono>
#include <future>
#include <utility>

namespace a67::gateway::testing {
namespace {

constexpr int kPatienceSeconds = 10;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

const sockaddr* generic(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

void be_patient(int descriptor) {
  const timeval patience{.tv_sec = kPatienceSeconds, .tv_usec = 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

std::uint16_t port_of(int descriptor) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

}  // namespace

Peer::Peer(Peer&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), buffer_(std::move(other.buffer_)) {}

Peer Peer::connect(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  be_patient(descriptor);
  const sockaddr_in address = loopback(port);
  REQUIRE(::connect(descriptor, generic(address), sizeof address) == 0);
  return Peer(descriptor);
}

void Peer::send(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t sent = ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0)
      return;  // the other side is gone; what a test expects then shows in what it reads
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool Peer::fill() {
  std::array<char, 65536> bytes{};
  const ssize_t got = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
  if (got <= 0) return false;
  buffer_.append(bytes.data(), static_cast<std::size_t>(got));
  return true;
}

std::string Peer::read_until(std::string_view mark) {
  while (!buffer_.contains(mark)) {
    if (!fill()) return std::exchange(buffer_, {});
  }
  return read_exactly(buffer_.find(mark) + mark.size());
}

std::string Peer::read_exactly(std::size_t bytes) {
  while (buffer_.size() < bytes && fill()) {
  }
  std::string result = buffer_.substr(0, bytes);
  buffer_.erase(0, bytes);
  return result;
}

std::string Peer::read_to_end() {
  while (fill()) {
  }
  return std::exchange(buffer_, {});
}

void Peer::finish_sending() const { ::shutdown(descriptor_, SHUT_WR); }

void Peer::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

void Peer::reset() {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

std::string Response::header(std::string_view name) const {
  const std::string wanted = "\r\n" + lower(name) + ": ";
  const std::size_t at = lower(head).find(wanted);
  if (at == std::string::npos) return {};
  const std::size_t from = at + wanted.size();
  return head.substr(from, head.find("\r\n", from) - from);
}

namespace {

std::string read_chunked(Peer& peer, std::string& trailers) {
  std::string body;
  while (true) {
    const std::string line = peer.read_until("\r\n");
    const auto size = static_cast<std::size_t>(std::strtoull(line.c_str(), nullptr, 16));
    if (line.empty()) return body + "<cut>";
    if (size == 0) break;
    body += peer.read_exactly(size);
    peer.read_until("\r\n");
  }
  for (std::string line = peer.read_until("\r\n"); line.size() > 2;
       line = peer.read_until("\r\n")) {
    trailers += line;
  }
  return body;
}

}  // namespace

Response read_body_of(Peer& peer, std::string head) {
  Response message{.status = 0, .head = std::move(head), .body = {}};
  const std::string length = message.header("content-length");
  if (!length.empty()) {
    message.body = peer.read_exactly(std::strtoull(length.c_str(), nullptr, 10));
  } else if (message.header("transfer-encoding") == "chunked") {
    std::string trailers;
    message.body = read_chunked(peer, trailers);
    message.head += trailers;
  } else if (message.head.starts_with("HTTP/")) {
    message.body = peer.read_to_end();
  }
  return message;
}

Response read_response(Peer& peer, std::string_view method) {
  Response response;
  response.head = peer.read_head();
  if (response.head.size() < 12) return response;
  const int status = std::atoi(response.head.c_str() + 9);
  const bool empty = method == "HEAD" || status < 200 || status == 204 || status == 304;
  if (!empty) response = read_body_of(peer, std::move(response.head));
  response.status = status;
  return response;
}

Response fetch(std::uint16_t port, std::string_view request) {
  Peer peer = Peer::connect(port);
  peer.send(request);
  return read_response(peer, request.substr(0, request.find(' ')));
}

std::string get(std::string_view target, std::string_view headers, std::string_view host) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n" +
         std::string(headers) + "\r\n";
}

Upstream::Upstream(Script script)
    : script_(std::move(script)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const sockaddr_in address = loopback(0);
  REQUIRE(::bind(listener_, generic(address), sizeof address) == 0);
  REQUIRE(::listen(listener_, 64) == 0);
  port_ = port_of(listener_);
  acceptor_ = std::thread([this] { accept_all(); });
}

void Upstream::accept_all() {
  while (true) {
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) return;
    be_patient(descriptor);
    ++connections_;
    const std::lock_guard lock(mutex_);
    threads_.emplace_back([this, descriptor] {
      Peer peer(descriptor);
      script_(peer);
    });
  }
}

Upstream::~Upstream() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
  ::close(listener_);
}

Upstream::Script always(std::string response) {
  return [response = std::move(response)](Peer& peer) {
    while (!peer.read_head().empty()) peer.send(response);
  };
}

std::string ok(std::string_view body, std::string_view headers) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(headers) + "\r\n" + std::string(body);
}

std::uint16_t closed_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(0);
  REQUIRE(::bind(descriptor, generic(address), sizeof address) == 0);
  const std::uint16_t port = port_of(descriptor);
  ::close(descriptor);
  return port;
}

bool eventually(const std::function<bool()>& condition) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(kPatienceSeconds);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::yield();
  }
  return true;
}

Options quick() {
  Options options;
  options.tick = Duration(5);
  options.upstream_idle = Duration(60'000);
  options.upstream_idle_unsafe = Duration(60'000);
  return options;
}

Rig::Rig(Options options) : gateway_(std::make_unique<Gateway>(context_, options)) {
  const auto port = gateway_->listen("127.0.0.1", 0);
  REQUIRE(port);
  port_ = *port;
  thread_ = std::thread([this] {
    context_.run();
    ended_ = true;
  });
}

Rig::~Rig() {
  gateway_->stop(Duration(0));
  boost::asio::post(context_, [this] { context_.stop(); });
  thread_.join();
  gateway_.reset();
}

void Rig::route(const std::vector<std::uint16_t>& ports, std::string policy) {
  App app{.name = "app", .hosts = {"app"}, .policy = std::move(policy)};
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    app.replicas.push_back({.id = "r" + number, .node = "n" + number, .port = ports[i]});
  }
  route({.apps = {app}, .mesh_key = std::nullopt, .self_node = "n1"});
}

void Rig::route(RouteTable table) {
  gateway_->set_routes(std::move(table));
  settle();
}

void Rig::settle() {
  std::promise<void> done;
  boost::asio::post(context_, [&] { done.set_value(); });
  done.get_future().wait();
}

ReplicaStats Rig::replica(std::string_view id) const {
  for (const AppStats& app : gateway_->stats().apps) {
    for (const ReplicaStats& replica : app.replicas) {
      if (replica.id == id) return replica;
    }
  }
  FAIL("no such replica");
  return {};
}

bool Rig::wait_for_end() {
  return eventually([this] { return ended_.load(); });
}

}  // namespace a67::gateway::testing
