// Helpers of the native tests: a folder of their own, and a server that says exactly what a test
// wants.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

namespace a67::native::test {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "a67-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

using Socket = boost::asio::ip::tcp::socket;
using Serve = std::function<boost::asio::awaitable<void>(Socket)>;

// Takes one connection on a free port and hands it to `serve`.
class OneShotServer {
 public:
  OneShotServer(boost::asio::io_context& context, Serve serve);
  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  [[nodiscard]] std::string url(const std::string& target = "/") const {
    return "http://127.0.0.1:" + std::to_string(port()) + target;
  }

 private:
  boost::asio::ip::tcp::acceptor acceptor_;
};

// A port that nobody listens on.
std::uint16_t free_port(boost::asio::io_context& context);

// Head and, with a Content-Length, body of a request.
boost::asio::awaitable<std::string> read_request(Socket* socket);
boost::asio::awaitable<void> write_text(Socket* socket, std::string text);
// Until the other side closes.
boost::asio::awaitable<void> wait_for_close(Socket* socket);

}  // namespace a67::native::test
