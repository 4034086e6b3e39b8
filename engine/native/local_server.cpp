#include "engine/native/local_server.h"

#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace a67::native {

namespace asio = boost::asio;
using asio::local::stream_protocol;

LocalServer::LocalServer(asio::io_context& context, const DataDir& dir, EngineLink& engine)
    : path_(dir.socket()),
      acceptor_(context),
      hub_({.to_engine = [&engine](const Json& message) { engine.push(message); },
            .to_client =
                [this](Hub::ClientId id, const Json& message) {
                  if (const auto found = clients_.find(id); found != clients_.end()) {
                    found->second->send(message);
                  }
                }}) {}

LocalServer::~LocalServer() {
  *alive_ = false;
  for (const auto& [id, client] : clients_) client->close();
  if (acceptor_.is_open()) {
    // What cannot be removed is replaced by the next one that holds the lock.
    [[maybe_unused]] const auto removed = remove_file(path_);
  }
}

Result<void> LocalServer::listen() {
  if (auto removed = remove_file(path_); !removed) return removed;
  const auto endpoint = local_endpoint(path_);
  if (!endpoint) return std::unexpected(endpoint.error());
  boost::system::error_code error;
  acceptor_.open(stream_protocol(), error);
  // Between bind and chmod nobody else could connect either: the folder is its owner's alone.
  if (!error) acceptor_.bind(endpoint->endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return std::unexpected(file_error("listen on", path_, error.value()));
  if (::chmod(path_.c_str(), S_IRUSR | S_IWUSR) != 0) {
    return std::unexpected(file_error("protect", path_, errno));
  }
  accept();
  return {};
}

void LocalServer::accept() {
  acceptor_.async_accept([this, alive = alive_](const boost::system::error_code& error,
                                                stream_protocol::socket socket) {
    if (!*alive || error == asio::error::operation_aborted) return;
    if (!error && clients_.size() < kClientsMax) {
      const Hub::ClientId id = next_client_++;
      auto client = std::make_shared<JsonLines>(
          std::move(socket), kUnsentBytesMax,
          [this, alive, id](const Json& message) {
            if (*alive) hub_.from_client(id, message);
          },
          [this, alive, id] {
            if (*alive) drop(id);
          });
      clients_.emplace(id, client);
      client->start();
      if (!hello_.is_null()) client->send(hello_);
      if (ready_) client->send({{"kind", "ready"}});
    }
    accept();
  });
}

void LocalServer::drop(Hub::ClientId id) {
  clients_.erase(id);
  hub_.drop_client(id);
}

void LocalServer::on_message(const Json& message) {
  const std::string kind = string_or(message, "kind");
  if (kind == "reply" || kind == "failed" || kind == "progress") {
    hub_.from_engine(message);
    return;
  }
  if (kind == "hello") hello_ = message;
  if (kind == "ready") ready_ = true;
  // A client that is too slow is dropped from within send(): walk over a copy.
  const auto clients = clients_;
  for (const auto& [id, client] : clients) client->send(message);
}

}  // namespace a67::native
