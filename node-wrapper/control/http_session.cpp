#include "node-wrapper/control/http_session.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/encoding.h"
#include "engine/fleet/via_message.h"
#include "node-wrapper/control/relay.h"
#include "node-wrapper/control/socket_feeds.h"

namespace a67 {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr auto kTuple = net::as_tuple(net::use_awaitable);
constexpr std::size_t kChunkBytes = 65'536;
constexpr std::size_t kLoggedClientMax = 100;
constexpr std::size_t kRequestsPerConnectionMax = 10'000;
constexpr Duration kLingerTimeout{2'000};
constexpr std::size_t kLingerBytesMax = std::size_t{8} << 20;

using Parser = http::request_parser<http::buffer_body>;
using Request = http::request<http::buffer_body>;

std::string_view after_scheme(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() < kScheme.size() ||
      !beast::iequals(authorization.substr(0, kScheme.size()), kScheme)) {
    return {};
  }
  return authorization.substr(kScheme.size());
}

ControlHead make_head(const Request& request, const net::ip::tcp::endpoint& remote) {
  ControlHead head;
  head.method = request.method_string();
  const std::string_view target = request.target();
  const std::size_t question = target.find('?');
  head.path = target.substr(0, question);
  if (question != std::string_view::npos) head.query = target.substr(question + 1);
  // Two different hosts, and it is not clear which one the client meant: neither.
  if (request.count(http::field::host) == 1) head.host = request[http::field::host];
  head.origin = request[http::field::origin];
  head.token = after_scheme(request[http::field::authorization]);
  head.preflight = request.method() == http::verb::options &&
                   request.count(http::field::access_control_request_method) > 0;
  head.private_network = request["Access-Control-Request-Private-Network"] == "true";
  head.upgrade = beast::websocket::is_upgrade(request);
  head.via_order = request[kViaOrderHeader];
  head.fetch_site = request["Sec-Fetch-Site"];
  head.accept_encoding = request[http::field::accept_encoding];
  head.if_none_match = request[http::field::if_none_match];
  head.has_body = request.chunked() || request.has_content_length();
  head.remote = remote.address().to_string() + ":" + std::to_string(remote.port());
  head.loopback =
      remote.address().is_loopback() ||
      (remote.address().is_v6() && remote.address().to_v6().is_v4_mapped() &&
       net::ip::make_address_v4(net::ip::v4_mapped, remote.address().to_v6()).is_loopback());
  // A proxy on this machine, our own gateway for one, speaks for somebody elsewhere.
  if (const std::string_view client = request["X-Forwarded-For"]; !client.empty()) {
    head.remote += " for " + std::string(client.substr(0, kLoggedClientMax));
    head.loopback = false;
  }
  return head;
}

class HttpSession final : public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(net::ip::tcp::socket socket, std::shared_ptr<ServerState> state)
      : stream_(std::move(socket)),
        buffer_(state->options.head_bytes_max + kChunkBytes),
        state_(std::move(state)) {}

  void start() {
    boost::system::error_code error;
    remote_ = stream_.socket().remote_endpoint(error);
    if (error) return;
    const std::weak_ptr<HttpSession> weak = shared_from_this();
    id_ = state_->add_connection([weak] {
      if (const auto session = weak.lock()) session->cut();
    });
    net::co_spawn(stream_.get_executor(), run(shared_from_this()), net::detached);
  }

 private:
  // The coroutines keep the session alive through `self`.
  static net::awaitable<void> run(std::shared_ptr<HttpSession> self) {
    for (std::size_t count = 0; count < kRequestsPerConnectionMax; ++count) {
      if (!co_await self->serve_one(count == 0)) break;
    }
    self->state_->remove_connection(self->id_);
    boost::system::error_code ignored;
    self->stream_.socket().shutdown(net::ip::tcp::socket::shutdown_both, ignored);
  }

  void cut() {
    boost::system::error_code ignored;
    stream_.socket().close(ignored);
  }

  // True when the connection may carry another request.
  net::awaitable<bool> serve_one(bool first) {
    Parser parser;
    parser.header_limit(state_->options.head_bytes_max);
    parser.body_limit(boost::none);
    stream_.expires_after(first ? state_->options.head_timeout : state_->options.idle_timeout);
    const auto [error, count] = co_await http::async_read_header(stream_, buffer_, parser, kTuple);
    if (error) {
      if (error.category() == http::make_error_code(http::error::bad_method).category() &&
          error != http::error::end_of_stream && error != http::error::partial_message) {
        const ControlHead nobody;
        co_await send(nobody, bad_request(error == http::error::header_limit), false);
        co_await linger();
      }
      co_return false;
    }
    ControlHead head = make_head(parser.get(), remote_);
    if (const auto length = parser.content_length()) head.announced_bytes = *length;
    Screening screening = state_->api.screen(head);
    if (const auto* refused = std::get_if<ControlAnswer>(&screening)) {
      co_return co_await finish(head, *refused, &parser);
    }
    const Admission admission = std::get<Admission>(std::move(screening));
    if (is_socket(admission.endpoint)) {
      // From here on the connection belongs to the WebSocket.
      state_->remove_connection(id_);
      start_socket(stream_.release_socket(), parser.release(), std::move(head), admission.endpoint,
                   state_);
      co_return false;
    }
    if (head.has_body && beast::iequals(parser.get()[http::field::expect], "100-continue")) {
      if (!co_await send_continue()) co_return false;
    }
    if (admission.endpoint == Endpoint::kRelease) {
      const ControlAnswer answer = co_await take_upload(head, admission, &parser);
      co_return co_await finish(head, answer, &parser);
    }
    if (admission.endpoint == Endpoint::kRelay) {
      const ControlAnswer answer = co_await relay(head, admission, &parser);
      co_return co_await finish(head, answer, &parser);
    }
    if (admission.endpoint == Endpoint::kVia) {
      const ControlAnswer answer = co_await forward(head, admission, &parser);
      co_return co_await finish(head, answer, &parser);
    }
    std::string body;
    const std::size_t bytes_max = body_bytes_max(admission.endpoint);
    if (const auto problem = co_await read_body(&parser, &body, bytes_max)) {
      co_return co_await finish(head, refuse(head, *problem), &parser);
    }
    const ControlAnswer answer = state_->api.answer(head, admission, body);
    co_return co_await finish(head, answer, &parser);
  }

  static ControlAnswer bad_request(bool too_large) {
    return refusal_answer({.error = {.code = ErrorCode::kInvalidInput,
                                     .message = too_large ? "The request's head is too large."
                                                          : "This is not a valid HTTP request."},
                           .now = {},
                           .epoch = {}});
  }

  ControlAnswer refuse(const ControlHead& head, Error error) {
    return state_->api.refuse(head, std::move(error));
  }

  net::awaitable<bool> send_continue() {
    static constexpr std::string_view kText = "HTTP/1.1 100 Continue\r\n\r\n";
    stream_.expires_after(state_->options.write_timeout);
    const auto [error, count] = co_await net::async_write(stream_, net::buffer(kText), kTuple);
    co_return !error;
  }

  // Reads the next piece of the body into `into`; nothing when the client went away or was too
  // slow.
  net::awaitable<std::optional<std::size_t>> read_piece(Parser* parser, std::vector<char>* into) {
    parser->get().body().data = into->data();
    parser->get().body().size = into->size();
    parser->get().body().more = true;
    const auto [error, count] = co_await http::async_read(stream_, buffer_, *parser, kTuple);
    if (error && error != http::error::need_buffer) co_return std::nullopt;
    co_return into->size() - parser->get().body().size;
  }

  net::awaitable<std::optional<Error>> read_body(Parser* parser, std::string* body,
                                                 std::size_t bytes_max) {
    std::vector<char> piece(parser->is_done() ? 0 : kChunkBytes);
    stream_.expires_after(state_->options.body_timeout);
    while (!parser->is_done()) {
      const auto bytes = co_await read_piece(parser, &piece);
      if (!bytes) {
        co_return Error{.code = ErrorCode::kTimeout, .message = "The body did not come whole."};
      }
      body->append(piece.data(), *bytes);
      if (body->size() > bytes_max) {
        co_return Error{
            .code = ErrorCode::kTooLarge,
            .message = "The body is larger than " + std::to_string(bytes_max) + " bytes."};
      }
    }
    co_return std::nullopt;
  }

  net::awaitable<ControlAnswer> relay(ControlHead head, Admission admission, Parser* parser) {
    Relay* relay = state_->api.relay();
    if (relay == nullptr) {
      co_return refuse(
          head, {.code = ErrorCode::kForbidden, .message = "This node forwards no requests."});
    }
    // Before the body is read: those waiting must not fill the memory either.
    const auto place = relay->enter();
    if (!place) co_return refuse(head, place.error());
    std::string body;
    if (const auto problem = co_await read_body(parser, &body, body_bytes_max(Endpoint::kRelay))) {
      co_return refuse(head, *problem);
    }
    if (auto accepted = state_->api.accept(head, *admission.claims, sha256(body)); !accepted) {
      co_return refusal_answer(accepted.error());
    }
    stream_.expires_never();  // the relay has a limit of its own
    co_return co_await relay->run(std::move(body));
  }

  net::awaitable<ControlAnswer> forward(ControlHead head, Admission admission, Parser* parser) {
    Relay* relay = state_->api.relay();
    const auto place = relay->enter();
    if (!place) co_return refuse(head, place.error());
    if (admission.claims) {
      if (auto accepted = state_->api.accept(head, *admission.claims, {}); !accepted) {
        ControlAnswer refused = refusal_answer(accepted.error());
        refused.headers.emplace_back(kViaRefusalHeader, "1");
        co_return refused;
      }
    }
    HttpRequest http{.method = head.method};
    for (const auto& field : parser->get()) {
      http.headers.emplace_back(field.name_string(), field.value());
    }
    if (const auto problem = co_await read_body(parser, &http.body, kViaBodyBytesMax)) {
      co_return refuse(head, *problem);
    }
    const std::string target(parser->get().target());
    stream_.expires_never();  // the relay has a limit of its own
    auto answer = co_await relay->forward(target, std::move(http));
    if (!answer) co_return refuse(head, answer.error());
    ControlAnswer told{.status = answer->status, .type = {}, .body = std::move(answer->body)};
    told.headers = std::move(answer->headers);
    // Nothing of a provider's may ever run as this page.
    told.headers.emplace_back("Content-Security-Policy", "default-src 'none'; sandbox");
    co_return told;
  }

  net::awaitable<ControlAnswer> take_upload(ControlHead head, Admission admission, Parser* parser) {
    const std::string sha256 = head.path.substr(kReleasesPath.size());
    const auto format = archive_format_from(query_value(head.query, "format").value_or(""));
    if (!is_valid_sha256(sha256) || !format) {
      co_return refuse(head, {.code = ErrorCode::kInvalidInput,
                              .message = "The path takes a SHA-256 in lower-case hex and "
                                         "`?format=tar.gz` or `?format=zip`."});
    }
    if (state_->uploads >= state_->options.uploads_max) {
      co_return refuse(head, {.code = ErrorCode::kRateLimited,
                              .message = "Too many uploads at the same time.",
                              .hint = "Wait for one of them to end."});
    }
    if (auto accepted = state_->api.accept(head, *admission.claims, {}); !accepted) {
      co_return refusal_answer(accepted.error());
    }
    auto upload = state_->api.workload().begin_upload(sha256, *format, head.announced_bytes);
    if (!upload) co_return refuse(head, upload.error());
    ++state_->uploads;
    auto received = co_await receive(std::move(*upload), parser);
    --state_->uploads;
    if (!received) co_return refuse(head, received.error());
    state_->api.log_info("Took the release " + sha256 + " of " + std::to_string(*received) +
                         " bytes.");
    co_return json_answer(
        200,
        to_json(ReleaseAnswer{.sha256 = sha256, .bytes = static_cast<std::int64_t>(*received)}));
  }

  net::awaitable<Result<std::uint64_t>> receive(Upload upload, Parser* parser) {
    std::vector<char> piece(kChunkBytes);
    while (!parser->is_done()) {
      stream_.expires_after(state_->options.body_timeout);
      const auto bytes = co_await read_piece(parser, &piece);
      if (!bytes) co_return fail(ErrorCode::kTimeout, "The archive did not come whole.");
      if (auto written = upload.write(as_bytes(std::string_view(piece.data(), *bytes))); !written) {
        co_return std::unexpected(written.error());
      }
    }
    // The worker that waits for the disk calls back on this thread.
    stream_.expires_never();
    const auto done = std::make_shared<std::optional<Result<std::uint64_t>>>();
    const auto timer = std::make_shared<net::steady_timer>(stream_.get_executor(),
                                                           net::steady_timer::time_point::max());
    state_->api.workload().finish_upload(std::move(upload), [done, timer](auto result) {
      *done = std::move(result);
      timer->cancel();
    });
    while (!*done) co_await timer->async_wait(kTuple);
    co_return std::move(**done);
  }

  // Sends the answer; true when the connection may go on.
  net::awaitable<bool> finish(ControlHead head, ControlAnswer answer, Parser* parser) {
    const bool keep = parser->is_done() && parser->get().keep_alive() && !state_->stopping;
    const bool sent = co_await send(std::move(head), std::move(answer), keep);
    if (sent && !parser->is_done()) co_await linger();
    co_return sent&& keep;
  }

  net::awaitable<bool> send(ControlHead head, ControlAnswer answer, bool keep) {
    http::response<http::string_body> response;
    response.version(11);
    response.result(static_cast<unsigned>(answer.status));
    if (!answer.type.empty()) response.set(http::field::content_type, answer.type);
    response.set(http::field::cache_control, "no-store");
    response.set("X-Content-Type-Options", "nosniff");
    for (const auto& [name, value] : answer.headers) response.set(name, value);
    for (const auto& [name, value] : state_->api.cors_headers(head)) {
      response.insert(name, value);  // there may be a Vary already
    }
    response.keep_alive(keep);
    response.body() = std::move(answer.body);
    if (answer.status != 204 && answer.status != 304) response.prepare_payload();
    if (head.method == "HEAD") {
      const std::size_t length = response.body().size();
      response.body().clear();
      response.content_length(length);
    }
    stream_.expires_after(state_->options.write_timeout);
    const auto [error, count] = co_await http::async_write(stream_, response, kTuple);
    co_return !error;
  }

  // Reads on for a moment after a refusal: closing with unread bytes would reset the connection,
  // and the client would see a broken pipe instead of the reason.
  net::awaitable<void> linger() {
    boost::system::error_code ignored;
    stream_.socket().shutdown(net::ip::tcp::socket::shutdown_send, ignored);
    std::vector<char> rest(kChunkBytes);
    stream_.expires_after(kLingerTimeout);
    for (std::size_t total = 0; total < kLingerBytesMax;) {
      const auto [error, bytes] = co_await stream_.async_read_some(net::buffer(rest), kTuple);
      if (error) break;
      total += bytes;
    }
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::shared_ptr<ServerState> state_;
  net::ip::tcp::endpoint remote_;
  std::uint64_t id_ = 0;
};

}  // namespace

void start_http_session(net::ip::tcp::socket socket, std::shared_ptr<ServerState> state) {
  std::make_shared<HttpSession>(std::move(socket), std::move(state))->start();
}

}  // namespace a67
