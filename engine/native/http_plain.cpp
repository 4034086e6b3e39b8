#include "engine/native/http_exchange.h"

namespace a67::native {

boost::asio::awaitable<Result<HttpResponse>> exchange_plain(boost::asio::ip::tcp::socket socket,
                                                            HttpExchange* exchange) {
  co_return co_await HttpBytes(socket, *exchange).run();
}

}  // namespace a67::native
