#include "engine/native/json_lines.h"

#include <fcntl.h>

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <filesystem>
#include <utility>

namespace a67::native {

namespace asio = boost::asio;
using asio::local::stream_protocol;

namespace {

constexpr std::size_t kPathCharsMax = 100;
constexpr JsonLimits kLimits{.bytes_max = JsonLines::kLineBytesMax, .depth_max = 32};

}  // namespace

Result<LocalEndpoint> local_endpoint(const std::string& path) {
  if (path.size() <= kPathCharsMax) {
    return LocalEndpoint{.endpoint = stream_protocol::endpoint(path), .folder = {}};
  }
  const std::filesystem::path full(path);
  Descriptor folder(::open(full.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid())
    return std::unexpected(file_error("open", full.parent_path().string(), errno));
  const std::string short_path =
      "/proc/self/fd/" + std::to_string(folder.number()) + "/" + full.filename().string();
  return LocalEndpoint{.endpoint = stream_protocol::endpoint(short_path),
                       .folder = std::move(folder)};
}

JsonLines::JsonLines(Socket socket, std::size_t unsent_bytes_max,
                     std::function<void(const Json&)> on_message, std::function<void()> on_closed)
    : socket_(std::move(socket)),
      unsent_bytes_max_(unsent_bytes_max),
      on_message_(std::move(on_message)),
      on_closed_(std::move(on_closed)) {}

void JsonLines::start() { read(); }

void JsonLines::send(const Json& message) {
  if (closed_) return;
  std::string line = dump_json(message) + "\n";
  unsent_bytes_ += line.size();
  unsent_.push_back(std::move(line));
  if (unsent_bytes_ > unsent_bytes_max_) return fail();
  if (unsent_.size() == 1) write();
}

void JsonLines::close() {
  closed_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void JsonLines::read() {
  socket_.async_read_some(
      asio::buffer(buffer_),
      [self = shared_from_this()](const boost::system::error_code& error, std::size_t count) {
        if (self->closed_) return;
        if (error) return self->fail();
        self->unread_.append(self->buffer_.data(), count);
        self->on_bytes();
        if (!self->closed_) self->read();
      });
}

void JsonLines::on_bytes() {
  std::size_t start = 0;
  for (;;) {
    const std::size_t end = unread_.find('\n', std::max(start, scanned_));
    if (end == std::string::npos) break;
    auto message = parse_json(std::string_view(unread_).substr(start, end - start), kLimits);
    if (!message) return fail();
    on_message_(*message);
    if (closed_) return;
    start = end + 1;
    scanned_ = start;
  }
  unread_.erase(0, start);
  scanned_ = unread_.size();
  if (unread_.size() > kLineBytesMax) fail();
}

void JsonLines::write() {
  asio::async_write(
      socket_, asio::buffer(unsent_.front()),
      [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
        if (self->closed_) return;
        if (error) return self->fail();
        self->unsent_bytes_ -= self->unsent_.front().size();
        self->unsent_.pop_front();
        if (!self->unsent_.empty()) self->write();
      });
}

void JsonLines::fail() {
  if (closed_) return;
  close();
  // Later, so that nobody who sends is called back from within.
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->on_closed_(); });
}

}  // namespace a67::native
