#include "engine/native/tls.h"

#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <cstdlib>

namespace a67::native {

namespace ssl = boost::asio::ssl;

namespace {

// Where the distributions keep theirs, for a static program whose own default is another's.
constexpr std::array kBundles = {
    "/etc/ssl/certs/ca-certificates.crt",  // Debian, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",    // Fedora
    "/etc/ssl/cert.pem",                   // Alpine
};

ssl::context make_context() {
  ssl::context context(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  boost::system::error_code ignored;
  context.set_default_verify_paths(ignored);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): read once, before any other thread could write it
  if (std::getenv("SSL_CERT_FILE") == nullptr) {
    for (const char* bundle : kBundles) {
      context.load_verify_file(bundle, ignored);
      if (!ignored) break;
    }
  }
  context.set_verify_mode(ssl::verify_peer);
  return context;
}

}  // namespace

ssl::context& tls_context() {
  static ssl::context context = make_context();
  return context;
}

void expect_host(SSL* ssl, const std::string& host) {
  X509_VERIFY_PARAM* expected = SSL_get0_param(ssl);
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  if (!error) {
    X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str());
    return;
  }
  X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size());
  // What SSL_set_tlsext_host_name does, without its cast of the old style.
  SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
           const_cast<char*>(host.c_str()));
}

Error handshake_failure(SSL* ssl, const std::string& host, const boost::system::error_code& error) {
  const long verdict = SSL_get_verify_result(ssl);
  if (verdict != X509_V_OK) {
    return Error{
        .code = ErrorCode::kUnreachable,
        .message = "The certificate of " + host + " is not trusted (" +
                   X509_verify_cert_error_string(verdict) + "); nothing was sent.",
        .hint = "Use a certificate of a known authority, or name its own in SSL_CERT_FILE."};
  }
  return Error{.code = ErrorCode::kUnreachable,
               .message = "No secure connection to " + host + " (" + error.message() + ").",
               .hint = "Check that the address is meant to be https."};
}

}  // namespace a67::native
