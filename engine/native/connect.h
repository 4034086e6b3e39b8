// Opens TCP connections: names are resolved, and every address of a name is tried in turn.
//
// A filter sees the addresses after the name was resolved and before anything is sent, and the
// connection goes to what it saw: a name that means something else a moment later changes nothing.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "engine/base/result.h"
#include "engine/native/url.h"

namespace a67::native {

// True for the addresses that may be connected to.
using AddressFilter = bool (*)(const boost::asio::ip::address& address);

// Errors: kUnreachable; kForbidden when the filter takes none of the addresses. Cancellable; the
// caller limits the time.
boost::asio::awaitable<Result<boost::asio::ip::tcp::socket>> open_socket(
    boost::asio::io_context* context, Url url, AddressFilter filter = nullptr);

// An address of the public internet: not this machine, its network, a carrier's, or one that only
// looks global (RFC 6890).
bool is_public_address(const boost::asio::ip::address& address);

// `Nobody answered at 127.0.0.1:4601 (Connection refused).`
Error unreachable(const Url& url, const boost::system::error_code& why);

}  // namespace a67::native
