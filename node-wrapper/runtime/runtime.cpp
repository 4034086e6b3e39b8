#include "node-wrapper/runtime/runtime.h"

#include "node-wrapper/runtime/runtime_body.h"

namespace a67 {

Result<std::unique_ptr<Runtime>> Runtime::open(boost::asio::io_context& io,
                                               RuntimeOptions options) {
  Result<ReleaseStore> store = ReleaseStore::open(options.data_folder + "/releases", options.store);
  if (!store) return std::unexpected(store.error());
  auto body = std::make_shared<Body>(io, std::move(options), std::move(*store));
  if (Result<void> begun = body->begin(); !begun) return std::unexpected(begun.error());
  return std::unique_ptr<Runtime>(new Runtime(std::move(body)));
}

Runtime::Runtime(std::shared_ptr<Body> body) : body_(std::move(body)) {}

Runtime::~Runtime() { body_->close(); }

void Runtime::apply(const DesiredState& desired) { body_->apply(desired); }

void Runtime::stop_all(std::function<void()> done) { body_->stop_all(std::move(done)); }

std::vector<ReplicaStatus> Runtime::status() const { return body_->status(); }

std::vector<std::string> Runtime::missing() const { return body_->missing(); }

std::vector<LocalReplica> Runtime::local_replicas() const { return body_->local_replicas(); }

MachineFacts Runtime::machine() const { return body_->machine(); }

void Runtime::on_change(std::function<void()> callback) { body_->on_change(std::move(callback)); }

Result<Upload> Runtime::begin_upload(const std::string& sha256, ArchiveFormat format,
                                     std::optional<std::uint64_t> announced_bytes) {
  return body_->begin_upload(sha256, format, announced_bytes);
}

void Runtime::finish_upload(Upload upload, std::function<void(Result<std::uint64_t>)> done) {
  body_->finish_upload(std::move(upload), std::move(done));
}

std::vector<LogLine> Runtime::logs(const std::string& app, const std::optional<ReplicaId>& replica,
                                   std::size_t lines_max) const {
  return body_->logs(app, replica, lines_max);
}

std::uint64_t Runtime::follow(const std::string& app, const std::optional<ReplicaId>& replica,
                              std::function<void(const std::vector<LogLine>&)> callback) {
  return body_->follow(app, replica, std::move(callback));
}

void Runtime::unfollow(std::uint64_t subscription) { body_->unfollow(subscription); }

}  // namespace a67
