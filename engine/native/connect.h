// Opens TCP connections: names are resolved, and every address of a name is tried in turn.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "engine/base/result.h"
#include "engine/native/url.h"

namespace a67::native {

// Error: kUnreachable. Cancellable; the caller limits the time.
boost::asio::awaitable<Result<boost::asio::ip::tcp::socket>> open_socket(
    boost::asio::io_context* context, Url url);

// `Nobody answered at 127.0.0.1:4601 (Connection refused).`
Error unreachable(const Url& url, const boost::system::error_code& why);

}  // namespace a67::native
