#include "engine/native/local_client.h"

#include <utility>

namespace a67::native {

using boost::asio::local::stream_protocol;

namespace {

constexpr std::size_t kUnsentBytesMax = std::size_t{128} << 20;

}  // namespace

std::unique_ptr<LocalClient> LocalClient::connect(boost::asio::io_context& context,
                                                  const DataDir& dir, Sink sink,
                                                  std::function<void()> on_lost) {
  const auto endpoint = local_endpoint(dir.socket());
  if (!endpoint) return nullptr;
  stream_protocol::socket socket(context);
  boost::system::error_code error;
  socket.connect(endpoint->endpoint, error);
  if (error) return nullptr;
  auto lines = std::make_shared<JsonLines>(std::move(socket), kUnsentBytesMax, std::move(sink),
                                           std::move(on_lost));
  lines->start();
  return std::unique_ptr<LocalClient>(new LocalClient(std::move(lines)));
}

LocalClient::~LocalClient() { lines_->close(); }

void LocalClient::push(const Json& message) { lines_->send(message); }

}  // namespace a67::native
