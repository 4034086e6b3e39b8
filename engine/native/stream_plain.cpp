#include "engine/native/stream_session.h"

namespace a67::native {

boost::asio::awaitable<Result<void>> stream_plain(boost::asio::ip::tcp::socket socket,
                                                  StreamSession* session) {
  co_return co_await run_session(&socket, session);
}

}  // namespace a67::native
