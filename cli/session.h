// Session: one engine to speak to for as long as the program runs. That of a running `watch` on the
// same data folder when there is one, else its own.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/native/data_dir.h"
#include "engine/native/engine_link.h"

namespace a67::native {
class KeyChest;
class LocalServer;
class NativeHost;
}  // namespace a67::native

namespace a67::cli {

class Session {
 public:
  using OnProgress = std::function<void(const Json& body)>;
  using OnEvent = std::function<void(const std::string& name, const Json& body)>;
  // Called at the first Ctrl-C of a command; the second ends the program.
  using OnInterrupt = std::function<void()>;

  // What a second Ctrl-C ends with, as a shell would.
  static constexpr int kInterruptExit = 130;

  // Errors: kStoreFailed, kConflict (another one-shot command holds the folder).
  static Result<std::unique_ptr<Session>> open(const native::DataDir& dir);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Runs one command to its end. Ctrl-C asks the engine to cancel it.
  Result<Json> run(const std::string& name, const Json& body, const OnProgress& on_progress,
                   const OnInterrupt& on_interrupt);
  // From within on_progress: ends run() with this answer, without waiting for the engine's.
  void leave(const Json& answer) { finish(answer); }
  // Where secrets are offered to our own engine; null when it is that of a running watch.
  [[nodiscard]] native::KeyChest* keys();
  // False when it is that of a running watch.
  [[nodiscard]] bool owns_engine() const { return host_ != nullptr; }
  // Shares the engine and tells its events until a signal. REQUIRES: a command was run before.
  // Error: kConflict when another program
  // runs it already.
  Result<void> watch(const OnEvent& on_event, const OnEvent& on_log);

 private:
  struct Running {
    std::int64_t id = 0;
    OnProgress on_progress;
    std::optional<Result<Json>> end;
  };

  explicit Session(native::DataDir dir);
  Result<void> connect();
  Result<void> try_connect();
  void on_message(const Json& message);
  void on_hello(const Json& message);
  void await_signals(std::function<void()> on_signal);
  void finish(Result<Json> end);
  void settle();

  boost::asio::io_context context_;
  boost::asio::signal_set signals_;
  native::DataDir dir_;
  std::optional<native::DataDirLock> lock_;
  native::NativeHost* host_ = nullptr;  // when the engine is our own
  std::unique_ptr<native::EngineLink> link_;
  std::unique_ptr<native::LocalServer> server_;
  std::int64_t next_id_ = 1;
  std::optional<Running> running_;
  Json hello_;  // of our own engine, for those who come later
  std::optional<Error> lost_;
  OnEvent on_event_;
  OnEvent on_log_;
};

}  // namespace a67::cli
