// TLS as a client: 1.2 or newer, the system's trusted certificates, and the host's name checked.
#pragma once

#include <openssl/ssl.h>

#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>
#include <string>

#include "engine/base/result.h"

namespace a67::native {

// Made at the first use. SSL_CERT_FILE and SSL_CERT_DIR replace the system's certificates.
boost::asio::ssl::context& tls_context();

// Sets the name that is asked for and checked. REQUIRES: before the handshake.
void expect_host(SSL* ssl, const std::string& host);

// Why the handshake failed, as kUnreachable: nothing of the request had left.
Error handshake_failure(SSL* ssl, const std::string& host, const boost::system::error_code& error);

}  // namespace a67::native
