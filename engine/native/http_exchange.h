// The bytes of one request and its answer over any stream: included only by http_plain.cpp and
// http_tls.cpp, because each use of it compiles for a long time.
#pragma once

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <string>
#include <utility>
#include <vector>

#include "engine/native/files.h"
#include "engine/native/http_call.h"

namespace a67::native {

inline constexpr std::size_t kHeaderBytesMax = std::size_t{64} << 10;
inline constexpr std::size_t kBlobChunkBytes = std::size_t{256} << 10;
inline constexpr auto kAwaitTuple = boost::asio::as_tuple(boost::asio::use_awaitable);

// The head of a request, with the length of its body. Error: kInvalidInput for a header that would
// break out of it.
inline Result<std::string> write_head(const HttpExchange& exchange, std::uint64_t body_bytes) {
  const HttpRequest& request = exchange.request;
  std::string head = request.method + " " + exchange.url.target +
                     " HTTP/1.1\r\nHost: " + exchange.url.authority +
                     "\r\nConnection: close\r\nUser-Agent: automator67\r\n";
  for (const auto& [name, value] : request.headers) {
    if ((name + value).find_first_of("\r\n") != std::string::npos) {
      return fail(ErrorCode::kInvalidInput, "A header holds a line break.");
    }
    head += name + ": " + value + "\r\n";
  }
  const bool has_body = body_bytes > 0 || request.method == "PUT" || request.method == "POST";
  if (has_body) head += "Content-Length: " + std::to_string(body_bytes) + "\r\n";
  return head + "\r\n";
}

inline HttpResponse to_response(
    boost::beast::http::message<false, boost::beast::http::string_body>&& message) {
  HttpResponse response{.status = static_cast<int>(message.result_int())};
  for (const auto& field : message) {
    std::string name(field.name_string());
    std::ranges::transform(name, name.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    response.headers.emplace_back(std::move(name), std::string(field.value()));
  }
  response.body = std::move(message.body());
  return response;
}

template <class Stream>
class HttpBytes {
 public:
  HttpBytes(Stream& stream, HttpExchange& exchange) : stream_(stream), exchange_(exchange) {}

  boost::asio::awaitable<Result<HttpResponse>> run() {
    const auto sent = co_await send();
    const bool cut = !sent && sent.error().code == ErrorCode::kOutcomeUnknown;
    if (!sent && !cut) co_return std::unexpected(sent.error());
    // An other side that refuses early (too large, unauthorized) answers before it has read
    // everything: a write that fails is no reason not to listen.
    auto answer = co_await receive();
    if (cut && !answer && answer.error().code != ErrorCode::kTooLarge) {
      co_return std::unexpected(sent.error());
    }
    co_return answer;
  }

 private:
  boost::asio::awaitable<Result<void>> send() {
    if (exchange_.blob_path.empty()) {
      const auto head = write_head(exchange_, exchange_.request.body.size());
      if (!head) co_return std::unexpected(head.error());
      exchange_.sent = true;
      const std::string whole = *head + exchange_.request.body;
      co_return co_await write(whole);
    }
    auto file = InputFile::open(exchange_.blob_path);
    if (!file) co_return std::unexpected(file.error());
    const auto total = piece_of(*file);
    if (!total) co_return std::unexpected(total.error());
    const auto head = write_head(exchange_, *total);
    if (!head) co_return std::unexpected(head.error());
    exchange_.sent = true;
    if (const auto written = co_await write(*head); !written) co_return written;
    std::vector<char> chunk(kBlobChunkBytes);
    for (std::uint64_t done = 0; done < *total;) {
      const auto count = file->read(std::span(chunk).first(
          static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), *total - done))));
      if (!count) co_return std::unexpected(count.error());
      const auto written = co_await write({chunk.data(), *count});
      if (!written) co_return written;
      done += *count;
      exchange_.progress(done, *total);
    }
    co_return Result<void>{};
  }

  // How much of the blob is to be sent; the file stands at its first byte then.
  Result<std::uint64_t> piece_of(InputFile& file) const {
    const BlobPart& part = exchange_.request.blob_part;
    if (part.of == 0) return file.bytes();
    if (part.of != file.bytes() || part.from > part.of || part.bytes > part.of - part.from) {
      return fail(ErrorCode::kInvalidInput,
                  "The file has " + std::to_string(file.bytes()) + " bytes, not " +
                      std::to_string(part.of) + ".",
                  "Pack it again.", "size");
    }
    if (auto there = file.go_to(part.from); !there) return std::unexpected(there.error());
    return part.bytes;
  }

  // By value: a view into what the caller's frame holds for as long as it waits.
  boost::asio::awaitable<Result<void>> write(std::string_view bytes) {
    const auto [error, count] = co_await boost::asio::async_write(
        stream_, boost::asio::buffer(bytes.data(), bytes.size()), kAwaitTuple);
    if (error) co_return std::unexpected(broken(error));
    co_return Result<void>{};
  }

  boost::asio::awaitable<Result<HttpResponse>> receive() {
    namespace http = boost::beast::http;
    http::response_parser<http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(kHeaderBytesMax));
    parser.body_limit(exchange_.request.bytes_max);
    parser.skip(exchange_.request.method == "HEAD");
    boost::beast::flat_buffer buffer;
    const auto [error, count] = co_await http::async_read(stream_, buffer, parser, kAwaitTuple);
    if (error == http::error::body_limit) {
      co_return fail(ErrorCode::kTooLarge,
                     "The answer of " + exchange_.url.host + " is larger than " +
                         std::to_string(exchange_.request.bytes_max) + " bytes.");
    }
    if (error) co_return std::unexpected(broken(error));
    co_return to_response(parser.release());
  }

  [[nodiscard]] Error broken(const boost::system::error_code& error) const {
    return Error{.code = ErrorCode::kOutcomeUnknown,
                 .message = "The connection to " + exchange_.url.host + ":" +
                            std::to_string(exchange_.url.port) + " broke (" + error.message() +
                            ")."};
  }

  Stream& stream_;
  HttpExchange& exchange_;
};

}  // namespace a67::native
