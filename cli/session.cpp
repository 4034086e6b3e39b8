#include "cli/session.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>
#include <utility>

#include "cli/terminal.h"
#include "engine/native/host.h"
#include "engine/native/local_client.h"
#include "engine/native/local_server.h"

namespace a67::cli {
namespace {

constexpr std::int64_t kProtocol = 1;
// A node may still be reading an order when the answer is there: leave it this long to finish.
constexpr std::chrono::milliseconds kSettleMax{2'000};
constexpr std::chrono::milliseconds kConnectMax{3'000};
constexpr std::chrono::milliseconds kConnectEvery{50};

Error engine_lost() {
  return Error{
      .code = ErrorCode::kOutcomeUnknown,
      .message = "The running watch was stopped. What was asked for may or may not be done.",
      .hint = "Look with automator67 status, then decide whether to do it again."};
}

}  // namespace

Session::Session(native::DataDir dir) : signals_(context_, SIGINT, SIGTERM), dir_(std::move(dir)) {}

Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::open(const native::DataDir& dir) {
  std::unique_ptr<Session> session(new Session(dir));
  if (auto connected = session->connect(); !connected) return std::unexpected(connected.error());
  return session;
}

// A folder that is held is often free a moment later: another short command ends, or a watch begins
// to listen.
Result<void> Session::connect() {
  const auto until = std::chrono::steady_clock::now() + kConnectMax;
  for (;;) {
    auto connected = try_connect();
    if (connected || connected.error().code != ErrorCode::kConflict ||
        std::chrono::steady_clock::now() >= until) {
      return connected;
    }
    std::this_thread::sleep_for(kConnectEvery);
  }
}

Result<void> Session::try_connect() {
  const auto sink = [this](const Json& message) { on_message(message); };
  auto lock = native::DataDirLock::take(dir_);
  if (lock) {
    lock_ = std::move(*lock);
    auto host = std::make_unique<native::NativeHost>(
        context_, dir_, sink, [this](const std::string& level, const std::string& message) {
          if (on_log_) on_log_(level, message);
        });
    host_ = host.get();
    native::BlobFiles(dir_.blobs()).remove_leftovers();
    link_ = std::move(host);
    host_->start();
    return {};
  }
  if (lock.error().code != ErrorCode::kConflict) return std::unexpected(lock.error());
  link_ = native::LocalClient::connect(context_, dir_, sink, [this] {
    lost_ = lost_.value_or(engine_lost());
    finish(std::unexpected(*lost_));
  });
  if (!link_) return std::unexpected(lock.error());
  return {};
}

void Session::on_message(const Json& message) {
  const std::string kind = string_or(message, "kind");
  if (kind == "hello") return on_hello(message);
  if (kind == "event" && on_event_) {
    on_event_(string_or(message, "name"), object_at(message, "body"));
  }
  if (server_) server_->on_message(message);
  if (!running_ || int_or(message, "id") != running_->id) return;
  if (kind == "progress") running_->on_progress(object_at(message, "body"));
  if (kind == "reply") finish(object_at(message, "body"));
  if (kind == "failed") finish(std::unexpected(error_from_json(object_at(message, "error"))));
}

void Session::on_hello(const Json& message) {
  hello_ = message;
  if (server_) server_->on_message(message);
  if (int_or(message, "protocol") == kProtocol) return;
  lost_ = Error{.code = ErrorCode::kConflict,
                .message = "The running watch is of another version of automator67.",
                .hint = "Stop it, then start it again with this version."};
  finish(std::unexpected(*lost_));
}

void Session::finish(Result<Json> end) {
  if (running_ && !running_->end) running_->end = std::move(end);
  context_.stop();
}

void Session::await_signals(std::function<void()> on_signal) {
  signals_.cancel();
  signals_.async_wait(
      [this, on_signal = std::move(on_signal)](const boost::system::error_code& error, int) {
        if (error) return;
        on_signal();
        await_signals([] { std::_Exit(kInterruptExit); });
      });
}

Result<Json> Session::run(const std::string& name, const Json& body, const OnProgress& on_progress,
                          const OnInterrupt& on_interrupt) {
  if (lost_) return std::unexpected(*lost_);
  const std::int64_t id = next_id_++;
  running_ = Running{.id = id, .on_progress = on_progress, .end = std::nullopt};
  await_signals([this, id, on_interrupt] {
    on_interrupt();
    link_->push({{"kind", "cancel"}, {"id", id}});
  });
  link_->push({{"kind", "command"}, {"id", id}, {"name", name}, {"body", body}});
  context_.restart();
  context_.run();
  settle();
  Result<Json> end = running_->end.value_or(std::unexpected(engine_lost()));
  running_.reset();
  return end;
}

native::KeyChest* Session::keys() { return host_ == nullptr ? nullptr : &host_->keys(); }

void Session::settle() {
  if (host_ == nullptr) return;
  const auto until = std::chrono::steady_clock::now() + kSettleMax;
  while (host_->requests_under_way() > 0 && std::chrono::steady_clock::now() < until) {
    context_.restart();
    context_.run_one_until(until);
  }
}

Result<void> Session::watch(const OnEvent& on_event, const OnEvent& on_log) {
  if (host_ == nullptr) {
    return fail(ErrorCode::kConflict, "Another watch runs on " + dir_.path + " already.",
                "Use it: every other verb goes through it.");
  }
  on_event_ = on_event;
  on_log_ = on_log;
  server_ = std::make_unique<native::LocalServer>(context_, dir_, *link_);
  // The engine said these before there was a server.
  server_->on_message(hello_);
  server_->on_message({{"kind", "ready"}});
  if (auto listening = server_->listen(); !listening) return listening;
  await_signals([this] { context_.stop(); });
  context_.restart();
  context_.run();
  settle();
  server_.reset();
  return {};
}

}  // namespace a67::cli
