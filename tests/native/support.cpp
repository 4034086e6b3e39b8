#include "tests/native/support.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <memory>

namespace a67::native::test {

namespace asio = boost::asio;
using asio::ip::tcp;

OneShotServer::OneShotServer(asio::io_context& context, Serve serve)
    : acceptor_(context, {asio::ip::address_v4::loopback(), 0}) {
  acceptor_.async_accept(
      [&context, serve = std::move(serve)](const boost::system::error_code& error, Socket socket) {
        if (error) return;
        // The function must live as long as the coroutine it makes.
        auto kept = std::make_shared<Serve>(serve);
        asio::co_spawn(context, (*kept)(std::move(socket)), [kept](const std::exception_ptr&) {});
      });
}

std::uint16_t free_port(asio::io_context& context) {
  const tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  return acceptor.local_endpoint().port();
}

asio::awaitable<std::string> read_request(Socket* socket) {
  std::string request;
  const std::size_t head = co_await asio::async_read_until(*socket, asio::dynamic_buffer(request),
                                                           "\r\n\r\n", asio::use_awaitable);
  const std::string mark = "Content-Length: ";
  const std::size_t at = request.find(mark);
  const std::size_t length =
      at == std::string::npos ? 0 : std::stoul(request.substr(at + mark.size()));
  while (request.size() < head + length) {
    char buffer[4096];
    const std::size_t count =
        co_await socket->async_read_some(asio::buffer(buffer), asio::use_awaitable);
    request.append(buffer, count);
  }
  co_return request;
}

asio::awaitable<void> write_text(Socket* socket, std::string text) {
  co_await asio::async_write(*socket, asio::buffer(text), asio::use_awaitable);
}

asio::awaitable<void> wait_for_close(Socket* socket) {
  for (;;) {
    char buffer[4096];
    const auto [error, count] =
        co_await socket->async_read_some(asio::buffer(buffer), asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
  }
}

}  // namespace a67::native::test
