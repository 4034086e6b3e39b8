// fake_clouds: every fake provider over real HTTP on loopback, for tests in a browser and by hand.
//
//   fake_clouds [--cors on|off] [--deploy-ms N]
//
// Prints {"url": "http://127.0.0.1:PORT"}; an account's endpoint is URL/<provider>. With CORS on it
// answers any page, like the providers that do; off, its answers cannot be read by one. GET /state
// says what every fake still has; GET /<provider>/running which services it was told to run, with
// their environments: a test runs them, no fake does; POST /<provider>/fail-next makes its next
// deployment fail; POST
// /<provider>/refuse {"after": N, "status": S, "message": "..."} refuses what changes something,
// after N of them, until POST /<provider>/allow; GET /<provider>/sign-in is the page where a person
// agrees at once.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "engine/providers/catalogue.h"
#include "tests/fakes/fake_provider.h"

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr std::uint64_t kBodyBytesMax = std::uint64_t{64} << 20;

struct Options {
  bool cors = true;
  std::int64_t deploy_ms = 800;
};

class Clouds {
 public:
  explicit Clouds(Options options) : options_(options) {
    for (const std::string_view id : a67::fakes::fake_ids()) {
      auto fake = a67::fakes::make_fake(id);
      fake->serve_oauth(*a67::find_provider(id)->provider);
      fake->set_deploy_time(a67::Duration{options_.deploy_ms});
      fakes_.emplace(id, std::move(fake));
    }
  }

  http::response<http::string_body> answer(const http::request<http::string_body>& request) {
    http::response<http::string_body> response;
    response.version(request.version());
    response.keep_alive(request.keep_alive());
    fill(response, request);
    if (options_.cors && request.find(http::field::origin) != request.end()) {
      response.set(http::field::access_control_allow_origin, "*");
      response.set(http::field::access_control_expose_headers, "*");
    }
    response.prepare_payload();
    return response;
  }

 private:
  void fill(http::response<http::string_body>& response,
            const http::request<http::string_body>& request) {
    const std::string target(request.target());
    if (request.method() == http::verb::options) {
      response.result(options_.cors ? http::status::no_content : http::status::method_not_allowed);
      response.set(http::field::access_control_allow_methods, "GET, POST, PUT, PATCH, DELETE");
      // A star does not cover Authorization (Fetch standard, 3.2.3): said by name, like providers
      // do.
      response.set(http::field::access_control_allow_headers,
                   std::string(request[http::field::access_control_request_headers]));
      return;
    }
    if (target == "/state") {
      a67::Json state = a67::Json::object();
      for (const auto& [id, fake] : fakes_) {
        const auto sample = fake->sample();
        a67::Json fields = sample.settings;
        for (const auto& [name, value] : sample.credential) fields[name] = value;
        state[id] = {{"empty", fake->is_empty()}, {"fields", fields}};
      }
      response.body() = state.dump();
      return;
    }
    const auto end = std::min(target.find('/', 1), target.size());
    const auto found = fakes_.find(target.substr(1, end - 1));
    if (found == fakes_.end()) {
      response.result(http::status::not_found);
      return;
    }
    const std::string rest = target.substr(end);
    constexpr std::string_view kSignIn = "/sign-in?";
    if (rest.starts_with(kSignIn)) {
      const auto onward =
          found->second->agree_to_sign_in(std::string_view(rest).substr(kSignIn.size()));
      response.result(onward ? http::status::found : http::status::bad_request);
      if (onward) response.set(http::field::location, *onward);
      return;
    }
    if (rest == "/fail-next") {
      found->second->fail_next_deployment();
      return;
    }
    if (rest == "/refuse") {
      const auto how = a67::parse_json(request.body()).value_or(a67::Json::object());
      auto& fake = *found->second;
      fake.put_in_the_way({.answer = fake.no(static_cast<int>(a67::int_or(how, "status", 402)),
                                             a67::string_or(how, "message", "no")),
                           .after = static_cast<std::uint32_t>(a67::int_or(how, "after"))});
      return;
    }
    if (rest == "/allow") {
      found->second->clear_the_way();
      return;
    }
    if (rest == "/running") {
      a67::Json list = a67::Json::array();
      for (const auto& one : found->second->running()) {
        list.push_back(
            {{"name", one.name}, {"url", one.url}, {"env", one.env}, {"source", one.source}});
      }
      response.body() = list.dump();
      return;
    }
    a67::HttpRequest wanted;
    wanted.method = std::string(request.method_string());
    wanted.url = target;
    wanted.body = request.body();
    for (const auto& field : request)
      wanted.headers.emplace_back(field.name_string(), field.value());
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const a67::HttpResponse told = found->second->handle(
        wanted, rest, std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
    response.result(static_cast<unsigned>(told.status));
    for (const auto& [name, value] : told.headers) response.insert(name, value);
    response.body() = told.body;
  }

  Options options_;
  std::map<std::string, std::unique_ptr<a67::fakes::FakeProvider>, std::less<>> fakes_;
};

asio::awaitable<void> serve(tcp::socket socket, Clouds* clouds) {
  boost::beast::tcp_stream stream(std::move(socket));
  boost::beast::flat_buffer buffer;
  for (;;) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(kBodyBytesMax);
    boost::system::error_code error;
    co_await http::async_read(stream, buffer, parser,
                              asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    const auto response = clouds->answer(parser.get());
    co_await http::async_write(stream, response, asio::redirect_error(asio::use_awaitable, error));
    if (error || !response.keep_alive()) co_return;
  }
}

asio::awaitable<void> listen(tcp::acceptor acceptor, Clouds* clouds) {
  for (;;) {
    auto socket = co_await acceptor.async_accept(asio::use_awaitable);
    asio::co_spawn(acceptor.get_executor(), serve(std::move(socket), clouds), asio::detached);
  }
}

}  // namespace

int main(int count, char** arguments) {
  Options options;
  for (int at = 1; at + 1 < count; at += 2) {
    const std::string_view name = arguments[at];
    if (name == "--cors") options.cors = std::string_view(arguments[at + 1]) == "on";
    if (name == "--deploy-ms") options.deploy_ms = std::strtoll(arguments[at + 1], nullptr, 10);
  }
  Clouds clouds(options);
  asio::io_context context(1);
  tcp::acceptor acceptor(context, {asio::ip::make_address_v4("127.0.0.1"), 0});
  std::printf("{\"url\": \"http://127.0.0.1:%u\"}\n",
              static_cast<unsigned>(acceptor.local_endpoint().port()));
  std::fflush(stdout);
  asio::co_spawn(context, listen(std::move(acceptor), &clouds), asio::detached);
  context.run();
}
