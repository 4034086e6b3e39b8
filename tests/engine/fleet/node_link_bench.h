// A node link on an executor, with a network that answers only what the test says.
#pragma once

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/encoding.h"
#include "engine/fleet/node_link.h"

namespace a67::test {

// A request that waits for its answer.
struct PendingCall {
  explicit PendingCall(Executor& executor) : answered(executor) {}
  HttpRequest request;
  UploadProgress progress;
  std::optional<Result<HttpResponse>> answer;
  Notify answered;
};

struct OpenStream {
  explicit OpenStream(Executor& executor) : arrived(executor) {}
  StreamRequest request;
  std::deque<Result<std::string>> messages;
  Notify arrived;
  bool closed = false;  // by the link
};

class FakeHttp final : public Http {
 public:
  explicit FakeHttp(Executor& executor) : executor_(executor) {}
  using Http::send;
  Task<Result<HttpResponse>> send(HttpRequest request, UploadProgress progress) override {
    auto call = std::make_shared<PendingCall>(executor_);
    call->request = std::move(request);
    call->progress = std::move(progress);
    calls.push_back(call);
    while (!call->answer) co_await call->answered.wait();
    co_return *call->answer;
  }
  std::vector<std::shared_ptr<PendingCall>> calls;

 private:
  Executor& executor_;
};

class FakeStreams final : public Streams {
 public:
  explicit FakeStreams(Executor& executor) : executor_(executor) {}
  std::unique_ptr<Stream> open(StreamRequest request) override {
    streams.push_back(std::make_shared<OpenStream>(executor_));
    streams.back()->request = std::move(request);
    return std::make_unique<Handle>(streams.back());
  }
  std::vector<std::shared_ptr<OpenStream>> streams;

 private:
  class Handle final : public Stream {
   public:
    explicit Handle(std::shared_ptr<OpenStream> stream) : stream_(std::move(stream)) {}
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() override { stream_->closed = true; }
    Task<Result<std::string>> next() override {
      while (stream_->messages.empty()) co_await stream_->arrived.wait();
      auto message = std::move(stream_->messages.front());
      stream_->messages.pop_front();
      co_return message;
    }

   private:
    std::shared_ptr<OpenStream> stream_;
  };
  Executor& executor_;
};

struct NoStore final : Store, Blobs, Log {
  Task<Result<std::optional<std::string>>> load(std::string /*key*/) override {
    co_return std::nullopt;
  }
  Task<Result<void>> save(std::string /*key*/, std::string /*value*/,
                          Secrecy /*secrecy*/) override {
    co_return Result<void>{};
  }
  void drop(std::string /*blob*/) override {}
  void write(LogLevel /*level*/, std::string /*message*/) override {}
};

class LinkBench final : public NodeLinkObserver, public WallClock {
 public:
  LinkBench() {
    link_.start();
    run();
  }

  void run(Duration time = Duration{0}) { executor_.run(executor_.now() + time); }

  // ---- what the node says
  FakeStreams& streams() { return streams_; }
  // The newest request with this method and path that has no answer yet; null: none.
  PendingCall* find(const std::string& method, const std::string& path) {
    for (auto at = http_.calls.rbegin(); at != http_.calls.rend(); ++at) {
      const PendingCall& call = **at;
      if (!call.answer && call.request.method == method &&
          call.request.url.starts_with("http://node.test:1" + path)) {
        return at->get();
      }
    }
    return nullptr;
  }
  void answer(PendingCall* call, int status, const Json& body) {
    finish(call, HttpResponse{.status = status, .body = dump_json(body)});
  }
  void fail_call(PendingCall* call, ErrorCode code) { finish(call, fail(code, "It failed.")); }
  std::size_t count(const std::string& method, const std::string& path) const {
    return static_cast<std::size_t>(std::ranges::count_if(http_.calls, [&](const auto& call) {
      return call->request.method == method &&
             call->request.url.starts_with("http://node.test:1" + path);
    }));
  }
  // A status over the newest stream.
  void say(const NodeStatus& status) {
    message(dump_json({{"type", "status"}, {"status", to_json(status)}}));
  }
  void message(Result<std::string> text) {
    streams_.streams.back()->messages.push_back(std::move(text));
    streams_.streams.back()->arrived.notify_all();
    run();
  }
  static NodeStatus status(std::int64_t epoch, std::int64_t revision) {
    return {.node = {.id = NodeId("n-1"),
                     .name = "node-1",
                     .version = "1",
                     .now = kNow,
                     .boot_id = "b",
                     .os = "Linux",
                     .arch = "x86_64",
                     .limits = "rlimit"},
            .gateway_url = "http://node.test:2",
            .epoch = epoch,
            .revision = revision};
  }
  static DesiredState desired(const std::string& replica) {
    DesiredState desired;
    desired.replicas.push_back({.id = ReplicaId(replica),
                                .app = "app",
                                .release = ReleaseId("app-r1"),
                                .source = {.sha256 = std::string(64, 'a')}});
    return desired;
  }
  // The desired state a PUT carries.
  static DesiredState order_in(const PendingCall& call) {
    return *desired_state_from_json(*parse_json(call.request.body));
  }
  void accept(PendingCall* call) {
    const DesiredState order = order_in(*call);
    answer(call, 200, to_json(DesiredAnswer{.epoch = order.epoch, .revision = order.revision}));
  }

  // ---- the link
  NodeLink& link() { return link_; }
  [[nodiscard]] int changes() const { return changes_; }
  [[nodiscard]] std::int64_t superseded_by() const { return superseded_by_; }

  void on_node_changed(const NodeId& /*node*/) override { ++changes_; }
  void on_superseded(const NodeId& /*node*/, std::int64_t epoch) override {
    superseded_by_ = epoch;
  }
  [[nodiscard]] Verdict verdict() const override { return Verdict::kNode; }
  [[nodiscard]] UnixMs unix_now() const override { return kNow; }

  static constexpr UnixMs kNow = 1'790'000'000'000;
  static constexpr std::int64_t kEpoch = 3;

 private:
  void finish(PendingCall* call, Result<HttpResponse> answer) {
    call->answer = std::move(answer);
    call->answered.notify_all();
    run();
  }

  Executor executor_;
  Random random_ = Random::from_number(1);
  SigningKey key_{Sensitive(Seed{})};
  FakeHttp http_{executor_};
  FakeStreams streams_{executor_};
  NoStore store_;
  int changes_ = 0;
  std::int64_t superseded_by_ = 0;
  NodeLink link_{
      Ports{executor_, random_, *this, http_, streams_, store_, store_, store_},
      key_,
      {.node = NodeId("n-1"), .url = "http://node.test:1", .name = "node-1", .epoch = kEpoch},
      *this};
};

}  // namespace a67::test
