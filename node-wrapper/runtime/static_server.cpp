#include "node-wrapper/runtime/static_server.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/status.hpp>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <set>

namespace a67 {
namespace {

namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::uint32_t kHeadBytesMax = 16'384;
constexpr std::size_t kBlockBytes = 65'536;
constexpr std::chrono::seconds kIdle{
    75};  // between requests; longer than the gateway keeps a connection
constexpr std::chrono::seconds kProgress{30};  // for a client to take a block

class Connection;

}  // namespace

class StaticServer::Body : public std::enable_shared_from_this<StaticServer::Body> {
 public:
  Body(boost::asio::io_context& io, StaticSite site) : acceptor_(io), site_(std::move(site)) {}

  Result<void> listen(std::uint16_t port) {
    error_code error;
    const tcp::endpoint address(boost::asio::ip::address_v4::loopback(), port);
    acceptor_.open(tcp::v4(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(address, error);
    if (!error) acceptor_.listen(boost::asio::socket_base::max_listen_connections, error);
    if (!error) return {};
    return fail(ErrorCode::kInvalidInput,
                "Cannot listen on port " + std::to_string(port) + ": " + error.message() + ".");
  }
  void accept();
  void stop();
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  [[nodiscard]] const StaticSite& site() const { return site_; }
  [[nodiscard]] bool is_stopping() const { return stopping_; }
  void add(Connection* connection) { connections_.insert(connection); }
  void remove(Connection* connection);

 private:
  tcp::acceptor acceptor_;
  StaticSite site_;
  std::set<Connection*> connections_;
  bool stopping_ = false;
};

namespace {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, std::shared_ptr<StaticServer::Body> server)
      : socket_(std::move(socket)), limit_(socket_.get_executor()), server_(std::move(server)) {
    server_->add(this);
  }
  ~Connection() { server_->remove(this); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void read() {
    idle_ = true;
    parser_.emplace();
    parser_->header_limit(kHeadBytesMax);
    parser_->body_limit(kHeadBytesMax);
    set_limit(kIdle);
    http::async_read(socket_, buffer_, *parser_,
                     [self = shared_from_this()](const error_code& error, std::size_t) {
                       self->idle_ = false;
                       if (error) return self->close();
                       self->reply();
                     });
  }
  void close_if_idle() {
    if (idle_) close();
  }

 private:
  void set_limit(std::chrono::seconds time) {
    limit_.expires_after(time);
    limit_.async_wait([weak = weak_from_this()](const error_code& error) {
      const std::shared_ptr<Connection> self = weak.lock();
      if (!error && self != nullptr) self->close();
    });
  }

  void reply() {
    const auto& message = parser_->get();
    const auto header = [&](http::field name) { return std::string(message[name]); };
    answer_ = server_->site().answer({.method = std::string(message.method_string()),
                                      .target = std::string(message.target()),
                                      .accept_encoding = header(http::field::accept_encoding),
                                      .if_none_match = header(http::field::if_none_match),
                                      .if_range = header(http::field::if_range),
                                      .range = header(http::field::range)});
    keep_alive_ = message.keep_alive() && !server_->is_stopping();
    const auto reason =
        http::obsolete_reason(http::int_to_status(static_cast<unsigned>(answer_.status)));
    head_ = "HTTP/1.1 " + std::to_string(answer_.status) + " " + std::string(reason) + "\r\n";
    for (const auto& [name, value] : answer_.headers) head_ += name + ": " + value + "\r\n";
    if (answer_.status != 304)
      head_ += "Content-Length: " + std::to_string(answer_.length) + "\r\n";
    head_ += keep_alive_ ? "\r\n" : "Connection: close\r\n\r\n";
    if (answer_.head_only || answer_.status == 304) answer_.length = 0;
    if (!answer_.file.is_open() && answer_.length > 0) head_ += answer_.text;
    if (!answer_.file.is_open()) answer_.length = 0;
    send(boost::asio::buffer(head_));
  }

  void send(boost::asio::const_buffer bytes) {
    set_limit(kProgress);
    boost::asio::async_write(socket_, bytes,
                             [self = shared_from_this()](const error_code& error, std::size_t) {
                               if (error) return self->close();
                               self->send_rest();
                             });
  }

  void send_rest() {
    if (answer_.length == 0) {
      answer_ = {};
      return keep_alive_ ? read() : close();
    }
    block_.resize(std::min<std::uint64_t>(kBlockBytes, answer_.length));
    const ssize_t count = ::pread(answer_.file.get(), block_.data(), block_.size(),
                                  static_cast<off_t>(answer_.offset));
    // Shorter than it was: the promised length cannot be kept, so the client must see a broken
    // answer.
    if (count <= 0) return close();
    answer_.offset += static_cast<std::uint64_t>(count);
    answer_.length -= static_cast<std::uint64_t>(count);
    send(boost::asio::buffer(block_.data(), static_cast<std::size_t>(count)));
  }

  void close() {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
    limit_.cancel();
  }

  tcp::socket socket_;
  boost::asio::steady_timer limit_;
  std::shared_ptr<StaticServer::Body> server_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::empty_body>> parser_;
  SiteAnswer answer_;
  std::string head_;
  std::vector<char> block_;
  bool keep_alive_ = false;
  bool idle_ = false;
};

}  // namespace

void StaticServer::Body::accept() {
  acceptor_.async_accept([self = shared_from_this()](const error_code& error, tcp::socket socket) {
    if (error == boost::asio::error::operation_aborted || self->stopping_) return;
    if (!error && self->connections_.size() < kSiteConnectionsMax) {
      socket.set_option(tcp::no_delay(true));
      std::make_shared<Connection>(std::move(socket), self)->read();
    }
    self->accept();
  });
}

void StaticServer::Body::stop() {
  stopping_ = true;
  error_code ignored;
  acceptor_.close(ignored);
  for (Connection* connection : std::set(connections_)) connection->close_if_idle();
}

void StaticServer::Body::remove(Connection* connection) { connections_.erase(connection); }

Result<std::unique_ptr<StaticServer>> StaticServer::start(boost::asio::io_context& io,
                                                          StaticSite site, std::uint16_t port) {
  auto body = std::make_shared<Body>(io, std::move(site));
  if (Result<void> listening = body->listen(port); !listening) {
    return std::unexpected(listening.error());
  }
  body->accept();
  return std::unique_ptr<StaticServer>(new StaticServer(std::move(body)));
}

StaticServer::StaticServer(std::shared_ptr<Body> body) : body_(std::move(body)) {}

StaticServer::~StaticServer() { body_->stop(); }

std::uint16_t StaticServer::port() const { return body_->port(); }

void StaticServer::stop() { body_->stop(); }

int serve_static_main(const std::vector<std::string>& arguments) {
  const auto complain = [](const std::string& text) {
    (void)write_all(STDERR_FILENO, "serve-static: " + text + "\n", "stderr");
    return 2;
  };
  if (arguments.size() != 2 || arguments[0] != "--root") return complain("usage: --root <folder>");
  const char* setting = std::getenv("PORT");
  const std::string_view text = setting == nullptr ? "" : setting;
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) {
    return complain("PORT must name the port to listen on");
  }
  Result<StaticSite> site = StaticSite::open(arguments[1]);
  if (!site) return complain(site.error().message);
  boost::asio::io_context io(1);
  const auto server = StaticServer::start(io, std::move(*site), port);
  if (!server) return complain(server.error().message);
  boost::asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&](const error_code&, int) { (*server)->stop(); });
  io.run();
  return 0;
}

}  // namespace a67
