// LocalClient uses the engine of a running `watch` over its unix socket.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "engine/native/data_dir.h"
#include "engine/native/engine_link.h"
#include "engine/native/json_lines.h"

namespace a67::native {

class LocalClient final : public EngineLink {
 public:
  // Null when nobody listens there. `on_lost` is called when the other program is gone: what was
  // under way may or may not be done.
  static std::unique_ptr<LocalClient> connect(boost::asio::io_context& context, const DataDir& dir,
                                              Sink sink, std::function<void()> on_lost);
  ~LocalClient() override;
  LocalClient(const LocalClient&) = delete;
  LocalClient& operator=(const LocalClient&) = delete;

  void push(const Json& message) override;

 private:
  explicit LocalClient(std::shared_ptr<JsonLines> lines) : lines_(std::move(lines)) {}
  std::shared_ptr<JsonLines> lines_;
};

}  // namespace a67::native
