#include "engine/native/tls.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <catch_amalgamated.hpp>
#include <memory>
#include <optional>
#include <string>

#include "engine/native/http_call.h"
#include "tests/native/support.h"

using namespace a67;                // NOLINT(google-build-using-namespace): a test
using namespace a67::native;        // NOLINT(google-build-using-namespace): a test
using namespace a67::native::test;  // NOLINT(google-build-using-namespace): a test
namespace asio = boost::asio;

namespace {

template <auto free_function>
struct Free {
  template <class T>
  void operator()(T* pointer) const {
    free_function(pointer);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;

struct Identity {
  Key key;
  Certificate certificate;
};

// Signed by itself, valid for an hour, for the name given (`IP:127.0.0.1`, `DNS:example.org`).
Identity make_identity(const char* alt_name) {
  Identity identity{.key = Key(EVP_EC_gen("P-256")), .certificate = Certificate(X509_new())};
  X509* certificate = identity.certificate.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_NAME* name = X509_get_subject_name(certificate);
  const std::string text = std::string("test ") + alt_name;
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(text.data()),
                             static_cast<int>(text.size()), -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alt_name);
  X509_add_ext(certificate, names, -1);
  X509_EXTENSION_free(names);
  X509_set_pubkey(certificate, identity.key.get());
  X509_sign(certificate, identity.key.get(), EVP_sha256());
  return identity;
}

Serve serve_tls(Identity* identity) {
  return [identity](Socket socket) -> asio::awaitable<void> {
    asio::ssl::context context(asio::ssl::context::tls_server);
    SSL_CTX_use_certificate(context.native_handle(), identity->certificate.get());
    SSL_CTX_use_PrivateKey(context.native_handle(), identity->key.get());
    asio::ssl::stream<Socket> stream(std::move(socket), context);
    co_await stream.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
    char request[4096];
    co_await stream.async_read_some(asio::buffer(request), asio::use_awaitable);
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret";
    co_await asio::async_write(stream, asio::buffer(answer), asio::use_awaitable);
    co_await wait_for_close(&stream.next_layer());
  };
}

Result<Json> get(asio::io_context& context, const OneShotServer& server) {
  std::optional<Result<Json>> outcome;
  const auto call = std::make_shared<HttpCall>(
      context,
      HttpRequest{.method = "POST", .url = "https://127.0.0.1:" + std::to_string(server.port())},
      "", [](const Json&) {},
      [&](const Result<Json>& end) {
        outcome = end;
        context.stop();
      });
  call->start();
  context.run();
  return *outcome;
}

void trust(const Identity& identity) {
  X509_STORE_add_cert(SSL_CTX_get_cert_store(tls_context().native_handle()),
                      identity.certificate.get());
}

}  // namespace

TEST_CASE("Tls: a server with a trusted certificate for its address is spoken to", "[native]") {
  asio::io_context context;
  Identity identity = make_identity("IP:127.0.0.1");
  trust(identity);
  const OneShotServer server(context, serve_tls(&identity));
  const auto answer = get(context, server);
  REQUIRE(answer);
  CHECK((*answer)["body"] == "secret");
}

TEST_CASE("Tls: an unknown certificate is refused before anything is sent", "[native]") {
  asio::io_context context;
  Identity identity = make_identity("IP:127.0.0.1,DNS:unknown");
  const OneShotServer server(context, serve_tls(&identity));
  const auto answer = get(context, server);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::kUnreachable);
  CHECK(answer.error().message.find("not trusted") != std::string::npos);
}

TEST_CASE("Tls: a trusted certificate for another name is refused", "[native]") {
  asio::io_context context;
  Identity identity = make_identity("DNS:example.org");
  trust(identity);
  const OneShotServer server(context, serve_tls(&identity));
  const auto answer = get(context, server);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::kUnreachable);
}

TEST_CASE("Tls: a server that does not speak it is unreachable", "[native]") {
  asio::io_context context;
  const OneShotServer server(context, [](Socket socket) -> asio::awaitable<void> {
    char bytes[16];
    co_await socket.async_read_some(asio::buffer(bytes), asio::use_awaitable);
    co_await write_text(&socket, "HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  const auto answer = get(context, server);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::kUnreachable);
}
