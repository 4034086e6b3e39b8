// NativeHost runs one engine in a program outside the browser: hands it messages, performs its
// effects on one io_context, and wakes it when it wants to be woken.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "engine/api/engine.h"
#include "engine/native/blobs.h"
#include "engine/native/data_dir.h"
#include "engine/native/engine_link.h"
#include "engine/native/file_store.h"
#include "engine/native/keyring_chest.h"
#include "engine/native/table_effects.h"

namespace a67::native {

class HttpCall;
class StreamCall;

class NativeHost final : public EngineLink {
 public:
  // Lines of the engine's log.
  using LogSink = std::function<void(const std::string& level, const std::string& message)>;

  // How often the wall clock is looked at, and what counts as a jump of it.
  static constexpr std::chrono::seconds kClockCheckEvery{5};
  static constexpr Duration kClockJumpMin{1'000};

  // REQUIRES: the lock of `dir` is held; the context outlives the host.
  NativeHost(boost::asio::io_context& context, const DataDir& dir, Sink sink, LogSink log);
  ~NativeHost() override;
  NativeHost(const NativeHost&) = delete;
  NativeHost& operator=(const NativeHost&) = delete;

  void start();
  void push(const Json& message) override;
  // Where a program offers what a person typed; the engine is then told the number.
  [[nodiscard]] KeyChest& keys() { return keys_; }
  // Requests under way that a node may be carrying out: do not leave while there are some.
  [[nodiscard]] std::size_t requests_under_way() const { return http_calls_.size(); }

 private:
  void request_pump();
  void pump();
  void schedule();
  void watch_clock();
  [[nodiscard]] Instant now() const;
  void dispatch(const Json& message);
  void perform(std::int64_t id, const std::string& name, const Json& body);
  void perform_http(std::int64_t id, const Json& body);
  void perform_stream(std::int64_t id, const Json& body);
  void answer(std::int64_t id, const Result<Json>& end);
  void cancel(std::int64_t id);

  boost::asio::io_context& context_;
  FileStore store_;
  TableEffects table_;
  BlobFiles blobs_;
  KeyChest keys_;
  Sink sink_;
  LogSink log_;
  Engine engine_;
  std::string workspace_;
  std::chrono::steady_clock::time_point started_;
  boost::asio::steady_timer wake_;
  boost::asio::steady_timer clock_check_;
  std::int64_t wall_offset_ms_ = 0;
  bool pump_requested_ = false;
  std::map<std::int64_t, std::shared_ptr<HttpCall>> http_calls_;
  std::map<std::int64_t, std::shared_ptr<StreamCall>> stream_calls_;
  // Tells callbacks that are still queued in the context whether this is gone.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace a67::native
