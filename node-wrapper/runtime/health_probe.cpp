#include "node-wrapper/runtime/health_probe.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <set>
#include <vector>

#include "node-wrapper/runtime/proc_files.h"

namespace a67 {
namespace {

using boost::asio::ip::tcp;
constexpr std::size_t kStatusLineBytesMax = 512;

class Probe final : public HealthProbe, public std::enable_shared_from_this<Probe> {
 public:
  Probe(boost::asio::io_context& io, std::uint16_t port, std::string path, OnEnd on_end)
      : socket_(io), limit_(io), port_(port), path_(std::move(path)), on_end_(std::move(on_end)) {}

  void begin(Duration time_max) {
    limit_.expires_after(time_max);
    limit_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (!error) self->fail_with("did not answer in time");
    });
    const tcp::endpoint address(boost::asio::ip::address_v4::loopback(), port_);
    socket_.async_connect(
        address, [self = shared_from_this()](const boost::system::error_code& error) {
          if (error)
            return self->fail_with("does not listen on port " + std::to_string(self->port_));
          if (self->path_.empty()) return self->finish({});
          self->send();
        });
  }

  void abandon() override {
    on_end_ = nullptr;
    close();
  }

 private:
  void send() {
    request_ = "GET " + path_ + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port_) +
               "\r\nUser-Agent: automator67-health\r\nAccept: */*\r\nConnection: close\r\n\r\n";
    boost::asio::async_write(
        socket_, boost::asio::buffer(request_),
        [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
          if (error) return self->fail_with("closed the connection");
          self->receive();
        });
  }

  void receive() {
    socket_.async_read_some(
        boost::asio::buffer(buffer_),
        [self = shared_from_this()](const boost::system::error_code& error, std::size_t count) {
          self->answer_.append(self->buffer_.data(), count);
          const std::size_t end = self->answer_.find('\n');
          if (end != std::string::npos) return self->judge(self->answer_.substr(0, end));
          if (error || self->answer_.size() > kStatusLineBytesMax) {
            return self->fail_with("did not answer with HTTP");
          }
          self->receive();
        });
  }

  void judge(const std::string& line) {
    const int status = parse_status_line(line);
    if (status == 0) return fail_with("did not answer with HTTP");
    if (status >= 200 && status < 400) return finish({});
    fail_with("answered GET " + path_ + " with status " + std::to_string(status));
  }

  void fail_with(const std::string& what) {
    finish(fail(ErrorCode::kUnhealthy, "The app " + what + "."));
  }

  void finish(Result<void> result) {
    close();
    if (const OnEnd on_end = std::exchange(on_end_, nullptr)) on_end(std::move(result));
  }

  void close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
    limit_.cancel();
  }

  tcp::socket socket_;
  boost::asio::steady_timer limit_;
  std::uint16_t port_;
  std::string path_;
  OnEnd on_end_;
  std::string request_;
  std::string answer_;
  std::array<char, 1024> buffer_{};
};

}  // namespace

std::shared_ptr<HealthProbe> HealthProbe::start(boost::asio::io_context& io, std::uint16_t port,
                                                const std::string& path, Duration time_max,
                                                OnEnd on_end) {
  auto probe = std::make_shared<Probe>(io, port, path, std::move(on_end));
  probe->begin(time_max);
  return probe;
}

int parse_status_line(std::string_view line) {
  // "HTTP/1.1 200 OK"
  if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' ') return 0;
  int status = 0;
  const auto [end, error] = std::from_chars(line.data() + 9, line.data() + 12, status);
  return error == std::errc() && end == line.data() + 12 && status >= 100 ? status : 0;
}

std::string listening_hint(std::uint16_t port, const std::vector<int>& processes) {
  std::set<std::uint64_t> inodes;
  for (const int pid : processes) inodes.merge(socket_inodes(pid));
  std::set<std::uint16_t> others;
  bool only_v6 = false;
  for (const SocketFacts& socket : read_tcp_tables()) {
    if (!socket.listening || !inodes.contains(socket.inode)) continue;
    if (socket.local_port != port) {
      others.insert(socket.local_port);
    } else if (!socket.loopback_v4) {
      only_v6 = true;
    } else {
      return "It listens on its port: look at its health path and at its log.";
    }
  }
  if (only_v6) {
    return "It listens on port " + std::to_string(port) +
           ", but not on 127.0.0.1: let it listen on 0.0.0.0.";
  }
  if (!others.empty()) {
    return "It listens on port " + std::to_string(*others.begin()) +
           " instead: let it listen on the port that the variable PORT names (" +
           std::to_string(port) + ").";
  }
  return "Does it listen on $PORT? It listens on no port at all.";
}

}  // namespace a67
